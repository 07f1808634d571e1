//! Passkeys: added, asked for, removed; and every way in which one must not let anybody in.

use store::accounts::Role;
use time::Duration;

use super::{CODES, EMAIL, OFF, PAGE, TOO_LONG, enter, half_signed_in, is_recorded, main_of, recovery_codes, set_up};
use crate::support::browser::{Browser, PASSWORD, plain, value_of};
use crate::support::passkey::{PRESENT, SecurityKey, options};
use crate::support::{Answer, TestServer, on_each_engine};

const ASK: &str = "/settings/profile/second-factor/passkeys";
const ADD: &str = "/settings/profile/second-factor/passkeys/add";
const REMOVE: &str = "/settings/profile/second-factor/passkeys/remove";
const LOGIN: &str = "/login/code/passkey";

/// The page that asks for a new passkey.
#[track_caller]
fn asked_to_add(browser: &Browser) -> String {
    let answer = browser.post(ASK, &[("name", "Ring")]);
    assert_eq!(answer.status, 200, "{}", answer.text);
    plain(&answer.text)
}

#[track_caller]
fn added(browser: &Browser, key: &SecurityKey) -> Answer {
    let page = asked_to_add(browser);
    browser.post(ADD, &[("name", "Ring"), ("answer", &key.make(&page))])
}

/// An account's first passkey, and its recovery codes.
#[track_caller]
fn with_passkey(browser: &Browser, id: &str) -> (SecurityKey, Vec<String>) {
    let key = SecurityKey::new(id);
    let answer = added(browser, &key);
    assert_eq!(answer.status, 200, "{}", main_of(&answer));
    (key, recovery_codes(&answer))
}

/// The page that asks for a passkey after the password.
#[track_caller]
fn asked_for(half: &Browser) -> String {
    let answer = half.post(LOGIN, &[]);
    assert_eq!(answer.status, 200, "{}", answer.text);
    plain(&answer.text)
}

fn present(half: &Browser, key: &SecurityKey) -> Answer {
    let page = asked_for(half);
    half.post(LOGIN, &[("answer", &key.present(&page))])
}

/// Waits until whoever guessed wrong may guess again.
fn wait_out(server: &TestServer) {
    server.clock.advance(Duration::minutes(16));
}

#[test]
fn a_passkey_signs_in_after_the_password() {
    on_each_engine(|server| {
        let acme = server.tenant("Acme");
        let ada = acme.account(EMAIL, Role::Admin);
        let (before, other) = (ada.cookies(), server.signed_in(EMAIL));
        let (mut key, codes) = with_passkey(&ada, "k1");
        assert_ne!(ada.cookies(), before, "a new session id");
        assert_eq!(other.get("/employees").status, 303, "other sessions have ended");
        let page = ada.page(PAGE);
        assert!(page.contains("Ring") && page.contains("Never") && page.contains("10 recovery codes"), "{page}");

        let half = half_signed_in(server, EMAIL);
        let question = half.page("/login/code");
        assert!(question.contains("Use a passkey") && question.contains("Recovery code"), "{question}");
        assert!(!question.contains("<script") && !question.contains(EMAIL), "{question}");
        let page = asked_for(&half);
        let asked = options(&page);
        assert_eq!(asked["rpId"], "console.test");
        assert_eq!(asked["userVerification"], "preferred");
        assert_eq!(asked["allowCredentials"][0]["id"], key.id());
        key.counter = 1;
        let cookies = half.cookies();
        let answer = half.post(LOGIN, &[("answer", &key.present(&page))]);
        assert_eq!((answer.status, answer.header("location")), (303, "/employees"), "{}", main_of(&answer));
        assert_eq!(half.get("/employees").status, 200);
        assert_ne!(half.cookies(), cookies, "OWASP ASVS 5.0, 7.2.4: a new id");
        assert!(!ada.page(PAGE).contains("Never"), "it was used");
        assert_eq!(enter(&half_signed_in(server, EMAIL), &codes[0]).status, 303, "recovery codes stand in for it");
        is_recorded(&acme, EMAIL, "second_factor.passkey_add");
        let ways = server.rows("SELECT CAST(detail AS TEXT) FROM audit_events WHERE action = 'account.sign_in'");
        assert!(ways.iter().any(|way| way.contains("password and passkey")), "{ways:?}");
        assert!(ada.page("/settings/notices").contains("A passkey was added to your account"));
    });
}

