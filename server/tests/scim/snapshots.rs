//! Whole answers, letter by letter: clock and randomness repeat, so ids do too.

use ::scim::urn;
use serde_json::json;

use crate::support::{id, on_each_engine};

/// A status line, the headers that mean something to a client, and the body.
fn shown(answer: &crate::support::Answer) -> serde_json::Value {
    let headers = ["content-type", "location", "etag", "cache-control", "www-authenticate", "allow", "retry-after"];
    let headers: serde_json::Map<_, _> = headers
        .into_iter()
        .filter(|name| !answer.header(name).is_empty())
        .map(|name| (name.to_owned(), answer.header(name).into()))
        .collect();
    json!({"status": answer.status, "headers": headers, "body": answer.json()})
}

#[test]
fn a_morning_of_provisioning() {
    on_each_engine(|server| {
        let scim = server.tenant("Acme").scim();
        let ada = scim.post(
            "/Users",
            json!({
                "schemas": [urn::USER, urn::ENTERPRISE], "userName": "ada@x.test", "externalId": "e-1", "active": true,
                "name": {"givenName": "Ada", "familyName": "Lovelace"}, "displayName": "Ada Lovelace",
                "emails": [{"value": "ada@x.test", "type": "work", "primary": true}],
                urn::ENTERPRISE: {"department": "Analysis", "manager": {"value": "271"}},
            }),
        );
        let person = ada.expect(201);
        let group = scim.post("/Groups", json!({"displayName": "Analysts", "members": [{"value": id(&person)}]}));
        let path = format!("/Users/{}", id(&person));
        server.clock.advance(time::Duration::minutes(40));
        let disabled = scim.patch(&path, json!([{"op": "Replace", "path": "active", "value": "False"}]));
        insta::allow_duplicates! {
            insta::assert_json_snapshot!("created_user", shown(&ada));
            insta::assert_json_snapshot!("created_group", shown(&group));
            insta::assert_json_snapshot!("disabled_user", shown(&disabled));
            insta::assert_json_snapshot!("list", shown(&scim.filter("/Users", "userName eq \"ADA@x.test\"")));
            insta::assert_json_snapshot!("nobody", shown(&scim.filter("/Users", "userName eq \"bob@x.test\"")));
            insta::assert_json_snapshot!("deleted", shown(&scim.delete(&path)));
        }
    });
}

#[test]
fn refusals() {
    on_each_engine(|server| {
        let scim = server.tenant("Acme").scim();
        scim.post("/Users", json!({"userName": "taken@x.test"})).expect(201);
        insta::allow_duplicates! {
            insta::assert_json_snapshot!("no_token", shown(&server.stranger().get("/Users")));
            insta::assert_json_snapshot!("wrong_token", shown(&server.tenant("Other").scim_with("x").get("/Users")));
            insta::assert_json_snapshot!("taken", shown(&scim.post("/Users", json!({"userName": "TAKEN@x.test"}))));
            insta::assert_json_snapshot!("unknown_id", shown(&scim.get("/Users/none")));
            insta::assert_json_snapshot!("bad_filter", shown(&scim.filter("/Users", "userName is \"x\"")));
            insta::assert_json_snapshot!("wrong_method", shown(&scim.send("PUT", "/Bulk", &[], None)));
        }
    });
}
