//! Sign-on that is required: passwords sign nobody in but one admin.

use store::accounts::Role;
use time::Duration;

use super::{Company, FIELDS, FORM, TAB};
use crate::support::authenticator::Authenticator;
use crate::support::browser::{Browser, PASSWORD, plain};
use crate::support::{Answer, on_each_engine};

const REQUIRE: &str = "/settings/integrations/provisioning-sso/azure/sso/required";
const LIFT: &str = "/settings/integrations/provisioning-sso/azure/sso/optional";

impl Company<'_> {
    fn account_id(&self, email: &str) -> String {
        let found =
            self.tenant.server().read(async |conn| store::accounts::find_for_sign_in(conn, email).await).remove(0);
        found.id.to_string()
    }

    /// The address of the admin who set sign-on up.
    fn admin_email(&self) -> String {
        format!("admin@{}.test", self.tenant.id)
    }

    fn require(&self) -> Answer {
        self.admin.post(REQUIRE, &[("break_glass", &self.account_id(&self.admin_email()))])
    }

    fn sign_in(&self, email: &str, password: &str) -> (Browser, Answer) {
        let browser = self.tenant.server().browser();
        let answer = browser.post("/login", &[("email", email), ("password", password)]);
        (browser, answer)
    }

    fn acts(&self) -> Vec<(String, String)> {
        let acts = self.tenant.server().read(async |conn| store::audit::latest(conn, &self.tenant.id, 50).await);
        acts.into_iter().map(|act| (act.1, act.2)).collect()
    }
}

#[test]
fn it_can_be_required_only_right_after_a_test_that_passed() {
    on_each_engine(|server| {
        let acme = Company::new(server, "Acme");
        let refused = |why: &str| {
            let answer = acme.require();
            assert!(
                answer.status == 422 && plain(&answer.text).contains("no test has passed"),
                "{why}: {}",
                answer.text
            );
        };
        refused("no test");
        assert!(acme.admin.page(TAB).contains("Within ten minutes after a test"));
        acme.test_passes("_1");
        acme.admin.submit(FORM, &FIELDS);
        refused("the settings were saved since");
        acme.test_passes("_2");
        server.clock.advance(Duration::minutes(10) + Duration::seconds(1));
        acme.admin.get(TAB);
        let answer = acme
            .admin
            .post(REQUIRE, &[("break_glass", &acme.account_id(&acme.admin_email())), ("confirm_password", PASSWORD)]);
        assert!(
            answer.status == 422 && plain(&answer.text).contains("no test has passed"),
            "too long ago: {}",
            answer.text
        );
        acme.test_passes("_3");
        acme.tenant.account("it@acme.test", Role::It);
        for nobody in [acme.account_id("it@acme.test"), String::new()] {
            let answer = acme.admin.post(REQUIRE, &[("break_glass", &nobody)]);
            assert!(answer.status == 422 && answer.text.contains("break_glass-error"), "{}", answer.text);
        }
        assert_eq!(acme.sign_in("it@acme.test", PASSWORD).1.status, 303, "nothing is required yet");
        assert_eq!(acme.require().status, 303);
        let page = plain(&acme.admin.page(TAB));
        assert!(page.contains("Single sign-on is required") && page.contains(&acme.admin_email()), "{page}");
        assert!(acme.acts().contains(&("sso.require".to_owned(), "azure".to_owned())));
    });
}

#[test]
fn passwords_sign_nobody_in_but_the_chosen_admin() {
    on_each_engine(|server| {
        let (acme, globex) = (Company::new(server, "Acme"), server.tenant("Globex"));
        acme.tenant.account("bob@acme.test", Role::Admin);
        globex.account("eve@globex.test", Role::Viewer);
        acme.test_passes("_1");
        assert_eq!(acme.require().status, 303);
        let (browser, answer) = acme.sign_in("bob@acme.test", PASSWORD);
        let page = plain(&answer.text);
        assert_eq!(answer.status, 403);
        assert!(
            page.contains("signs in through its identity provider") && page.contains(&acme.path("/login")),
            "{page}"
        );
        assert_eq!(browser.get("/employees").status, 303, "no session");
        let (_, wrong) = acme.sign_in("bob@acme.test", "wrong password here");
        let (_, nobody) = acme.sign_in("nobody@acme.test", PASSWORD);
        assert_eq!((wrong.status, nobody.status), (422, 422));
        assert!(!wrong.text.contains("identity provider"), "a stranger learns nothing: {}", wrong.text);
        let (browser, answer) = acme.sign_in(&acme.admin_email(), PASSWORD);
        assert_eq!((answer.status, browser.get("/employees").status), (303, 200));
        assert_eq!(acme.sign_in("eve@globex.test", PASSWORD).1.status, 303, "another company");
        acme.admin.submit(LIFT, &[]);
        assert_eq!(acme.sign_in("bob@acme.test", PASSWORD).1.status, 303);
        assert!(acme.acts().contains(&("sso.optional".to_owned(), "azure".to_owned())));
    });
}

