//! SCIM clients that others wrote, as real programs: scim2-tester's check of a whole server, and scim2-cli.

use std::path::PathBuf;
use std::process::{Command, Output};

use crate::support::{Client, on_each_engine};
use serde_json::Value;

/// Runs `scim` from PyPI's scim2-cli.
fn scim2_cli(client: &Client, token: &str, arguments: &[&str]) -> Output {
    let environment = std::env::var("SPACEIQ_TEST_VENV")
        .expect("SPACEIQ_TEST_VENV names a virtual environment with scim2-cli; cargo xtask test makes one");
    let program = PathBuf::from(environment).join("bin/scim");
    let mut command = Command::new(&program);
    command.args(["--url", client.base()]).args(arguments);
    command.env("SCIM_CLI_HEADERS", format!("Authorization: Bearer {token}")).env("NO_PROXY", "127.0.0.1");
    command.output().unwrap_or_else(|error| panic!("{}: {error}", program.display()))
}

fn succeeded(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{text}\n{}", String::from_utf8_lossy(&output.stderr));
    text
}

#[test]
fn scim2_tester_finds_nothing() {
    on_each_engine(|server| {
        let acme = server.tenant("Acme");
        for base in ["", "/v2"] {
            let output = scim2_cli(&acme.scim().below(base), &acme.token, &["test", "--verbose"]);
            let text = String::from_utf8_lossy(&output.stdout).into_owned();
            let lines: Vec<_> = text.lines().collect();
            let wrong = |at: &usize| lines[*at].contains("ERROR") || lines[*at].contains("CRITICAL");
            let found: Vec<_> =
                (0..lines.len()).filter(wrong).map(|at| lines[at..].iter().take(3).collect::<Vec<_>>()).collect();
            assert!(found.is_empty(), "{found:#?}");
            assert!(text.matches("SUCCESS").count() > 100, "it looked at little:\n{text}");
            succeeded(&output);
        }
    });
}

#[test]
fn scim2_cli_creates_reads_replaces_and_deletes() {
    on_each_engine(|server| {
        let acme = server.tenant("Acme");
        let scim = |arguments: &[&str]| succeeded(&scim2_cli(&acme.scim(), &acme.token, arguments));
        let json = |text: String| serde_json::from_str::<Value>(&text).unwrap_or_else(|_| panic!("no JSON: {text}"));
        let user = json(scim(&["create", "user", "--user-name", "ada@x.test", "--display-name", "Ada"]));
        let id = user["id"].as_str().expect("an id");
        assert_eq!(json(scim(&["query", "user", id]))["displayName"], "Ada");
        let replaced =
            json(scim(&["replace", "user", "--id", id, "--user-name", "ada@x.test", "--display-name", "Ada L."]));
        assert_eq!(replaced["displayName"], "Ada L.");
        let group = json(scim(&["create", "group", "--display-name", "Analysts"]));
        assert_eq!(group["displayName"], "Analysts");
        scim(&["delete", "user", id]);
        assert!(!scim2_cli(&acme.scim(), &acme.token, &["query", "user", id]).status.success(), "it is gone");
        acme.scim().get(&format!("/Users/{id}")).expect(404);
    });
}
