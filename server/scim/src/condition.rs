//! Filters with their names looked up: what is asked of which value, typed, ready for SQL or memory.
//!
//! Semantics, the same in both places:
//! - a test on an attribute without value is false, so `not (a eq "x")` and `a ne "x"` are true there;
//! - a test on a multi-valued attribute holds when one element satisfies it; `ne` is the negation of `eq`;
//! - `eq null` means that there is no value;
//! - text is compared folded unless the attribute is `caseExact`; `gt` and its kin compare text by code point;
//! - instants are compared as instants.

use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::filter::{Filter, Literal, Operator};
use crate::fold::fold;
use crate::path::AttributePath;
use crate::schema::{Attribute, Kind, ResourceKind, Schemas};
use crate::{ScimError, coerce};

/// Where a value lives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// The resource's id.
    Id,
    /// `meta.created`.
    Created,
    /// `meta.lastModified`.
    LastModified,
    /// At these keys of the document: an attribute, or a sub-attribute of a single complex one.
    Document(Vec<String>),
    /// In the elements of the list at these keys; with a key, a part of each element.
    List(Vec<String>, Option<String>),
    /// Within [`Condition::Element`]: a part of the element.
    Part(String),
    /// The ids of a group's members.
    Members,
    /// The ids of the groups a resource belongs to.
    Groups,
}

/// What is asked of a value. Text is folded already where the attribute wants it.
#[derive(Debug, Clone, PartialEq)]
pub enum Test {
    /// There is a value.
    Present,
    /// It equals.
    Equals(Scalar),
    /// It contains the text.
    Contains(String),
    /// It starts with the text.
    StartsWith(String),
    /// It ends with the text.
    EndsWith(String),
    /// It is greater (or equal, when inclusive).
    Greater(Scalar, Inclusive),
    /// It is less (or equal, when inclusive).
    Less(Scalar, Inclusive),
}

/// Whether an ordering includes the value itself.
pub type Inclusive = bool;

/// A typed comparison value.
#[derive(Debug, Clone, PartialEq)]
pub enum Scalar {
    /// Text.
    Text(String),
    /// A number.
    Number(f64),
    /// `true` or `false`.
    Boolean(bool),
    /// Milliseconds since 1970.
    Instant(i64),
}

/// A filter ready to be evaluated.
#[derive(Debug, Clone, PartialEq)]
pub enum Condition {
    /// Both hold.
    And(Box<Self>, Box<Self>),
    /// One holds.
    Or(Box<Self>, Box<Self>),
    /// It does not hold.
    Not(Box<Self>),
    /// A value passes a test.
    Test(Source, Test),
    /// One element of the list at these keys satisfies the condition.
    Element(Vec<String>, Box<Self>),
}

