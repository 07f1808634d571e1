//! Strangers who ask too much, and that nobody else has to wait for it.

use super::Company;
use crate::support::on_each_engine;
use crate::support::{Answer, TestServer};

/// Posts nonsense from an address.
fn nonsense(server: &TestServer, acme: &Company<'_>, address: &str) -> Answer {
    let headers = [("content-type", "application/x-www-form-urlencoded"), ("x-forwarded-for", address)];
    server.browser().send("POST", &acme.path("/callback"), &headers, Some(b"SAMLResponse=PHg%2B"))
}

fn login(server: &TestServer, acme: &Company<'_>, address: &str) -> Answer {
    server.browser().send("GET", &acme.path("/login"), &[("x-forwarded-for", address)], None)
}

#[test]
fn one_network_asks_so_often_and_others_are_not_kept_waiting() {
    on_each_engine(|server| {
        let acme = Company::new(server, "Acme");
        for _ in 0..50 {
            assert_eq!(nonsense(server, &acme, "203.0.113.9").status, 403);
            assert_eq!(login(server, &acme, "203.0.113.9").status, 303);
        }
        for answer in [nonsense(server, &acme, "203.0.113.9"), login(server, &acme, "203.0.113.9")] {
            assert_eq!((answer.status, answer.header("retry-after")), (429, "3"), "{}", answer.text);
        }
        assert_eq!(nonsense(server, &acme, "203.0.113.10").status, 403);
        assert_eq!(login(server, &acme, "203.0.113.10").status, 303);
        server.clock.advance(time::Duration::seconds(1));
        assert_eq!(login(server, &acme, "203.0.113.9").status, 303);
    });
}

#[test]
fn addresses_of_one_ipv6_network_are_one() {
    on_each_engine(|server| {
        let acme = Company::new(server, "Acme");
        for number in 0..100 {
            assert_eq!(nonsense(server, &acme, &format!("2001:db8:1:1::{number}")).status, 403);
        }
        assert_eq!(nonsense(server, &acme, "2001:db8:1:1:ffff::1").status, 429);
        assert_eq!(nonsense(server, &acme, "2001:db8:1:2::1").status, 403);
    });
}
