//! Groups come, are renamed, and go.

use ::scim::urn;
use serde_json::json;

use crate::support::{id, on_each_engine};

#[test]
fn a_group_lives() {
    on_each_engine(|server| {
        let acme = server.tenant("Acme");
        let scim = acme.scim();
        let adscim = "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group";
        let sent = json!({"schemas": [urn::GROUP, adscim], "externalId": "e", "displayName": "Analysts", "meta": {}});
        let answer = scim.post("/Groups", sent);
        let group = answer.expect(201);
        let path = format!("/Groups/{}", id(&group));
        assert_eq!(answer.header("location"), format!("https://console.test/scim{path}"));
        assert_eq!(group["schemas"], json!([urn::GROUP]), "only schemas that are served are named");
        assert!(acme.last_notes(id(&group)).iter().any(|note| note.detail.contains("ADSCIM")));
        let renamed =
            scim.patch(&path, json!([{"op": "replace", "value": {"id": id(&group), "displayName": "Analytics"}}]));
        assert_eq!(renamed.expect(200)["displayName"], "Analytics");
        scim.patch(&path, json!([{"op": "remove", "path": "displayName"}])).refused(400, "mutability", "displayName");
        scim.patch(&path, json!([{"op": "replace", "path": "id", "value": "x"}])).refused(400, "mutability", "id");
        scim.put(&path, json!({"externalId": "f"})).refused(400, "invalidValue", "displayName");
        scim.put("/Groups/none", json!({"displayName": "x"})).expect(404);
        assert_eq!(scim.delete(&path).status, 204);
        scim.get(&path).expect(404);
        scim.delete(&path).expect(404);
    });
}

#[test]
fn display_names_are_unique_without_regard_to_case() {
    on_each_engine(|server| {
        let scim = server.tenant("Acme").scim();
        let first = scim.post("/Groups", json!({"displayName": "Straße"})).expect(201);
        scim.post("/Groups", json!({"displayName": "STRASSE"})).refused(409, "uniqueness", "displayName");
        let second = scim.post("/Groups", json!({"displayName": "Other"})).expect(201);
        let path = format!("/Groups/{}", id(&second));
        let rename = json!([{"op": "replace", "path": "displayName", "value": "strasse"}]);
        scim.patch(&path, rename.clone()).refused(409, "uniqueness", "displayName");
        scim.put(&path, json!({"displayName": "straße"})).refused(409, "uniqueness", "displayName");
        scim.delete(&format!("/Groups/{}", id(&first))).expect(204);
        assert_eq!(scim.patch(&path, rename).expect(200)["displayName"], "strasse");
    });
}