/// Looks the filter's names up in the schemas.
pub fn resolve(filter: &Filter, kind: ResourceKind, schemas: &Schemas) -> Result<Condition, ScimError> {
    both(filter, &|filter| resolve(filter, kind, schemas), &|filter| match filter {
        Filter::Element(path, inner) => element(path, inner, kind, schemas),
        Filter::Compare(path, operator, literal) => {
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
    let mut keys: Vec<String> = located.extension.map(str::to_owned).into_iter().collect();
    keys.push(attribute.name.to_string());
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
    let mut keys: Vec<String> = located.extension.map(str::to_owned).into_iter().collect();
    keys.push(name.to_owned());
    Ok(Source::Document(keys))
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
    let mut keys: Vec<String> = located.extension.map(str::to_owned).into_iter().collect();
    keys.push(attribute.name.to_string());
    Ok(Condition::Element(keys, Box::new(resolve_within(inner, attribute)?)))
}

fn compare(
    source: Source,
    attribute: &Attribute,
    path: &AttributePath,
    operator: Operator,
    literal: &Literal,
) -> Result<Condition, ScimError> {
    let negate = |condition| Condition::Not(Box::new(condition));
    if *literal == Literal::Null {
        return match operator {
            Operator::Eq => Ok(negate(Condition::Test(source, Test::Present))),
            Operator::Ne => Ok(Condition::Test(source, Test::Present)),
            _ => Err(ScimError::invalid_filter(format!("{path}: null can only be compared with eq and ne."))),
        };
    }
    let scalar = scalar(attribute, path, literal, &source)?;
    let text = || match &scalar {
        Scalar::Text(text) if attribute.kind != Kind::DateTime => Ok(text.clone()),
        _ => Err(ScimError::invalid_filter(format!(
            "{path}: {} compares text, and this attribute is none.",
            operator.keyword()
        ))),
    };
    let ordered = || match (&scalar, attribute.kind) {
        (Scalar::Boolean(_), _) | (_, Kind::Binary) => Err(ScimError::invalid_filter(format!(
            "{path}: {} cannot be used with a {}.",
            operator.keyword(),
            attribute.kind.name()
        ))),
        _ => Ok(scalar.clone()),
    };
    let test = match operator {
        Operator::Eq => Test::Equals(scalar),
        Operator::Ne => return Ok(negate(Condition::Test(source, Test::Equals(scalar)))),
        Operator::Co => Test::Contains(text()?),
        Operator::Sw => Test::StartsWith(text()?),
        Operator::Ew => Test::EndsWith(text()?),
        Operator::Gt => Test::Greater(ordered()?, false),
        Operator::Ge => Test::Greater(ordered()?, true),
        Operator::Lt => Test::Less(ordered()?, false),
        Operator::Le => Test::Less(ordered()?, true),
    };
    Ok(Condition::Test(source, test))
}

fn scalar(
    attribute: &Attribute,
    path: &AttributePath,
    literal: &Literal,
    source: &Source,
) -> Result<Scalar, ScimError> {
    let wrong =
        |wanted: &str| ScimError::invalid_filter(format!("{path}: compare it with {wanted}, not with {literal}."));
    match (attribute.kind, literal) {
        (Kind::Boolean, Literal::Boolean(value)) => Ok(Scalar::Boolean(*value)),
        (Kind::Boolean, Literal::Text(text)) => {
            coerce::read_boolean(text).map(Scalar::Boolean).ok_or_else(|| wrong("true or false"))
        }
        (Kind::Boolean, _) => Err(wrong("true or false")),
        (Kind::Integer | Kind::Decimal, Literal::Number(number)) => Ok(Scalar::Number(*number)),
        (Kind::Integer | Kind::Decimal, _) => Err(wrong("a number")),
        (Kind::DateTime, Literal::Text(text)) if matches!(source, Source::Created | Source::LastModified) => {
            OffsetDateTime::parse(text, &Rfc3339)
                .ok()
                .and_then(|instant| i64::try_from(instant.unix_timestamp_nanos().div_euclid(1_000_000)).ok())
                .map(Scalar::Instant)
                .ok_or_else(|| wrong("a date and time such as \"2026-11-23T09:00:00Z\""))
        }
        (Kind::DateTime, Literal::Text(text)) => coerce::instant(text)
            .map(Scalar::Text)
            .ok_or_else(|| wrong("a date and time such as \"2026-11-23T09:00:00Z\"")),
        (Kind::DateTime, _) => Err(wrong("a date and time in quotation marks")),
        (Kind::Complex, _) => Err(ScimError::invalid_filter(format!("{path}: name one of its sub-attributes."))),
        // An unquoted number or word before a text attribute is text: `externalId eq 4711`.
        (_, literal) => {
            let text = match literal {
                Literal::Text(text) => text.clone(),
                other => other.to_string(),
            };
            Ok(Scalar::Text(if attribute.case_exact { text } else { fold(&text) }))
        }
    }
}

/// What a condition is evaluated on.
pub struct Subject<'a> {
    /// The resource's id.
    pub id: &'a str,
    /// [`crate::Document::folded`].
    pub folded: &'a Value,
    /// `meta.created` in milliseconds since 1970.
    pub created: i64,
    /// `meta.lastModified` in milliseconds since 1970.
    pub last_modified: i64,
    /// Ids of the members.
    pub members: &'a [String],
    /// Ids of the groups it belongs to.
    pub groups: &'a [String],
}

impl Condition {
    /// Evaluates in memory. The store compiles to SQL instead; its tests hold both against each other.
    pub fn matches(&self, subject: &Subject<'_>) -> bool {
        match self {
            Self::And(left, right) => left.matches(subject) && right.matches(subject),
            Self::Or(left, right) => left.matches(subject) || right.matches(subject),
            Self::Not(inner) => !inner.matches(subject),
            Self::Element(keys, inner) => elements(subject.folded, keys).any(|element| inner.matches_element(element)),
            Self::Test(source, test) => match source {
                Source::Id => test.accepts(&subject.id.into()),
                Source::Created => test.accepts_instant(subject.created),
                Source::LastModified => test.accepts_instant(subject.last_modified),
                Source::Document(keys) => at(subject.folded, keys).is_some_and(|value| test.accepts(value)),
                Source::List(keys, sub) => elements(subject.folded, keys)
                    .filter_map(|element| sub.as_ref().map_or(Some(element), |sub| element.get(sub)))
                    .any(|value| test.accepts(value)),
                Source::Members => subject.members.iter().any(|id| test.accepts(&id.as_str().into())),
                Source::Groups => subject.groups.iter().any(|id| test.accepts(&id.as_str().into())),
                Source::Part(_) => false,
            },
        }
    }

    /// Evaluates on one element whose text is folded: see [`crate::patch`].
    pub fn matches_element(&self, element: &Value) -> bool {
        match self {
            Self::And(left, right) => left.matches_element(element) && right.matches_element(element),
            Self::Or(left, right) => left.matches_element(element) || right.matches_element(element),
            Self::Not(inner) => !inner.matches_element(element),
            Self::Test(Source::Part(name), test) => element.get(name).is_some_and(|value| test.accepts(value)),
            Self::Test(..) | Self::Element(..) => false,
        }
    }
}

fn at<'v>(value: &'v Value, keys: &[String]) -> Option<&'v Value> {
    keys.iter().try_fold(value, |value, key| value.get(key))
}

