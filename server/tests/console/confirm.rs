//! The password is asked for again before what matters.

use store::accounts::Role;
use time::Duration;

use super::{AZURE, activate, shown};
use crate::support::browser::{Browser, PASSWORD, plain, value_of};
use crate::support::{TestServer, on_each_engine};

const ASKED: &str = "Confirm it is you";
const EMAIL: &str = "ada@acme.test";
const TOO_LONG: Duration = Duration::minutes(11);

fn sent<'f>(fields: &[(&'f str, &'f str)], password: &'f str) -> Vec<(&'f str, &'f str)> {
    [fields, &[("confirm_password", password)]].concat()
}

fn admin(server: &TestServer) -> Browser {
    server.tenant("Acme").account(EMAIL, Role::Admin)
}

#[test]
fn a_form_that_comes_late_waits_for_the_password_and_then_goes_on() {
    on_each_engine(|server| {
        let admin = admin(server);
        let key = value_of(&admin.page(AZURE), "request_key");
        server.clock.advance(TOO_LONG);
        let fields = [("request_key", key.as_str()), ("label", "Azure <1> & more"), ("networks", "203.0.113.0/24")];
        let asked = admin.post(AZURE, &fields);
        let page = plain(&asked.text);
        assert!(asked.status == 200 && page.contains(ASKED) && !page.contains("siq_scim_"), "{page}");
        assert_eq!(value_of(&page, "request_key"), key);
        assert_eq!(value_of(&page, "label"), "Azure &lt;1&gt; &amp; more");
        assert_eq!(value_of(&page, "networks"), "203.0.113.0/24");
        assert!(page.contains(&format!("action=\"{AZURE}\"")) && page.contains(EMAIL), "{page}");

        let wrong = admin.post(AZURE, &sent(&fields, "a wrong guess"));
        let page = plain(&wrong.text);
        assert!(wrong.status == 422 && page.contains("confirm_password-error"), "{page}");
        assert!(value_of(&page, "label").contains("&lt;1&gt;") && !page.contains("a wrong guess"), "{page}");

        let before = admin.cookies();
        let done = admin.post(AZURE, &sent(&fields, PASSWORD));
        assert_eq!(done.status, 200);
        let page = plain(&done.text);
        shown(&page);
        let acts = server.read(async |conn| {
            let tenant = store::tenants::list(conn).await?.remove(0).id;
            store::audit::latest(conn, &tenant, 10).await
        });
        let issued = ("ada@acme.test".to_owned(), "token.issue".to_owned(), "Azure <1> & more".to_owned());
        assert!(acts.contains(&issued), "what was typed is not lost: {acts:?}");
        assert!(!page.contains(PASSWORD), "a password is never sent back");
        // OWASP ASVS 5.0, 7.2.4.
        assert_ne!(admin.cookies(), before, "a new session id");
        let old = server.browser();
        old.set_cookies(&before);
        assert_eq!(old.get("/settings").status, 303, "the old one is of no use");

        let again = admin.post(AZURE, &fields);
        assert_eq!(again.status, 409, "confirmed for 10 minutes: not asked again, and no second token");
        assert!(!again.text.contains(ASKED) && !again.text.contains("name=\"token_id\""), "{}", again.text);
        server.clock.advance(TOO_LONG);
        assert!(admin.post(AZURE, &fields).text.contains(ASKED), "and after 10 minutes it is");
    });
}

#[test]
fn everything_that_matters_asks_and_nothing_is_done_before() {
    on_each_engine(|server| {
        let acme = server.tenant("Acme");
        let admin = acme.account(EMAIL, Role::Admin);
        activate(&admin);
        let token = format!("{AZURE}/tokens/{}", acme.token_id);
        let account = server.read(async |conn| store::accounts::list(conn, &acme.id).await).remove(0).id;
        let account = format!("/settings/accounts/{account}");
        server.clock.advance(TOO_LONG);
        let acts = || server.read(async |conn| store::audit::latest(conn, &acme.id, 100).await).len();
        let before = acts();
        let letters = &acme.token[acme.token.len() - 4..];
        let seen = [("seen", "admin enabled"), ("role", "viewer")];
        for (path, fields) in [
            (AZURE, &[("request_key", "k")][..]),
            (&format!("{AZURE}/activate"), &[("token_id", "1")]),
            (&format!("{token}/rotate"), &[("request_key", "k"), ("overlap", "0")]),
            (&format!("{token}/revoke"), &[("confirmation", letters)]),
            (&format!("{AZURE}/delete"), &[("employees", "keep")]),
            ("/settings/accounts", &[("request_key", "k"), ("email", "x@y.test"), ("role", "admin")]),
            (&format!("{account}/role"), &seen),
            (&format!("{account}/disable"), &seen),
            (&format!("{account}/enable"), &seen),
            ("/settings/accounts/invitations/1/renew", &[("request_key", "k")]),
            ("/settings/accounts/invitations/1/withdraw", &[("seen", "k")]),
            ("/settings/profile/sessions/end", &[("session", "0")]),
            ("/settings/profile/sessions/end-others", &[]),
        ] {
            let asked = admin.post(path, fields);
            let page = plain(&asked.text);
            assert!(asked.status == 200 && page.contains(ASKED), "{path}: {page}");
            assert!(page.contains(&format!("href=\"{path}\"")), "{path}: a way back");
            assert_ne!(admin.get(path).status, 404, "{path}: the way back leads somewhere");
        }
        assert_eq!(acts(), before);
        assert_eq!(acme.scim().get("/Users").status, 200, "the token still works");
    });
}

#[test]
fn what_cannot_be_a_form_is_refused() {
    on_each_engine(|server| {
        let admin = admin(server);
        server.clock.advance(TOO_LONG);
        let long = "x".repeat(70_000);
        for body in ["label=a%00b", "label=\0", long.as_str()] {
            let headers = [("content-type", "application/x-www-form-urlencoded"), ("sec-fetch-site", "same-origin")];
            assert_eq!(admin.send("POST", AZURE, &headers, Some(body.as_bytes())).status, 400);
        }
        let headers = [("content-type", "text/plain"), ("sec-fetch-site", "same-origin")];
        assert_eq!(admin.send("POST", AZURE, &headers, Some(b"a=b")).status, 400);
    });
}

#[test]
fn wrong_passwords_count_here_too() {
    on_each_engine(|server| {
        let admin = admin(server);
        server.clock.advance(TOO_LONG);
        let fields = [("request_key", "k")];
        for _ in 0..5 {
            assert_eq!(admin.post(AZURE, &sent(&fields, "wrong")).status, 422);
        }
        let waits = admin.post(AZURE, &sent(&fields, PASSWORD));
        assert_eq!((waits.status, waits.header("retry-after")), (422, "10"), "{}", waits.text);
        server.clock.advance(Duration::seconds(10));
        shown(&plain(&admin.post(AZURE, &sent(&fields, PASSWORD)).text));
    });
}
