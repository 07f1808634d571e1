//! `spaceiq rehearse` and `spaceiq check`.

use std::io::{Read, Write};
use std::net::TcpListener;

use serde_json::Value;

use super::{Said, spaceiq_on};
use crate::support::{Tenant, on_each_engine};

/// The commands open no database: this one does not exist, and must not be made.
const NOWHERE: &str = "sqlite:/proc/none/x.db";

fn run(url: &str, arguments: &[&str], input: &str) -> Said {
    let (command, rest) = arguments.split_first().expect("a command");
    spaceiq_on(NOWHERE, &[&[*command, "--url", url, "--token-stdin"], rest].concat(), input)
}

fn against(acme: &Tenant<'_>, arguments: &[&str]) -> Said {
    run(&acme.server().url("/scim"), arguments, &format!("{}\n", acme.token))
}

#[test]
fn a_rehearsal_reports_each_cycle_and_compares() {
    on_each_engine(|server| {
        let acme = server.tenant("Acme");
        let size = ["rehearse", "--users", "40", "--groups", "4", "--change", "10%", "--offboard", "5"];
        let said = against(&acme, &size);
        assert_eq!((said.code, said.err.as_str()), (0, ""), "{}", said.out);
        for words in
            ["Test Connection: passed", "40 created", "Incremental cycle", "p99", "the target equals the source"]
        {
            assert!(said.out.contains(words), "{words}: {}", said.out);
        }
        let said = against(&acme, &["rehearse", "--users", "40", "--groups", "4", "--json", "--dialect", "okta"]);
        let report: Value = serde_json::from_str(&said.out).expect("JSON");
        assert_eq!(
            (said.code, &report["succeeded"], &report["dialect"]),
            (0, &true.into(), &"okta".into()),
            "{report}"
        );
        assert!(report["cycles"][0]["users"]["created"].as_u64() < Some(5), "most are there already: {report}");
        assert!(report["cycles"][0]["milliseconds"]["p95"].is_number());
    });
}

#[test]
fn people_come_from_a_file_and_one_can_be_provisioned_on_demand() {
    on_each_engine(|server| {
        let acme = server.tenant("Acme");
        let folder = store::testing::TemporaryFolder::new();
        let path = folder.path().join("people.csv");
        let text = "userPrincipalName,displayName,department,appRole\nada@x.test,Ada,Sales,User\nbob@x.test,Bob,Legal,User\neve@x.test,Eve,Sales,Default Access\n";
        std::fs::write(&path, text).expect("a file");
        let path = path.to_str().expect("text");
        let said = against(&acme, &["rehearse", "--people", path, "--on-demand", "BOB@x.test"]);
        assert!(said.code == 0 && said.out.contains("✓ Perform action: created"), "{}", said.out);
        let said = against(&acme, &["rehearse", "--people", path, "--on-demand", "eve@x.test"]);
        assert!(said.code == 1 && said.out.contains("Default Access"), "{}", said.out);
        let mapped = ["--scope", "department EQUALS Sales", "--map", "title=Append([displayName], \"!\")"];
        let said = against(&acme, &[&["rehearse", "--people", path], &mapped[..]].concat());
        assert!(said.code == 0 && said.out.contains("1 created, 2 skipped"), "{}", said.out);
        let ada = acme.scim().filter("/Users", "userName eq \"ada@x.test\"").expect(200);
        assert_eq!(ada["Resources"][0]["title"], "Ada!");
    });
}

#[test]
fn a_check_passes_here_and_writes_what_build_servers_read() {
    on_each_engine(|server| {
        let acme = server.tenant("Acme");
        let folder = store::testing::TemporaryFolder::new();
        let path = folder.path().join("junit.xml");
        let said = against(&acme, &["check", "--junit", path.to_str().expect("text")]);
        assert_eq!((said.code, said.err.as_str()), (0, ""), "{}", said.out);
        assert!(said.out.contains("✓ users.create") && said.out.contains("expected  an authentication scheme"));
        assert!(std::fs::read_to_string(path).expect("a file").contains("failures=\"0\""));
        let said = run(&server.url("/scim"), &["check", "--json"], "wrong\n");
        let report: Value = serde_json::from_str(&said.out).expect("JSON");
        assert_eq!((said.code, &report["passed"]), (1, &false.into()));
        assert!(report["checks"][0]["came"].as_str().is_some_and(|came| came.starts_with("401")), "{report}");
    });
}

#[test]
fn wrong_usage_and_wrong_tokens_are_told_apart() {
    on_each_engine(|server| {
        let url = server.url("/scim");
        for command in ["rehearse", "check"] {
            assert_eq!(spaceiq_on(NOWHERE, &[command, "--url", &url], "").code, 2, "tokens are no arguments");
            assert_eq!(run("console.example.com", &[command], "x\n").code, 2);
            let said = run(&url, &[command], "\n");
            assert!(said.code == 1 && said.err.contains("no token"), "{}", said.err);
            let said = run("https://console.example.com/scim", &[command], "x\n");
            assert!(said.code == 1 && said.err.contains("nothing was sent"), "{}", said.err);
        }
        for arguments in [["--dialect", "entra"], ["--change", "101"], ["--scope", "department"]] {
            assert_eq!(run(&url, &[&["rehearse"], &arguments[..]].concat(), "x\n").code, 2, "{arguments:?}");
        }
        let said = run(&url, &["rehearse", "--map", "title=Mid([x])"], "x\n");
        assert!(said.code == 1 && said.err.contains("known function"), "{}", said.err);
        let said = run(&url, &["rehearse"], "wrong\n");
        assert!(said.code == 1 && said.err.contains("does not accept the token"), "{}", said.err);
    });
}

/// A redirect would carry the token to a host that nobody named.
#[test]
fn a_token_goes_nowhere_else() {
    let (named, other) =
        (TcpListener::bind("127.0.0.1:0").expect("a port"), TcpListener::bind("127.0.0.1:0").expect("a port"));
    other.set_nonblocking(true).expect("a setting");
    let (url, elsewhere) = (named.local_addr().expect("an address"), other.local_addr().expect("an address"));
    let server = std::thread::spawn(move || {
        let (mut stream, _) = named.accept().expect("a client");
        let _ = stream.read(&mut [0; 4096]);
        let answer = format!(
            "HTTP/1.1 307 Moved\r\nlocation: http://{elsewhere}/scim/Users\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
        );
        stream.write_all(answer.as_bytes()).expect("sent");
    });
    let said = run(&format!("http://{url}/scim"), &["rehearse"], "x\n");
    server.join().expect("it answered");
    assert!(said.code == 1 && said.err.contains("307"), "{}", said.err);
    assert!(other.accept().is_err(), "nobody came to the other address");
}
