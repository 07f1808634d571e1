//! OneLogin. Its create body and its additions to groups are known; that it changes people by PUT, and removes members
//! by a path, is reported only.

use serde_json::{Map, Value, json};

use super::{Change, Membership, with_values};
use crate::mapping::Values;
use crate::transport::Request;

/// The template's enterprise object stands there without its URN among the schemas, and truth values are text.
pub(super) fn new_user(values: &Values) -> Value {
    let mut body = Map::new();
    body.insert("schemas".to_owned(), json!([scim::urn::USER]));
    body.insert("id".to_owned(), Value::Null);
    let mut body = with_values(body, values);
    textual(&mut body);
    body.into()
}

pub(super) fn change_user(id: &str, changes: &[Change], current: &Value) -> Vec<Request> {
    let mut body = current.as_object().cloned().unwrap_or_default();
    for change in changes {
        change.path.write(&mut body, change.value.clone());
    }
    textual(&mut body);
    vec![Request::with_body("PUT", format!("/Users/{id}"), body.into())]
}

fn textual(body: &mut Map<String, Value>) {
    if let Some(Value::Bool(active)) = body.get("active") {
        let text = active.to_string();
        body.insert("active".to_owned(), text.into());
    }
}

pub(super) fn members(membership: Membership<'_>) -> Vec<Value> {
    let values: Vec<Value> = membership.add.iter().map(|id| json!({ "value": id })).collect();
    let add = (!values.is_empty()).then(|| json!({ "op": "add", "path": "members", "value": values }));
    let remove = |id: &String| json!({ "op": "remove", "path": format!("members[value eq \"{id}\"]") });
    add.into_iter().chain(membership.remove.iter().map(remove)).collect()
}
