//! `/settings/profile`: one's own password and sessions.

use store::accounts::Role;
use time::Duration;

use crate::support::browser::{Browser, PASSWORD, plain};
use crate::support::on_each_engine;

const EMAIL: &str = "ada@acme.test";
const PROFILE: &str = "/settings/profile";
const NEW: &str = "purple tin over hills";

#[test]
fn a_new_password_ends_the_other_sessions() {
    on_each_engine(|server| {
        let here = server.tenant("Acme").account(EMAIL, Role::Viewer);
        let elsewhere = server.signed_in(EMAIL);
        let change = |current: &str, new: &str| {
            here.post(&format!("{PROFILE}/password"), &[("current_password", current), ("new_password", new)])
        };
        for (current, new, field, why) in [
            ("wrong", NEW, "current_password", "not the password of your account"),
            (PASSWORD, "short", "new_password", "at least 8 characters"),
            (PASSWORD, "Password2026", "new_password", "tried first"),
            (PASSWORD, "acme", "new_password", "at least 8 characters"),
            (PASSWORD, "Ada@ACME.test", "new_password", "e-mail address"),
            (PASSWORD, PASSWORD, "new_password", "the password you have"),
        ] {
            let refused = change(current, new);
            let page = plain(&refused.text);
            assert!(refused.status == 422 && page.contains(why), "{new}: {page}");
            assert!(page.contains(&format!("id=\"{field}-error\"")), "{new}: {page}");
            assert!(!page.contains(&format!("value=\"{new}\"")), "a password is never sent back");
        }
        assert_eq!(elsewhere.get("/employees").status, 200);
        let before = here.cookies();
        assert_eq!(change(PASSWORD, NEW).status, 303);
        assert_ne!(here.cookies(), before, "a new session id");
        assert!(here.page(PROFILE).contains("Your password is changed"));
        assert_eq!(elsewhere.get("/employees").status, 303, "ended");
        let login =
            |password: &str| server.browser().post("/login", &[("email", EMAIL), ("password", password)]).status;
        assert_eq!((login(PASSWORD), login(NEW)), (422, 303));
    });
}

#[test]
fn of_two_new_passwords_at_once_one_is_taken_and_the_other_is_not_said_to_be() {
    on_each_engine(|server| {
        let acme = server.tenant("Acme");
        let sessions = [acme.account(EMAIL, Role::Viewer), server.signed_in(EMAIL)];
        let change = |browser: Browser, new: &'static str| {
            let fields = [("current_password", PASSWORD), ("new_password", new)];
            let answer = browser.post(&format!("{PROFILE}/password"), &fields);
            answer.status == 303 && answer.header("location") == PROFILE
        };
        let [one, other] = sessions;
        let taken = std::thread::scope(|scope| {
            let other = scope.spawn(move || change(other, "green tin over hills"));
            [(change(one, NEW), NEW), (other.join().expect("answered"), "green tin over hills")]
        });
        assert_eq!(taken.iter().filter(|(taken, _)| *taken).count(), 1, "{taken:?}");
        for (taken, password) in taken {
            let login = server.browser().post("/login", &[("email", EMAIL), ("password", password)]);
            assert_eq!(login.status == 303, taken, "{password}");
        }
    });
}

#[test]
fn sessions_are_listed_and_ended() {
    on_each_engine(|server| {
        let acme = server.tenant("Acme");
        let here = acme.account(EMAIL, Role::Viewer);
        let other = acme.account("bo@acme.test", Role::Viewer);
        let phone = server.browser();
        let headers = [
            ("content-type", "application/x-www-form-urlencoded"),
            ("sec-fetch-site", "same-origin"),
            ("x-forwarded-for", "203.0.113.9"),
            ("user-agent", "Mozilla/5.0 (iPhone; CPU iPhone OS 26_0 like Mac OS X) Version/26.0 Safari/604.1"),
        ];
        let body = serde_urlencoded::to_string([("email", EMAIL), ("password", PASSWORD)]).expect("encodable");
        assert_eq!(phone.send("POST", "/login", &headers, Some(body.as_bytes())).status, 303);
        server.signed_in(EMAIL);
        let page = here.page(PROFILE);
        assert!(page.contains("Safari on iPhone") && page.contains("203.0.113.9"), "{page}");
        assert_eq!((page.matches("This session").count(), page.matches("name=\"session\"").count()), (1, 2), "{page}");

        let handle =
            page.split("name=\"session\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("one");
        // Another account cannot end it, even if it knows the handle.
        let refused = other.submit(&format!("{PROFILE}/sessions/end"), &[("session", handle)]);
        assert!(refused.contains("had ended already"), "{refused}");
        let page = here.submit(&format!("{PROFILE}/sessions/end"), &[("session", handle)]);
        assert!(page.contains("The session has ended") && page.matches("name=\"session\"").count() == 1, "{page}");
        let again = here.submit(&format!("{PROFILE}/sessions/end"), &[("session", handle)]);
        assert!(again.contains("had ended already"), "{again}");
        let page = here.submit(&format!("{PROFILE}/sessions/end-others"), &[]);
        assert!(page.contains("One other session has ended") && !page.contains("name=\"session\""), "{page}");
        assert_eq!(phone.get("/employees").status, 303);
        assert_eq!((here.get("/employees").status, other.get("/employees").status), (200, 200));
    });
}

#[test]
fn a_password_confirmed_on_the_way_keeps_the_present_session() {
    on_each_engine(|server| {
        let here = server.tenant("Acme").account(EMAIL, Role::Viewer);
        let other = server.signed_in(EMAIL);
        server.clock.advance(Duration::minutes(11));
        let page = here.submit(&format!("{PROFILE}/sessions/end-others"), &[("confirm_password", PASSWORD)]);
        assert!(page.contains("One other session has ended"), "{page}");
        assert_eq!(other.get("/employees").status, 303);
    });
}
