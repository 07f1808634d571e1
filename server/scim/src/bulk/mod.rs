//! Bulk requests, RFC 7644 §3.7: many operations in one body, with references between them.

mod answer;
mod references;
#[cfg(test)]
mod tests;

use std::collections::HashSet;

use serde_json::{Map, Value};

pub use answer::{refused, response, result};
pub use references::{References, order};

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
}
