//! `/login`, `/logout`, and sessions.

use store::StoreError;
use store::accounts::{self, Decision, Outcome, Role, Standing};
use time::Duration;

use crate::support::browser::{PASSWORD, plain};
use crate::support::{TestServer, on_each_engine};

const EMAIL: &str = "ada@acme.test";

/// Forbids the account to sign in, as the command line does.
fn disable(server: &TestServer) {
    let ada = server.read(async |conn| accounts::find_for_sign_in(conn, EMAIL).await).pop().expect("the account");
    let (seen, now) = (ada.standing(), server.store.now());
    let decision = Decision { by: None, seen, wanted: Standing { enabled: false, ..seen } };
    let decided: Result<_, StoreError> = server.block_on(server.store.write(move |conn| {
        Box::pin(async move { accounts::decide(conn, &ada.tenant_id, &ada.id, decision, now).await })
    }));
    assert!(matches!(decided, Ok(Some(Outcome::Done(_)))), "{decided:?}");
}

#[test]
fn refusals_are_alike() {
    on_each_engine(|server| {
        server.tenant("Acme").account(EMAIL, Role::It);
        let try_with = |email: &str, password: &str| {
            let answer = server.browser().post("/login", &[("email", email), ("password", password)]);
            assert!(answer.header("set-cookie").is_empty());
            (answer.status, plain(&answer.text).replace(email, "EMAIL"))
        };
        let wrong = try_with(EMAIL, "wrong password");
        assert_eq!(wrong.0, 422);
        assert!(wrong.1.contains("value=\"EMAIL\""), "the address is kept");
        assert_eq!(try_with("nobody@acme.test", PASSWORD), wrong);
        disable(server);
        assert_eq!(try_with(EMAIL, PASSWORD), wrong, "a disabled account is like an unknown one");
    });
}

#[test]
fn the_cookie_is_guarded_and_only_its_hash_is_stored() {
    on_each_engine(|server| {
        server.tenant("Acme").account(EMAIL, Role::Admin);
        let browser = server.browser();
        let answer = browser.post("/login", &[("email", EMAIL), ("password", PASSWORD)]);
        let cookie = answer.header("set-cookie").to_owned();
        assert!(cookie.starts_with("__Host-session="), "{cookie}");
        for part in ["HttpOnly", "Secure", "SameSite=Lax", "Path=/"] {
            assert!(cookie.contains(part), "{part}: {cookie}");
        }
        assert!(!cookie.contains("Domain") && !cookie.contains("Max-Age"), "{cookie}");
        let id = browser.cookies().split_once('=').expect("a cookie").1.to_owned();
        if server.engine == crate::support::Engine::Sqlite {
            let file = server.database_url().trim_start_matches("sqlite:").to_owned();
            for file in [file.clone(), format!("{file}-wal")] {
                let bytes = std::fs::read(&file).unwrap_or_default();
                assert!(!bytes.windows(id.len()).any(|part| part == id.as_bytes()), "the id is in {file}");
            }
        }
    });
}

#[test]
fn sign_in_gives_a_new_id_and_sign_out_ends_it() {
    on_each_engine(|server| {
        let browser = server.tenant("Acme").account(EMAIL, Role::Admin);
        let before = browser.cookies();
        browser.post("/login", &[("email", EMAIL), ("password", PASSWORD)]);
        let after = browser.cookies();
        assert_ne!(before, after, "a new id at each sign-in");
        let old = server.browser();
        old.set_cookies(&before);
        assert_eq!(old.get("/employees").status, 303, "the old id is of no use");
        assert_eq!(browser.post("/logout", &[]).header("location"), "/login");
        browser.set_cookies(&after);
        assert_eq!(browser.get("/employees").status, 303, "the cookie was kept, but the session ended");
    });
}

#[test]
fn sessions_end_when_idle_and_after_half_a_day() {
    on_each_engine(|server| {
        let browser = server.tenant("Acme").account(EMAIL, Role::Admin);
        for _ in 0..14 {
            server.clock.advance(Duration::minutes(50));
            assert_eq!(browser.get("/employees").status, 200, "used within the hour");
        }
        server.clock.advance(Duration::minutes(21));
        assert_eq!(browser.get("/employees").status, 303, "12 hours are over");
        let browser = server.signed_in(EMAIL);
        server.clock.advance(Duration::minutes(61));
        assert_eq!(browser.get("/employees").status, 303, "idle for more than an hour");
    });
}

