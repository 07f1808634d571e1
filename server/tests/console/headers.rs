//! Security headers on every kind of answer.

use super::AZURE;
use crate::support::on_each_engine;

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
            for (header, value) in [
                ("x-content-type-options", "nosniff"),
                ("x-frame-options", "DENY"),
                ("referrer-policy", "no-referrer"),
                ("cross-origin-opener-policy", "same-origin"),
                ("strict-transport-security", "max-age=63072000; includeSubDomains"),
            ] {
                assert_eq!(answer.header(header), value, "{name}: {header}");
            }
            let policy = answer.header("content-security-policy");
            assert!(policy.starts_with("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{name}");
            assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"), "{name}: {policy}");
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
