//! What Entra, Okta and OneLogin send, and what the RFC says.
#![expect(clippy::needless_pass_by_value, reason = "JSON literals read best as they are")]

use serde_json::json;

use super::*;
use crate::urn;

fn document(value: Value) -> Document {
    serde_json::from_value(value).expect("an object")
}

fn patch(kind: ResourceKind, before: Value, operations: Value) -> (Result<Patched, ScimError>, Notes) {
    let mut notes = Notes::default();
    let Value::Object(body) = json!({"schemas": [urn::PATCH], "Operations": operations}) else { panic!("an object") };
    let result = PatchRequest::parse(body, &mut notes)
        .and_then(|request| request.apply(kind, &document(before), Schemas::standard(), &mut notes));
    (result, notes)
}

/// The user after the operations, without the attributes every test would repeat.
fn user(before: Value, operations: Value) -> Value {
    let mut whole = json!({"userName": "u", "active": true});
    whole.as_object_mut().expect("object").extend(before.as_object().expect("object").clone());
    let patched = patch(ResourceKind::User, whole, operations).0.expect("valid operations");
    let mut after = patched.document.as_map().clone();
    after.retain(|name, value| name != "userName" || value != "u");
    after.retain(|name, value| name != "active" || value != &json!(true));
    Value::Object(after)
}

fn refused(before: Value, operations: Value) -> ScimError {
    let mut whole = json!({"userName": "u", "active": true});
    whole.as_object_mut().expect("object").extend(before.as_object().expect("object").clone());
    patch(ResourceKind::User, whole, operations).0.expect_err("refused")
}

const MANAGER: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager";

#[test]
fn both_azure_dialects_disable() {
    for operations in [
        json!([{"op": "Replace", "path": "active", "value": "False"}]),
        json!([{"op": "replace", "path": "active", "value": false}]),
        json!([{"op": "replace", "value": {"active": false}}]),
        json!([{"op": "ADD", "path": "Active", "value": "false"}]),
    ] {
        assert_eq!(user(json!({}), operations), json!({"active": false}));
    }
}

#[test]
fn path_less_values_may_have_dotted_and_urn_keys() {
    let after = user(
        json!({"name": {"familyName": "F", "givenName": "old"}}),
        json!([{"op": "replace", "value": {
            "displayName": "D", "name.givenName": "G", "id": "echoed", "shoeSize": 9,
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber": "7",
            urn::ENTERPRISE: {"department": "R&D"},
            "emails[type eq \"work\"].value": "w@x",
        }}]),
    );
    let wanted = json!({
        "displayName": "D", "name": {"familyName": "F", "givenName": "G"},
        "emails": [{"type": "work", "value": "w@x"}],
        urn::ENTERPRISE: {"employeeNumber": "7", "department": "R&D"},
    });
    assert_eq!(after, wanted);
}

#[test]
fn several_operations_build_one_element() {
    let after = user(
        json!({"addresses": [{"type": "home", "locality": "Rome"}]}),
        json!([
            {"op": "Add", "path": "addresses[type eq \"work\"].locality", "value": "Oslo"},
            {"op": "Add", "path": "addresses[type eq \"work\"].country", "value": "NO"},
            {"op": "Replace", "path": "roles[primary eq \"True\"].value", "value": "admin"},
            {"op": "Replace", "path": "roles[primary eq \"True\"].display", "value": "Admin"},
        ]),
    );
    let wanted = json!({
        "addresses": [{"type": "home", "locality": "Rome"}, {"type": "work", "locality": "Oslo", "country": "NO"}],
        "roles": [{"primary": true, "value": "admin", "display": "Admin"}],
    });
    assert_eq!(after, wanted);
}

#[test]
fn a_filtered_path_changes_only_what_it_selects() {
    let emails = json!({"emails": [{"type": "work", "value": "w"}, {"type": "home", "value": "h", "primary": true}]});
    let set =
        |op: &str| user(emails.clone(), json!([{"op": op, "path": "emails[type eq \"WORK\"].value", "value": "n"}]));
    for op in ["add", "replace"] {
        assert_eq!(
            set(op)["emails"],
            json!([{"type": "work", "value": "n"}, {"type": "home", "value": "h", "primary": true}])
        );
    }
    let primary =
        user(emails.clone(), json!([{"op": "replace", "path": "emails[type eq \"work\"].primary", "value": "True"}]));
    assert_eq!(primary["emails"][1]["primary"], json!(false), "the newest claim wins");
    let replaced =
        user(emails.clone(), json!([{"op": "replace", "path": "emails[type eq \"work\"]", "value": {"value": "n"}}]));
    assert_eq!(replaced["emails"][0], json!({"type": "work", "value": "n"}));
    let removed = user(emails.clone(), json!([{"op": "remove", "path": "emails[type eq \"home\"]"}]));
    assert_eq!(removed["emails"], json!([{"type": "work", "value": "w"}]));
    let all = user(emails, json!([{"op": "replace", "path": "emails.display", "value": "D"}]));
    assert_eq!((&all["emails"][0]["display"], &all["emails"][1]["display"]), (&json!("D"), &json!("D")));
}