fn elements<'v>(value: &'v Value, keys: &[String]) -> impl Iterator<Item = &'v Value> {
    at(value, keys).and_then(Value::as_array).into_iter().flatten()
}

impl Test {
    fn accepts(&self, value: &Value) -> bool {
        use std::cmp::Ordering::{Equal, Greater, Less};
        let text =
            |matches: fn(&str, &str) -> bool, wanted: &str| value.as_str().is_some_and(|text| matches(text, wanted));
        match self {
            Self::Present => true,
            Self::Equals(wanted) => compare_values(value, wanted) == Some(Equal),
            Self::Contains(wanted) => text(|text, wanted| text.contains(wanted), wanted),
            Self::StartsWith(wanted) => text(|text, wanted| text.starts_with(wanted), wanted),
            Self::EndsWith(wanted) => text(|text, wanted| text.ends_with(wanted), wanted),
            Self::Greater(wanted, inclusive) => {
                compare_values(value, wanted).is_some_and(|order| order == Greater || (*inclusive && order == Equal))
            }
            Self::Less(wanted, inclusive) => {
                compare_values(value, wanted).is_some_and(|order| order == Less || (*inclusive && order == Equal))
            }
        }
    }

    fn accepts_instant(&self, milliseconds: i64) -> bool {
        match self {
            Self::Equals(Scalar::Instant(wanted)) => milliseconds == *wanted,
            Self::Greater(Scalar::Instant(wanted), inclusive) => {
                milliseconds > *wanted || (*inclusive && milliseconds == *wanted)
            }
            Self::Less(Scalar::Instant(wanted), inclusive) => {
                milliseconds < *wanted || (*inclusive && milliseconds == *wanted)
            }
            Self::Present => true,
            _ => false,
        }
    }
}

