//! Queries over many resources: RFC 7644 §3.4.2 and §3.4.3, RFC 9865.

use serde_json::{Map, Value, json};

use crate::filter::Filter;
use crate::path::AttributePath;
use crate::projection::Projection;
use crate::{Notes, ScimError, cursor, urn};

/// Resources a page holds when the client does not say.
pub const DEFAULT_COUNT: usize = 100;
/// Resources a page holds at most.
pub const MAX_COUNT: usize = 1000;

/// Where a page starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Start {
    /// At this place, from 1.
    Index(usize),
    /// After this id; `None` for the first page of a walk.
    Cursor(Option<String>),
}

/// A query.
#[derive(Debug, Clone, PartialEq)]
pub struct ListRequest {
    /// Which resources.
    pub filter: Option<Filter>,
    /// By which attribute they are ordered.
    pub sort_by: Option<AttributePath>,
    /// Whether the order is reversed.
    pub descending: bool,
    /// Where the page starts.
    pub start: Start,
    /// How many resources it may hold.
    pub count: usize,
    /// Which attributes are answered.
    pub projection: Projection,
    query: String,
}

impl ListRequest {
    /// Reads the query string's parameters, decoded already. Unknown ones are passed over: Azure adds its feature flags.
    pub fn from_query(parameters: &[(String, String)], notes: &mut Notes) -> Result<Self, ScimError> {
        let get = |name: &str| {
            parameters.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
        };
        let number = |name: &str| match get(name) {
            None | Some("") => Ok(None),
            Some(text) => whole_number(text.trim()).map(Some).ok_or_else(|| not_a_number(name)),
        };
        let raw = Raw {
            filter: get("filter"),
            sort_by: get("sortBy"),
            sort_order: get("sortOrder"),
            start_index: number("startIndex")?,
            count: number("count")?,
            cursor: get("cursor"),
        };
        let projection = Projection::from_query(parameters)?;
        Self::new(&raw, projection, notes)
    }

    /// Reads the body of `/.search`.
    pub fn from_body(body: &Map<String, Value>, notes: &mut Notes) -> Result<Self, ScimError> {
        let get = |name: &str| body.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value);
        let listed = get("schemas").and_then(Value::as_array).is_some_and(|schemas| {
            schemas.iter().filter_map(Value::as_str).any(|schema| schema.eq_ignore_ascii_case(urn::SEARCH))
        });
        if !listed {
            return Err(ScimError::invalid_syntax(format!("schemas: it must name {}.", urn::SEARCH)));
        }
        let text = |name: &str| match get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.as_str())),
            Some(_) => Err(ScimError::invalid_value(format!("{name}: the value must be text."))),
        };
        let number = |name: &str| match get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => value.as_i64().map(Some).ok_or_else(|| not_a_number(name)),
        };
        let raw = Raw {
            filter: text("filter")?,
            sort_by: text("sortBy")?,
            sort_order: text("sortOrder")?,
            start_index: number("startIndex")?,
            count: number("count")?,
            cursor: text("cursor")?,
        };
        Self::new(&raw, Projection::from_body(body)?, notes)
    }

    fn new(raw: &Raw<'_>, projection: Projection, notes: &mut Notes) -> Result<Self, ScimError> {
        let filter =
            raw.filter.filter(|text| !text.trim().is_empty()).map(|text| Filter::parse(text, notes)).transpose()?;
        let sort_by = raw.sort_by.filter(|text| !text.is_empty()).map(AttributePath::parse).transpose()?;
        let descending = match raw.sort_order {
            None | Some("") => false,
            Some(order) if order.eq_ignore_ascii_case("ascending") => false,
            Some(order) if order.eq_ignore_ascii_case("descending") => true,
            Some(_) => return Err(ScimError::invalid_value("sortOrder: the value must be ascending or descending.")),
        };
        let query = filter.as_ref().map(ToString::to_string).unwrap_or_default();
        let start = match raw.cursor {
            None => Start::Index(raw.start_index.map_or(1, at_least_one)),
            // RFC 9865 §2: the first page is asked for with an empty cursor.
            Some(_) if sort_by.is_some() => {
                return Err(ScimError::invalid_value("cursor: a walk by cursor has its own order; leave sortBy out."));
            }
            Some("") => Start::Cursor(None),
            Some(cursor) => Start::Cursor(Some(cursor::decode(cursor, &query)?)),
        };
        // RFC 7644 §3.4.2.4: "A negative value SHALL be interpreted as 0."
        let count = raw.count.map_or(DEFAULT_COUNT, |count| usize::try_from(count).unwrap_or(0)).min(MAX_COUNT);
        Ok(Self { filter, sort_by, descending, start, count, projection, query })
    }

    /// The answer's body around the page's resources. `total` counts all matches; `last_id` is the last resource's id
    /// when another page follows.
    pub fn response(&self, total: u64, resources: Vec<Value>, last_id: Option<&str>) -> Value {
        let mut body = json!({
            "schemas": [urn::LIST],
            "totalResults": total,
            "itemsPerPage": resources.len(),
        });
        body["Resources"] = Value::Array(resources);
        match &self.start {
            Start::Index(index) => body["startIndex"] = (*index).into(),
            Start::Cursor(_) => {
                if let Some(id) = last_id {
                    body["nextCursor"] = cursor::encode(id, &self.query).into();
                }
            }
        }
        body
    }
}

struct Raw<'a> {
    filter: Option<&'a str>,
    sort_by: Option<&'a str>,
    sort_order: Option<&'a str>,
    start_index: Option<i64>,
    count: Option<i64>,
    cursor: Option<&'a str>,
}

/// A whole number; beyond what fits, the nearest that does.
fn whole_number(text: &str) -> Option<i64> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    Some(text.parse().unwrap_or(if text.starts_with('-') { i64::MIN } else { i64::MAX }))
}

fn not_a_number(name: &str) -> ScimError {
    ScimError::invalid_value(format!("{name}: the value must be a whole number."))
}

/// RFC 7644 §3.4.2.4: "A value less than 1 SHALL be interpreted as 1."
fn at_least_one(index: i64) -> usize {
    usize::try_from(index).unwrap_or(0).max(1)
}

#[cfg(test)]
mod tests;
