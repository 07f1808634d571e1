//! Personal data behind a mask: what a body is about can be read, whom it is about cannot.

use serde_json::{Map, Value};

/// Names of what says nothing about a person.
const OPEN: [&str; 22] = [
    "schemas",
    "op",
    "path",
    "active",
    "id",
    "type",
    "primary",
    "meta",
    "resourcetype",
    "created",
    "lastmodified",
    "version",
    "location",
    "status",
    "scimtype",
    "detail",
    "method",
    "bulkid",
    "failonerrors",
    "operations",
    "$ref",
    "filter",
];

/// A body with every other value masked, set out in lines.
pub(crate) fn masked(text: &str) -> String {
    pretty(text, |body| mask(body, None))
}

/// A body as it was, set out in lines.
pub(crate) fn open(text: &str) -> String {
    pretty(text, |body| body)
}

/// A body with every other value masked, in one line.
pub(crate) fn masked_value(text: &str) -> Value {
    serde_json::from_str(text).map_or(Value::Null, |body| mask(body, None))
}

fn pretty(text: &str, change: impl FnOnce(Value) -> Value) -> String {
    serde_json::from_str(text).map(|body| format!("{:#}", change(body))).unwrap_or_default()
}

fn mask(value: Value, name: Option<&str>) -> Value {
    let open = name.is_none_or(|name| OPEN.contains(&name.to_ascii_lowercase().as_str()));
    match value {
        Value::Object(object) => {
            let pair = |(key, value): (String, Value)| {
                let masked = mask(value, Some(&key));
                (key, masked)
            };
            Value::Object(object.into_iter().map(pair).collect::<Map<_, _>>())
        }
        // The items of a list are of the kind of the list.
        Value::Array(items) => items.into_iter().map(|item| mask(item, name)).collect(),
        // A path may select by a person's value, and an error names it.
        Value::String(text) if name.is_some_and(selects) => without_literals(&text).into(),
        Value::String(text) if open => text.into(),
        Value::String(text) => hidden(&text).into(),
        Value::Number(_) if !open => "•••".into(),
        other => other,
    }
}

fn selects(name: &str) -> bool {
    ["path", "filter", "detail"].iter().any(|known| name.eq_ignore_ascii_case(known))
}

/// As long as the text, up to a point, and nothing of it.
fn hidden(text: &str) -> String {
    "•".repeat(text.chars().count().clamp(3, 12))
}

/// Texts in quotes within a filter.
fn without_literals(text: &str) -> String {
    let parts = text.split('"').enumerate();
    let parts: Vec<String> =
        parts.map(|(index, part)| if index % 2 == 1 { hidden(part) } else { part.to_owned() }).collect();
    parts.join("\"")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn structure_stays_and_people_go() {
        let body = json!({
            "schemas": ["urn:x"], "id": "1", "userName": "ada@acme.test", "active": true,
            "emails": [{"type": "work", "value": "ada@acme.test", "primary": true}], "roles": ["chief"], "age": 36,
            "Operations": [{"op": "replace", "path": "emails[value eq \"ada@acme.test\"].value", "value": "new@acme.test"}],
        });
        let text = masked(&body.to_string());
        for gone in ["acme", "chief", "36", "new@"] {
            assert!(!text.contains(gone), "{gone}: {text}");
        }
        for kept in ["urn:x", "\"id\": \"1\"", "\"active\": true", "\"type\": \"work\"", "replace", "emails[value eq"] {
            assert!(text.contains(kept), "{kept}: {text}");
        }
        assert!(open(&body.to_string()).contains("ada@acme.test"));
        assert_eq!(masked("no JSON at all, ada@acme.test"), "");
    }
}
