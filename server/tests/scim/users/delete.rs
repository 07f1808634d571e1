//! DELETE `/Users/{id}`.

use serde_json::json;

use crate::support::{id, on_each_engine};

#[test]
fn a_deleted_user_is_gone_everywhere_and_the_name_is_free() {
    on_each_engine(|server| {
        let scim = server.tenant("Acme").scim();
        let user = scim.post("/Users", json!({"userName": "u", "emails": [{"value": "u@x"}]})).expect(201);
        let group = scim.post("/Groups", json!({"displayName": "G", "members": [{"value": id(&user)}]})).expect(201);
        let path = format!("/Users/{}", id(&user));
        let answer = scim.delete(&path);
        assert_eq!((answer.status, answer.text.as_str()), (204, ""));
        scim.get(&path).expect(404);
        scim.delete(&path).refused(404, "", id(&user));
        for filter in ["userName eq \"u\"", "emails eq \"u@x\"", &format!("id eq \"{}\"", id(&user))] {
            assert_eq!(scim.filter("/Users", filter).expect(200)["totalResults"], 0, "{filter}");
        }
        let after = scim.get(&format!("/Groups/{}", id(&group))).expect(200);
        assert!(after.get("members").is_none());
        assert_eq!(after["meta"]["version"], "W/\"2\"", "the group changed with its member");
        let again = scim.post("/Users", json!({"userName": "U"})).expect(201);
        assert_ne!(again["id"], user["id"]);
        assert!(scim.get(&format!("/Users/{}", id(&again))).expect(200).get("groups").is_none());
    });
}
