//! Companies that require a second factor, and those who lost theirs.

use store::accounts::Role;
use store::second_factor;

use super::{CODES, EMAIL, OFF, PAGE, acts, enter, half_signed_in, is_recorded, set_up};
use crate::support::browser::{Browser, PASSWORD};
use crate::support::on_each_engine;

const REQUIRE: &str = "/settings/accounts/second-factor";

/// Requires a second factor of everybody.
#[track_caller]
fn require(admin: &Browser) {
    assert_eq!(admin.post(REQUIRE, &[("required", "yes")]).status, 303);
    assert_eq!(admin.get("/settings/accounts").header("location"), PAGE, "the admin is no exception");
    assert!(admin.page(PAGE).contains("Your company requires a second factor"));
}

#[test]
fn a_company_can_require_it() {
    on_each_engine(|server| {
        let (acme, globex) = (server.tenant("Acme"), server.tenant("Globex"));
        let (admin, eve) = (acme.admin(), globex.account("eve@globex.test", Role::Viewer));
        let ada = acme.account(EMAIL, Role::Viewer);
        require(&admin);
        for path in ["/employees", "/settings/profile", "/settings", "/provisioning-log", "/"] {
            let answer = ada.get(path);
            assert_eq!((answer.status, answer.header("location")), (303, PAGE), "{path}");
        }
        for path in ["/settings/profile/password", CODES, OFF, "/settings/profile/sessions/end-others"] {
            assert_eq!(ada.post(path, &[]).header("location"), PAGE, "{path}");
        }
        assert_eq!(eve.get("/employees").status, 200, "another company");
        let fresh = server.browser();
        fresh.post("/login", &[("email", EMAIL), ("password", PASSWORD)]);
        assert_eq!(fresh.get("/employees").header("location"), PAGE, "after signing in, too");
        set_up(server, &fresh);
        assert_eq!(fresh.get("/employees").status, 200);
        fresh.submit(OFF, &[]);
        assert_eq!(fresh.get("/employees").header("location"), PAGE, "without it the rest is closed again");

        set_up(server, &admin);
        assert!(admin.page("/settings/accounts").contains("It is required"));
        let page = admin.submit(REQUIRE, &[("required", "no")]);
        assert!(page.contains("is not required any more"), "{page}");
        assert_eq!(fresh.get("/employees").status, 200);
        let acts: Vec<_> = acts(&acme).into_iter().filter(|act| act.2 == "Acme").map(|act| act.1).collect();
        assert!(acts.contains(&"second_factor.require".to_owned()), "{acts:?}");
        assert!(acts.contains(&"second_factor.optional".to_owned()), "{acts:?}");
    });
}

#[test]
fn it_is_taken_away_from_whoever_lost_it() {
    on_each_engine(|server| {
        let acme = server.tenant("Acme");
        let (admin, power) = (acme.admin(), acme.account("power@acme.test", Role::Power));
        let ada = acme.account(EMAIL, Role::It);
        set_up(server, &ada);
        let id = server.read(async |conn| store::accounts::find_for_sign_in(conn, EMAIL).await).remove(0).id;
        let away = format!("/settings/accounts/{id}/second-factor");
        assert_eq!(power.post(&away, &[]).status, 403, "Power does not reach IT");
        let page = admin.page("/settings/accounts");
        assert!(page.contains(&format!("href=\"{away}\"")), "{page}");
        assert!(admin.page(&away).contains("Take the second factor away?"));
        let done = admin.submit(&away, &[]);
        assert!(done.contains("signs in with the password alone now"), "{done}");
        assert_eq!(ada.get("/employees").status, 303, "signed out");
        server.signed_in(EMAIL);
        assert!(admin.submit(&away, &[]).contains("has no second factor"));
        is_recorded(&acme, &format!("admin@{}.test", acme.id), "second_factor.take_away");

        let (_, codes) = set_up(server, &admin);
        let own = server.read(async |conn| second_factor::holders(conn, &acme.id).await).remove(0);
        let own = format!("/settings/accounts/{own}/second-factor");
        assert_eq!(admin.post(&own, &[]).header("location"), PAGE, "one's own is turned off there");
        let email = format!("admin@{}.test", acme.id);
        assert_eq!(enter(&half_signed_in(server, &email), &codes[0]).status, 303, "it is still there");
    });
}

#[test]
fn recovering_an_account_takes_it_away() {
    on_each_engine(|server| {
        let acme = server.tenant("Acme");
        set_up(server, &acme.account(EMAIL, Role::Admin));
        let recover = ["account", "recover", "--tenant", "Acme", "--email", EMAIL, "--password-stdin"];
        crate::cli::spaceiq(server, &recover);
        server.signed_in(EMAIL);
        is_recorded(&acme, "cli", "second_factor.take_away");
    });
}
