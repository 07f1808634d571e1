//! PUT `/Users/{id}`.

use serde_json::json;

use crate::support::{id, on_each_engine};

#[test]
fn what_is_left_out_is_cleared_and_what_is_echoed_is_ignored() {
    on_each_engine(|server| {
        let scim = server.tenant("Acme").scim();
        let user = scim
            .post("/Users", json!({"userName": "u", "title": "Dr", "emails": [{"value": "a@x"}], "displayName": "U"}))
            .expect(201);
        let path = format!("/Users/{}", id(&user));
        server.clock.advance(time::Duration::seconds(90));
        let mut echoed = user.clone();
        echoed["displayName"] = "V".into();
        echoed["id"] = "other".into();
        echoed.as_object_mut().expect("an object").remove("title");
        echoed.as_object_mut().expect("an object").remove("emails");
        let answer = scim.put(&path, echoed);
        let replaced = answer.expect(200);
        assert_eq!((&replaced["id"], &replaced["displayName"]), (&user["id"], &json!("V")));
        assert!(replaced.get("title").is_none() && replaced.get("emails").is_none());
        assert_eq!(replaced["meta"]["created"], "2026-11-23T09:00:00.000Z");
        assert_eq!(replaced["meta"]["lastModified"], "2026-11-23T09:01:30.000Z");
        assert_eq!(answer.header("etag"), "W/\"2\"");
        assert_eq!(scim.get(&path).expect(200), replaced);
    });
}

#[test]
fn the_same_again_changes_nothing() {
    on_each_engine(|server| {
        let scim = server.tenant("Acme").scim();
        let user = scim.post("/Users", json!({"userName": "u", "title": "Dr"})).expect(201);
        server.clock.advance(time::Duration::seconds(90));
        assert_eq!(scim.put(&format!("/Users/{}", id(&user)), user.clone()).expect(200), user);
    });
}

#[test]
fn leaving_active_out_or_empty_is_no_decision_to_give_access_back() {
    on_each_engine(|server| {
        let scim = server.tenant("Acme").scim();
        for (name, active) in [("a", false), ("b", true)] {
            let user = scim.post("/Users", json!({"userName": name, "active": active})).expect(201);
            let path = format!("/Users/{}", id(&user));
            for body in [
                json!({"userName": name}),
                json!({"userName": name, "active": null}),
                json!({"userName": name, "active": ""}),
            ] {
                assert_eq!(scim.put(&path, body).expect(200)["active"], active);
            }
        }
    });
}

#[test]
fn a_replacement_keeps_the_rules() {
    on_each_engine(|server| {
        let scim = server.tenant("Acme").scim();
        scim.post("/Users", json!({"userName": "taken"})).expect(201);
        let user = scim.post("/Users", json!({"userName": "u", "title": "Dr"})).expect(201);
        let path = format!("/Users/{}", id(&user));
        scim.put(&path, json!({"userName": "TAKEN"})).refused(409, "uniqueness", "userName");
        scim.put(&path, json!({"title": "x"})).refused(400, "invalidValue", "userName");
        assert_eq!(scim.get(&path).expect(200), user, "nothing was changed");
        assert_eq!(
            scim.put(&path, json!({"userName": "U"})).expect(200)["userName"],
            "U",
            "its own name in other case"
        );
    });
}
