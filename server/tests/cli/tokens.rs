//! `spaceiq token`.

use serde_json::Value;

use super::{failure, spaceiq};
use crate::support::{Client, TestServer, on_each_engine};

fn status(server: &TestServer, token: &str) -> u16 {
    Client::new(server.url("/scim"), Some(token)).get("/Users").status
}

fn list(server: &TestServer) -> Vec<Value> {
    serde_json::from_str(&spaceiq(server, &["token", "list", "--tenant", "Acme", "--json"])).expect("JSON")
}

fn issue(server: &TestServer) -> String {
    let printed =
        spaceiq(server, &["token", "issue", "--tenant", "acme", "--provider", "okta", "--name", "Night shift"]);
    let token = printed.trim_end_matches('\n');
    assert!(token.starts_with("siq_scim_") && token.len() == 59, "the token alone: {printed}");
    token.to_owned()
}

#[test]
fn issued_tokens_work_and_revoked_ones_do_not() {
    on_each_engine(|server| {
        spaceiq(server, &["tenant", "create", "--name", "Acme"]);
        let token = issue(server);
        assert_eq!(status(server, &token), 200);
        let all = list(server);
        assert_eq!(all.len(), 1);
        for (key, value) in [("label", "Night shift"), ("status", "active"), ("last_four", &token[55..])] {
            assert_eq!(all[0][key], value, "{key}");
        }
        for key in ["id", "prefix", "created_at", "expires_at", "last_used_at"] {
            assert!(all[0].get(key).is_some(), "{key}");
        }
        let id = all[0]["id"].as_str().expect("an id").to_owned();
        spaceiq(server, &["token", "revoke", "--tenant", "Acme", "--id", &id]);
        assert_eq!(status(server, &token), 401, "at the next request");
        assert!(spaceiq(server, &["token", "revoke", "--tenant", "Acme", "--id", &id]).contains("already"));
        assert!(failure(server, &["token", "revoke", "--tenant", "Acme", "--id", "none"]).contains("no token"));
    });
}

#[test]
fn rotation_prints_the_new_token_and_keeps_the_old_one_for_the_overlap() {
    on_each_engine(|server| {
        spaceiq(server, &["tenant", "create", "--name", "Acme"]);
        let old = issue(server);
        let id = list(server)[0]["id"].as_str().expect("an id").to_owned();
        let new = spaceiq(server, &["token", "rotate", "--tenant", "Acme", "--id", &id, "--overlap", "1h"]);
        let new = new.trim_end_matches('\n');
        assert_eq!((status(server, &old), status(server, new)), (200, 200));
        assert!(failure(server, &["token", "rotate", "--tenant", "Acme", "--id", &id]).contains("overlap"));
        assert!(
            failure(server, &["token", "issue", "--tenant", "Acme", "--provider", "okta", "--name", "x"])
                .contains("two tokens")
        );
        let states: Vec<Value> = list(server).into_iter().map(|token| token["status"].clone()).collect();
        assert!(states.contains(&"active".into()) && states.contains(&"overlap".into()), "{states:?}");
    });
}