#[test]
fn managers_come_in_every_shape() {
    for value in
        [json!("271"), json!({"value": "271"}), json!([{"$ref": null, "value": "271"}]), json!({"managerId": "271"})]
    {
        for path in [MANAGER, "manager"] {
            let after = user(
                json!({urn::ENTERPRISE: {"manager": {"value": "1", "$ref": "old"}}}),
                json!([{"op": "Add", "path": path, "value": value}]),
            );
            assert_eq!(after, json!({urn::ENTERPRISE: {"manager": {"value": "271"}}}), "{path} {value}");
        }
    }
    let by_sub = user(json!({}), json!([{"op": "add", "path": format!("{MANAGER}.value"), "value": "2"}]));
    assert_eq!(by_sub, json!({urn::ENTERPRISE: {"manager": {"value": "2"}}}));
    for value in [json!(""), json!(null), json!([]), json!({})] {
        let before = json!({urn::ENTERPRISE: {"manager": {"value": "1"}}});
        assert_eq!(user(before, json!([{"op": "replace", "path": MANAGER, "value": value}])), json!({}), "{value}");
    }
}

#[test]
fn empty_values_clear_also_what_is_empty_already() {
    let full = json!({
        "title": "t", "name": {"givenName": "g"}, "emails": [{"type": "work", "value": "w"}],
        "addresses": [{"type": "work", "locality": "x"}], urn::ENTERPRISE: {"department": "d"},
    });
    for before in [full, json!({})] {
        for value in [json!(""), json!(null)] {
            let paths = [
                "title",
                "name.givenName",
                "emails[type eq \"work\"].value",
                "addresses[type eq \"work\"].locality",
                "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department",
            ];
            let operations: Vec<_> =
                paths.iter().map(|path| json!({"op": "replace", "path": path, "value": value})).collect();
            assert_eq!(user(before.clone(), json!(operations)), json!({}));
        }
    }
}

#[test]
fn clearing_active_never_gives_access() {
    for operation in
        [json!({"op": "remove", "path": "active"}), json!({"op": "replace", "path": "active", "value": ""})]
    {
        assert_eq!(user(json!({"active": false}), json!([operation])), json!({}), "no active is not active");
    }
}

#[test]
fn adding_to_a_list_neither_doubles_nor_forgets() {
    let before = json!({"emails": [{"type": "work", "value": "W@x"}]});
    let after = user(
        before,
        json!([
            {"op": "add", "path": "emails", "value": [{"type": "work", "value": "w@X", "primary": true}, {"type": "home", "value": "h"}]},
            {"op": "add", "value": {"emails": [{"type": "other", "value": "o"}]}},
        ]),
    );
    let wanted = json!([
        {"type": "work", "value": "W@x", "primary": true}, {"type": "home", "value": "h"}, {"type": "other", "value": "o"},
    ]);
    // The value itself is the same without regard to case, so it stays as it was written first.
    assert_eq!(after["emails"], wanted);
}

#[test]
fn removing_named_values_leaves_the_others() {
    let before = json!({"roles": [{"value": "a"}, {"value": "b"}]});
    let remove = |value: Value| user(before.clone(), json!([{"op": "Remove", "path": "roles", "value": value}]));
    assert_eq!(remove(json!([{"value": "A"}])), json!({"roles": [{"value": "b"}]}));
    assert_eq!(remove(json!(null)), json!({}));
}

