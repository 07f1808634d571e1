//! Request bodies of POST and PUT: validated and spelled as the schema spells them.

use serde_json::{Map, Value};

use crate::document::Document;
use crate::path::AttributePath;
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
    check_schemas(kind, &body, notes)?;
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
    if kind == ResourceKind::User {
        let active = schemas.find(kind, None, "active");
        if let Some(active) = active.filter(|active| incoming.document.get(*active).is_none()) {
            incoming.document.set(active, Some(true.into()));
        }
    }
    check_required(kind, &incoming.document, schemas)?;
    Ok(incoming)
}

fn check_schemas(kind: ResourceKind, body: &Map<String, Value>, notes: &mut Notes) -> Result<(), ScimError> {
    let listed = match body.iter().find(|(key, _)| key.eq_ignore_ascii_case("schemas")).map(|(_, value)| value) {
        None => false,
        Some(Value::Array(items)) if items.iter().all(Value::is_string) => {
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
            Value::Object(object) => object.get("value").and_then(Value::as_str),
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

/// RFC 7643 §2.2: a required attribute must be there, and with a value.
pub(crate) fn check_required(kind: ResourceKind, document: &Document, schemas: &Schemas) -> Result<(), ScimError> {
    let core = schemas.core(kind).attributes.iter().map(|attribute| Located { extension: None, attribute });
    let extensions = schemas
        .extensions(kind)
        .iter()
        .flat_map(|schema| schema.attributes.iter().map(|attribute| Located { extension: Some(schema.id), attribute }));
    let missing = core.chain(extensions).find(|located| {
        located.attribute.required
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
mod tests {
    use serde_json::json;

    use super::*;
    use crate::schema::{CustomAttribute, CustomKind};
    use crate::urn;

    fn read(kind: ResourceKind, body: Value) -> (Result<Incoming, ScimError>, Notes) {
        let mut notes = Notes::default();
        let Value::Object(body) = body else { panic!("an object") };
        (parse(kind, body, Schemas::standard(), &mut notes), notes)
    }

    #[test]
    fn reads_a_user_in_any_spelling() {
        let (result, notes) = read(
            ResourceKind::User,
            json!({
                "schemas": [urn::USER, urn::ENTERPRISE], "USERNAME": "ada", "externalId": "1", "id": "x", "meta": {},
                "groups": [], "password": "secret", "shoeSize": 9, "title": null, "roles": [],
                "emails": [{"Type": "work", "Value": "a@x", "primary": true}],
                urn::ENTERPRISE.to_uppercase(): {"Department": "R&D", "manager": "m"},
            }),
        );
        let wanted = json!({
            "userName": "ada", "externalId": "1", "active": true,
            "emails": [{"type": "work", "value": "a@x", "primary": true}],
            urn::ENTERPRISE: {"department": "R&D", "manager": {"value": "m"}},
        });
        assert_eq!(Value::Object(result.expect("valid").document.as_map().clone()), wanted);
        let ignored: Vec<_> =
            notes.0.iter().filter(|note| note.kind == NoteKind::Ignored).map(|note| note.attribute.as_str()).collect();
        assert_eq!(ignored, ["groups", "id", "meta", "password", "shoeSize"]);
        assert!(!format!("{notes:?}").contains("secret"));
    }

    #[test]
    fn extension_attributes_find_their_place() {
        let (result, notes) = read(
            ResourceKind::User,
            json!({"userName": "u", "department": "A", "name.givenName": "G", "name.familyName": "F",
                "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:costCenter": "7"}),
        );
        let document = result.expect("valid").document;
        assert_eq!(document.department(), Some("A"));
        assert_eq!(document.shown_name(), "G F");
        assert_eq!(document.text(&[urn::ENTERPRISE, "costCenter"]), Some("7"));
        assert_eq!(notes.0.len(), 5, "schemas and four places: {notes:?}");
    }

    #[test]
    fn required_attributes_are_named() {
        for body in [json!({}), json!({"userName": ""}), json!({"userName": null}), json!({"userName": "  "})] {
            let error = read(ResourceKind::User, body).0.expect_err("no userName");
            assert!(error.detail.starts_with("userName:"), "{}", error.detail);
        }
        assert!(
            read(ResourceKind::Group, json!({"members": []}))
                .0
                .expect_err("no name")
                .detail
                .starts_with("displayName:")
        );
        assert!(read(ResourceKind::User, json!({"userName": "u", "schemas": "x"})).0.is_err());
    }

    #[test]
    fn members_come_as_objects_or_ids() {
        let (result, _) = read(
            ResourceKind::Group,
            json!({"displayName": "G", "members": [{"value": "1", "$ref": null}, "2", {"value": "1"}]}),
        );
        assert_eq!(result.expect("valid").members, ["1", "2"]);
        assert!(read(ResourceKind::Group, json!({"displayName": "G", "members": [{"display": "x"}]})).0.is_err());
    }

    #[test]
    fn custom_attributes_are_typed_and_may_be_required() {
        let custom = [
            CustomAttribute::new("badge", CustomKind::Integer, "Badge", true),
            CustomAttribute::new("remote", CustomKind::Boolean, "Remote", false),
        ];
        let schemas = Schemas::with_custom(&custom);
        let read = |body: Value| {
            let Value::Object(body) = body else { panic!("an object") };
            parse(ResourceKind::User, body, &schemas, &mut Notes::default())
        };
        let document =
            read(json!({"userName": "u", urn::ENTERPRISE: {"badge": "7", "remote": "True"}})).expect("valid").document;
        assert_eq!(document.as_map()[urn::SPACEIQ], json!({"badge": 7, "remote": true}));
        assert!(read(json!({"userName": "u"})).expect_err("required").detail.contains("badge"));
        assert!(read(json!({"userName": "u", urn::SPACEIQ: {"badge": "x"}})).is_err());
    }
}
