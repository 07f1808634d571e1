//! What differs between two documents: kept as the attributes that differ, told attribute by attribute.

use std::collections::BTreeMap;

use scim::Document;
use serde_json::{Map, Value};

use crate::groups::Moved;

/// Letters of one value that are kept.
pub(crate) const MAX_KEPT: usize = 2_000;

/// One attribute, before and after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Its name, as `name.givenName` or `emails[work]`.
    pub attribute: String,
    /// What it was; none when it was not there.
    pub before: Option<String>,
    /// What it is.
    pub after: Option<String>,
}

/// The name under which members stand beside the attributes: no document has an attribute of this name.
pub(crate) const MEMBERS: &str = "members";

/// The attributes that differ, as JSON, and the members who came or left. A document that is not there, before a
/// creation or after a removal, stays so.
pub(super) fn differing(
    before: Option<&Document>,
    after: Option<&Document>,
    moved: &Moved,
) -> (Option<String>, Option<String>) {
    let one_sided = before.is_none() || after.is_none();
    let few = moved.added.len().max(moved.removed.len()) <= crate::undo::MAX_MEMBERS;
    let kept = |ours: Option<&Document>, other: Option<&Document>, members: &[String]| {
        let ours = ours?.as_map();
        let differs = |(key, value): &(&String, &Value)| {
            one_sided || other.and_then(|other| other.as_map().get(*key)) != Some(*value)
        };
        let mut kept: Map<String, Value> =
            ours.iter().filter(differs).map(|(key, value)| (key.clone(), bounded(value))).collect();
        if few && !members.is_empty() {
            kept.insert(MEMBERS.to_owned(), members.into());
        }
        Some(Value::Object(kept).to_string())
    };
    (kept(before, after, &moved.removed), kept(after, before, &moved.added))
}

/// Long texts are cut, and say how long they were.
fn bounded(value: &Value) -> Value {
    match value {
        Value::String(text) if text.len() > MAX_KEPT => {
            let letters = text.chars().count();
            let head: String = text.chars().take(MAX_KEPT).collect();
            if letters > MAX_KEPT { format!("{head}… ({letters} letters)").into() } else { text.as_str().into() }
        }
        Value::Array(items) => items.iter().map(bounded).collect(),
        Value::Object(object) => {
            Value::Object(object.iter().map(|(key, value)| (key.clone(), bounded(value))).collect())
        }
        other => other.clone(),
    }
}

/// The attributes that differ between two documents as JSON.
pub(super) fn between(before: Option<&str>, after: Option<&str>) -> Vec<Change> {
    let flat = |text: Option<&str>| {
        let mut values = BTreeMap::new();
        if let Some(mut document) = text.and_then(|text| serde_json::from_str::<Map<String, Value>>(text).ok()) {
            // Their number is told; ids tell nobody anything.
            document.remove(MEMBERS);
            flatten(&Value::Object(document), "", &mut values);
        }
        values
    };
    let (mut before, mut after) = (flat(before), flat(after));
    let names: std::collections::BTreeSet<String> = before.keys().chain(after.keys()).cloned().collect();
    let change = |attribute: String| {
        let (before, after) = (before.remove(&attribute), after.remove(&attribute));
        (before != after).then_some(Change { attribute, before, after })
    };
    names.into_iter().filter_map(change).collect()
}

fn flatten(value: &Value, name: &str, values: &mut BTreeMap<String, String>) {
    match value {
        Value::Object(object) => {
            for (key, value) in object {
                // What an extension is called matters to machines; its attributes have names of their own.
                let inner = if key.starts_with("urn:") || (name.ends_with(']') && key == "value") {
                    name.to_owned()
                } else if name.is_empty() {
                    key.clone()
                } else {
                    format!("{name}.{key}")
                };
                flatten(value, &inner, values);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| flatten_item(item, name, values)),
        Value::Null => {}
        Value::String(text) => put(values, name, text.clone()),
        other => put(values, name, other.to_string()),
    }
}

/// Items are told apart by their type, so that a change of the work address is not one of all addresses.
fn flatten_item(item: &Value, name: &str, values: &mut BTreeMap<String, String>) {
    let Value::Object(object) = item else { return flatten(item, name, values) };
    let kind = object.get("type").and_then(Value::as_str).unwrap_or_default();
    let mut rest = object.clone();
    rest.remove("type");
    flatten(&Value::Object(rest), &format!("{name}[{kind}]"), values);
}

/// Of the same name there may be several values.
fn put(values: &mut BTreeMap<String, String>, name: &str, text: String) {
    let name = name.replace("[]", "");
    values.entry(name).and_modify(|known| *known = format!("{known}, {text}")).or_insert(text);
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn document(value: Value) -> Document {
        serde_json::from_value(value).expect("an object")
    }

    #[test]
    fn only_what_differs_is_kept_and_told() {
        let enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
        let before = document(json!({"userName": "a", "active": true, "name": {"givenName": "A", "familyName": "B"},
            "emails": [{"type": "work", "value": "a@x", "primary": true}, {"type": "home", "value": "h@x"}],
            enterprise: {"department": "Old"}}));
        let after = document(json!({"userName": "a", "active": false, "name": {"givenName": "A", "familyName": "C"},
            "emails": [{"type": "work", "value": "b@x", "primary": true}, {"type": "home", "value": "h@x"}],
            enterprise: {"department": "New"}, "title": "T"}));
        let (kept, kept_after) = differing(Some(&before), Some(&after), &Moved::default());
        assert!(!kept.as_deref().expect("kept").contains("userName"));
        let told: Vec<_> = between(kept.as_deref(), kept_after.as_deref())
            .into_iter()
            .map(|change| (change.attribute, change.before.unwrap_or_default(), change.after.unwrap_or_default()))
            .collect();
        let told: Vec<_> =
            told.iter().map(|(name, before, after)| (name.as_str(), before.as_str(), after.as_str())).collect();
        assert_eq!(
            told,
            [
                ("active", "true", "false"),
                ("department", "Old", "New"),
                ("emails[work]", "a@x", "b@x"),
                ("name.familyName", "B", "C"),
                ("title", "", "T")
            ]
        );
    }

    #[test]
    fn a_creation_keeps_everything_and_long_values_are_cut() {
        let created = document(json!({"userName": "a", "title": "x".repeat(1 << 20), "roles": ["a", "b"]}));
        let (before, after) = differing(None, Some(&created), &Moved::default());
        assert_eq!(before, None);
        assert!(after.as_deref().expect("kept").len() < 3_000);
        let changes = between(None, after.as_deref());
        assert_eq!(changes.len(), 3);
        assert!(changes.iter().any(|change| change.after.as_deref() == Some("a, b")));
        let title = changes.iter().find(|change| change.attribute == "title").and_then(|change| change.after.clone());
        assert!(title.expect("a title").ends_with("… (1048576 letters)"));
    }
}
