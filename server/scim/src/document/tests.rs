use serde_json::json;

use super::*;

fn document(value: Value) -> Document {
    serde_json::from_value(value).expect("an object")
}

#[test]
fn shows_the_best_name_and_address() {
    let names = [
        (json!({"userName": "u", "displayName": "D", "name": {"formatted": "F"}}), "D"),
        (json!({"userName": "u", "name": {"formatted": "F", "givenName": "G"}}), "F"),
        (json!({"userName": "u", "name": {"givenName": "G", "familyName": "H"}}), "G H"),
        (json!({"userName": "u"}), "u"),
    ];
    for (value, shown) in names {
        assert_eq!(document(value).shown_name(), shown);
    }
    let two = json!({"emails": [{"value": "h", "type": "home"}, {"value": "w", "type": "Work"}]});
    assert_eq!(document(two).email(), Some("w"));
    let primary = json!({"emails": [{"value": "w", "type": "work"}, {"value": "p", "primary": true}]});
    assert_eq!(document(primary).email(), Some("p"));
}

#[test]
fn folds_only_what_is_compared_without_case() {
    let folded = document(json!({
        "userName": "ADA", "externalId": "ADA", "emails": [{"value": "A@X", "type": "Work"}],
        "profileUrl": "http://X/Y", urn::ENTERPRISE: {"department": "R&D", "manager": {"value": "ID-1"}},
    }))
    .folded(ResourceKind::User, Schemas::standard());
    assert_eq!(
        folded,
        json!({
            "userName": "ada", "externalId": "ADA", "emails": [{"value": "a@x", "type": "work"}],
            "profileUrl": "http://X/Y", urn::ENTERPRISE: {"department": "r&d", "manager": {"value": "ID-1"}},
        })
    );
}
