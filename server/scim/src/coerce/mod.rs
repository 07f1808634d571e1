//! Turning what clients send into what the schema says: one value at a time, every leniency noted.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;

use crate::schema::{Attribute, Kind};
use crate::{NoteKind, Notes, ScimError};

/// More values of one attribute are refused. Members of groups are no part of this: they are not in the document.
pub(crate) const MAX_ELEMENTS: usize = 500;

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
        Value::String(text) if text.is_empty() => return Ok(cleared(path, notes)),
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
    if items.len() > MAX_ELEMENTS {
        return Err(too_many_elements(path));
    }
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
        (_, Value::String(text)) if text.is_empty() => Ok(cleared(path, notes)),
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

/// RFC 7643 §2.5 knows null and the empty array as "unassigned"; Entra's gallery tests clear with empty text as well.
fn cleared(path: &str, notes: &mut Notes) -> Option<Value> {
    notes.add(NoteKind::Coerced, path, "An empty text was read as no value.");
    None
}

pub(crate) fn too_many_elements(path: &str) -> ScimError {
    ScimError::invalid_value(format!("{path}: at most {MAX_ELEMENTS} values can be stored. Send fewer."))
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
        Value::String(text) if text.is_empty() => Ok(cleared(path, notes)),
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
        let known = attribute.sub(&name).or_else(|| {
            let value = attribute.sub("value").filter(|_| name == "managerId")?;
            notes.add(NoteKind::Coerced, &inner, "It was read as value.");
            Some(value)
        });
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
mod tests;
