//! From a filter's names and literals to a [`Condition`].

use super::compare::compare;
use super::{Condition, Source, Test};
use crate::ScimError;
use crate::filter::{Filter, Literal, Operator};
use crate::path::AttributePath;
use crate::schema::{Attribute, Kind, Located, ResourceKind, Schemas};

/// Looks the filter's names up in the schemas.
pub fn resolve(filter: &Filter, kind: ResourceKind, schemas: &Schemas) -> Result<Condition, ScimError> {
    both(filter, &|filter| resolve(filter, kind, schemas), &|filter| match filter {
        Filter::Element(path, inner) => element(path, inner, kind, schemas),
        Filter::Compare(path, operator, literal) => {
            if let Some(condition) = known(path, *operator, literal, kind, schemas)? {
                return Ok(condition);
            }
            let (source, attribute) = locate(path, kind, schemas)?;
            compare(source, &attribute, path, *operator, literal)
        }
        Filter::Present(path) => Ok(Condition::Test(locate_present(path, kind, schemas)?, Test::Present)),
        _ => Err(ScimError::invalid_filter("The filter cannot be evaluated.")),
    })
}

/// Looks the names of a value path's filter up in the attribute whose elements it selects.
pub fn resolve_within(filter: &Filter, attribute: &Attribute) -> Result<Condition, ScimError> {
    both(filter, &|filter| resolve_within(filter, attribute), &|filter| match filter {
        Filter::Compare(path, operator, literal) => {
            let sub = part(path, attribute)?;
            compare(Source::Part(sub.name.to_string()), sub, path, *operator, literal)
        }
        Filter::Present(path) => {
            Ok(Condition::Test(Source::Part(part(path, attribute)?.name.to_string()), Test::Present))
        }
        _ => {
            Err(ScimError::invalid_filter(format!("{}: a filter in brackets cannot hold another one.", attribute.name)))
        }
    })
}

type Resolve<'f> = &'f dyn Fn(&Filter) -> Result<Condition, ScimError>;

fn both(filter: &Filter, again: Resolve<'_>, leaf: Resolve<'_>) -> Result<Condition, ScimError> {
    Ok(match filter {
        Filter::And(left, right) => Condition::And(Box::new(again(left)?), Box::new(again(right)?)),
        Filter::Or(left, right) => Condition::Or(Box::new(again(left)?), Box::new(again(right)?)),
        Filter::Not(inner) => Condition::Not(Box::new(again(inner)?)),
        _ => leaf(filter)?,
    })
}

fn unknown(path: &AttributePath) -> ScimError {
    ScimError::invalid_filter(format!(
        "{path}: the schema has no such attribute. /Schemas lists those that can be used."
    ))
}

fn part<'a>(path: &AttributePath, attribute: &'a Attribute) -> Result<&'a Attribute, ScimError> {
    let plain = path.urn.is_none() && path.sub.is_none();
    attribute.sub(&path.attribute).filter(|_| plain).ok_or_else(|| unknown(path))
}

/// What is asked of `meta.resourceType` and `schemas`, which no row holds: they follow from the kind of resource and from
/// the extensions in use. RFC 7644 §3.4.2.1 tells the types apart with the first when it queries at the root.
fn known(
    path: &AttributePath,
    operator: Operator,
    literal: &Literal,
    kind: ResourceKind,
    schemas: &Schemas,
) -> Result<Option<Condition>, ScimError> {
    let is = |attribute: &str, sub: Option<&str>| {
        let same = |sent: &Option<String>| sent.as_deref().map(str::to_ascii_lowercase).as_deref() == sub;
        path.attribute.eq_ignore_ascii_case(attribute) && same(&path.sub)
    };
    let wanted = literal.to_string();
    let wanted = if let Literal::Text(text) = literal { text } else { &wanted };
    let condition = if is("meta", Some("resourcetype")) {
        Condition::constant(kind.name() == wanted)
    } else if is("schemas", None) {
        match schemas.extension(kind, wanted) {
            Some(extension) => Condition::Test(Source::Document(vec![extension.id.to_owned()]), Test::Present),
            None => Condition::constant(kind.schema().eq_ignore_ascii_case(wanted)),
        }
    } else {
        return Ok(None);
    };
    match operator {
        Operator::Eq => Ok(Some(condition)),
        Operator::Ne => Ok(Some(Condition::Not(Box::new(condition)))),
        _ => Err(ScimError::invalid_filter(format!("{path}: it can only be compared with eq and ne."))),
    }
}

