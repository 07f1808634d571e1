//! A sign-on that only tries the settings out.

use store::accounts::Role;
use time::Duration;

use super::{Company, FIELDS, FORM, RECORD, TAB};
use crate::support::browser::plain;
use crate::support::idp::{OTHER_CERTIFICATE, Says};
use crate::support::on_each_engine;

/// The newest test in the audit log: who, and what came of it.
fn told(acme: &Company<'_>) -> (String, String) {
    let acts = acme.tenant.server().read(async |conn| store::audit::latest(conn, &acme.tenant.id, 20).await);
    let act = acts.into_iter().find(|act| act.1 == "sso.test").expect("a test");
    (act.0, act.2)
}

#[test]
fn a_test_shows_everything_and_signs_nobody_in() {
    on_each_engine(|server| {
        let acme = Company::new(server, "Acme");
        assert!(acme.admin.page(TAB).contains("Not tested yet"));
        let request = Company::begin_test(&acme.admin);
        let response = acme.response("_1", Some(&request));
        let before = acme.admin.cookies();
        let answer = acme.post(&acme.admin, &response);
        let page = plain(&answer.text);
        assert_eq!(answer.status, 200, "{page}");
        for part in
            ["Every check passed", "ada@Acme.test", "https://idp.test/", "Audience", &acme.base, "NameID", &request]
        {
            assert!(page.contains(part), "{part} in {page}");
        }
        assert_eq!(page.matches("Passed: ").count(), 10, "each check: {page}");
        assert_eq!(acme.admin.cookies(), before, "nothing is given");
        assert_eq!(acme.admin.get(RECORD).status, 401);
        assert!(acme.admin.page(TAB).contains("Passed on "));
        assert_eq!(told(&acme).1, "passed");
        acme.refused(&acme.admin, &response, "unknown_request");
        assert_eq!(server.browser().get(&format!("{FORM}/test")).status, 303, "strangers are sent to sign in");
    });
}

#[test]
fn a_test_that_fails_says_which_check_and_what_to_do() {
    on_each_engine(|server| {
        let acme = Company::new(server, "Acme");
        let now = server.store.now();
        let says = |name: &str, id: &str, base: &str, request: &str| {
            Says { id, base, name, request: Some(request), now }.response()
        };
        let fails = |reason: &str, words: &str, passed: usize, response: &dyn Fn(&str) -> String| {
            let request = Company::begin_test(&acme.admin);
            let answer = acme.post(&acme.admin, &response(&request));
            let page = plain(&answer.text);
            assert!(
                answer.status == 200 && page.contains("One check failed") && page.contains(words),
                "{reason}: {page}"
            );
            assert_eq!((page.matches("Passed: ").count(), page.matches("Failed: ").count()), (passed, 1), "{page}");
            assert!(page.contains("What to do"), "{page}");
            assert_eq!(told(&acme).1, reason);
        };
        fails("unknown_person", "Provision this person", 9, &|request| says("bob@x.test", "_1", &acme.base, request));
        fails("wrong_destination", "exactly", 4, &|request| says("ada@Acme.test", "_2", "https://x.test", request));
        fails("message_not_base64", "can be read", 0, &|_| "!".to_owned());
        fails("message_not_xml", "as it came", 0, &|_| "PHg8PHg+".to_owned());
        let mut fields = FIELDS.to_vec();
        fields[1] = ("certificate", OTHER_CERTIFICATE);
        acme.admin.submit(FORM, &fields);
        fails("bad_signature", "paste it here", 2, &|request| says("ada@Acme.test", "_3", &acme.base, request));
        assert!(acme.admin.page(TAB).contains("Not tested yet"));
        assert_eq!(acme.reasons(), Vec::<String>::new(), "no sign-on was refused");
    });
}

#[test]
fn what_is_no_test_stays_none() {
    on_each_engine(|server| {
        let acme = Company::new(server, "Acme");
        let request = Company::begin_test(&acme.admin);
        acme.refused(&server.browser(), &acme.response("_1", Some(&request)), "unknown_request");
        let real = acme.begin(&acme.admin);
        let answer = acme.post(&acme.admin, &acme.response("_2", Some(&real)));
        assert_eq!((answer.status, answer.header("location")), (303, RECORD), "begun to sign in");
        let answer = acme.post(&acme.admin, &acme.response("_3", None));
        assert_eq!(answer.header("location"), RECORD, "begun at the identity provider");
        server.clock.advance(Duration::minutes(10));
        acme.refused(&acme.admin, &acme.response("_4", Some(&request)), "unknown_request");
    });
}

#[test]
fn whoever_lost_the_right_gets_no_report_that_counts() {
    on_each_engine(|server| {
        let acme = Company::new(server, "Acme");
        let it = acme.tenant.account("it@acme.test", Role::It);
        let request = Company::begin_test(&it);
        let account = server.read(async |conn| store::accounts::find_for_sign_in(conn, "it@acme.test").await).remove(0);
        let path = format!("/settings/accounts/{}/role", account.id);
        acme.admin.submit(&path, &[("seen", "it enabled"), ("role", "viewer")]);
        let answer = acme.post(&it, &acme.response("_1", Some(&request)));
        assert!(answer.text.contains("One check failed"), "{}", answer.text);
        assert!(acme.admin.page(TAB).contains("Not tested yet"));
        assert_eq!(it.get(&format!("{FORM}/test")).status, 403);
    });
}
