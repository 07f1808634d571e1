//! Answers to Bulk requests.

use serde_json::{Value, json};

use super::Operation;
use crate::{ScimError, urn};

/// One operation's part of the answer. `outcome` is the entity tag of what was done, or why it was not.
///
/// RFC 7644 §3.7.3: `location` is "REQUIRED in a response, except in the event of a POST failure".
pub fn result(
    operation: &Operation,
    status: u16,
    location: Option<&str>,
    outcome: Result<Option<&str>, &ScimError>,
) -> Value {
    let mut result = json!({ "method": operation.method.name(), "status": status.to_string() });
    let mut put = |name: &str, value: Option<&str>| {
        if let Some(value) = value {
            result[name] = value.into();
        }
    };
    put("bulkId", operation.bulk_id.as_deref());
    put("location", location);
    put("version", outcome.ok().flatten());
    if let Err(error) = outcome {
        result["response"] = error.to_json();
    }
    result
}

/// The part of an operation that could not be read: what can be told of it is repeated, so that the client finds it.
pub fn refused(sent: &Value, error: &ScimError) -> Value {
    let mut result = json!({ "status": error.status.to_string(), "response": error.to_json() });
    for (name, value) in sent.as_object().into_iter().flatten() {
        let known = ["method", "bulkId"].into_iter().find(|known| known.eq_ignore_ascii_case(name));
        if let (Some(known), Value::String(_)) = (known, value) {
            result[known] = value.clone();
        }
    }
    result
}

/// The whole answer.
pub fn response(results: &[Value]) -> Value {
    json!({ "schemas": [urn::BULK_RESPONSE], "Operations": results })
}