fn compare_values(value: &Value, wanted: &Scalar) -> Option<std::cmp::Ordering> {
    match (value, wanted) {
        (Value::String(value), Scalar::Text(wanted)) => Some(value.as_str().cmp(wanted)),
        (Value::Bool(value), Scalar::Boolean(wanted)) => Some(value.cmp(wanted)),
        (Value::Number(value), Scalar::Number(wanted)) => value.as_f64()?.partial_cmp(wanted),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::Notes;

    fn ask(filter: &str) -> Result<bool, ScimError> {
        let document: crate::Document = serde_json::from_value(json!({
            "userName": "Ada@X.test", "externalId": "Ada", "active": true, "title": "",
            "name": {"familyName": "Łovelace"},
            "emails": [{"type": "work", "value": "ada@x.test"}, {"type": "home", "value": "ada@home.test"}],
            crate::urn::ENTERPRISE: {"department": "R&D", "manager": {"value": "m1"}},
        }))
        .expect("document");
        let folded = document.folded(ResourceKind::User, Schemas::standard());
        let subject = Subject {
            id: "id-1",
            folded: &folded,
            created: 1_000,
            last_modified: 2_000,
            members: &[],
            groups: &["g1".to_owned()],
        };
        let filter = Filter::parse(filter, &mut Notes::default())?;
        Ok(resolve(&filter, ResourceKind::User, Schemas::standard())?.matches(&subject))
    }

    #[test]
    fn means_what_the_module_says() {
        for (filter, holds) in [
            (r#"userName eq "ADA@x.TEST""#, true),
            (r#"externalId eq "ada""#, false),
            (r#"externalId eq "Ada""#, true),
            (r#"id eq "id-1" and manager eq "m1""#, true),
            (r#"id eq "id-1" and manager eq "none""#, false),
            (r#"emails eq "ada@home.test""#, true),
            (r#"emails[type eq "work"].value eq "ada@home.test""#, false),
            (r#"emails[type eq "home" and value co "@HOME"]"#, true),
            (r#"emails.type ne "work""#, false),
            (r#"nickName ne "x""#, true),
            (r#"not (nickName eq "x")"#, true),
            ("nickName pr", false),
            ("nickName eq null", true),
            ("manager ne null", true),
            ("name pr", true),
            (r#"name.familyName sw "ł""#, true),
            (r#"name.familyName gt "a""#, true),
            (r#"active eq "True""#, true),
            ("active eq false", false),
            (r#"groups eq "g1" and groups.value eq "g1""#, true),
            (r#"groups[value eq "g2"]"#, false),
            (r#"meta.created lt "1970-01-01T00:00:01.001Z""#, true),
            (r#"meta.lastModified ge "1970-01-01T00:00:02Z""#, true),
            (r#"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department eq "r&d""#, true),
        ] {
            assert_eq!(ask(filter), Ok(holds), "{filter}");
        }
    }

    #[test]
    fn refuses_what_it_cannot_evaluate() {
        for filter in [
            r#"shoeSize eq "9""#,
            r#"name eq "x""#,
            r#"name.shoe eq "x""#,
            "active gt true",
            "active co true",
            r#"emails[shoe eq "x"]"#,
            r#"userName[value eq "x"]"#,
            r#"meta.created gt "yesterday""#,
            "meta.created co \"2\"",
            r#"emails[emails[value eq "x"]]"#,
            r#"meta.version eq "1""#,
            r#"groups.display eq "x""#,
            "userName gt null",
            r#"password eq "x""#,
        ] {
            let error = ask(filter).expect_err(filter);
            assert_eq!(error.scim_type, Some(crate::ScimType::InvalidFilter), "{filter}");
        }
    }
}
