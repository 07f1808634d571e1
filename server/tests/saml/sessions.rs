//! Sessions that an identity provider began, and everything that ends them.

use store::accounts::Role;
use time::Duration;

use super::{Company, FIELDS, FORM, RECORD};
use crate::support::browser::Browser;
use crate::support::idp::Says;
use crate::support::{TestServer, on_each_engine};

const CONSOLE: &str = "/employees";
const ROOT: &str = "root@acme.test";

/// The company, and the browser of an admin who came through the identity provider.
fn signed_on(server: &TestServer) -> (Company<'_>, Browser, String) {
    let acme = Company::new(server, "Acme");
    acme.linked_account(ROOT, Role::Admin, "ada@Acme.test");
    let (browser, place) = acme.comes_as("ada@Acme.test", "_first");
    assert_eq!((place.as_str(), browser.get(RECORD).status), (CONSOLE, 200));
    let ada = acme.employee_id("ada@Acme.test");
    (acme, browser, ada)
}

#[track_caller]
fn is_out(browser: &Browser) {
    assert_eq!((browser.get(CONSOLE).status, browser.get(RECORD).status), (303, 401));
}

#[test]
fn deactivating_an_employee_ends_their_console_too_and_for_good() {
    on_each_engine(|server| {
        let (acme, browser, ada) = signed_on(server);
        let by_password = server.signed_in(ROOT);
        acme.change(&ada, "active", false);
        is_out(&browser);
        acme.change(&ada, "active", true);
        is_out(&browser);
        assert_eq!(by_password.get(CONSOLE).status, 200, "an account is nothing of SCIM's");
    });
}

#[test]
fn deleting_an_employee_ends_their_console_too() {
    on_each_engine(|server| {
        let (acme, browser, ada) = signed_on(server);
        acme.tenant.scim().delete(&format!("/Users/{ada}")).expect(204);
        is_out(&browser);
        assert_eq!(server.signed_in(ROOT).get(CONSOLE).status, 200);
    });
}

#[test]
fn turning_sign_on_off_ends_consoles_too_and_for_good() {
    on_each_engine(|server| {
        let (acme, browser, _) = signed_on(server);
        acme.admin.submit(&format!("{FORM}/disable"), &[]);
        is_out(&browser);
        acme.admin.submit(FORM, &FIELDS);
        is_out(&browser);
        assert_eq!(acme.admin.get(CONSOLE).status, 200);
    });
}

#[test]
fn signing_out_of_either_signs_out_of_both() {
    on_each_engine(|server| {
        for (number, place) in ["/logout", "/my-record/sign-out"].into_iter().enumerate() {
            let (acme, browser, _) = signed_on(server);
            let cookies = browser.cookies();
            assert!(browser.post(place, &[]).status < 400);
            assert!(!browser.cookies().contains("employee=") && !browser.cookies().contains("session="), "{place}");
            is_out(&browser);
            browser.set_cookies(&cookies);
            is_out(&browser);
            let accounts = server.read(async |conn| store::accounts::list(conn, &acme.tenant.id).await);
            assert_eq!(accounts.len(), 2, "{number}");
            server.tamper("UPDATE accounts SET email = id, email_key = id");
            server.tamper("UPDATE tenants SET name = id, name_key = id");
        }
    });
}

/// saml-profiles §4.1.4.3: what the identity provider's session bounds ends with it.
#[test]
fn no_session_outlasts_the_one_at_the_identity_provider() {
    on_each_engine(|server| {
        let (acme, _, _) = signed_on(server);
        let now = server.store.now();
        let says = Says { id: "_2", base: &acme.base, name: "ada@Acme.test", request: None, now };
        let browser = server.browser();
        let response = says.response_of(now, Some(now + Duration::minutes(20)));
        assert_eq!(acme.post(&browser, &response).header("location"), CONSOLE);
        server.clock.advance(Duration::minutes(19));
        assert_eq!((browser.get(CONSOLE).status, browser.get(RECORD).status), (200, 200));
        server.clock.advance(Duration::minutes(1));
        is_out(&browser);
    });
}
