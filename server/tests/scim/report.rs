//! Whoever finds a token ends it.

use serde_json::json;
use store::audit;

use crate::support::{Client, TestServer, on_each_engine};

fn report(server: &TestServer, body: &str) -> (u16, String) {
    let answer = Client::new(server.url(""), None).send("POST", "/token-report", &[], Some(body.as_bytes()));
    (answer.status, answer.text)
}

#[test]
fn a_reported_token_works_no_more() {
    on_each_engine(|server| {
        let (acme, globex) = (server.tenant("Acme"), server.tenant("Globex"));
        acme.scim().get("/Users").expect(200);
        let first = report(server, &json!({ "token": acme.token }).to_string());
        assert_eq!(first.0, 202);
        acme.scim().get("/Users").expect(401);
        globex.scim().get("/Users").expect(200);
        let acts = server.read(async |conn| audit::latest(conn, &acme.id, 10).await);
        assert_eq!(
            acts.iter()
                .filter(|(actor, action, _)| (actor.as_str(), action.as_str()) == ("token report", "token.reported"))
                .count(),
            1
        );
        // Whatever is reported is answered alike: again, never issued, no token at all, one that waits to be activated.
        let pending = globex.pending_token(store::integrations::Provider::Okta);
        let unknown = store::tokens::TokenSecret::generate(server.store.random());
        for body in [acme.token.as_str(), unknown.expose(), "nothing", "", pending.as_str()] {
            assert_eq!(report(server, body), first);
        }
        let acts = server.read(async |conn| audit::latest(conn, &acme.id, 10).await);
        assert_eq!(acts.iter().filter(|(_, action, _)| action == "token.reported").count(), 1, "told once");
        let page = acme.admin().page("/audit-log");
        assert!(page.contains("Revoked a token that was found"), "{page}");
        assert!(!page.contains(&acme.token), "the log holds no token");
    });
}

#[test]
fn reports_are_limited_in_size_and_number() {
    on_each_engine(|server| {
        assert_eq!(report(server, &"x".repeat(9_000)).0, 413);
        let statuses: Vec<u16> = (0..60).map(|_| report(server, "x").0).collect();
        assert!(statuses[..40].iter().all(|status| *status == 202), "{statuses:?}");
        assert_eq!(statuses.last(), Some(&429));
    });
}
