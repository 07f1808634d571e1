use serde_json::json;

use super::*;
use crate::{ResourceKind, Schemas};

fn coerced(name: &str, sent: Value) -> (Result<Option<Value>, ScimError>, Notes) {
    let located = Schemas::standard().find(ResourceKind::User, None, name).expect("known");
    let mut notes = Notes::default();
    (value(located.attribute, sent, name, &mut notes), notes)
}

#[test]
fn lenient_forms_are_stored_in_schema_form_and_noted() {
    for (name, sent, stored) in [
        ("active", json!("False"), json!(false)),
        ("manager", json!("271"), json!({"value": "271"})),
        ("manager", json!([{"$ref": null, "value": "271"}]), json!({"value": "271"})),
        ("manager", json!({"managerId": "271"}), json!({"value": "271"})),
        ("emails", json!({"value": "a@x"}), json!([{"value": "a@x"}])),
        ("emails", json!(["a@x"]), json!([{"value": "a@x"}])),
        ("emails", json!([{"VALUE": "a@x", "primary": "True"}]), json!([{"value": "a@x", "primary": true}])),
        ("title", json!([{"$ref": null, "value": "Dr"}]), json!("Dr")),
        ("title", json!(7), json!("7")),
        (
            "roles",
            json!([{"value": "{\"id\":\"1\",\"value\":\"Admin\",\"displayName\":\"Admins\"}"}]),
            json!([{"value": "Admin", "display": "Admins"}]),
        ),
    ] {
        let (result, notes) = coerced(name, sent.clone());
        assert_eq!(result, Ok(Some(stored)), "{name} {sent}");
        let capital_only = sent.to_string().contains("VALUE") && !sent.to_string().contains("True");
        assert!(!notes.is_empty() || capital_only, "{name} {sent} must be noted");
    }
}

#[test]
fn empty_values_clear() {
    for sent in [json!(null), json!(""), json!([])] {
        for name in ["title", "manager", "emails", "profileUrl", "active", "name"] {
            assert_eq!(coerced(name, sent.clone()).0, Ok(None), "{name} {sent}");
        }
    }
    assert_eq!(coerced("emails", json!([{"value": ""}, null, {}])).0, Ok(None));
}

#[test]
fn nonsense_is_refused_by_name() {
    for (name, sent) in [
        ("active", json!("perhaps")),
        ("active", json!(3)),
        ("title", json!({"a": 1})),
        ("title", json!([1, 2])),
        ("name", json!("Ada")),
        ("emails", json!([{"value": {"a": 1}}])),
        ("x509Certificates", json!([{"value": "*"}])),
    ] {
        let error = coerced(name, sent).0.expect_err(name);
        assert!(error.detail.starts_with(name), "{}", error.detail);
        assert_eq!(error.scim_type, Some(crate::ScimType::InvalidValue));
    }
}

#[test]
fn only_one_value_stays_primary() {
    let (result, notes) = coerced("emails", json!([{"value": "a", "primary": true}, {"value": "b", "primary": true}]));
    assert_eq!(result, Ok(Some(json!([{"value": "a", "primary": true}, {"value": "b", "primary": false}]))));
    assert_eq!(notes.0.len(), 1);
}

#[test]
fn instants_compare_as_text() {
    assert_eq!(instant("2026-01-01T01:00:00+01:00"), instant("2026-01-01T00:00:00.000Z"));
    assert!(instant("2026-01-01T00:00:00Z") < instant("2026-01-01T00:00:00.5Z"));
    assert_eq!(instant("yesterday"), None);
}
