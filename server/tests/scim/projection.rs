//! `attributes` and `excludedAttributes`, on every operation: RFC 7644 §3.9.

use ::scim::urn;
use serde_json::{Value, json};

use crate::support::{id, on_each_engine};

fn keys(resource: &Value) -> Vec<&str> {
    let mut keys: Vec<_> = resource.as_object().expect("an object").keys().map(String::as_str).collect();
    keys.sort_unstable();
    keys
}

#[test]
fn every_operation_obeys() {
    on_each_engine(|server| {
        let scim = server.tenant("Acme").scim();
        let whole = json!({
            "userName": "u", "title": "Dr", "name": {"givenName": "A", "familyName": "B"},
            "emails": [{"value": "a@x", "type": "work"}], urn::ENTERPRISE: {"department": "D", "costCenter": "C"},
        });
        let created = scim.post("/Users?attributes=title,name.givenName", whole.clone()).expect(201);
        assert_eq!(keys(&created), ["id", "name", "schemas", "title"]);
        assert_eq!(created["name"], json!({"givenName": "A"}));
        let path = format!("/Users/{}", id(&created));
        for answer in [
            scim.get(&format!("{path}?attributes=userName")).expect(200),
            scim.put(&format!("{path}?attributes=userName"), whole).expect(200),
            scim.patch(&format!("{path}?attributes=USERNAME"), json!([])).expect(200),
            scim.get("/Users?attributes=userName").expect(200)["Resources"][0].clone(),
            scim.post("/.search", json!({"schemas": [urn::SEARCH], "attributes": ["userName"]})).expect(200)["Resources"][0].clone(),
        ] {
            assert_eq!(keys(&answer), ["id", "schemas", "userName"]);
        }
        for (query, wanted) in [
            ("attributes=id", vec!["id", "schemas"]),
            ("attributes=emails.type", vec!["emails", "id", "schemas"]),
            ("attributes=meta.version", vec!["id", "meta", "schemas"]),
            ("attributes=shoeSize", vec!["id", "schemas"]),
            ("attributes=department", vec!["id", "schemas", urn::ENTERPRISE]),
            ("attributes=urn:ietf:params:scim:schemas:core:2.0:User:title", vec!["id", "schemas", "title"]),
            (&format!("attributes={}:costCenter", urn::ENTERPRISE), vec!["id", "schemas", urn::ENTERPRISE]),
            (
                "excludedAttributes=id,schemas,emails,meta,name,title",
                vec!["active", "id", "schemas", urn::ENTERPRISE, "userName"],
            ),
            (
                &format!("excludedAttributes={},meta,emails", urn::ENTERPRISE),
                vec!["active", "id", "name", "schemas", "title", "userName"],
            ),
        ] {
            assert_eq!(keys(&scim.get(&format!("{path}?{query}")).expect(200)), wanted, "{query}");
        }
        scim.get(&format!("{path}?attributes=a%20b")).refused(400, "invalidValue", "a b");
    });
}
