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
            Some(text) => text.trim().parse::<i64>().map(Some).map_err(|_| not_a_number(name)),
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
            "Resources": resources,
        });
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

fn not_a_number(name: &str) -> ScimError {
    ScimError::invalid_value(format!("{name}: the value must be a whole number."))
}

/// RFC 7644 §3.4.2.4: "A value less than 1 SHALL be interpreted as 1."
fn at_least_one(index: i64) -> usize {
    usize::try_from(index).unwrap_or(0).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(text: &str) -> Result<ListRequest, ScimError> {
        let parameters: Vec<_> = text
            .split('&')
            .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .collect();
        ListRequest::from_query(&parameters, &mut Notes::default())
    }

    #[test]
    fn counts_and_places_are_put_in_range() {
        for (text, start, count) in [
            ("", 1, DEFAULT_COUNT),
            ("startIndex=0&count=0", 1, 0),
            ("startIndex=-5&count=-1", 1, 0),
            ("startIndex=7&count=1000000", 7, MAX_COUNT),
            ("STARTINDEX=2&aadOptscim062020", 2, DEFAULT_COUNT),
        ] {
            let request = query(text).expect(text);
            assert_eq!((request.start, request.count), (Start::Index(start), count), "{text}");
        }
        assert!(query("count=many").is_err() && query("sortOrder=sideways").is_err());
    }

    #[test]
    fn a_walk_goes_on_where_it_stopped() {
        let first = query("cursor=&filter=title pr").expect("first");
        let body = first.response(9, vec![], Some("id-7"));
        assert!(body.get("startIndex").is_none());
        let next = body["nextCursor"].as_str().expect("cursor");
        let second = query(&format!("cursor={next}&filter=title pr")).expect("second");
        assert_eq!(second.start, Start::Cursor(Some("id-7".to_owned())));
        assert!(query(&format!("cursor={next}")).is_err(), "another query");
        assert!(second.response(9, vec![], None).get("nextCursor").is_none());
    }

    #[test]
    fn a_search_body_says_the_same() {
        let body = json!({"schemas": [urn::SEARCH], "filter": "title pr", "startIndex": 3, "count": 2, "attributes": ["userName"]});
        let request = ListRequest::from_body(body.as_object().expect("object"), &mut Notes::default()).expect("search");
        assert_eq!((request.start, request.count), (Start::Index(3), 2));
        assert!(ListRequest::from_body(&Map::new(), &mut Notes::default()).is_err());
    }
}