#[test]
fn its_page_has_one_script_under_its_nonce() {
    on_each_engine(|server| {
        with_passkey(&server.tenant("Acme").account(EMAIL, Role::Viewer), "k1");
        let answer = half_signed_in(server, EMAIL).post(LOGIN, &[]);
        let policy = answer.header("content-security-policy");
        let nonce = policy.split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next()).expect("a nonce");
        let script = answer.text.split_once("<script").expect("a script").1.split_once('>').expect("its end").0;
        assert_eq!(answer.text.matches("<script").count(), 1);
        assert!(script.contains("/assets/passkey") && script.contains(&format!("nonce=\"{nonce}\"")), "{script}");
        assert!(answer.text.contains("<noscript>"), "without scripts it says so");
    });
}

/// What is changed about a key that would be right.
type Lie = (&'static str, fn(&mut SecurityKey));

const LIES: [Lie; 10] = [
    ("a false page", |key| key.origin = "https://console.evil.test".into()),
    ("a page that only begins so", |key| key.origin = "https://console.test.evil.test".into()),
    ("a page below", |key| key.origin = "https://a.console.test".into()),
    ("another port", |key| key.origin = "https://console.test:8443".into()),
    ("without TLS", |key| key.origin = "http://console.test".into()),
    ("made for another host", |key| key.host = "evil.test".into()),
    ("it was not touched", |key| key.flags = 0),
    ("it knew its owner, and does not any more", |key| key.flags = PRESENT),
    ("it was asked to do something else", |key| key.kind = "webauthn.create"),
    ("another key of the same name", |key| *key = SecurityKey::new("k1")),
];

#[test]
fn only_the_right_answer_of_the_right_page_signs_in() {
    on_each_engine(|server| {
        let acme = server.tenant("Acme");
        let (key, _) = with_passkey(&acme.account(EMAIL, Role::Admin), "k1");
        let (theirs, _) = with_passkey(&acme.account("bo@acme.test", Role::Admin), "k2");
        let (foreign, _) = with_passkey(&server.tenant("Globex").account("eve@globex.test", Role::Admin), "k3");
        let refused = |half: &Browser, answer: &str, why: &str| {
            let said = half.post(LOGIN, &[("answer", answer)]);
            assert_eq!(said.status, 422, "{why}");
            assert_eq!(half.get("/employees").status, 303, "{why}");
            wait_out(server);
        };
        for (why, lie) in LIES {
            let mut lying = key.clone();
            lie(&mut lying);
            let half = half_signed_in(server, EMAIL);
            refused(&half, &lying.present(&asked_for(&half)), why);
        }
        for (why, other) in [("another account's", &theirs), ("another company's", &foreign)] {
            let half = half_signed_in(server, EMAIL);
            refused(&half, &other.present(&asked_for(&half)), why);
        }
        let half = half_signed_in(server, EMAIL);
        let (question, another) = (asked_for(&half), asked_for(&half_signed_in(server, EMAIL)));
        refused(&half, &key.present(&another), "the question of another session");
        let half = half_signed_in(server, EMAIL);
        asked_for(&half);
        refused(&half, &key.present(&question), "a question of before");
        let half = half_signed_in(server, EMAIL);
        refused(&half, &key.make(&asked_for(&half)), "a new passkey");
        for junk in ["x", "{}", "null", "[]"] {
            let half = half_signed_in(server, EMAIL);
            asked_for(&half);
            refused(&half, junk, junk);
        }
        assert_eq!(present(&half_signed_in(server, EMAIL), &key).status, 303, "the right one");
    });
}

#[test]
fn a_question_is_answered_once_and_in_time() {
    on_each_engine(|server| {
        let (key, _) = with_passkey(&server.tenant("Acme").account(EMAIL, Role::Admin), "k1");
        let half = half_signed_in(server, EMAIL);
        let page = asked_for(&half);
        let cookies = half.cookies();
        let answer = key.present(&page);
        assert_eq!(half.post(LOGIN, &[("answer", &answer)]).status, 303);
        for cookies in [cookies, half_signed_in(server, EMAIL).cookies()] {
            let again = server.browser();
            again.set_cookies(&cookies);
            again.post(LOGIN, &[("answer", &answer)]);
            assert_eq!(again.get("/employees").status, 303, "it was answered");
        }
        let half = half_signed_in(server, EMAIL);
        let page = asked_for(&half);
        server.clock.advance(Duration::minutes(5));
        let late = half.post(LOGIN, &[("answer", &key.present(&page))]);
        assert_eq!(late.status, 422, "late");
        assert_eq!(half.post(LOGIN, &[("answer", &key.present(&plain(&late.text)))]).status, 303, "the next question");
        let half = half_signed_in(server, EMAIL);
        server.clock.advance(Duration::minutes(10));
        assert_eq!(half.post(LOGIN, &[]).header("location"), "/login", "the half session is over");
        assert_eq!(server.browser().post(LOGIN, &[]).header("location"), "/login");
    });
}

#[test]
fn a_counter_that_does_not_grow_lets_nobody_in() {
    on_each_engine(|server| {
        let (mut key, _) = with_passkey(&server.tenant("Acme").account(EMAIL, Role::Admin), "k1");
        assert_eq!(present(&half_signed_in(server, EMAIL), &key).status, 303, "a key that does not count");
        assert_eq!(present(&half_signed_in(server, EMAIL), &key).status, 303, "never does");
        key.counter = 7;
        assert_eq!(present(&half_signed_in(server, EMAIL), &key).status, 303);
        for (counter, status) in [(7, 422), (6, 422), (0, 422), (8, 303), (100, 303), (99, 422)] {
            key.counter = counter;
            assert_eq!(present(&half_signed_in(server, EMAIL), &key).status, status, "{counter}");
        }
        // Two questions at once, and two keys that count alike.
        let (one, two) = (half_signed_in(server, EMAIL), half_signed_in(server, EMAIL));
        let (first, second) = (asked_for(&one), asked_for(&two));
        key.counter = 101;
        assert_eq!(one.post(LOGIN, &[("answer", &key.present(&first))]).status, 303);
        assert_eq!(two.post(LOGIN, &[("answer", &key.present(&second))]).status, 422);
    });
}

#[test]
fn wrong_passkeys_wait_as_wrong_codes_do() {
    on_each_engine(|server| {
        let (key, codes) = with_passkey(&server.tenant("Acme").account(EMAIL, Role::Admin), "k1");
        let half = half_signed_in(server, EMAIL);
        for _ in 0..5 {
            assert_eq!(present(&half, &SecurityKey::new("k1")).status, 422);
        }
        let waits = present(&half, &key);
        assert_eq!((waits.status, waits.header("retry-after")), (422, "10"), "not even the right one is looked at");
        assert_eq!(enter(&half, &codes[0]).header("retry-after"), "10", "nor a code");
        server.clock.advance(Duration::seconds(10));
        assert_eq!(present(&half, &key).status, 303);
    });
}

#[test]
fn adding_one_wants_the_password_a_name_and_the_right_answer() {
    on_each_engine(|server| {
        let acme = server.tenant("Acme");
        let ada = acme.account(EMAIL, Role::Viewer);
        for name in ["", "   ", &"x".repeat(61), "a\nb"] {
            let answer = ada.post(ASK, &[("name", name)]);
            assert!(answer.status == 422 && answer.text.contains("name-error"), "{name:?}");
        }
        let refused = |answer: &str| {
            assert_eq!(ada.post(ADD, &[("name", "Ring"), ("answer", answer)]).status, 422);
            assert!(!ada.page(PAGE).contains("Ring"), "there is none");
        };
        for (_, lie) in LIES.iter().take(7) {
            let mut lying = SecurityKey::new("k1");
            lie(&mut lying);
            refused(&lying.make(&asked_to_add(&ada)));
        }
        let key = SecurityKey::new("k1");
        let page = asked_to_add(&ada);
        refused(&key.present(&page));
        refused(&key.make(&page));
        let page = asked_to_add(&ada);
        server.clock.advance(Duration::minutes(5));
        refused(&key.make(&page));
        assert_eq!(server.signed_in(EMAIL).get("/employees").status, 200, "nothing is asked for");

        server.clock.advance(TOO_LONG);
        let asked = plain(&ada.post(ASK, &[("name", "Ring")]).text);
        assert!(asked.contains("Confirm it is you"), "{asked}");
        let answer = ada.post(ASK, &[("name", "Ring"), ("confirm_password", PASSWORD)]);
        let page = plain(&answer.text);
        assert_eq!(ada.post(ADD, &[("name", "Ring"), ("answer", &key.make(&page))]).status, 200);
        let page = asked_to_add(&ada);
        assert_eq!(options(&page)["excludeCredentials"][0]["id"], key.id(), "not twice on one device");
        assert_eq!(options(&page)["attestation"], "none");
        assert_eq!(options(&page)["authenticatorSelection"]["userVerification"], "preferred");
        assert!(options(&page)["extensions"].is_null(), "browsers refuse what only verified owners may use");
        let again = ada.post(ADD, &[("name", "Ring"), ("answer", &key.make(&page))]);
        assert!(again.status == 422 && again.text.contains("was not added"), "{}", main_of(&again));
        let bo = acme.account("bo@acme.test", Role::Viewer);
        let again = added(&bo, &key);
        assert!(again.status == 422 && again.text.contains("is there already"), "nor for two accounts");
        assert_eq!(server.signed_in("bo@acme.test").get("/employees").status, 200);
    });
}

#[test]
fn what_matters_asks_for_password_and_passkey() {
    on_each_engine(|server| {
        let acme = server.tenant("Acme");
        let ada = acme.account(EMAIL, Role::Admin);
        let (key, codes) = with_passkey(&ada, "k1");
        let theirs = [("passkey", key.id())];
        let remove = [(theirs[0].0, theirs[0].1.as_str())];
        server.clock.advance(TOO_LONG);
        let asked = plain(&ada.post(REMOVE, &remove).text);
        assert!(asked.contains("Confirm with a passkey") && asked.contains("Recovery code"), "{asked}");
        let sends = |password: &str, proof: (&'static str, &str)| {
            ada.post(REMOVE, &[remove[0], ("confirm_password", password), proof])
        };
        let wrong = sends("a wrong guess", ("confirm_passkey", &key.present(&asked)));
        assert_eq!(wrong.status, 422);
        let words = |answer: &Answer| answer.text.contains("do not belong together");
        let page = plain(&wrong.text);
        let other = sends(PASSWORD, ("confirm_passkey", &SecurityKey::new("k1").present(&page)));
        assert!(words(&wrong) && other.status == 422 && words(&other), "nobody learns which of the two was wrong");
        assert_eq!(sends(PASSWORD, ("confirm_passkey", &key.present(&page))).status, 422, "that question was used up");
        let page = plain(&ada.post(REMOVE, &remove).text);
        let done = sends(PASSWORD, ("confirm_passkey", &key.present(&page)));
        assert_eq!((done.status, done.header("location")), (303, PAGE), "{}", main_of(&done));
        is_recorded(&acme, EMAIL, "second_factor.passkey_remove");
        assert_eq!(server.signed_in(EMAIL).get("/employees").status, 200, "the password is enough");
        assert!(ada.page("/settings/notices").contains("A passkey of your account was removed"));

        let (_, fresh) = with_passkey(&ada, "k2");
        assert!(!fresh.contains(&codes[0]), "new codes with a new first factor");
        assert_eq!(enter(&half_signed_in(server, EMAIL), &codes[1]).status, 422, "the old ones went with it");
        server.clock.advance(TOO_LONG);
        let sent = [("confirm_password", PASSWORD), ("confirm_code", fresh[0].as_str())];
        assert_eq!(ada.post(OFF, &sent).status, 303, "a recovery code does, too");
    });
}

#[test]
fn app_and_passkeys_come_and_go_one_by_one() {
    on_each_engine(|server| {
        let acme = server.tenant("Acme");
        let ada = acme.account(EMAIL, Role::Admin);
        let (app, codes) = set_up(server, &ada);
        let key = SecurityKey::new("k1");
        let answer = added(&ada, &key);
        assert_eq!((answer.status, answer.header("location")), (303, PAGE), "the codes that it has go on");
        let half = half_signed_in(server, EMAIL);
        assert!(half.page("/login/code").contains("authenticator app"));
        assert_eq!(enter(&half, &app.code(server.store.now())).status, 303);
        assert_eq!(present(&half_signed_in(server, EMAIL), &key).status, 303);
        let page = ada.submit(OFF, &[]);
        assert!(page.contains("Your passkeys are asked for as before"), "{page}");
        server.clock.advance(Duration::MINUTE);
        assert_eq!(enter(&half_signed_in(server, EMAIL), &app.code(server.store.now())).status, 422, "the app is off");
        assert_eq!(enter(&half_signed_in(server, EMAIL), &codes[0]).status, 303);
        // Of an account without an app the secret is empty, and its codes are everybody's.
        let empty = crate::support::authenticator::Authenticator::empty();
        let code = empty.code(server.store.now());
        assert_eq!(ada.post(PAGE, &[("code", &code)]).status, 409, "nothing waits to be confirmed");
        assert_eq!(enter(&half_signed_in(server, EMAIL), &code).status, 422);
        let seen = value_of(&ada.page(PAGE), "seen");
        assert_eq!(recovery_codes(&ada.post(CODES, &[("seen", &seen)])).len(), 10, "they are renewed without an app");
        let bo = acme.account("bo@acme.test", Role::Admin);
        assert!(bo.submit(REMOVE, &[("passkey", &key.id())]).contains("You have no such passkey"), "another's");
        let page = ada.submit(REMOVE, &[("passkey", &key.id())]);
        assert!(page.contains("The passkey is removed"), "{page}");
        assert_eq!(server.signed_in(EMAIL).get("/employees").status, 200, "the password is enough");
    });
}

#[test]
fn a_passkey_is_what_a_company_may_require_and_an_admin_takes_away() {
    on_each_engine(|server| {
        let acme = server.tenant("Acme");
        let (admin, ada) = (acme.admin(), acme.account(EMAIL, Role::Viewer));
        with_passkey(&admin, "k0");
        assert_eq!(admin.post("/settings/accounts/second-factor", &[("required", "yes")]).status, 303);
        assert_eq!(admin.get("/employees").status, 200, "the admin has one");
        assert_eq!(ada.get("/employees").header("location"), PAGE);
        let (key, _) = with_passkey(&ada, "k1");
        assert_eq!(ada.get("/employees").status, 200);
        ada.submit(REMOVE, &[("passkey", &key.id())]);
        assert_eq!(ada.get("/employees").header("location"), PAGE, "without it the rest is closed again");
        with_passkey(&ada, "k2");
        let id = server.read(async |conn| store::accounts::find_for_sign_in(conn, EMAIL).await).remove(0).id;
        let done = admin.submit(&format!("/settings/accounts/{id}/second-factor"), &[]);
        assert!(done.contains("signs in with the password alone now"), "{done}");
        assert_eq!(ada.get("/employees").status, 303, "signed out");
        let ada = server.signed_in(EMAIL);
        with_passkey(&ada, "k3");
        crate::cli::spaceiq(server, &["account", "recover", "--tenant", "Acme", "--email", EMAIL, "--password-stdin"]);
        server.signed_in(EMAIL);
        assert_eq!(server.rows("SELECT credential_id FROM passkeys").len(), 1, "the admin's");
    });
}

#[test]
fn under_another_address_recovery_codes_go_on_and_the_doctor_says_so() {
    on_each_engine(|server| {
        let ada = server.tenant("Acme").account(EMAIL, Role::Admin);
        let (_, codes) = with_passkey(&ada, "k1");
        let listen = server.url("").replace("http://", "");
        let doctor = || crate::cli::spaceiq(server, &["doctor", "--listen", &listen]);
        assert!(doctor().contains("1 made for console.test"), "{}", doctor());
        server.tamper("UPDATE passkeys SET host = 'old.test'");
        assert!(ada.page(PAGE).contains("It was made for <bdi>old.test"), "{}", ada.page(PAGE));
        let half = half_signed_in(server, EMAIL);
        let answer = half.post(LOGIN, &[]);
        assert!(answer.status == 422 && answer.text.contains("None of your passkeys"), "{}", main_of(&answer));
        assert_eq!(enter(&half, &codes[0]).status, 303);
    });
}

#[test]
fn the_list_of_accounts_says_what_each_presents() {
    on_each_engine(|server| {
        let acme = server.tenant("Acme");
        acme.account("none@acme.test", Role::Viewer);
        set_up(server, &acme.account("app@acme.test", Role::Viewer));
        with_passkey(&acme.account("key@acme.test", Role::Viewer), "k1");
        let both = acme.account("both@acme.test", Role::Viewer);
        set_up(server, &both);
        added(&both, &SecurityKey::new("k2"));
        let said = crate::cli::spaceiq(server, &["account", "list", "--tenant", "Acme"]);
        for line in ["none@acme.test\tviewer\tenabled\tnone", "app@acme.test\tviewer\tenabled\tapp"] {
            assert!(said.lines().any(|said| said == line), "{line}: {said}");
        }
        let said = crate::cli::spaceiq(server, &["account", "list", "--tenant", "Acme", "--json"]);
        let rows: Vec<serde_json::Value> = serde_json::from_str(&said).expect("JSON");
        for (email, factor) in [("none", "none"), ("app", "app"), ("key", "passkey"), ("both", "app and passkey")] {
            let row = rows.iter().find(|row| row["email"] == format!("{email}@acme.test")).expect("a row");
            assert_eq!(row["second_factor"], factor, "{email}");
        }
    });
}
