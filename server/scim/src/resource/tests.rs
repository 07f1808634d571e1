use serde_json::json;

use super::*;
use crate::schema::{CustomAttribute, CustomKind};
use crate::urn;

fn read(kind: ResourceKind, body: Value) -> (Result<Incoming, ScimError>, Notes) {
    let mut notes = Notes::default();
    let Value::Object(body) = body else { panic!("an object") };
    (parse(kind, body, Schemas::standard(), &mut notes), notes)
}

#[test]
fn reads_a_user_in_any_spelling() {
    let (result, notes) = read(
        ResourceKind::User,
        json!({
            "schemas": [urn::USER, urn::ENTERPRISE], "USERNAME": "ada", "externalId": "1", "id": "x", "meta": {},
            "groups": [], "password": "secret", "shoeSize": 9, "title": null, "roles": [],
            "emails": [{"Type": "work", "Value": "a@x", "primary": true}],
            urn::ENTERPRISE.to_uppercase(): {"Department": "R&D", "manager": "m"},
        }),
    );
    let wanted = json!({
        "userName": "ada", "externalId": "1",
        "emails": [{"type": "work", "value": "a@x", "primary": true}],
        urn::ENTERPRISE: {"department": "R&D", "manager": {"value": "m"}},
    });
    assert_eq!(Value::Object(result.expect("valid").document.as_map().clone()), wanted);
    let ignored: Vec<_> =
        notes.0.iter().filter(|note| note.kind == NoteKind::Ignored).map(|note| note.attribute.as_str()).collect();
    assert_eq!(ignored, ["groups", "id", "meta", "password", "shoeSize"]);
    assert!(!format!("{notes:?}").contains("secret"));
}

#[test]
fn extension_attributes_find_their_place() {
    let (result, notes) = read(
        ResourceKind::User,
        json!({"userName": "u", "department": "A", "name.givenName": "G", "name.familyName": "F",
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:costCenter": "7"}),
    );
    let document = result.expect("valid").document;
    assert_eq!(document.department(), Some("A"));
    assert_eq!(document.shown_name(), "G F");
    assert_eq!(document.text(&[urn::ENTERPRISE, "costCenter"]), Some("7"));
    assert_eq!(notes.0.len(), 5, "schemas and four places: {notes:?}");
}

#[test]
fn required_attributes_are_named() {
    for body in [json!({}), json!({"userName": ""}), json!({"userName": null}), json!({"userName": "  "})] {
        let error = read(ResourceKind::User, body).0.expect_err("no userName");
        assert!(error.detail.starts_with("userName:"), "{}", error.detail);
    }
    assert!(
        read(ResourceKind::Group, json!({"members": []})).0.expect_err("no name").detail.starts_with("displayName:")
    );
    assert!(read(ResourceKind::User, json!({"userName": "u", "schemas": "x"})).0.is_err());
}

#[test]
fn members_come_as_objects_or_ids() {
    let (result, _) = read(
        ResourceKind::Group,
        json!({"displayName": "G", "members": [{"value": "1", "$ref": null}, "2", {"value": "1"}]}),
    );
    assert_eq!(result.expect("valid").members, ["1", "2"]);
    assert!(read(ResourceKind::Group, json!({"displayName": "G", "members": [{"display": "x"}]})).0.is_err());
}

#[test]
fn custom_attributes_are_typed_and_may_be_required() {
    let custom = [
        CustomAttribute::new("badge", CustomKind::Integer, "Badge", true),
        CustomAttribute::new("remote", CustomKind::Boolean, "Remote", false),
    ];
    let schemas = Schemas::with_custom(&custom);
    let read = |body: Value| {
        let Value::Object(body) = body else { panic!("an object") };
        parse(ResourceKind::User, body, &schemas, &mut Notes::default())
    };
    let document =
        read(json!({"userName": "u", urn::ENTERPRISE: {"badge": "7", "remote": "True"}})).expect("valid").document;
    assert_eq!(document.as_map()[urn::SPACEIQ], json!({"badge": 7, "remote": true}));
    assert!(read(json!({"userName": "u"})).expect_err("required").detail.contains("badge"));
    assert!(read(json!({"userName": "u", urn::SPACEIQ: {"badge": "x"}})).is_err());
}
