//! `spaceiq check` against this server, and against the same one with something spoilt.

use ::rehearse::check::{self, Finding, Outcome};
use ::rehearse::transport::{Client, HttpTransport, Patience, SystemTimer, Target};
use serde_json::json;

use super::faults::{FAULTS, spoilt};
use crate::support::{Engine, TestServer, on_each_engine};

/// `marker` tells the names of one run from those that a spoilt one before could not remove.
fn findings(url: &str, token: &str, marker: &str) -> Vec<Finding> {
    let target = Target::parse(url).expect("an address");
    let (transport, timer) = (HttpTransport::new(target.clone(), token.to_owned()), SystemTimer::new());
    check::run(&Client::new(&transport, &timer, Patience::NONE), &target, &format!("check-{marker}"), |_| {})
}

fn failures(findings: &[Finding]) -> Vec<&'static str> {
    findings.iter().filter(|finding| finding.failed()).map(|finding| finding.check.id).collect()
}

#[test]
fn our_own_endpoint_passes_and_nothing_is_left_behind() {
    on_each_engine(|server| {
        let acme = server.tenant("Acme");
        let findings = findings(&server.url("/scim"), &acme.token, "own");
        assert_eq!(failures(&findings), [""; 0]);
        let not_passed: Vec<_> = findings
            .iter()
            .filter(|finding| finding.outcome != Outcome::Passed)
            .map(|finding| finding.check.id)
            .collect();
        assert_eq!(not_passed, ["tls.certificate", "tls.version", "load.throttling", "gallery.client-credentials"]);
        for endpoint in ["/Users", "/Groups"] {
            assert_eq!(acme.scim().get(endpoint).expect(200)["totalResults"], 0, "{endpoint}");
        }
    });
}

#[test]
fn each_planted_fault_is_found_by_its_check_and_by_no_other() {
    let server = TestServer::start(Engine::Sqlite);
    let acme = server.tenant("Acme");
    let clean = spoilt(&server, None);
    assert_eq!(failures(&findings(&clean, &acme.token, "clean")), [""; 0], "the layer itself changes nothing");
    for fault in FAULTS {
        let findings = findings(&spoilt(&server, Some(fault)), &acme.token, &fault.name.replace(' ', "-"));
        assert_eq!(failures(&findings), fault.found_by, "{}", fault.name);
        for finding in findings.iter().filter(|finding| finding.failed()) {
            let Outcome::Failed(said) = &finding.outcome else { continue };
            assert!(!said.sent.is_empty() && !said.came.is_empty() && !said.expected.is_empty(), "{}", fault.name);
            assert_eq!(finding.to_json()["outcome"], json!("failed"));
        }
    }
}

#[test]
fn a_server_that_is_not_there_fails_without_hanging() {
    let findings = findings("http://127.0.0.1:9/scim", "token", "none");
    assert!(failures(&findings).contains(&"connection.test"));
}
