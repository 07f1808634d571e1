//! Versions, RFC 7644 §3.14.

use serde_json::json;

use crate::support::{id, on_each_engine};

#[test]
fn a_change_is_made_only_to_the_version_the_client_knows() {
    on_each_engine(|server| {
        let scim = server.tenant("Acme").scim();
        for (endpoint, body) in [("/Users", json!({"userName": "u"})), ("/Groups", json!({"displayName": "g"}))] {
            let created = scim.post(endpoint, body.clone()).expect(201);
            let path = format!("{endpoint}/{}", id(&created));
            let patch = json!({"schemas": [::scim::urn::PATCH], "Operations": [{"op": "replace", "path": "externalId", "value": "x"}]});
            for stale in ["W/\"9\"", "\"9\"", "W/\"0\", W/\"7\"", "nonsense"] {
                let headers = [("if-match", stale)];
                scim.send_json("PUT", &path, &headers, &body).refused(412, "", "If-Match");
                scim.send_json("PATCH", &path, &headers, &patch).refused(412, "", "If-Match");
                scim.send("DELETE", &path, &headers, None).refused(412, "", "If-Match");
            }
            assert_eq!(scim.get(&path).expect(200), created);
            let changed = scim.send_json("PATCH", &path, &[("if-match", "W/\"1\"")], &patch);
            assert_eq!(
                (changed.header("etag"), &changed.expect(200)["meta"]["version"]),
                ("W/\"2\"", &json!("W/\"2\""))
            );
            scim.send_json("PUT", &path, &[("if-match", "*")], &body).expect(200);
            assert_eq!(scim.send("DELETE", &path, &[("if-match", "W/\"1\", W/\"3\"")], None).status, 204);
            scim.send_json("PUT", &path, &[("if-match", "*")], &body).expect(404);
        }
    });
}

#[test]
fn a_version_that_is_known_is_not_sent_again() {
    on_each_engine(|server| {
        let scim = server.tenant("Acme").scim();
        let user = scim.post("/Users", json!({"userName": "u"})).expect(201);
        let path = format!("/Users/{}", id(&user));
        for known in ["W/\"1\"", "\"1\"", "*", "W/\"7\", W/\"1\""] {
            let answer = scim.send("GET", &path, &[("if-none-match", known)], None);
            assert_eq!((answer.status, answer.text.as_str(), answer.header("etag")), (304, "", "W/\"1\""), "{known}");
        }
        let answer = scim.send("GET", &path, &[("if-none-match", "W/\"2\"")], None);
        assert_eq!((answer.expect(200), answer.header("etag")), (user, "W/\"1\""));
    });
}
