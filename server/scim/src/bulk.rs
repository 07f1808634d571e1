//! Bulk requests, RFC 7644 §3.7: many operations in one body, with references between them.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value, json};

use crate::{ResourceKind, ScimError, urn};

/// Operations one request may hold.
pub const MAX_OPERATIONS: usize = 1000;
/// Bytes one request may hold.
pub const MAX_PAYLOAD_SIZE: usize = 1_048_576;

/// What an operation does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Creates.
    Post,
    /// Replaces.
    Put,
    /// Changes.
    Patch,
    /// Removes.
    Delete,
}

impl Method {
    /// As it is written.
    pub fn name(self) -> &'static str {
        match self {
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

/// One operation.
#[derive(Debug, Clone, PartialEq)]
pub struct Operation {
    /// What to do.
    pub method: Method,
    /// To which kind of resource.
    pub kind: ResourceKind,
    /// To which one; `None` for POST. It may be `bulkId:…`.
    pub id: Option<String>,
    /// The client's name for what a POST creates.
    pub bulk_id: Option<String>,
    /// The body.
    pub data: Option<Map<String, Value>>,
    /// The version the client expects, as in `If-Match`.
    pub version: Option<String>,
}

/// A request. Operations that cannot be read are refused one by one, in their place.
#[derive(Debug, Clone, PartialEq)]
pub struct BulkRequest {
    /// In the order sent.
    pub operations: Vec<Result<Operation, (Value, ScimError)>>,
    /// How many errors end the run; `None` means that none does.
    pub fail_on_errors: Option<u64>,
}

impl BulkRequest {
    /// Reads a body.
    pub fn parse(body: &Map<String, Value>) -> Result<Self, ScimError> {
        let get = |name: &str| body.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value);
        let named = get("schemas").and_then(Value::as_array).is_some_and(|schemas| {
            schemas.iter().filter_map(Value::as_str).any(|schema| schema.eq_ignore_ascii_case(urn::BULK_REQUEST))
        });
        if !named {
            return Err(ScimError::invalid_syntax(format!("schemas: a Bulk body must name {}.", urn::BULK_REQUEST)));
        }
        let Some(Value::Array(operations)) = get("operations") else {
            return Err(ScimError::invalid_syntax("Operations: a Bulk body must hold a list of operations."));
        };
        if operations.len() > MAX_OPERATIONS {
            // RFC 7644 §3.7.4: over the limit the server answers 413.
            return Err(ScimError::status(413, format!("Operations: at most {MAX_OPERATIONS} can be sent at once.")));
        }
        let fail_on_errors =
            match get("failOnErrors") {
                None | Some(Value::Null) => None,
                Some(value) => Some(value.as_u64().filter(|errors| *errors > 0).ok_or_else(|| {
                    ScimError::invalid_value("failOnErrors: the value must be a whole number above 0.")
                })?),
            };
        let mut bulk_ids = HashSet::new();
        let operations = operations
            .iter()
            .map(|operation| Operation::parse(operation, &mut bulk_ids).map_err(|error| (operation.clone(), error)))
            .collect();
        Ok(Self { operations, fail_on_errors })
    }
}

impl Operation {
    fn parse(value: &Value, bulk_ids: &mut HashSet<String>) -> Result<Self, ScimError> {
        let get = |name: &str| {
            value.as_object()?.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
        };
        let text = |name: &str| get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
        let method = text("method").unwrap_or_default();
        let method = [Method::Post, Method::Put, Method::Patch, Method::Delete]
            .into_iter()
            .find(|known| known.name().eq_ignore_ascii_case(method))
            .ok_or_else(|| ScimError::invalid_syntax("method: each operation needs POST, PUT, PATCH or DELETE."))?;
        let path = text("path").unwrap_or_default();
        let mut parts = path.trim_start_matches('/').splitn(2, '/');
        let kind = parts
            .next()
            .and_then(ResourceKind::from_endpoint)
            .ok_or_else(|| ScimError::invalid_path("path: it must begin with /Users or /Groups."))?;
        let id = parts.next().filter(|id| !id.is_empty()).map(str::to_owned);
        if id.is_some() == (method == Method::Post) {
            return Err(ScimError::invalid_path("path: POST names the endpoint alone, the other methods a resource."));
        }
        let bulk_id = text("bulkId").map(str::to_owned);
        if method == Method::Post {
            // RFC 7644 §3.7: bulkId is "REQUIRED when 'method' is 'POST'" and unique within the request.
            let bulk_id =
                bulk_id.as_ref().ok_or_else(|| ScimError::invalid_syntax("bulkId: a POST operation needs one."))?;
            if !bulk_ids.insert(bulk_id.clone()) {
                return Err(ScimError::invalid_syntax("bulkId: two operations have the same one."));
            }
        }
        let data = match get("data") {
            Some(Value::Object(data)) => Some(data.clone()),
            _ if method == Method::Delete => None,
            _ => return Err(ScimError::invalid_syntax("data: POST, PUT and PATCH operations need an object.")),
        };
        Ok(Self { method, kind, id, bulk_id, data, version: text("version").map(str::to_owned) })
    }

