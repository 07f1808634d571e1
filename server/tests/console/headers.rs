//! Security headers on every kind of answer.

use super::AZURE;
use super::roles::router_routes;
use crate::support::{Answer, on_each_engine};

/// What every answer carries, whatever it says.
#[track_caller]
fn check(name: &str, answer: &Answer) {
    for (header, value) in [
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "no-referrer"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        ("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
        ("strict-transport-security", "max-age=63072000; includeSubDomains"),
    ] {
        assert_eq!(answer.header(header), value, "{name}: {header}");
    }
    let policy = answer.header("content-security-policy");
    assert!(policy.starts_with("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{name}");
    assert!(policy.contains("base-uri 'none'") && policy.contains("form-action "), "{name}: {policy}");
    assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"), "{name}: {policy}");
    assert!(answer.headers.get("server").is_none() && answer.headers.get("x-powered-by").is_none(), "{name}");
}

/// Whatever method, whoever asks, and whatever comes of it.
#[test]
fn every_route_carries_them() {
    on_each_engine(|server| {
        let acme = server.tenant("Acme");
        let (admin, stranger) = (acme.admin(), server.browser());
        let routes = router_routes(server, |path| path != "/logout");
        assert!(routes.len() > 80, "{}", routes.len());
        for path in routes.keys() {
            let path = path.replace("{}", "x");
            for method in ["GET", "POST", "PUT", "TRACE"] {
                for (who, browser) in [("admin", &admin), ("stranger", &stranger)] {
                    let answer = browser.send(method, &path, &[("sec-fetch-site", "same-origin")], Some(b""));
                    let name = format!("{method} {path} as {who}: {}", answer.status);
                    check(&name, &answer);
                    let kept = answer.header("cache-control");
                    let public = path.starts_with("/assets") || path.starts_with("/favicon");
                    assert!(kept.contains("no-store") || public, "{name}: {kept}");
                }
            }
        }
    });
}

#[test]
fn every_answer_carries_them() {
    on_each_engine(|server| {
        let acme = server.tenant("Acme");
        let admin = acme.admin();
        let answers = [
            ("login", server.browser().get("/login")),
            ("page", admin.get(AZURE)),
            ("redirect", server.browser().get("/employees")),
            ("no page", admin.get("/nowhere")),
            ("asset", admin.get("/assets/nothing.css")),
            ("health", admin.get("/healthz")),
            ("scim", acme.scim().get("/Users")),
            ("scim refusal", server.stranger().get("/Users")),
            ("csrf", admin.post_from("cross-site", "/logout", &[])),
        ];
        for (name, answer) in answers {
            check(name, &answer);
        }
    });
}

#[test]
fn scripts_carry_the_nonce_of_their_page_and_sign_in_has_none() {
    on_each_engine(|server| {
        let admin = server.tenant("Acme").admin();
        assert!(!server.browser().page("/login").contains("<script"));
        let (one, two) = (admin.get(AZURE), admin.get(AZURE));
        let nonce =
            |policy: &str| policy.split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next()).map(str::to_owned);
        let first = nonce(one.header("content-security-policy")).expect("a nonce");
        assert_ne!(Some(&first), nonce(two.header("content-security-policy")).as_ref(), "a new one each time");
        assert_eq!(one.text.matches("<script").count(), one.text.matches(&format!("nonce=\"{first}\"")).count());
        for page in [&one, &two] {
            assert_eq!(page.header("cache-control"), "no-store");
        }
    });
}
