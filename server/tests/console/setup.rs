//! `/setup`.

use time::Duration;

use crate::support::browser::{PASSWORD, plain};
use crate::support::on_each_engine;

#[test]
fn the_link_creates_company_and_admin_once() {
    on_each_engine(|server| {
        let (code, other) = (server.setup_code(), server.setup_code());
        let fields = |code| [("code", code), ("company", " Acme "), ("email", "ada@acme.test"), ("password", PASSWORD)];
        let browser = server.browser();
        let page = browser.submit("/setup", &fields(code.as_str()));
        assert!(page.contains("ada@acme.test") && page.contains("Acme"), "signed in: {page}");
        for code in [code.as_str(), other.as_str()] {
            let again = server.browser().post("/setup", &fields(code));
            assert_eq!(again.status, 410, "the first to set up is the only one");
            assert_eq!(server.browser().get(&format!("/setup?code={code}")).status, 410);
        }
        assert!(server.signed_in("ADA@acme.test").page("/settings").contains("Acme"));
    });
}

#[test]
fn bad_input_keeps_what_was_typed_and_the_link() {
    on_each_engine(|server| {
        let code = server.setup_code();
        let browser = server.browser();
        let fields = [("code", code.as_str()), ("company", "Acme <&> Co"), ("email", "ada"), ("password", "short")];
        let answer = browser.post("/setup", &fields);
        let page = plain(&answer.text);
        assert_eq!(answer.status, 422);
        assert!(page.contains("Acme &lt;&amp;&gt; Co") && page.contains("value=\"ada\""), "{page}");
        assert!(!page.contains("short"), "a password is never sent back");
        assert_eq!(page.matches("aria-invalid=\"true\"").count(), 2, "{page}");
        for field in ["email", "password"] {
            assert!(page.contains(&format!("href=\"#{field}\"")) && page.contains(&format!("id=\"{field}-error\"")));
        }
        assert_eq!(server.browser().get(&format!("/setup?code={code}")).status, 200, "the link still works");
        assert_eq!(browser.post("/setup", &[("code", &code)]).status, 422, "missing fields are empty fields");
    });
}

#[test]
fn a_form_with_nul_is_refused() {
    on_each_engine(|server| {
        let code = server.setup_code();
        let fields = [("code", code.as_str()), ("company", "A\0cme"), ("email", "a@b.test"), ("password", PASSWORD)];
        assert_eq!(server.browser().post("/setup", &fields).status, 400);
        assert_eq!(server.browser().get(&format!("/setup?code={code}")).status, 200, "the link still works");
    });
}

#[test]
fn links_expire_and_cannot_be_guessed() {
    on_each_engine(|server| {
        let code = server.setup_code();
        for wrong in ["", "0", &code[1..], "' OR 1=1 --"] {
            let query = serde_urlencoded::to_string([("code", wrong)]).expect("encodable");
            assert_eq!(server.browser().get(&format!("/setup?{query}")).status, 410, "{wrong}");
        }
        server.clock.advance(Duration::hours(24));
        assert_eq!(server.browser().get(&format!("/setup?code={code}")).status, 410);
    });
}
