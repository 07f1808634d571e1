//! The ledger of leniencies: what was bent stands in the request's provisioning event.

use ::scim::NoteKind::{Coerced, CreatedOnAbsent, Ignored, NoEffect};
use ::scim::{NoteKind, urn};
use serde_json::{Value, json};

use crate::support::{id, on_each_engine};

#[test]
fn every_leniency_of_a_patch_is_written_down() {
    on_each_engine(|server| {
        let acme = server.tenant("Acme");
        let scim = acme.scim();
        let user = json!({"schemas": [urn::USER], "userName": "u", "active": true, "emails": [{"value": "a@x", "type": "home"}]});
        let user = scim.post("/Users", user).expect(201);
        assert_eq!(acme.last_notes(id(&user)), [], "nothing was bent");
        let path = format!("/Users/{}", id(&user));
        let manager = format!("{}:manager", urn::ENTERPRISE);
        let cases: Vec<(Value, NoteKind, &str)> = vec![
            (json!({"op": "Add", "path": "title", "value": "x"}), Coerced, "op"),
            (json!({"op": "replace", "path": "active", "value": "False"}), Coerced, "active"),
            (json!({"op": "replace", "path": "title", "value": ""}), Coerced, "title"),
            (json!({"op": "add", "path": manager, "value": "271"}), Coerced, &manager),
            (json!({"op": "add", "path": "manager", "value": [{"$ref": null, "value": "271"}]}), Coerced, "manager"),
            (
                json!({"op": "replace", "path": "emails[type eq \"work\"].value", "value": "w@x"}),
                CreatedOnAbsent,
                "emails[type eq \"work\"].value",
            ),
            (json!({"op": "remove", "path": "emails[type eq \"fax\"]"}), NoEffect, "emails[type eq \"fax\"]"),
            (json!({"op": "Remove", "path": "emails", "value": [{"value": "w@x"}]}), Coerced, "emails"),
            (json!({"op": "add", "path": "emails", "value": {"value": "b@x"}}), Coerced, "emails"),
            (
                json!({"op": "add", "path": "roles", "value": [{"value": "{\"id\":\"1\",\"value\":\"A\"}"}]}),
                Coerced,
                "roles",
            ),
            (json!({"op": "replace", "value": {"id": "x", "shoeSize": 9, "meta": {}}}), Ignored, "shoeSize"),
            (json!({"op": "replace", "value": {"id": "x"}}), Ignored, "id"),
            (
                json!({"op": "add", "path": "urn:contoso:2.0:User:badge", "value": "x"}),
                Ignored,
                "urn:contoso:2.0:User:badge",
            ),
            (json!({"op": "replace", "path": "password", "value": "hunter2"}), Ignored, "password"),
            (json!({"op": "add", "path": "schemas", "value": [urn::ENTERPRISE]}), Ignored, "schemas"),
        ];
        for (operation, kind, attribute) in cases {
            server.clock.advance(time::Duration::seconds(1));
            let shown = operation.to_string();
            let answer = scim.patch(&path, json!([operation]));
            answer.expect(200);
            let notes = acme.last_notes(id(&user));
            let found = notes.iter().any(|note| note.kind == kind && note.attribute == attribute);
            assert!(found, "{shown}: {notes:?}");
            assert!(!format!("{notes:?}").contains("hunter2"));
        }
        server.clock.advance(time::Duration::seconds(1));
        scim.send_json("PATCH", &path, &[], &json!({"Operations": []})).expect(200);
        let kinds: Vec<_> = acme.last_notes(id(&user)).iter().map(|note| (note.kind, note.attribute.clone())).collect();
        assert_eq!(kinds, [(Coerced, "schemas".to_owned()), (NoEffect, "Operations".to_owned())]);
    });
}

#[test]
fn every_leniency_of_a_body_is_written_down() {
    on_each_engine(|server| {
        let acme = server.tenant("Acme");
        let scim = acme.scim();
        let body = json!({
            "schemas": [urn::USER, "urn:scim:schemas:core:1.0"], "userName": "u", "id": null, "active": "true", "title": 7,
            "name.givenName": "A", "department": "D", "shoeSize": 9, "nickName": "", "groups": [],
            "emails": {"value": "a@x", "primary": "True", "colour": "red"},
            urn::ENTERPRISE: {"manager": {"managerId": "m"}},
        });
        let user = scim.post("/Users", body).expect(201);
        let notes = acme.last_notes(id(&user));
        let manager = format!("{}:manager.managerId", urn::ENTERPRISE);
        for (kind, attribute) in [
            (Ignored, "schemas"),
            (Coerced, "active"),
            (Coerced, "title"),
            (Coerced, "name.givenName"),
            (Coerced, "department"),
            (Ignored, "shoeSize"),
            (Coerced, "nickName"),
            (Ignored, "groups"),
            (Coerced, "emails"),
            (Coerced, "emails.primary"),
            (Ignored, "emails.colour"),
            (Coerced, &manager),
        ] {
            assert!(
                notes.iter().any(|note| note.kind == kind && note.attribute == attribute),
                "{attribute}: {notes:#?}"
            );
        }
        let members = json!([{"op": "Remove", "path": "members", "value": [{"value": id(&user)}]}]);
        let group = scim
            .post("/Groups", json!({"schemas": [urn::GROUP], "displayName": "G", "members": [id(&user)]}))
            .expect(201);
        assert!(acme.last_notes(id(&group)).iter().any(|note| note.kind == Coerced && note.attribute == "members"));
        server.clock.advance(time::Duration::seconds(1));
        scim.patch(&format!("/Groups/{}", id(&group)), members).expect(200);
        assert!(acme.last_notes(id(&group)).iter().any(|note| note.kind == Coerced && note.attribute == "members"));
    });
}