#[test]
fn sessions_begun_by_password_end_when_it_is_required() {
    on_each_engine(|server| {
        let (acme, globex) = (Company::new(server, "Acme"), server.tenant("Globex"));
        acme.linked_account("root@acme.test", Role::Admin, "ada@Acme.test");
        let by_password = server.signed_in("root@acme.test");
        let (by_sign_on, _) = acme.comes_as("ada@Acme.test", "_0");
        let eve = globex.account("eve@globex.test", Role::Viewer);
        acme.test_passes("_1");
        assert_eq!(by_password.get("/employees").status, 200);
        assert_eq!(acme.require().status, 303);
        let answer = by_password.get("/employees");
        assert_eq!((answer.status, answer.header("location")), (303, "/login?next=%2Femployees"));
        assert_eq!(by_sign_on.get("/employees").status, 200);
        assert_eq!(eve.get("/employees").status, 200, "another company");
        assert_eq!(acme.admin.get("/employees").status, 200, "the way in without it");
        acme.admin.submit(LIFT, &[]);
        assert_eq!(by_password.get("/employees").status, 303, "for good");
    });
}

#[test]
fn who_was_half_way_in_when_it_is_required_gets_no_further() {
    on_each_engine(|server| {
        let acme = Company::new(server, "Acme");
        let bob = acme.tenant.account("bob@acme.test", Role::Admin);
        let app = Authenticator::scan(&bob.submit("/settings/profile/second-factor/begin", &[]));
        let code = || app.code(server.store.now());
        assert_eq!(bob.post("/settings/profile/second-factor", &[("code", &code())]).status, 200);
        let (half, answer) = acme.sign_in("bob@acme.test", PASSWORD);
        assert_eq!(answer.header("location"), "/login/code");
        acme.test_passes("_1");
        assert_eq!(acme.require().status, 303);
        server.clock.advance(Duration::MINUTE);
        assert_eq!(half.post("/login/code", &[("code", &code())]).header("location"), "/login");
        assert_eq!(half.get("/employees").status, 303);
    });
}

#[test]
fn the_way_in_stays_while_it_is_required() {
    on_each_engine(|server| {
        let acme = Company::new(server, "Acme");
        acme.test_passes("_1");
        assert_eq!(acme.require().status, 303);
        let without: Vec<_> = FIELDS.into_iter().filter(|(name, _)| *name != "redirect_url").collect();
        let answer = acme.admin.post(FORM, &without);
        assert!(answer.status == 422 && answer.text.contains("redirect_url-error"), "{}", answer.text);
        assert_eq!(server.browser().get(&acme.path("/login")).status, 303, "it stayed");
        let saved = acme.admin.submit(FORM, &FIELDS);
        assert!(saved.contains("Single sign-on is required: test it now"), "{saved}");
        acme.admin.submit(LIFT, &[]);
        acme.admin.submit(FORM, &without);
    });
}

#[test]
fn nobody_is_locked_out() {
    on_each_engine(|server| {
        let acme = Company::new(server, "Acme");
        acme.linked_account("bob@acme.test", Role::Admin, "ada@Acme.test");
        let (bob, _) = acme.comes_as("ada@Acme.test", "_0");
        acme.tenant.account("viewer@acme.test", Role::Viewer);
        acme.test_passes("_1");
        assert_eq!(acme.require().status, 303);
        let chosen = format!("/settings/accounts/{}", acme.account_id(&acme.admin_email()));
        for (verb, role) in [("disable", ""), ("role", "viewer")] {
            let sent = [("seen", "admin enabled"), ("role", role), ("confirm_password", PASSWORD)];
            let answer = bob.post(&format!("{chosen}/{verb}"), &sent);
            assert!(answer.status == 409 && plain(&answer.text).contains("way in without it"), "{}", answer.text);
        }
        let recover = |email: &str| {
            crate::cli::spaceiq(
                server,
                &["account", "recover", "--tenant", "Acme", "--email", email, "--password-stdin"],
            )
        };
        assert!(recover("viewer@acme.test").contains("Recover an admin"));
        assert!(recover("bob@acme.test").contains("break-glass"));
        let (bob, answer) = acme.sign_in("bob@acme.test", "correct horse battery");
        assert_eq!(answer.status, 303);
        assert_eq!(acme.sign_in(&acme.admin_email(), PASSWORD).1.status, 403, "there is one");
        assert!(acme.acts().contains(&("sso.break_glass".to_owned(), "bob@acme.test".to_owned())));
        bob.submit(&format!("{FORM}/disable"), &[]);
        assert_eq!(acme.sign_in(&acme.admin_email(), PASSWORD).1.status, 303, "without sign-on nothing is required");
    });
}
