//! Turning what clients send into what the schema says: one value at a time, every leniency noted.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;

use crate::schema::{Attribute, Kind};
use crate::{NoteKind, Notes, ScimError};

/// A value of the attribute's type, or `None` where the client clears the attribute.
///
/// RFC 7643 §2.5: "unassigned and null values … and empty arrays are equivalent"; Entra's gallery tests clear text
/// with `""`. `path` is the attribute as the client named it.
pub(crate) fn value(
    attribute: &Attribute,
    sent: Value,
    path: &str,
    notes: &mut Notes,
) -> Result<Option<Value>, ScimError> {
    if !attribute.multi_valued {
        return single(attribute, sent, path, notes);
    }
    let items = match sent {
        Value::Null => return Ok(None),
        Value::String(text) if text.is_empty() => return Ok(None),
        Value::Array(items) => items,
        one => {
            notes.add(
                NoteKind::Coerced,
                path,
                "One value was sent where a list belongs; it was stored as a list of one.",
            );
            vec![one]
        }
    };
    let mut list = Vec::with_capacity(items.len());
    for item in items {
        if let Some(item) = single(attribute, expand_json_text(attribute, item, path, notes), path, notes)? {
            list.push(item);
        }
    }
    keep_one_primary(&mut list, None, path, notes);
    Ok((!list.is_empty()).then_some(Value::Array(list)))
}

/// One element of the attribute: the value itself where it has only one.
pub(crate) fn single(
    attribute: &Attribute,
    sent: Value,
    path: &str,
    notes: &mut Notes,
) -> Result<Option<Value>, ScimError> {
    match (attribute.kind, sent) {
        (_, Value::Null) => Ok(None),
        (Kind::Complex, sent) => complex(attribute, sent, path, notes),
        (_, Value::String(text)) if text.is_empty() => Ok(None),
        (_, Value::Array(mut items)) if items.len() <= 1 => match items.pop() {
            None => Ok(None),
            Some(item) => {
                notes.add(NoteKind::Coerced, path, "A list of one was sent where a single value belongs.");
                single(attribute, item, path, notes)
            }
        },
        (_, Value::Object(mut object)) if object.contains_key("value") => {
            notes.add(NoteKind::Coerced, path, "An object was sent where its value alone belongs.");
            single(attribute, object.remove("value").unwrap_or_default(), path, notes)
        }
        (Kind::String | Kind::Reference, Value::String(text)) => Ok(Some(text.into())),
        (Kind::String, sent @ (Value::Number(_) | Value::Bool(_))) => {
            notes.add(NoteKind::Coerced, path, format!("{sent} was stored as text."));
            Ok(Some(sent.to_string().into()))
        }
        (Kind::Boolean, sent) => boolean(&sent, path, notes).map(Some),
        (Kind::Integer | Kind::Decimal, sent) => number(attribute.kind, &sent, path, notes).map(Some),
        (Kind::DateTime, Value::String(text)) if instant(&text).is_some() => Ok(Some(text.into())),
        (Kind::DateTime, _) => Err(wrong_type(path, "a date and time such as 2026-11-23T09:00:00Z")),
        (Kind::Binary, Value::String(text)) => binary(text, path).map(Some),
        (kind, _) => Err(wrong_type(path, if kind == Kind::Binary { "Base64 text" } else { "text" })),
    }
}

fn wrong_type(path: &str, wanted: &str) -> ScimError {
    ScimError::invalid_value(format!("{path}: the value must be {wanted}."))
}

fn boolean(sent: &Value, path: &str, notes: &mut Notes) -> Result<Value, ScimError> {
    let read = match sent {
        Value::Bool(value) => return Ok((*value).into()),
        Value::String(text) => read_boolean(text),
        _ => None,
    };
    // Entra without its compliance flag sends "True" and "False" as text.
    let value = read.ok_or_else(|| wrong_type(path, "true or false"))?;
    notes.add(NoteKind::Coerced, path, format!("The text {sent} was stored as {value}."));
    Ok(value.into())
}

/// `true` or `false` in any case.
pub(crate) fn read_boolean(text: &str) -> Option<bool> {
    ["false", "true"].iter().position(|word| text.eq_ignore_ascii_case(word)).map(|position| position == 1)
}

fn number(kind: Kind, sent: &Value, path: &str, notes: &mut Notes) -> Result<Value, ScimError> {
    let fits = |value: &Value| if kind == Kind::Integer { value.is_i64() } else { value.is_number() };
    if fits(sent) {
        return Ok(sent.clone());
    }
    let read = sent.as_str().and_then(|text| serde_json::from_str::<Value>(text).ok()).filter(fits);
    let wanted = if kind == Kind::Integer { "a whole number" } else { "a number" };
    let value = read.ok_or_else(|| wrong_type(path, wanted))?;
    notes.add(NoteKind::Coerced, path, format!("The text {sent} was stored as the number {value}."));
    Ok(value)
}

