//! A person's attributes as lines for people.

use scim::schema::CustomAttribute;
use scim::{Document, urn};
use serde_json::Value;

/// Names that people know, by SCIM path.
const LABELS: [(&str, &str); 22] = [
    ("userName", "User name"),
    ("externalId", "External id"),
    ("displayName", "Display name"),
    ("name.formatted", "Full name"),
    ("name.givenName", "Given name"),
    ("name.familyName", "Family name"),
    ("nickName", "Nickname"),
    ("title", "Title"),
    ("userType", "Employment type"),
    ("emails", "Email"),
    ("phoneNumbers", "Phone"),
    ("addresses", "Address"),
    ("preferredLanguage", "Language"),
    ("locale", "Locale"),
    ("timezone", "Time zone"),
    ("department", "Department"),
    ("division", "Division"),
    ("organization", "Organization"),
    ("costCenter", "Cost center"),
    ("employeeNumber", "Employee number"),
    ("manager", "Manager"),
    ("roles", "Role"),
];

/// Label and value of everything that has one. `active` has a chip of its own; the company's own attributes have the
/// labels that it gave them, and those it removed are not shown.
pub(crate) fn of(document: &Document, custom: &[CustomAttribute]) -> Vec<(String, String)> {
    let mut lines = Vec::new();
    for (name, value) in document.as_map() {
        match value {
            _ if name == "active" => {}
            Value::Object(inner) if name == urn::SPACEIQ => {
                let known = custom.iter().filter_map(|row| Some((row.label.clone(), text(inner.get(&row.name)?))));
                lines.extend(known);
            }
            Value::Object(inner) if name.starts_with("urn:") => {
                inner.iter().for_each(|(name, value)| push(name, value, &mut lines));
            }
            value => push(name, value, &mut lines),
        }
    }
    let place = |label: &str| LABELS.iter().position(|(_, known)| label.starts_with(known)).unwrap_or(LABELS.len());
    lines.sort_by_key(|(label, _)| place(label));
    lines
}

fn push(path: &str, value: &Value, lines: &mut Vec<(String, String)>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| lines.push(element(path, item))),
        Value::Object(object) => match (object.get("displayName"), object.get("value")) {
            (Some(shown), _) | (None, Some(shown)) => lines.push((label(path), text(shown))),
            (None, None) => {
                object.iter().for_each(|(name, value)| push(&format!("{path}.{name}"), value, lines));
            }
        },
        value => lines.push((label(path), text(value))),
    }
}

/// One of several values: `Email (work)`.
fn element(path: &str, item: &Value) -> (String, String) {
    let part = |name: &str| item.get(name).map(text).filter(|text| !text.is_empty());
    let value = part("value").or_else(|| part("formatted")).unwrap_or_else(|| match item {
        Value::Object(object) => {
            let parts = object.iter().filter(|(name, _)| !["type", "primary"].contains(&name.as_str()));
            parts.map(|(_, value)| text(value)).collect::<Vec<_>>().join(", ")
        }
        value => text(value),
    });
    let kind = part("type").map(|kind| format!(" ({kind})")).unwrap_or_default();
    (format!("{}{kind}", label(path)), value)
}

fn label(path: &str) -> String {
    LABELS.iter().find(|(known, _)| *known == path).map_or(path, |(_, label)| label).to_owned()
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Bool(true) => "Yes".to_owned(),
        Value::Bool(false) => "No".to_owned(),
        value => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use scim::schema::CustomKind;
    use serde_json::json;

    use super::*;

    #[test]
    fn lines_have_names_that_people_know() {
        let document: Document = serde_json::from_value(json!({
            "active": true,
            "addresses": [{"type": "work", "locality": "Delft", "primary": true}],
            "emails": [{"type": "work", "value": "a@x"}, {"value": "b@x"}],
            "name": {"familyName": "L", "givenName": "A"},
            "userName": "ada",
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"manager": {"value": "m1"}},
            urn::SPACEIQ: {"badge": 7, "removed": "x"},
        }))
        .expect("a document");
        let lines = of(&document, &[CustomAttribute::new("badge", CustomKind::Integer, "Badge", false)]);
        let lines: Vec<(&str, &str)> = lines.iter().map(|(label, value)| (label.as_str(), value.as_str())).collect();
        assert_eq!(
            lines,
            [
                ("User name", "ada"),
                ("Given name", "A"),
                ("Family name", "L"),
                ("Email (work)", "a@x"),
                ("Email", "b@x"),
                ("Address (work)", "Delft"),
                ("Manager", "m1"),
                ("Badge", "7"),
            ]
        );
    }
}
