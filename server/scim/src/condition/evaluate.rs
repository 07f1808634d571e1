//! Conditions in memory: what the store's SQL is held against in its tests, and what PATCH selects elements with.

use serde_json::Value;

use super::{Condition, Scalar, Source, Test};

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