/// The place and definition of the value that a path compares: for complex attributes their `value`.
fn locate(path: &AttributePath, kind: ResourceKind, schemas: &Schemas) -> Result<(Source, Attribute), ScimError> {
    let located = schemas.find(kind, path.urn.as_deref(), &path.attribute).ok_or_else(|| unknown(path))?;
    let attribute = located.attribute;
    let sub = match &path.sub {
        Some(sub) => Some(attribute.sub(sub).ok_or_else(|| unknown(path))?),
        None if attribute.kind == Kind::Complex => Some(attribute.sub("value").ok_or_else(|| {
            ScimError::invalid_filter(format!("{path}: name one of its sub-attributes, or use \"{path} pr\"."))
        })?),
        None => None,
    };
    let definition = sub.unwrap_or(attribute).clone();
    let mut keys = keys_of(&located);
    let source = match (attribute.name.as_ref(), sub.map(|sub| sub.name.as_ref())) {
        ("id", _) => Source::Id,
        ("meta", Some("created")) => Source::Created,
        ("meta", Some("lastModified")) => Source::LastModified,
        ("meta" | "schemas" | "password", _) => {
            return Err(ScimError::invalid_filter(format!("{path}: this server does not filter by this attribute.")));
        }
        ("members", Some("value")) => Source::Members,
        ("groups", Some("value")) => Source::Groups,
        ("members" | "groups", _) => {
            return Err(ScimError::invalid_filter(format!("{path}: filter by {}.value instead.", attribute.name)));
        }
        (_, sub) if attribute.multi_valued => Source::List(keys, sub.map(str::to_owned)),
        (_, sub) => {
            keys.extend(sub.map(str::to_owned));
            Source::Document(keys)
        }
    };
    Ok((source, definition))
}

/// As [`locate`], but a complex attribute without `value`, such as `name`, may be asked for as a whole.
fn locate_present(path: &AttributePath, kind: ResourceKind, schemas: &Schemas) -> Result<Source, ScimError> {
    let located = schemas.find(kind, path.urn.as_deref(), &path.attribute).ok_or_else(|| unknown(path))?;
    let whole = path.sub.is_none() && located.attribute.kind == Kind::Complex;
    let name = located.attribute.name.as_ref();
    if !whole || ["meta", "members", "groups"].contains(&name) {
        return Ok(locate(path, kind, schemas)?.0);
    }
    Ok(Source::Document(keys_of(&located)))
}

fn keys_of(located: &Located<'_>) -> Vec<String> {
    let mut keys: Vec<String> = located.extension.map(str::to_owned).into_iter().collect();
    keys.push(located.attribute.name.to_string());
    keys
}

fn element(
    path: &AttributePath,
    inner: &Filter,
    kind: ResourceKind,
    schemas: &Schemas,
) -> Result<Condition, ScimError> {
    let located = schemas.find(kind, path.urn.as_deref(), &path.attribute).ok_or_else(|| unknown(path))?;
    let attribute = located.attribute;
    if !attribute.multi_valued || path.sub.is_some() || attribute.sub_attributes.is_empty() {
        return Err(ScimError::invalid_filter(format!(
            "{path}: only attributes with many values can be followed by [ ]."
        )));
    }
    if ["members", "groups"].contains(&attribute.name.as_ref()) {
        let Filter::Compare(sub, operator, literal) = inner else {
            return Err(ScimError::invalid_filter(format!("{path}: only [value eq \"…\"] can be asked of it.")));
        };
        let whole = AttributePath { sub: Some(sub.attribute.clone()), ..path.clone() };
        let (source, definition) = locate(&whole, kind, schemas)?;
        return compare(source, &definition, &whole, *operator, literal);
    }
    Ok(Condition::Element(keys_of(&located), Box::new(resolve_within(inner, attribute)?)))
}
