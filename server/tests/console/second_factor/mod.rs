//! `/settings/profile/second-factor`, `/login/code`, passkeys, and companies that require one.

mod passkeys;
mod required;
mod settings;

use store::accounts::Role;
use store::audit;
use time::Duration;

use crate::support::authenticator::{Authenticator, STEP};
use crate::support::browser::{Browser, PASSWORD, plain, value_of};
use crate::support::{Answer, Tenant, TestServer, on_each_engine};

const PAGE: &str = "/settings/profile/second-factor";
const BEGIN: &str = "/settings/profile/second-factor/begin";
const CODES: &str = "/settings/profile/second-factor/codes";
const OFF: &str = "/settings/profile/second-factor/off";
const EMAIL: &str = "ada@acme.test";
const TOO_LONG: Duration = Duration::minutes(11);

/// Until the app shows another code.
fn next_step(server: &TestServer) {
    server.clock.advance(Duration::seconds(STEP));
}

/// Sets a second factor up: the app, and the recovery codes.
#[track_caller]
fn set_up(server: &TestServer, browser: &Browser) -> (Authenticator, Vec<String>) {
    let app = Authenticator::scan(&browser.submit(BEGIN, &[]));
    let answer = browser.post(PAGE, &[("code", &app.code(server.store.now()))]);
    assert_eq!(answer.status, 200, "{}", plain(&answer.text));
    next_step(server);
    (app, recovery_codes(&answer))
}

#[track_caller]
fn recovery_codes(answer: &Answer) -> Vec<String> {
    let list = answer.text.split_once("id=\"recovery-codes\"").expect("codes").1;
    let list = list.split_once('>').expect("a list").1.split_once("</pre>").expect("its end").0;
    let codes: Vec<_> = plain(list).lines().map(str::to_owned).collect();
    assert!(codes.len() == 10 && codes.iter().all(|code| code.len() == 29), "{codes:?}");
    codes
}

/// Enters the password, and stands before the question for a code.
#[track_caller]
fn half_signed_in(server: &TestServer, email: &str) -> Browser {
    let browser = server.browser();
    let answer = browser.post("/login", &[("email", email), ("password", PASSWORD)]);
    assert_eq!((answer.status, answer.header("location")), (303, "/login/code"), "{}", answer.text);
    browser
}

fn enter(browser: &Browser, code: &str) -> Answer {
    browser.post("/login/code", &[("code", code)])
}

/// What a page says, without the nonce of its scripts.
fn main_of(answer: &Answer) -> String {
    plain(&answer.text).split_once("<main").expect("a page").1.split_once("</main>").expect("its end").0.to_owned()
}

fn acts(tenant: &Tenant<'_>) -> Vec<(String, String, String)> {
    tenant.server().read(async |conn| audit::latest(conn, &tenant.id, 100).await)
}

#[track_caller]
fn is_recorded(tenant: &Tenant<'_>, actor: &str, action: &str) {
    let acts = acts(tenant);
    assert!(acts.iter().any(|act| act.0 == actor && act.1 == action && act.2 == EMAIL), "{action}: {acts:?}");
}

#[test]
fn a_code_of_the_app_has_to_follow_the_password() {
    on_each_engine(|server| {
        let acme = server.tenant("Acme");
        let ada = acme.account(EMAIL, Role::Admin);
        let before = ada.cookies();
        let other = server.signed_in(EMAIL);
        let (app, codes) = set_up(server, &ada);
        assert_ne!(ada.cookies(), before, "a new session id");
        assert_eq!(ada.get("/employees").status, 200);
        assert_eq!(other.get("/employees").status, 303, "other sessions have ended");
        assert!(!ada.page(PAGE).contains(&codes[0]), "codes are shown once");
        assert_eq!(ada.post(PAGE, &[("code", "000000")]).status, 409, "it is set up already");

        let browser = half_signed_in(server, EMAIL);
        let half = browser.cookies();
        let answer = enter(&browser, &app.code(server.store.now()));
        assert_eq!((answer.status, answer.header("location")), (303, "/employees"), "{}", answer.text);
        assert_eq!(browser.get("/employees").status, 200);
        assert_ne!(browser.cookies(), half, "OWASP ASVS 5.0, 7.2.4: a new id");
        let old = server.browser();
        old.set_cookies(&half);
        assert_eq!(old.get("/login/code").status, 303, "the half session is over");
        is_recorded(&acme, EMAIL, "second_factor.set_up");
        is_recorded(&acme, EMAIL, "account.sign_in");
    });
}

/// Routes that ask for no account.
fn is_open_to_strangers(path: &str) -> bool {
    const OPEN: [&str; 11] = [
        "/healthz",
        "/readyz",
        "/favicon.ico",
        "/token-report",
        "/login",
        "/login/code",
        "/login/code/passkey",
        "/logout",
        "/setup",
        "/invitation",
        "/theme",
    ];
    let begins = |start: &str| path.starts_with(start);
    let below = ["/scim", "/saml", "/my-record", "/assets"].into_iter().any(begins);
    OPEN.contains(&path) || below || path.contains("axum_fallback")
}

