//! Joiners, leavers, and those who come back.

use serde_json::json;

use crate::support::{id, on_each_engine};

#[test]
fn a_leaver_keeps_id_and_groups_and_comes_back() {
    on_each_engine(|server| {
        let acme = server.tenant("Acme");
        let scim = acme.scim();
        let user = scim.post("/Users", json!({"userName": "u", "displayName": "U"})).expect(201);
        scim.post("/Groups", json!({"displayName": "G", "members": [{"value": id(&user)}]})).expect(201);
        let path = format!("/Users/{}", id(&user));
        let off = scim.patch(&path, json!([{"op": "Replace", "path": "active", "value": "False"}])).expect(200);
        assert_eq!((&off["active"], &off["groups"][0]["display"]), (&json!(false), &json!("G")));
        scim.post("/Users", json!({"userName": "u"})).refused(409, "uniqueness", "userName");
        let on = scim.patch(&path, json!([{"op": "replace", "value": {"active": true}}])).expect(200);
        assert_eq!((&on["id"], &on["active"], &on["groups"][0]["display"]), (&user["id"], &json!(true), &json!("G")));
        let events = server.read(async |conn| store::events::of_resource(conn, &acme.id, id(&user), 9).await);
        let mut actions: Vec<_> = events.iter().map(|event| event.action.name()).collect();
        actions.sort_unstable();
        assert_eq!(actions, ["created", "disabled", "enabled"]);
    });
}

/// On a soft delete Azure renames: 32 hexadecimal digits of the object's id before the user principal name.
#[test]
fn a_tombstone_renamed_by_azure_frees_the_name_and_collides_with_nobody() {
    on_each_engine(|server| {
        let scim = server.tenant("Acme").scim();
        let first = scim.post("/Users", json!({"userName": "ada@x.test", "externalId": "1"})).expect(201);
        let path = format!("/Users/{}", id(&first));
        let tombstone = "0f3c5a7b9d1e4c5d8e7f6a5b4c3d2e1fada@x.test";
        let renamed = scim
            .patch(
                &path,
                json!([
                    {"op": "Replace", "path": "active", "value": "False"},
                    {"op": "Replace", "path": "userName", "value": tombstone},
                ]),
            )
            .expect(200);
        assert_eq!((&renamed["userName"], &renamed["active"]), (&json!(tombstone), &json!(false)));
        let second = scim.post("/Users", json!({"userName": "ada@x.test", "externalId": "2"})).expect(201);
        let back = scim.patch(&path, json!([{"op": "Replace", "path": "userName", "value": "ADA@x.test"}]));
        back.refused(409, "uniqueness", "userName");
        scim.delete(&path).expect(204);
        assert_eq!(scim.get(&format!("/Users/{}", id(&second))).expect(200)["userName"], "ada@x.test");
    });
}
