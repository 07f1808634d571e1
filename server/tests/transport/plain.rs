//! SCIM over plain HTTP.

use serde_json::Value;

use super::Program;
use crate::support::Client;

/// The status of a SCIM request, which is refused in SCIM's own words or reaches the token.
fn ask(program: &Program, token: Option<&str>, headers: &[(&str, &str)]) -> (u16, String) {
    let client = Client::new(format!("http://{}", program.address), token);
    let answer = client.send("GET", "/scim/v2/Users", headers, None);
    let body: Value = answer.json();
    (answer.status, body["detail"].as_str().unwrap_or_default().to_owned())
}

#[test]
fn from_other_machines_it_is_refused_and_the_token_not_looked_at() {
    let program = Program::start(&["--listen", "0.0.0.0:0"]);
    program.command(&["tenant", "create", "--name", "Acme"]);
    let token = program.command(&["token", "issue", "--tenant", "Acme", "--provider", "azure", "--name", "test"]);
    assert!(token.starts_with("siq_scim_"), "{token}");
    for token in [None, Some("siq_scim_none"), Some(token.as_str())] {
        // Whatever a stranger says of the connection is not believed.
        for headers in [&[][..], &[("x-forwarded-proto", "https"), ("forwarded", "proto=https")]] {
            let (status, detail) = ask(&program, token, headers);
            assert_eq!(status, 403, "{token:?}");
            assert!(detail.contains("over https only"), "{detail}");
        }
    }
    let client = Client::new(format!("http://{}", program.address), Some(&token));
    for path in ["/scim", "/scim/", "/scim/v2/", "/scim/Groups/x", "/scim/nowhere"] {
        let answer = client.get(path);
        assert_eq!((answer.status, answer.header("location")), (403, ""), "{path}: refused and not redirected");
    }
    assert_eq!(client.get("/healthz").status, 200);
    assert_eq!(client.get("/login").status, 200);
}

#[test]
fn behind_a_proxy_that_was_named_what_it_says_counts() {
    let program = Program::start(&["--listen", "0.0.0.0:0", "--trusted-proxies", "127.0.0.1"]);
    assert_eq!(ask(&program, None, &[("x-forwarded-proto", "https")]).0, 401);
    assert_eq!(ask(&program, None, &[("x-forwarded-proto", "http")]).0, 403);
    assert_eq!(ask(&program, None, &[]).0, 403);
    let both = [("x-forwarded-proto", "https"), ("x-forwarded-proto", "http")];
    assert_eq!(ask(&program, None, &both).0, 403, "one of the two is made up");
    let elsewhere = Program::start(&["--listen", "0.0.0.0:0", "--trusted-proxies", "192.0.2.1"]);
    assert_eq!(ask(&elsewhere, None, &[("x-forwarded-proto", "https")]).0, 403);
}

#[test]
fn on_this_machine_and_where_the_operator_says_so_it_is_answered() {
    let local = Program::start(&["--listen", "127.0.0.1:0"]);
    assert_eq!(ask(&local, None, &[]).0, 401);
    let allowed = Program::start(&["--listen", "0.0.0.0:0", "--allow-plain-http"]);
    assert_eq!(ask(&allowed, None, &[]).0, 401);
}
