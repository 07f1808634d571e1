//! The page of one's own second factor, and confirming with it.

use store::accounts::Role;

use super::{BEGIN, EMAIL, OFF, PAGE, TOO_LONG, is_recorded, main_of, recovery_codes, set_up};
use crate::support::authenticator::Authenticator;
use crate::support::browser::{PASSWORD, plain, value_by_id};
use crate::support::on_each_engine;

#[test]
fn what_matters_asks_for_password_and_code() {
    on_each_engine(|server| {
        let acme = server.tenant("Acme");
        let ada = acme.account(EMAIL, Role::Admin);
        let (app, _) = set_up(server, &ada);
        server.clock.advance(TOO_LONG);
        let asked = plain(&ada.post(OFF, &[]).text);
        assert!(asked.contains("Confirm it is you") && asked.contains("name=\"confirm_code\""), "{asked}");
        let refused = |password: &str, code: &str| {
            let answer = ada.post(OFF, &[("confirm_password", password), ("confirm_code", code)]);
            assert_eq!(answer.status, 422, "{}", answer.text);
            main_of(&answer)
        };
        let right = app.code(server.store.now());
        let words = refused(PASSWORD, "000000");
        assert_eq!(refused("a wrong guess", &right), words, "nobody learns which of the two was wrong");
        assert_eq!(main_of(&ada.post(OFF, &[("confirm_password", PASSWORD)])), words, "a missing one is a wrong one");
        let done = ada.submit(OFF, &[("confirm_password", PASSWORD), ("confirm_code", &right)]);
        assert!(done.contains("Your second factor is off"), "{done}");
        assert_eq!(server.signed_in(EMAIL).get("/employees").status, 200, "the password is enough");
        is_recorded(&acme, EMAIL, "second_factor.off");
    });
}

#[test]
fn setting_up_shows_the_secret_to_nobody_else() {
    on_each_engine(|server| {
        let acme = server.tenant("Acme");
        let ada = acme.account(EMAIL, Role::Viewer);
        let page = ada.submit(BEGIN, &[]);
        let app = Authenticator::scan(&page);
        let secret = value_by_id(&page, "secret").replace(' ', "");
        assert!(page.contains("class=\"qr\"") && page.contains(&format!("secret={secret}")), "{page}");
        let wrong = ada.post(PAGE, &[("code", "000000")]);
        assert!(wrong.status == 422 && wrong.text.contains("code-error"), "{}", wrong.text);
        assert_eq!(server.signed_in(EMAIL).get("/employees").status, 200, "nothing is asked for yet");
        // An open browser that somebody finds does not tell it.
        server.clock.advance(TOO_LONG);
        let later = ada.page(PAGE);
        assert!(later.contains("Set up") && !later.contains("class=\"qr\""), "{later}");
        let asked = plain(&ada.post(BEGIN, &[]).text);
        assert!(asked.contains("Confirm it is you"), "{asked}");
        let page = ada.submit(BEGIN, &[("confirm_password", PASSWORD)]);
        assert_ne!(value_by_id(&page, "secret").replace(' ', ""), secret, "another one each time");
        assert_eq!(ada.post(PAGE, &[("code", &app.code(server.store.now()))]).status, 422, "the old one is over");
        let app = Authenticator::scan(&page);
        let answer = ada.post(PAGE, &[("code", &app.code(server.store.now()))]);
        let codes = recovery_codes(&answer);
        assert_eq!(answer.header("cache-control"), "no-store");
        let rows = server.rows("SELECT CAST(detail AS TEXT) FROM audit_events");
        let secret = value_by_id(&page, "secret").replace(' ', "");
        for hidden in codes.iter().chain([&secret]) {
            assert!(!rows.iter().any(|row| row.contains(hidden.as_str())), "{hidden}");
        }
    });
}