#[test]
fn a_page_that_asks_for_news_by_itself_keeps_no_session_alive() {
    on_each_engine(|server| {
        let browser = server.tenant("Acme").account(EMAIL, Role::Admin);
        let tokens = "/settings/integrations/provisioning-sso/azure/tokens";
        for _ in 0..2 {
            server.clock.advance(Duration::minutes(25));
            assert_eq!(browser.fetch(tokens).status, 200);
        }
        server.clock.advance(Duration::minutes(11));
        assert_eq!(browser.fetch(tokens).status, 303, "nobody was there for an hour");
    });
}

#[test]
fn a_disabled_account_is_out_at_once() {
    on_each_engine(|server| {
        let browser = server.tenant("Acme").account(EMAIL, Role::It);
        assert_eq!(browser.get("/employees").status, 200);
        disable(server);
        assert_eq!(browser.get("/employees").status, 303);
    });
}

#[test]
fn strangers_are_led_to_sign_in_and_back() {
    on_each_engine(|server| {
        server.tenant("Acme").account(EMAIL, Role::Admin);
        let browser = server.browser();
        let answer = browser.get("/employees?q=a%20b");
        assert_eq!(answer.header("location"), "/login?next=%2Femployees%3Fq%3Da%2520b");
        let login = |next: &str| {
            let fields = [("email", EMAIL), ("password", PASSWORD), ("next", next)];
            server.browser().post("/login", &fields).header("location").to_owned()
        };
        assert_eq!(login("/employees?q=a%20b"), "/employees?q=a%20b");
        for elsewhere in ["https://evil.test", "//evil.test", "/\\evil.test", ""] {
            assert_eq!(login(elsewhere), "/employees", "{elsewhere}");
        }
    });
}

#[test]
fn posts_from_other_sites_are_refused() {
    on_each_engine(|server| {
        let browser = server.tenant("Acme").account(EMAIL, Role::Admin);
        for site in ["cross-site", "same-site"] {
            assert_eq!(browser.post_from(site, "/logout", &[]).status, 403, "{site}");
            assert_eq!(browser.post_from(site, "/login", &[("email", EMAIL), ("password", PASSWORD)]).status, 403);
        }
        assert_eq!(browser.get("/employees").status, 200, "still signed in");
    });
}

/// Someone who signs in from an address of the internet, as the proxy before the server says.
fn sign_in_from(server: &TestServer, address: &str, email: &str, password: &str) -> (u16, String, String) {
    let body = serde_urlencoded::to_string([("email", email), ("password", password)]).expect("encodable");
    let headers = [
        ("content-type", "application/x-www-form-urlencoded"),
        ("sec-fetch-site", "same-origin"),
        ("x-forwarded-for", address),
    ];
    let answer = server.browser().send("POST", "/login", &headers, Some(body.as_bytes()));
    (answer.status, answer.header("retry-after").to_owned(), plain(&answer.text).replace(email, "EMAIL"))
}

#[test]
fn wrong_passwords_make_an_account_wait_whether_it_exists_or_not() {
    on_each_engine(|server| {
        server.tenant("Acme").account(EMAIL, Role::Admin);
        let mut refusals = Vec::new();
        for email in [EMAIL, "nobody@acme.test"] {
            let tries = (0..6).map(|number| sign_in_from(server, &format!("203.0.113.{number}"), email, "wrong"));
            refusals.push(tries.collect::<Vec<_>>());
        }
        assert_eq!(refusals[0], refusals[1], "nobody learns which accounts there are");
        let waits: Vec<_> = refusals[0].iter().map(|(status, wait, _)| (*status, wait.as_str())).collect();
        assert_eq!(waits, [(422, ""), (422, ""), (422, ""), (422, ""), (422, ""), (422, "10")]);
        assert!(refusals[0][5].2.contains("Wait 10 seconds"), "{}", refusals[0][5].2);
        let right = sign_in_from(server, "198.51.100.1", EMAIL, PASSWORD);
        assert_eq!((right.0, right.1.as_str()), (422, "10"), "not even the right one is looked at");
        server.clock.advance(Duration::seconds(10));
        assert_eq!(sign_in_from(server, "198.51.100.1", EMAIL, PASSWORD).0, 303);
        assert_eq!(sign_in_from(server, "198.51.100.1", EMAIL, "wrong").1, "", "the count began anew");
    });
}

#[test]
fn an_address_that_tries_many_accounts_waits() {
    on_each_engine(|server| {
        server.tenant("Acme").account(EMAIL, Role::Admin);
        for number in 0..20 {
            let email = format!("{number}@acme.test");
            assert_eq!(sign_in_from(server, "203.0.113.9", &email, "wrong").1, "", "{number}");
        }
        assert_eq!(sign_in_from(server, "203.0.113.9", EMAIL, PASSWORD).1, "10");
        assert_eq!(sign_in_from(server, "203.0.113.10", EMAIL, PASSWORD).0, 303, "others do not");
    });
}
