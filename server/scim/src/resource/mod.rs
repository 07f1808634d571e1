//! Request bodies of POST and PUT: validated and spelled as the schema spells them.

mod members;
mod rules;
#[cfg(test)]
mod tests;

use serde_json::{Map, Value};

pub(crate) use members::members;
pub(crate) use rules::{check_lengths, check_required};

use crate::document::Document;
use crate::path::{AttributePath, shorten};
use crate::schema::{Kind, Located, Mutability};
use crate::{NoteKind, Notes, ResourceKind, Schemas, ScimError, coerce};

/// A body that passed.
#[derive(Debug, Clone, PartialEq)]
pub struct Incoming {
    /// The attributes.
    pub document: Document,
    /// A group's members, each once, in the order sent. Empty for users.
    pub members: Vec<String>,
}

/// Reads a resource.
///
/// Unknown attributes and schemas are passed over and noted (one wrong mapping must not stop a company's
/// provisioning); read-only ones too, since clients echo what they were answered (RFC 7644 §3.5.1: "SHALL be
/// ignored").
pub fn parse(
    kind: ResourceKind,
    body: Map<String, Value>,
    schemas: &Schemas,
    notes: &mut Notes,
) -> Result<Incoming, ScimError> {
    let mut incoming = Incoming { document: Document::default(), members: Vec::new() };
    check_schemas(kind, &body, schemas, notes)?;
    for (key, value) in body {
        if key.eq_ignore_ascii_case("schemas") {
            continue;
        }
        if schemas.knows(kind, &key) {
            read_schema(kind, &key, value, schemas, &mut incoming, notes)?;
        } else {
            read_attribute(kind, None, &key, value, schemas, &mut incoming, notes)?;
        }
    }
    check_required(kind, None, &incoming.document, schemas)?;
    check_lengths(&incoming.document)?;
    Ok(incoming)
}

fn check_schemas(
    kind: ResourceKind,
    body: &Map<String, Value>,
    schemas: &Schemas,
    notes: &mut Notes,
) -> Result<(), ScimError> {
    let listed = match body.iter().find(|(key, _)| key.eq_ignore_ascii_case("schemas")).map(|(_, value)| value) {
        None => false,
        Some(Value::Array(items)) if items.iter().all(Value::is_string) => {
            // Entra names a schema of its own, ADSCIM, in groups.
            for foreign in items.iter().filter_map(Value::as_str).filter(|urn| !schemas.knows(kind, urn)) {
                notes.add(NoteKind::Ignored, "schemas", format!("{} is not known here.", shorten(foreign)));
            }
            items.iter().filter_map(Value::as_str).any(|schema| schema.eq_ignore_ascii_case(kind.schema()))
        }
        Some(_) => return Err(ScimError::invalid_syntax("schemas: the value must be a list of schema URNs.")),
    };
    if !listed {
        notes.add(NoteKind::Coerced, "schemas", format!("{} was not named and was assumed.", kind.schema()));
    }
    Ok(())
}

fn read_schema(
    kind: ResourceKind,
    urn: &str,
    value: Value,
    schemas: &Schemas,
    incoming: &mut Incoming,
    notes: &mut Notes,
) -> Result<(), ScimError> {
    match value {
        Value::Null => Ok(()),
        Value::Object(object) => object
            .into_iter()
            .try_for_each(|(name, value)| read_attribute(kind, Some(urn), &name, value, schemas, incoming, notes)),
        _ => Err(ScimError::invalid_value(format!("{urn}: the value must be an object with the schema's attributes."))),
    }
}

fn read_attribute(
    kind: ResourceKind,
    urn: Option<&str>,
    key: &str,
    value: Value,
    schemas: &Schemas,
    incoming: &mut Incoming,
    notes: &mut Notes,
) -> Result<(), ScimError> {
    let named = urn.map_or_else(|| key.to_owned(), |urn| format!("{urn}:{key}"));
    let direct = schemas.find(kind, urn, key);
    let (located, sub) = if let Some(located) = direct {
        (located, None)
    } else if let Some(found) = flattened(kind, urn, key, schemas) {
        notes.add(NoteKind::Coerced, &named, "A path was sent as a name; it was stored in its proper place.");
        found
    } else {
        notes.add(NoteKind::Ignored, &named, "The schema has no such attribute; it was not stored.");
        return Ok(());
    };
    if located.extension.is_some() && urn.is_none() && direct.is_some() {
        notes.add(NoteKind::Coerced, &named, "It was sent outside its extension; it was stored inside.");
    }
    if located.attribute.name == "members" {
        incoming.members = members(value, &named, notes)?;
        return Ok(());
    }
    store(located, sub.as_deref(), value, &named, &mut incoming.document, notes)
}

/// `name.givenName` or `urn:…:User:department` used as a key.
fn flattened<'s>(
    kind: ResourceKind,
    urn: Option<&str>,
    key: &str,
    schemas: &'s Schemas,
) -> Option<(Located<'s>, Option<String>)> {
    let path = AttributePath::parse(key).ok()?;
    let located = schemas.find(kind, path.urn.as_deref().or(urn), &path.attribute)?;
    let single_complex = located.attribute.kind == Kind::Complex && !located.attribute.multi_valued;
    match path.sub {
        None => Some((located, None)),
        Some(sub) => (single_complex && located.attribute.sub(&sub).is_some()).then_some((located, Some(sub))),
    }
}

fn store(
    located: Located<'_>,
    sub: Option<&str>,
    value: Value,
    named: &str,
    document: &mut Document,
    notes: &mut Notes,
) -> Result<(), ScimError> {
    let attribute = located.attribute;
    match attribute.mutability {
        Mutability::ReadOnly => {
            notes.add(NoteKind::Ignored, named, "Set by the server alone; what was sent was not stored.");
            return Ok(());
        }
        Mutability::WriteOnly => {
            coerce::value(attribute, value, named, notes)?;
            notes.add(NoteKind::Ignored, named, "Accepted and not kept: nobody signs in with it here.");
            return Ok(());
        }
        Mutability::ReadWrite | Mutability::Immutable => {}
    }
    let value = match sub {
        None => value,
        Some(sub) => {
            let mut whole = document.get(located).and_then(Value::as_object).cloned().unwrap_or_default();
            whole.insert(sub.to_owned(), value);
            Value::Object(whole)
        }
    };
    let value = coerce::value(attribute, value, named, notes)?;
    document.set(located, value);
    Ok(())
}