#[test]
fn a_half_session_opens_nothing_but_the_question_and_the_way_out() {
    on_each_engine(|server| {
        let acme = server.tenant("Acme");
        set_up(server, &acme.account(EMAIL, Role::Admin));
        let half = half_signed_in(server, EMAIL);
        let before = acts(&acme);
        let routes = super::roles::router_routes(server, |path| !is_open_to_strangers(path));
        assert!(routes.len() > 50, "{routes:?}");
        for (path, methods) in routes.iter().map(|(path, methods)| (path.replace("{}", "x"), methods)) {
            for method in methods.iter().filter(|method| *method != "HEAD") {
                let headers =
                    [("sec-fetch-site", "same-origin"), ("content-type", "application/x-www-form-urlencoded")];
                let answer = half.send(method, &path, &headers, Some(b"required=yes"));
                assert_eq!(answer.status, 303, "{method} {path}");
                assert!(answer.header("location").starts_with("/login"), "{method} {path}");
            }
        }
        assert_eq!(half.get("/login").header("location"), "/login/code", "and from there to the question");
        assert_eq!(acts(&acme), before, "nothing was done");
        assert_eq!(half.get("/scim/Users").status, 401);
        let page = half.page("/login/code");
        assert!(!page.contains(EMAIL) && !page.contains("<script"), "{page}");

        assert_eq!(half.post("/logout", &[]).header("location"), "/login");
        assert_eq!(half.get("/login").status, 200, "the way out");
    });
}

#[test]
fn it_ends_after_ten_minutes_and_with_the_account() {
    on_each_engine(|server| {
        let acme = server.tenant("Acme");
        let (app, _) = set_up(server, &acme.account(EMAIL, Role::Admin));
        let half = half_signed_in(server, EMAIL);
        server.clock.advance(Duration::minutes(10));
        let late = enter(&half, &app.code(server.store.now()));
        assert_eq!(late.header("location"), "/login");
        assert_eq!(half.get("/employees").status, 303);
        let half = half_signed_in(server, EMAIL);
        server.tamper("UPDATE accounts SET disabled_at = 1");
        assert_eq!(enter(&half, &app.code(server.store.now())).header("location"), "/login");
    });
}

#[test]
fn a_code_works_once_and_for_a_step_before_and_after() {
    on_each_engine(|server| {
        let acme = server.tenant("Acme");
        let (app, _) = set_up(server, &acme.account(EMAIL, Role::Admin));
        server.clock.advance(Duration::minutes(5));
        let now = server.store.now();
        let refused = |code: &str| {
            let answer = enter(&half_signed_in(server, EMAIL), code);
            assert_eq!(answer.status, 422, "{code}");
            plain(&answer.text)
        };
        let words = refused("000000");
        for wrong in ["", "12345", "not a code", &app.code(now - Duration::MINUTE)] {
            assert_eq!(refused(wrong), words, "the same words for every refusal");
        }
        server.clock.advance(Duration::seconds(10));
        let early = app.code(now - Duration::seconds(STEP));
        assert_eq!(enter(&half_signed_in(server, EMAIL), &early).status, 303, "typed slowly");
        assert_eq!(refused(&early), words, "and not twice");
        let ahead = app.code(now + Duration::seconds(STEP));
        assert_eq!(enter(&half_signed_in(server, EMAIL), &ahead).status, 303, "a clock that is fast");
        for taken in [ahead, app.code(now)] {
            assert_eq!(refused(&taken), words, "it, and what came before it, was taken");
        }
    });
}

#[test]
fn a_recovery_code_signs_in_once() {
    on_each_engine(|server| {
        let acme = server.tenant("Acme");
        let ada = acme.account(EMAIL, Role::Admin);
        let (_, codes) = set_up(server, &ada);
        let typed = codes[3].to_lowercase().replace('-', " ");
        assert_eq!(enter(&half_signed_in(server, EMAIL), &typed).status, 303);
        assert_eq!(enter(&half_signed_in(server, EMAIL), &codes[3]).status, 422, "once");
        is_recorded(&acme, EMAIL, "second_factor.recovery_code");
        assert!(ada.page(PAGE).contains("9 recovery codes are left"));

        let seen = value_of(&ada.page(PAGE), "seen");
        let renewed = recovery_codes(&ada.post(CODES, &[("seen", &seen)]));
        let again = ada.post(CODES, &[("seen", &seen)]);
        assert!(again.status == 409 && !again.text.contains("id=\"recovery-codes\""), "a reload makes no others");
        assert_eq!(enter(&half_signed_in(server, EMAIL), &codes[0]).status, 422, "the old ones are over");
        assert_eq!(enter(&half_signed_in(server, EMAIL), &renewed[0]).status, 303);
        is_recorded(&acme, EMAIL, "second_factor.codes");
        assert_eq!(ada.post(CODES, &[]).status, 400);
    });
}

#[test]
fn wrong_codes_wait_whatever_the_password_does() {
    on_each_engine(|server| {
        let acme = server.tenant("Acme");
        let (app, codes) = set_up(server, &acme.account(EMAIL, Role::Admin));
        for _ in 0..5 {
            // The password is right each time, which does not begin the count of codes anew.
            assert_eq!(enter(&half_signed_in(server, EMAIL), "000000").status, 422);
        }
        let half = half_signed_in(server, EMAIL);
        for right in [app.code(server.store.now()), codes[0].clone()] {
            let waits = enter(&half, &right);
            assert_eq!((waits.status, waits.header("retry-after")), (422, "10"), "not even the right one is looked at");
            assert!(plain(&waits.text).contains("Wait 10 seconds"), "{}", waits.text);
        }
        server.clock.advance(Duration::seconds(10));
        assert_eq!(enter(&half, &app.code(server.store.now())).status, 303);
        assert_eq!(enter(&half_signed_in(server, EMAIL), "000000").header("retry-after"), "", "the count began anew");
    });
}
