//! PATCH `/Users/{id}`, as RFC 7644 §3.5.2 has it. What Entra makes of it: `entra_patch.rs`.

use ::scim::urn;
use serde_json::{Value, json};

use crate::support::{id, on_each_engine};

#[test]
fn all_operations_work_or_none() {
    on_each_engine(|server| {
        let scim = server.tenant("Acme").scim();
        let user = scim.post("/Users", json!({"userName": "u", "title": "Dr"})).expect(201);
        let path = format!("/Users/{}", id(&user));
        let operations = json!([
            {"op": "replace", "path": "title", "value": "Prof"},
            {"op": "add", "path": "nickName", "value": "Babs"},
            {"op": "replace", "path": "shoeSize", "value": 46},
        ]);
        scim.patch(&path, operations).refused(400, "invalidPath", "shoeSize");
        assert_eq!(scim.get(&path).expect(200), user);
    });
}

#[test]
fn refusals_have_the_right_keyword() {
    on_each_engine(|server| {
        let scim = server.tenant("Acme").scim();
        scim.post("/Users", json!({"userName": "taken"})).expect(201);
        let user = scim.post("/Users", json!({"userName": "u", "emails": [{"value": "a@x"}]})).expect(201);
        let path = format!("/Users/{}", id(&user));
        for (operation, status, keyword, word) in [
            (json!({"op": "remove"}), 400, "noTarget", "path"),
            (json!({"op": "remove", "path": "userName"}), 400, "mutability", "userName"),
            (json!({"op": "replace", "path": "id", "value": "x"}), 400, "mutability", "id"),
            (
                json!({"op": "replace", "path": "meta.created", "value": "2020-01-01T00:00:00Z"}),
                400,
                "mutability",
                "meta",
            ),
            (json!({"op": "replace", "path": "userName", "value": ""}), 400, "invalidValue", "userName"),
            (json!({"op": "replace", "path": "userName", "value": "TAKEN"}), 409, "uniqueness", "userName"),
            (json!({"op": "replace", "path": "active", "value": "perhaps"}), 400, "invalidValue", "active"),
            (json!({"op": "replace", "path": "name.shoe", "value": "x"}), 400, "invalidPath", "name.shoe"),
            (json!({"op": "replace", "path": "emails[type eq \"work\".value", "value": "x"}), 400, "invalidPath", "]"),
            (json!({"op": "replace", "path": "emails[shoe eq 1].value", "value": "x"}), 400, "invalidFilter", "shoe"),
            (json!({"op": "replace", "path": "title[type eq \"x\"]", "value": "x"}), 400, "invalidPath", "title"),
            (
                json!({"op": "replace", "path": "emails[value co \"zzz\"].type", "value": "x"}),
                400,
                "noTarget",
                "emails",
            ),
            (json!({"op": "replace", "path": 7, "value": "x"}), 400, "invalidPath", "path"),
            (json!({"op": "replace", "value": "x"}), 400, "invalidValue", "value"),
            (json!({"op": "add", "path": "title"}), 400, "invalidValue", "value"),
            (json!({"op": "move", "path": "title", "value": "x"}), 400, "invalidSyntax", "op"),
            (json!({"path": "title", "value": "x"}), 400, "invalidSyntax", "op"),
            (json!("x"), 400, "invalidSyntax", "operation"),
        ] {
            let shown = operation.to_string();
            scim.patch(&path, json!([operation])).refused(status, keyword, word);
            assert_eq!(scim.get(&path).expect(200), user, "{shown}");
        }
        for body in [json!({}), json!({"schemas": [urn::USER], "Operations": []}), json!({"Operations": {}})] {
            scim.send_json("PATCH", &path, &[], &body).refused(400, "invalidSyntax", "PATCH");
        }
    });
}

#[test]
fn what_changes_nothing_leaves_version_and_time() {
    on_each_engine(|server| {
        let scim = server.tenant("Acme").scim();
        let user = scim
            .post("/Users", json!({"userName": "u", "title": "Dr", "emails": [{"value": "a@x", "type": "work"}]}))
            .expect(201);
        let path = format!("/Users/{}", id(&user));
        server.clock.advance(time::Duration::seconds(5));
        for operations in [
            json!([{"op": "add", "path": "title", "value": "Dr"}]),
            json!([{"op": "add", "path": "emails", "value": [{"value": "A@X", "type": "work"}]}]),
            json!([{"op": "replace", "path": "emails[type eq \"work\"].value", "value": "a@x"}]),
            json!([{"op": "remove", "path": "nickName"}]),
            json!([{"op": "remove", "path": "emails[type eq \"home\"]"}]),
            json!([{"op": "add", "path": "nickName", "value": "x"}, {"op": "remove", "path": "nickName"}]),
            json!([]),
        ] {
            let shown = operations.to_string();
            let after = scim.patch(&path, operations).expect(200);
            assert_eq!(after["meta"], user["meta"], "{shown}");
        }
    });
}