fn binary(text: String, path: &str) -> Result<Value, ScimError> {
    let letters: String = text.chars().filter(|letter| !letter.is_ascii_whitespace()).collect();
    STANDARD.decode(&letters).map_err(|_| wrong_type(path, "Base64 text"))?;
    Ok(text.into())
}

/// An instant in UTC with a fixed width, so that comparing text compares time.
pub(crate) fn instant(text: &str) -> Option<String> {
    let format = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:9]Z");
    OffsetDateTime::parse(text, &Rfc3339).ok()?.to_offset(time::UtcOffset::UTC).format(format).ok()
}

fn complex(attribute: &Attribute, sent: Value, path: &str, notes: &mut Notes) -> Result<Option<Value>, ScimError> {
    match sent {
        Value::Object(object) => sub_attributes(attribute, object, path, notes),
        Value::Array(mut items) if items.len() <= 1 => match items.pop() {
            None => Ok(None),
            Some(item) => {
                notes.add(NoteKind::Coerced, path, "A list of one was sent where a single object belongs.");
                complex(attribute, item, path, notes)
            }
        },
        Value::String(text) if text.is_empty() => Ok(None),
        scalar @ (Value::String(_) | Value::Number(_)) if attribute.sub("value").is_some() => {
            notes.add(NoteKind::Coerced, path, "A bare value was sent; it was stored as {\"value\": …}.");
            sub_attributes(attribute, Map::from_iter([("value".to_owned(), scalar)]), path, notes)
        }
        _ => Err(wrong_type(path, "an object with sub-attributes")),
    }
}

fn sub_attributes(
    attribute: &Attribute,
    object: Map<String, Value>,
    path: &str,
    notes: &mut Notes,
) -> Result<Option<Value>, ScimError> {
    let mut stored = Map::new();
    for (name, sent) in object {
        let inner = format!("{path}.{name}");
        // OneLogin's template calls the manager's id managerId.
        let known = attribute.sub(&name).or_else(|| attribute.sub("value").filter(|_| name == "managerId"));
        match known {
            None => notes.add(NoteKind::Ignored, &inner, "The schema has no such sub-attribute; it was not stored."),
            Some(sub) if sub.is_read_only() => {
                notes.add(NoteKind::Ignored, &inner, "Set by the server alone; what was sent was not stored.");
            }
            Some(sub) => {
                if let Some(value) = value(sub, sent, &inner, notes)? {
                    stored.insert(sub.name.to_string(), value);
                }
            }
        }
    }
    Ok((!stored.is_empty()).then_some(Value::Object(stored)))
}

/// Entra's `AppRoleAssignmentsComplex` without the compliance flag puts a role's JSON, as text, into `value`.
fn expand_json_text(attribute: &Attribute, item: Value, path: &str, notes: &mut Notes) -> Value {
    let text =
        item.get("value").and_then(Value::as_str).filter(|text| attribute.name == "roles" && text.starts_with('{'));
    let Some(Value::Object(role)) = text.and_then(|text| serde_json::from_str(text).ok()) else { return item };
    let Some(value) = role.get("value").or_else(|| role.get("id")) else { return item };
    let mut expanded = item.as_object().cloned().unwrap_or_default();
    expanded.insert("value".to_owned(), value.clone());
    if let Some(display) = role.get("displayName").or_else(|| role.get("display")) {
        expanded.entry("display").or_insert_with(|| display.clone());
    }
    notes.add(NoteKind::Coerced, path, "The role came as JSON inside a text; its value and name were stored.");
    Value::Object(expanded)
}

/// RFC 7643 §2.4: "the primary attribute value 'true' MUST appear no more than once". The preferred element keeps it,
/// else the first that claims it.
pub(crate) fn keep_one_primary(list: &mut [Value], preferred: Option<usize>, path: &str, notes: &mut Notes) {
    let claims = |value: &Value| value.get("primary") == Some(&Value::Bool(true));
    let keeper =
        preferred.filter(|&index| list.get(index).is_some_and(claims)).or_else(|| list.iter().position(claims));
    for (index, element) in list.iter_mut().enumerate() {
        if Some(index) != keeper && claims(element) {
            element["primary"] = false.into();
            notes.add(NoteKind::Coerced, path, "Only one value can be primary; the others were stored as not primary.");
        }
    }
}

#[cfg(test)]
mod tests {
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
            assert!(!notes.is_empty() || name == "manager" || capital_only, "{name} {sent} must be noted");
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
        let (result, notes) =
            coerced("emails", json!([{"value": "a", "primary": true}, {"value": "b", "primary": true}]));
        assert_eq!(result, Ok(Some(json!([{"value": "a", "primary": true}, {"value": "b", "primary": false}]))));
        assert_eq!(notes.0.len(), 1);
    }

    #[test]
    fn instants_compare_as_text() {
        assert_eq!(instant("2026-01-01T01:00:00+01:00"), instant("2026-01-01T00:00:00.000Z"));
        assert!(instant("2026-01-01T00:00:00Z") < instant("2026-01-01T00:00:00.5Z"));
        assert_eq!(instant("yesterday"), None);
    }
}