    /// The bulkIds that the operation refers to.
    pub fn references(&self) -> HashSet<String> {
        let mut found = HashSet::new();
        if let Some(bulk_id) = self.id.as_deref().and_then(referred) {
            found.insert(bulk_id.to_owned());
        }
        if let Some(data) = &self.data {
            data.values().for_each(|value| collect(value, &mut found));
        }
        found
    }

    /// Puts ids in the place of `bulkId:…`. References that are not known yet are an error.
    pub fn resolve(&mut self, ids: &HashMap<String, String>) -> Result<(), ScimError> {
        if let Some(missing) = self.references().iter().find(|reference| !ids.contains_key(*reference)) {
            // RFC 7644 §3.7.2: a reference that cannot be resolved is 409.
            return Err(ScimError::status(
                409,
                format!(
                    "bulkId:{missing}: the operation that should create it failed, is missing, or refers back to this one."
                ),
            ));
        }
        if let Some(id) = self.id.as_deref().and_then(referred).and_then(|bulk_id| ids.get(bulk_id)) {
            self.id = Some(id.clone());
        }
        if let Some(data) = &mut self.data {
            data.values_mut().for_each(|value| substitute(value, ids));
        }
        Ok(())
    }
}

fn referred(text: &str) -> Option<&str> {
    text.strip_prefix("bulkId:")
}

fn collect(value: &Value, found: &mut HashSet<String>) {
    match value {
        Value::String(text) => found.extend(referred(text).map(str::to_owned)),
        Value::Array(items) => items.iter().for_each(|item| collect(item, found)),
        Value::Object(object) => object.values().for_each(|value| collect(value, found)),
        _ => {}
    }
}

fn substitute(value: &mut Value, ids: &HashMap<String, String>) {
    match value {
        Value::String(text) => {
            if let Some(id) = referred(text).and_then(|bulk_id| ids.get(bulk_id)) {
                text.clone_from(id);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| substitute(item, ids)),
        Value::Object(object) => object.values_mut().for_each(|value| substitute(value, ids)),
        _ => {}
    }
}

/// The order in which to run the operations: as sent, but each after those that create what it refers to.
///
/// Operations that wait for each other keep their order; the first of them finds its reference missing.
pub fn order(operations: &[Result<Operation, (Value, ScimError)>]) -> Vec<usize> {
    let creators: HashMap<&str, usize> = operations
        .iter()
        .enumerate()
        .filter_map(|(index, operation)| Some((operation.as_ref().ok()?.bulk_id.as_deref()?, index)))
        .collect();
    let waits_for: Vec<HashSet<usize>> = operations
        .iter()
        .enumerate()
        .map(|(index, operation)| {
            let references = operation.as_ref().map(Operation::references).unwrap_or_default();
            references
                .iter()
                .filter_map(|id| creators.get(id.as_str()).copied())
                .filter(|other| *other != index)
                .collect()
        })
        .collect();
    let mut done = vec![false; operations.len()];
    let mut order = Vec::with_capacity(operations.len());
    while order.len() < operations.len() {
        let ready: Vec<_> = (0..done.len())
            .filter(|&index| !done[index] && waits_for[index].iter().all(|&other| done[other]))
            .collect();
        let next =
            if ready.is_empty() { (0..done.len()).filter(|&index| !done[index]).take(1).collect() } else { ready };
        for index in next {
            done[index] = true;
            order.push(index);
        }
    }
    order
}

/// One operation's part of the answer.
pub fn result(
    operation: Option<&Operation>,
    status: u16,
    location: Option<&str>,
    version: Option<&str>,
    error: Option<&ScimError>,
) -> Value {
    let mut result = json!({ "status": status.to_string() });
    if let Some(operation) = operation {
        result["method"] = operation.method.name().into();
        if let Some(bulk_id) = &operation.bulk_id {
            result["bulkId"] = bulk_id.as_str().into();
        }
    }
    if let Some(location) = location {
        result["location"] = location.into();
    }
    if let Some(version) = version {
        result["version"] = version.into();
    }
    if let Some(error) = error {
        result["response"] = error.to_json();
    }
    result
}

/// The whole answer.
pub fn response(results: &[Value]) -> Value {
    json!({ "schemas": [urn::BULK_RESPONSE], "Operations": results })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(operations: Value) -> BulkRequest {
        let body = json!({"schemas": [urn::BULK_REQUEST], "failOnErrors": 1, "Operations": operations});
        BulkRequest::parse(body.as_object().expect("object")).expect("readable")
    }

    #[test]
    fn runs_creators_before_those_who_refer_to_them() {
        let mut request = parse(json!([
            {"method": "POST", "path": "/Groups", "bulkId": "g", "data": {"displayName": "G", "members": [{"value": "bulkId:u"}]}},
            {"method": "post", "path": "/Users", "bulkId": "u", "data": {"userName": "u"}},
            {"method": "DELETE", "path": "/Users/bulkId:u"},
        ]));
        assert_eq!(order(&request.operations), [1, 0, 2]);
        let ids = HashMap::from([("u".to_owned(), "id-1".to_owned())]);
        let group = request.operations[0].as_mut().expect("valid");
        group.resolve(&ids).expect("known");
        assert_eq!(group.data.as_ref().expect("data")["members"][0]["value"], "id-1");
        assert_eq!(group.clone().resolve(&HashMap::new()), Ok(()), "resolved already");
        let delete = request.operations[2].as_mut().expect("valid");
        delete.resolve(&ids).expect("known");
        assert_eq!(delete.id.as_deref(), Some("id-1"));
    }

    #[test]
    fn circles_and_unknown_references_are_refused_not_followed() {
        let request = parse(json!([
            {"method": "POST", "path": "/Groups", "bulkId": "a", "data": {"displayName": "A", "members": [{"value": "bulkId:b"}]}},
            {"method": "POST", "path": "/Groups", "bulkId": "b", "data": {"displayName": "B", "members": [{"value": "bulkId:a"}]}},
            {"method": "POST", "path": "/Groups", "bulkId": "c", "data": {"displayName": "C", "members": [{"value": "bulkId:z"}]}},
        ]));
        assert_eq!(order(&request.operations).len(), 3);
        for operation in request.operations {
            assert_eq!(operation.expect("valid").resolve(&HashMap::new()).expect_err("unresolved").status, 409);
        }
    }

    #[test]
    fn unreadable_operations_are_refused_in_their_place() {
        let request = parse(json!([
            {"method": "GET", "path": "/Users"},
            {"method": "POST", "path": "/Users", "data": {}},
            {"method": "POST", "path": "/Shoes", "bulkId": "1", "data": {}},
            {"method": "PUT", "path": "/Users", "data": {}},
            {"method": "PATCH", "path": "/Users/1"},
            "x",
        ]));
        assert!(request.operations.iter().all(Result::is_err));
        assert_eq!(order(&request.operations), [0, 1, 2, 3, 4, 5]);
    }

    #[test]
    fn limits_hold() {
        let many = json!({"schemas": [urn::BULK_REQUEST], "Operations": vec![json!({}); MAX_OPERATIONS + 1]});
        assert_eq!(BulkRequest::parse(many.as_object().expect("object")).expect_err("too many").status, 413);
        assert!(BulkRequest::parse(&Map::new()).is_err());
    }
}
