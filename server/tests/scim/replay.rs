//! Requests of real clients, written down from their makers' documentation and from captured traffic: `cases.json`.

use serde_json::Value;

use crate::support::{on_each_engine, replay};

fn play(group: &str) {
    let document: Value = serde_json::from_str(include_str!("cases.json")).expect("valid JSON");
    on_each_engine(|server| {
        let acme = server.tenant("Acme");
        let failures = replay::play(&server.stranger(), &acme.token, &document, group);
        assert!(failures.is_empty(), "{} failures:\n{}", failures.len(), failures.join("\n"));
    });
}

#[test]
fn entra_connects() {
    play("entra-connect");
}

#[test]
fn entra_provisions_users() {
    play("entra-users");
}

#[test]
fn entra_provisions_groups() {
    play("entra-groups");
}

#[test]
fn okta_provisions() {
    play("okta");
}

#[test]
fn errors_say_what_is_wrong() {
    play("errors");
}
