//! `attributes` and `excludedAttributes`: RFC 7644 §3.9.

use serde_json::{Map, Value};

use crate::path::AttributePath;
use crate::schema::{Attribute, ResourceKind, Returned, Schemas};
use crate::{ScimError, urn};

/// Which attributes an answer holds.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Projection {
    only: Vec<Wanted>,
    without: Vec<Wanted>,
}

#[derive(Debug, Clone, PartialEq)]
enum Wanted {
    Path(AttributePath),
    /// A whole schema, named by its URN.
    Schema(String),
}

impl Projection {
    /// From the query string.
    pub fn from_query(parameters: &[(String, String)]) -> Result<Self, ScimError> {
        let names = |name: &str| -> Vec<String> {
            parameters
                .iter()
                .filter(|(key, _)| key.eq_ignore_ascii_case(name))
                .flat_map(|(_, value)| value.split(','))
                .map(|name| name.trim().to_owned())
                .collect()
        };
        Self::new(&names("attributes"), &names("excludedAttributes"))
    }

    /// From the body of `/.search`.
    pub fn from_body(body: &Map<String, Value>) -> Result<Self, ScimError> {
        let names =
            |name: &str| match body.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value) {
                None | Some(Value::Null) => Ok(Vec::new()),
                Some(Value::Array(items)) => items
                    .iter()
                    .map(|item| item.as_str().map(str::to_owned))
                    .collect::<Option<Vec<_>>>()
                    .ok_or_else(|| ScimError::invalid_value(format!("{name}: the value must be a list of names."))),
                Some(_) => Err(ScimError::invalid_value(format!("{name}: the value must be a list of names."))),
            };
        Self::new(&names("attributes")?, &names("excludedAttributes")?)
    }

    fn new(only: &[String], without: &[String]) -> Result<Self, ScimError> {
        let read = |name: &String| match AttributePath::parse(name) {
            Ok(path) if path.urn.is_none() || !looks_like_schema(name) => Ok(Wanted::Path(path)),
            Ok(_) => Ok(Wanted::Schema(name.clone())),
            Err(_) => {
                Err(ScimError::invalid_value(format!("\"{}\" is not an attribute name.", crate::path::shorten(name))))
            }
        };
        let list =
            |names: &[String]| names.iter().filter(|name| !name.is_empty()).map(read).collect::<Result<Vec<_>, _>>();
        Ok(Self { only: list(only)?, without: list(without)? })
    }

    /// Whether the client named attributes at all.
    pub fn is_default(&self) -> bool {
        self.only.is_empty() && self.without.is_empty()
    }

    /// Whether an attribute that is costly to read, `members` or `groups`, is part of the answer.
    pub fn wants(&self, name: &str) -> bool {
        let names = |wanted: &Wanted| match wanted {
            Wanted::Path(path) => path.attribute.eq_ignore_ascii_case(name),
            Wanted::Schema(schema) => [urn::USER, urn::GROUP].iter().any(|core| core.eq_ignore_ascii_case(schema)),
        };
        let whole = |wanted: &Wanted| names(wanted) && !matches!(wanted, Wanted::Path(path) if path.sub.is_some());
        if self.only.is_empty() { !self.without.iter().any(whole) } else { self.only.iter().any(names) }
    }

    /// Removes from a rendered resource what the client did not ask for.
    pub fn apply(&self, resource: &mut Map<String, Value>, kind: ResourceKind, schemas: &Schemas) {
        if self.is_default() {
            return;
        }
        self.trim(resource, kind.schema(), kind, schemas);
        for extension in schemas.extensions(kind) {
            if let Some(Value::Object(inner)) = resource.get_mut(extension.id) {
                self.trim(inner, extension.id, kind, schemas);
                if inner.is_empty() {
                    resource.remove(extension.id);
                }
            }
        }
    }

    fn trim(&self, object: &mut Map<String, Value>, schema: &str, kind: ResourceKind, schemas: &Schemas) {
        object.retain(|name, value| {
            let Some(located) = schemas.find(kind, Some(schema), name) else { return true };
            let attribute = located.attribute;
            if attribute.returned == Returned::Always {
                return true;
            }
            let list = if self.only.is_empty() { &self.without } else { &self.only };
            let parts: Vec<_> = list.iter().filter_map(|wanted| names_attribute(wanted, schema, attribute)).collect();
            // RFC 7644 §3.9: attributes and excludedAttributes exclude each other; when both come, attributes decides.
            if !self.only.is_empty() {
                return !parts.is_empty()
                    && (parts.contains(&Named::Whole) || keep_parts(value, attribute, &parts, true));
            }
            !parts.contains(&Named::Whole) && (parts.is_empty() || keep_parts(value, attribute, &parts, false))
        });
    }
}

/// `urn:…:User` names a schema, `urn:…:User:title` an attribute of it: the version number comes right before the
/// schema's last name.
fn looks_like_schema(name: &str) -> bool {
    let mut parts = name.rsplit(':');
    parts.next();
    parts.next().is_some_and(|part| part.starts_with(|letter: char| letter.is_ascii_digit()))
}

/// How much of an attribute is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Named<'w> {
    Whole,
    Part(&'w str),
}

/// Whether the attribute is named, and how much of it.
fn names_attribute<'w>(wanted: &'w Wanted, schema: &str, attribute: &Attribute) -> Option<Named<'w>> {
    match wanted {
        Wanted::Schema(urn) => urn.eq_ignore_ascii_case(schema).then_some(Named::Whole),
        Wanted::Path(path) => {
            let here = path.urn.as_ref().is_none_or(|urn| urn.eq_ignore_ascii_case(schema));
            (here && path.attribute.eq_ignore_ascii_case(&attribute.name))
                .then(|| path.sub.as_deref().map_or(Named::Whole, Named::Part))
        }
    }
}

fn keep_parts(value: &mut Value, attribute: &Attribute, parts: &[Named<'_>], keep: bool) -> bool {
    let named =
        |name: &str| parts.iter().any(|part| matches!(part, Named::Part(part) if part.eq_ignore_ascii_case(name)));
    let always = |name: &str| attribute.sub(name).is_some_and(|sub| sub.returned == Returned::Always);
    let trim = |object: &mut Map<String, Value>| object.retain(|name, _| always(name) || named(name) == keep);
    match value {
        Value::Object(object) => {
            trim(object);
            !object.is_empty()
        }
        Value::Array(items) => {
            items.iter_mut().filter_map(Value::as_object_mut).for_each(trim);
            items.retain(|item| item.as_object().is_none_or(|object| !object.is_empty()));
            !items.is_empty()
        }
        _ => true,
    }
}

#[cfg(test)]
mod tests;
