//! Members as they stand in bodies.

use serde_json::Value;

use crate::{NoteKind, Notes, ScimError};

/// The ids in a list of members; a bare id stands for `{"value": id}`.
pub(crate) fn members(value: Value, named: &str, notes: &mut Notes) -> Result<Vec<String>, ScimError> {
    let items = match value {
        Value::Null => Vec::new(),
        Value::Array(items) => items,
        one => vec![one],
    };
    let mut ids = Vec::with_capacity(items.len());
    let mut seen = std::collections::HashSet::new();
    for item in items {
        let id = match &item {
            Value::String(id) => {
                notes.add(NoteKind::Coerced, named, "A bare id was read as {\"value\": id}.");
                Some(id.as_str())
            }
            Value::Object(object) => {
                object.iter().find(|(name, _)| name.eq_ignore_ascii_case("value")).and_then(|(_, value)| value.as_str())
            }
            _ => None,
        };
        let id = id.filter(|id| !id.is_empty()).ok_or_else(|| {
            ScimError::invalid_value(format!("{named}: each member must be an object whose value is an id."))
        })?;
        if seen.insert(id.to_owned()) {
            ids.push(id.to_owned());
        }
    }
    Ok(ids)
}
