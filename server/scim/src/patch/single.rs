//! Attributes with one value.

use serde_json::{Map, Value};

use super::{Op, Target};
use crate::document::Document;
use crate::schema::Kind;
use crate::{NoteKind, Notes, ScimError, coerce};

pub(super) fn apply(
    op: Op,
    target: &Target<'_, '_>,
    value: Value,
    document: &mut Document,
    notes: &mut Notes,
) -> Result<(), ScimError> {
    let (located, named) = (target.located, target.named);
    if target.path.filter.is_some() {
        return Err(ScimError::invalid_path(format!(
            "{named}: only attributes with many values can be followed by [ ]."
        )));
    }
    if let Some(sub) = &target.path.sub {
        let value = (op != Op::Remove).then_some(value);
        return set_sub(target, sub, value, document, notes);
    }
    if op == Op::Remove {
        document.set(located, None);
        return Ok(());
    }
    // RFC 7644 §3.5.2.3: "Sub-attributes that are not specified … SHALL be left unchanged". A reference such as manager
    // is replaced whole: the old manager's $ref beside the new one's value would point to the wrong person.
    let merges = located.attribute.kind == Kind::Complex && located.attribute.sub("value").is_none();
    match value {
        Value::Object(object) if merges => {
            for (sub, value) in object {
                if located.attribute.sub(&sub).is_some() {
                    set_sub(target, &sub, Some(value), document, notes)?;
                } else {
                    let inner = format!("{named}.{sub}");
                    notes.add(NoteKind::Ignored, &inner, "The schema has no such sub-attribute; it was not stored.");
                }
            }
            Ok(())
        }
        value => {
            let value = coerce::value(located.attribute, value, named, notes)?;
            document.set(located, value);
            Ok(())
        }
    }
}

/// Sets one sub-attribute; `None` or an empty value clears it.
fn set_sub(
    target: &Target<'_, '_>,
    sub: &str,
    value: Option<Value>,
    document: &mut Document,
    notes: &mut Notes,
) -> Result<(), ScimError> {
    let sub = target.located.attribute.sub(sub).ok_or_else(|| target.unknown_sub())?;
    if sub.is_read_only() {
        notes.add(NoteKind::Ignored, target.named, "Set by the server alone; what was sent was not stored.");
        return Ok(());
    }
    let value = match value {
        Some(value) => coerce::value(sub, value, target.named, notes)?,
        None => None,
    };
    let mut whole: Map<String, Value> =
        document.get(target.located).and_then(Value::as_object).cloned().unwrap_or_default();
    match value {
        Some(value) => whole.insert(sub.name.to_string(), value),
        None => whole.remove(sub.name.as_ref()),
    };
    document.set(target.located, (!whole.is_empty()).then_some(Value::Object(whole)));
    Ok(())
}
