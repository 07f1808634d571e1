//! Who may ask: a live token in the Authorization header, and nobody else.

use serde_json::json;
use store::integrations::Provider;
use time::Duration;

use crate::support::{Answer, on_each_engine};

const NO_CREDENTIALS: &str = "Bearer realm=\"scim\"";
const INVALID_TOKEN: &str = "Bearer realm=\"scim\", error=\"invalid_token\"";

fn refused(answer: &Answer, challenge: &str) -> String {
    assert_eq!(answer.header("www-authenticate"), challenge);
    answer.refused(401, "", "SCIM Bearer Token")
}

#[test]
fn every_route_wants_a_token() {
    on_each_engine(|server| {
        server.tenant("Acme");
        let stranger = server.stranger();
        for path in [
            "",
            "/",
            "/Users",
            "/Users/",
            "/Users/1",
            "/Users/.search",
            "/Groups",
            "/Groups/1",
            "/Groups/.search",
            "/.search",
            "/Bulk",
            "/Me",
            "/Schemas",
            "/Schemas/x",
            "/ResourceTypes",
            "/ResourceTypes/User",
            "/ServiceProviderConfig",
            "/nothing",
            "/v2",
            "/v2/Users",
            "/v2/nothing",
            "/v2/v2",
        ] {
            for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"] {
                refused(&stranger.send(method, path, &[], None), NO_CREDENTIALS);
            }
        }
    });
}

#[test]
fn all_refusals_of_a_token_are_alike() {
    on_each_engine(|server| {
        let acme = server.tenant("Acme");
        let (revoked, revoked_id) = acme.token_for(Provider::Okta, None);
        let (expired, _) = acme.token_for(Provider::OneLogin, Some(Duration::hours(1)));
        let pending = acme.pending_token(Provider::Google);
        let live = [&acme.token, &revoked, &expired];
        for token in live {
            acme.scim_with(token).get("/Users").expect(200);
        }
        acme.revoke(&revoked_id);
        server.clock.advance(Duration::hours(1));

        let mut flipped = acme.token.clone();
        let last = if flipped.ends_with('0') { "1" } else { "0" };
        flipped.replace_range(flipped.len() - 1.., last);
        let unknown = "siq_scim_0000000000000000000000000000000000000000000_000000".to_owned();
        let known = refused(&acme.scim_with(&revoked).get("/Users"), INVALID_TOKEN);
        for token in [expired, pending, flipped, unknown, String::new(), "x".repeat(5000)] {
            let answer = acme.scim_with(&token).get("/Users");
            assert_eq!(refused(&answer, INVALID_TOKEN), known, "{token}");
        }
        acme.scim().get("/Users").expect(200);
    });
}

#[test]
fn only_one_authorization_header_of_the_right_scheme_counts() {
    on_each_engine(|server| {
        let acme = server.tenant("Acme");
        let bearer = format!("Bearer {}", acme.token);
        let stranger = server.stranger();
        let basic = format!("Basic {}", acme.token);
        for header in [basic.as_str(), acme.token.as_str(), "Bearer", "Bearer ", ""] {
            refused(&stranger.send("GET", "/Users", &[("authorization", header)], None), INVALID_TOKEN);
        }
        let twice = [("authorization", bearer.as_str()), ("authorization", bearer.as_str())];
        refused(&stranger.send("GET", "/Users", &twice, None), INVALID_TOKEN);
        for scheme in ["bearer", "BEARER", "Bearer "] {
            let header = format!("{scheme} {}", acme.token);
            stranger.send("GET", "/Users", &[("authorization", &header)], None).expect(200);
        }
    });
}

#[test]
fn a_token_in_the_query_or_the_body_or_a_cookie_is_no_token() {
    on_each_engine(|server| {
        let acme = server.tenant("Acme");
        let stranger = server.stranger();
        refused(&stranger.get(&format!("/Users?access_token={}", acme.token)), NO_CREDENTIALS);
        let body = json!({"userName": "u", "access_token": acme.token});
        refused(&stranger.post("/Users", body), NO_CREDENTIALS);
        let cookie = format!("token={}; access_token={}", acme.token, acme.token);
        refused(&stranger.send("GET", "/Users", &[("cookie", &cookie)], None), NO_CREDENTIALS);
        assert_eq!(acme.scim().get("/Users").expect(200)["totalResults"], 0);
    });
}

#[test]
fn encoded_paths_never_lead_past_the_door() {
    on_each_engine(|server| {
        let acme = server.tenant("Acme");
        acme.scim().post("/Users", json!({"userName": "hidden@x.test"})).expect(201);
        for target in [
            "/scim/v2%2FUsers",
            "/scim/v2/%55sers",
            "/scim/%55sers",
            "//scim/Users",
            "/scim//Users",
            "/scim/./Users",
            "/x/../scim/Users",
            "/scim/v2/../Users",
            "/SCIM/Users",
            "/scim/Users;x=1",
            "/scim/Users%00",
            "/scim%2FUsers",
            "/%73cim/Users",
            "/scim/Users/%2e%2e/Users",
        ] {
            let answer = server.raw(format!("GET {target} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"));
            assert!(!answer.starts_with("HTTP/1.1 200"), "{target}: {answer}");
            assert!(!answer.contains("hidden@x.test"), "{target}: {answer}");
        }
        let absolute = "GET http://x/scim/Users HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
        assert!(server.raw(absolute).starts_with("HTTP/1.1 401"));
    });
}

#[test]
fn a_company_that_asks_too_often_is_told_to_wait_and_others_are_not() {
    for engine in [crate::support::Engine::Sqlite, crate::support::Engine::Postgres] {
        let server = crate::support::TestServer::start_with_rate_limit(engine, 1);
        let (acme, other) = (server.tenant("Acme"), server.tenant("Other"));
        let answers: Vec<_> = (0..11).map(|_| acme.scim().get("/Users?count=0")).collect();
        assert!(answers[..10].iter().all(|answer| answer.status == 200));
        answers[10].refused(429, "", "Try again");
        let seconds: u64 = answers[10].header("retry-after").parse().expect("whole seconds");
        other.scim().get("/Users?count=0").expect(200);
        server.clock.advance(Duration::seconds(i64::try_from(seconds).expect("few")));
        acme.scim().get("/Users?count=0").expect(200);
    }
}