#[test]
fn values_are_added_replaced_and_removed_where_the_path_says() {
    let work = json!({"value": "w@x", "type": "work", "primary": true});
    let home = json!({"value": "h@x", "type": "home"});
    let both = json!([work, home]);
    on_each_engine(|server| {
        let scim = server.tenant("Acme").scim();
        let user = scim.post("/Users", json!({"userName": "u"})).expect(201);
        let path = format!("/Users/{}", id(&user));
        for (operation, wanted) in [
            (json!({"op": "add", "path": "emails", "value": {"value": "n@x"}}), json!([work, home, {"value": "n@x"}])),
            (
                json!({"op": "add", "path": "emails", "value": [{"value": "n@x", "primary": true}]}),
                json!([{"value": "w@x", "type": "work", "primary": false}, home, {"value": "n@x", "primary": true}]),
            ),
            (
                json!({"op": "replace", "path": "emails[type eq \"home\"].primary", "value": true}),
                json!([{"value": "w@x", "type": "work", "primary": false}, {"value": "h@x", "type": "home", "primary": true}]),
            ),
            (json!({"op": "replace", "path": "emails", "value": [{"value": "n@x"}]}), json!([{"value": "n@x"}])),
            (json!({"op": "remove", "path": "emails[type eq \"work\"]"}), json!([home])),
            (json!({"op": "remove", "path": "emails[value ew \"x\" and type sw \"h\"]"}), json!([work])),
            (json!({"op": "remove", "path": "emails[type eq \"home\"].type"}), json!([work, {"value": "h@x"}])),
            (json!({"op": "remove", "path": "emails"}), Value::Null),
            (json!({"op": "replace", "path": "emails", "value": []}), Value::Null),
            (
                json!({"op": "replace", "path": "emails[type eq \"work\"]", "value": {"value": "n@x"}}),
                json!([{"value": "n@x", "type": "work"}, home]),
            ),
            (
                json!({"op": "replace", "path": "urn:ietf:params:scim:schemas:core:2.0:User:emails[type eq \"home\"].value", "value": "n@x"}),
                json!([work, {"value": "n@x", "type": "home"}]),
            ),
        ] {
            scim.patch(&path, json!([{"op": "replace", "path": "emails", "value": both}])).expect(200);
            let shown = operation.to_string();
            let after = scim.patch(&path, json!([operation])).expect(200);
            assert_eq!(after.get("emails").unwrap_or(&Value::Null), &wanted, "{shown}");
        }
    });
}

#[test]
fn complex_attributes_and_extensions_are_merged() {
    on_each_engine(|server| {
        let scim = server.tenant("Acme").scim();
        let user = scim
            .post(
                "/Users",
                json!({"userName": "u", "name": {"givenName": "A", "familyName": "B"},
                    urn::ENTERPRISE: {"department": "D", "manager": {"value": "m", "$ref": "x"}}}),
            )
            .expect(201);
        let path = format!("/Users/{}", id(&user));
        let after = scim
            .patch(
                &path,
                json!([
                    {"op": "replace", "path": "name", "value": {"givenName": "C"}},
                    {"op": "add", "path": format!("{}:costCenter", urn::ENTERPRISE), "value": "7"},
                    {"op": "replace", "path": urn::ENTERPRISE, "value": {"division": "E"}},
                    {"op": "replace", "path": format!("{}:manager", urn::ENTERPRISE), "value": {"value": "n"}},
                ]),
            )
            .expect(200);
        assert_eq!(after["name"], json!({"givenName": "C", "familyName": "B"}));
        let enterprise = json!({"department": "D", "costCenter": "7", "division": "E", "manager": {"value": "n"}});
        assert_eq!(after[urn::ENTERPRISE], enterprise);
        let bare = scim
            .patch(&path, json!([{"op": "remove", "path": urn::ENTERPRISE}, {"op": "remove", "path": "name"}]))
            .expect(200);
        assert!(bare.get(urn::ENTERPRISE).is_none() && bare.get("name").is_none());
        assert_eq!(bare["schemas"], json!([urn::USER]));
        scim.patch(&path, json!([{"op": "remove", "path": urn::USER}])).refused(400, "mutability", "core schema");
    });
}

#[test]
fn the_answer_holds_what_was_asked_for() {
    on_each_engine(|server| {
        let scim = server.tenant("Acme").scim();
        let user = scim.post("/Users", json!({"userName": "u", "title": "Dr"})).expect(201);
        let answer = scim.patch(
            &format!("/Users/{}?attributes=title", id(&user)),
            json!([{"op": "replace", "path": "title", "value": "Prof"}]),
        );
        assert_eq!(answer.expect(200), json!({"schemas": [urn::USER], "id": id(&user), "title": "Prof"}));
        assert_eq!(answer.header("etag"), "W/\"2\"");
    });
}
