//! `/login`, `/logout`, and sessions.

use store::accounts::{self, Role};
use store::{StoreError, accounts::Account};
use time::Duration;

use crate::support::browser::{PASSWORD, plain};
use crate::support::{TestServer, on_each_engine};

const EMAIL: &str = "ada@acme.test";

fn account(server: &TestServer) -> Account {
    let found = server.read(async |conn| accounts::find_for_sign_in(conn, EMAIL).await);
    found.into_iter().next().expect("the account")
}

#[test]
fn refusals_are_alike() {
    on_each_engine(|server| {
        server.tenant("Acme").account(EMAIL, Role::Admin);
        let try_with = |email: &str, password: &str| {
            let answer = server.browser().post("/login", &[("email", email), ("password", password)]);
            assert!(answer.header("set-cookie").is_empty());
            (answer.status, plain(&answer.text).replace(email, "EMAIL"))
        };
        let wrong = try_with(EMAIL, "wrong password");
        assert_eq!(wrong.0, 422);
        assert!(wrong.1.contains("value=\"EMAIL\""), "the address is kept");
        assert_eq!(try_with("nobody@acme.test", PASSWORD), wrong);
        let (ada, now) = (account(server), server.store.now());
        let disabled: Result<bool, StoreError> = server.block_on(
            server.store.write(move |conn| Box::pin(async move { accounts::disable(conn, &ada, now).await })),
        );
        assert!(disabled.expect("stored"));
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
        let browser = server.tenant("Acme").account(EMAIL, Role::Admin);
        assert_eq!(browser.get("/employees").status, 200);
        let (ada, now) = (account(server), server.store.now());
        let disabled: Result<bool, StoreError> = server.block_on(
            server.store.write(move |conn| Box::pin(async move { accounts::disable(conn, &ada, now).await })),
        );
        assert!(disabled.expect("stored"));
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
