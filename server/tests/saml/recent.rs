//! What matters asks who sits there, and that an identity provider let a browser in is no answer.

use store::accounts::Role;
use time::Duration;

use super::{Company, REDIRECT, request_id};
use crate::support::browser::{Browser, PASSWORD, plain};
use crate::support::idp::Says;
use crate::support::{Answer, on_each_engine};

const ROOT: &str = "root@acme.test";
const FORM: &str = "/settings/profile/sessions/end-others";

fn asks(answer: &Answer) -> bool {
    answer.status == 200 && plain(&answer.text).contains("Confirm it is you")
}

fn end_others(browser: &Browser) -> Answer {
    browser.post(FORM, &[])
}

#[test]
fn a_sign_on_is_no_password() {
    on_each_engine(|server| {
        let acme = Company::new(server, "Acme");
        acme.linked_account(ROOT, Role::Admin, "ada@Acme.test");
        let (browser, _) = acme.comes_as("ada@Acme.test", "_1");
        assert!(asks(&end_others(&browser)), "a moment after the sign-on");
        let answer = browser.post(FORM, &[("confirm_password", PASSWORD)]);
        assert_eq!(answer.status, 303, "the account's password confirms: {}", answer.text);
        assert_eq!(end_others(&browser).status, 303, "and does so for ten minutes");
        server.clock.advance(Duration::minutes(10) + Duration::seconds(1));
        assert!(asks(&end_others(&browser)));
        assert_eq!(end_others(&server.signed_in(ROOT)).status, 303, "who signs in with it has just entered it");
        let signed_in = acme.acts_of("account.sign_in");
        assert!(signed_in[0].1.contains("password") && signed_in.iter().any(|act| act.1.contains("single sign-on")));
    });
}

#[test]
fn signing_in_anew_at_the_identity_provider_confirms() {
    on_each_engine(|server| {
        let acme = Company::new(server, "Acme");
        acme.linked_account(ROOT, Role::Admin, "ada@Acme.test");
        let (browser, _) = acme.comes_as("ada@Acme.test", "_1");
        let page = plain(&end_others(&browser).text);
        let anew = acme.path("/login?anew");
        assert!(page.contains(&format!("href=\"{anew}\"")), "{page}");
        let answer = browser.get(&anew);
        let request = request_id(answer.header("location").strip_prefix(REDIRECT).expect("the identity provider"));
        let now = server.store.now();
        let says = |id, request| Says { id, base: &acme.base, name: "ada@Acme.test", request, now };
        let long_ago = now - Duration::minutes(4);
        let answer = acme.post(&browser, &says("_2", Some(&request)).response_of(long_ago, None));
        assert_eq!(answer.header("location"), "/employees");
        assert!(asks(&end_others(&browser)), "the identity provider did not ask them anything");
        let request = request_id(browser.get(&anew).header("location").strip_prefix(REDIRECT).expect("there"));
        assert_eq!(acme.post(&browser, &says("_3", Some(&request)).response()).status, 303);
        assert_eq!(end_others(&browser).status, 303);
        server.clock.advance(Duration::minutes(10) + Duration::seconds(1));
        assert!(asks(&end_others(&browser)));
    });
}

#[test]
fn a_request_of_the_usual_kind_never_confirms() {
    on_each_engine(|server| {
        let acme = Company::new(server, "Acme");
        acme.linked_account(ROOT, Role::Admin, "ada@Acme.test");
        let browser = server.browser();
        let request = acme.begin(&browser);
        let answer = acme.post(&browser, &acme.response("_1", Some(&request)));
        assert_eq!(answer.header("location"), "/employees");
        assert!(asks(&end_others(&browser)));
        let by_password = server.signed_in(&format!("admin@{}.test", acme.tenant.id));
        assert!(!plain(&end_others(&by_password).text).contains("/login?anew"));
        server.clock.advance(Duration::minutes(11));
        by_password.get("/settings");
        let page = plain(&end_others(&by_password).text);
        assert!(page.contains("Confirm it is you") && !page.contains("?anew"), "{page}");
    });
}