#[test]
fn refusals_say_which_rule() {
    use crate::ScimType::{InvalidFilter, InvalidPath, InvalidSyntax, InvalidValue, Mutability, NoTarget};
    for (operation, scim_type) in [
        (json!({"op": "move", "path": "title", "value": "x"}), InvalidSyntax),
        (json!({"path": "title", "value": "x"}), InvalidSyntax),
        (json!("x"), InvalidSyntax),
        (json!({"op": "remove"}), NoTarget),
        (json!({"op": "add", "path": "title"}), InvalidValue),
        (json!({"op": "add", "value": "x"}), InvalidValue),
        (json!({"op": "replace", "path": "emails[type eq \"work\".value", "value": "x"}), InvalidPath),
        (json!({"op": "replace", "path": "shoeSize", "value": "x"}), InvalidPath),
        (json!({"op": "replace", "path": "name.shoe", "value": "x"}), InvalidPath),
        (json!({"op": "replace", "path": "title[a eq 1]", "value": "x"}), InvalidPath),
        (json!({"op": "replace", "path": "emails[shoe eq \"x\"].value", "value": "x"}), InvalidFilter),
        (json!({"op": "replace", "path": "emails[value co \"x\"].type", "value": "x"}), NoTarget),
        (json!({"op": "replace", "path": "id", "value": "x"}), Mutability),
        (json!({"op": "replace", "path": "groups", "value": []}), Mutability),
        (json!({"op": "remove", "path": "userName"}), Mutability),
        (json!({"op": "replace", "path": "userName", "value": ""}), InvalidValue),
        (json!({"op": "replace", "path": "active", "value": "perhaps"}), InvalidValue),
    ] {
        assert_eq!(refused(json!({}), json!([operation])).scim_type, Some(scim_type), "{operation}");
    }
}

#[test]
fn foreign_schemas_are_passed_over_and_noted() {
    let path = "urn:ietf:params:scim:schemas:extension:Contoso:2.0:User:badge";
    let (result, notes) = patch(
        ResourceKind::User,
        json!({"userName": "u", "active": true}),
        json!([{"op": "add", "path": path, "value": "7"}]),
    );
    assert_eq!(result.expect("ignored").document, document(json!({"userName": "u", "active": true})));
    assert_eq!((notes.0[0].kind, notes.0[0].attribute.as_str()), (NoteKind::Ignored, path));
}

#[test]
fn members_are_described_not_read() {
    use MemberChange::{Add, Remove, ReplaceAll};
    let ids = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>();
    for (operation, change) in [
        (
            json!({"op": "Add", "path": "members", "value": [{"$ref": null, "value": "1"}, {"value": "2"}]}),
            Some(Add(ids(&["1", "2"]))),
        ),
        (json!({"op": "add", "path": "members", "value": {"value": "1"}}), Some(Add(ids(&["1"])))),
        (json!({"op": "add", "value": {"members": ["1"]}}), Some(Add(ids(&["1"])))),
        (
            json!({"op": "Remove", "path": "members", "value": [{"$ref": null, "value": "1"}]}),
            Some(Remove(ids(&["1"]))),
        ),
        (json!({"op": "remove", "path": "members[value eq \"1\"]"}), Some(Remove(ids(&["1"])))),
        (json!({"op": "remove", "path": "members[value eq \"1\" or value eq \"2\"]"}), Some(Remove(ids(&["1", "2"])))),
        (json!({"op": "remove", "path": "members"}), Some(ReplaceAll(vec![]))),
        (json!({"op": "remove", "path": "members", "value": []}), None),
        (json!({"op": "replace", "path": "members", "value": []}), Some(ReplaceAll(vec![]))),
        (json!({"op": "replace", "value": {"members": [], "id": "g", "displayName": "G"}}), Some(ReplaceAll(vec![]))),
        (json!({"op": "replace", "value": {"id": "g", "displayName": "H"}}), None),
    ] {
        let (result, _) = patch(ResourceKind::Group, json!({"displayName": "G"}), json!([operation]));
        assert_eq!(result.expect("valid").members, Vec::from_iter(change), "{operation}");
    }
    for path in ["members[type eq \"User\"]", "members[value eq \"1\"].display"] {
        assert!(
            patch(ResourceKind::Group, json!({"displayName": "G"}), json!([{"op": "remove", "path": path}])).0.is_err()
        );
    }
}

#[test]
fn no_operations_change_nothing() {
    let (result, notes) = patch(ResourceKind::User, json!({"userName": "u", "active": false}), json!([]));
    assert_eq!(result.expect("valid").document, document(json!({"userName": "u", "active": false})));
    assert_eq!(notes.0[0].kind, NoteKind::NoEffect);
}

proptest::proptest! {
    #[test]
    fn no_path_makes_it_panic(path in r#"([a-zA-Z\.\[\]" :]|eq|emails|type|members|urn:){0,20}"#, text in "\\PC{0,10}") {
        for op in ["add", "replace", "remove"] {
            for kind in [ResourceKind::User, ResourceKind::Group] {
                let before = json!({"userName": "u", "displayName": "g", "active": true, "emails": [{"value": "x"}]});
                let _ = patch(kind, before, json!([{"op": op, "path": path, "value": text}]));
            }
        }
    }
}
