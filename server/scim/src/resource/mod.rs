//! Request bodies of POST and PUT: validated and spelled as the schema spells them.

use serde_json::{Map, Value};

use crate::document::Document;
use crate::fold::fold;
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
    let (located, sub) = match direct {
        Some(located) => (located, None),
        None => match flattened(kind, urn, key, schemas) {
            Some((located, sub)) => {
                notes.add(NoteKind::Coerced, &named, "A path was sent as a name; it was stored in its proper place.");
                (located, sub)
            }
            None => {
                notes.add(NoteKind::Ignored, &named, "The schema has no such attribute; it was not stored.");
                return Ok(());
            }
        },
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

/// Text that is matched or sorted by may have this many bytes, once it is folded: databases limit what an index holds.
const MAX_KEY: usize = 1024;

/// What identity providers match by, and the names shown, must fit into indexes.
pub(crate) fn check_lengths(document: &Document) -> Result<(), ScimError> {
    let single: [&[&str]; 6] = [
        &["userName"],
        &["externalId"],
        &["displayName"],
        &["name", "formatted"],
        &["name", "givenName"],
        &["name", "familyName"],
    ];
    let texts = single.into_iter().filter_map(|keys| Some((keys.join("."), document.text(keys)?)));
    let emails = document.emails().map(|email| ("emails.value".to_owned(), email));
    let long = texts.chain(emails).find(|(_, text)| text.len() > MAX_KEY || fold(text).len() > MAX_KEY);
    long.map_or(Ok(()), |(name, _)| {
        Err(ScimError::invalid_value(format!("{name}: the text is longer than {MAX_KEY} bytes. Shorten it.")))
    })
}

/// RFC 7643 §2.2: a required attribute must be there, and with a value.
///
/// Of a resource that exists only what it had before is asked for again: an attribute that a company made required later
/// must not keep a leaver from being disabled.
pub(crate) fn check_required(
    kind: ResourceKind,
    before: Option<&Document>,
    document: &Document,
    schemas: &Schemas,
) -> Result<(), ScimError> {
    let core = schemas.core(kind).attributes.iter().map(|attribute| Located { extension: None, attribute });
    let extensions = schemas
        .extensions(kind)
        .iter()
        .flat_map(|schema| schema.attributes.iter().map(|attribute| Located { extension: Some(schema.id), attribute }));
    let missing = core.chain(extensions).find(|located| {
        located.attribute.required
            && before.is_none_or(|before| before.get(*located).is_some())
            && document.get(*located).is_none_or(|value| value.as_str().is_some_and(|text| text.trim().is_empty()))
    });
    missing.map_or(Ok(()), |located| {
        let name = match located.extension {
            Some(urn) => format!("{urn}:{}", located.attribute.name),
            None => located.attribute.name.to_string(),
        };
        Err(ScimError::invalid_value(format!(
            "{name}: this attribute is required. Send it with a value that is not empty."
        )))
    })
}

#[cfg(test)]
mod tests;
