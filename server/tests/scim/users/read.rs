//! GET `/Users/{id}`.

use serde_json::json;

use crate::support::{id, on_each_engine};

#[test]
fn a_user_shows_the_groups_it_belongs_to() {
    on_each_engine(|server| {
        let scim = server.tenant("Acme").scim();
        let user = scim.post("/Users", json!({"userName": "u"})).expect(201);
        let path = format!("/Users/{}", id(&user));
        assert!(scim.get(&path).expect(200).get("groups").is_none());
        let group =
            scim.post("/Groups", json!({"displayName": "Analysts", "members": [{"value": id(&user)}]})).expect(201);
        let wanted = json!([{
            "value": id(&group), "$ref": format!("https://console.test/scim/Groups/{}", id(&group)),
            "type": "direct", "display": "Analysts",
        }]);
        assert_eq!(scim.get(&path).expect(200)["groups"], wanted);
        assert_eq!(scim.get("/Users").expect(200)["Resources"][0]["groups"], wanted);
        scim.patch(&path, json!([{"op": "add", "path": "groups", "value": [{"value": id(&group)}]}])).refused(
            400,
            "mutability",
            "groups",
        );
    });
}

#[test]
fn an_inactive_user_can_be_read_and_found() {
    on_each_engine(|server| {
        let scim = server.tenant("Acme").scim();
        let user = scim.post("/Users", json!({"userName": "u", "active": "False"})).expect(201);
        assert_eq!(scim.get(&format!("/Users/{}", id(&user))).expect(200)["active"], false);
        assert_eq!(scim.filter("/Users", "userName eq \"u\"").expect(200)["totalResults"], 1);
        assert_eq!(scim.filter("/Users", "active eq \"False\"").expect(200)["totalResults"], 1);
    });
}
