//! Okta, as an application of its integration network: profiles by PUT of the whole person, activation and groups by
//! PATCH, nobody is deleted.

use serde_json::{Map, Value, json};

use super::{Change, Membership, patch, with_values};
use crate::mapping::Values;
use crate::transport::Request;

pub(super) fn new_user(values: &Values) -> Value {
    let mut body = Map::new();
    body.insert("schemas".to_owned(), json!([scim::urn::USER, scim::urn::ENTERPRISE]));
    let mut body = with_values(body, values);
    body.insert("groups".to_owned(), json!([]));
    body.into()
}

pub(super) fn change_user(id: &str, changes: &[Change], current: &Value) -> Vec<Request> {
    let (activation, profile): (Vec<_>, Vec<_>) = changes.iter().partition(|change| change.path.is("active"));
    let mut requests = Vec::new();
    if !profile.is_empty() {
        // What was read is sent back, id and meta included.
        let mut body = current.as_object().cloned().unwrap_or_default();
        for change in profile {
            change.path.write(&mut body, change.value.clone());
        }
        requests.push(Request::with_body("PUT", format!("/Users/{id}"), body.into()));
    }
    for change in activation {
        let operation = json!({ "op": "replace", "value": { "active": change.value } });
        requests.push(patch(&format!("/Users/{id}"), vec![operation]));
    }
    requests
}

pub(super) fn new_group(name: &str) -> Value {
    json!({ "schemas": [scim::urn::GROUP], "displayName": name, "members": [] })
}

/// A rename to the name that it has goes with each change of members.
pub(super) fn members(membership: Membership<'_>) -> Vec<Request> {
    let Membership { id, display_name, add, remove } = membership;
    let mut operations = vec![json!({ "op": "replace", "value": { "id": id, "displayName": display_name } })];
    operations.extend(
        remove.iter().map(|member| json!({ "op": "remove", "path": format!("members[value eq \"{member}\"]") })),
    );
    if !add.is_empty() {
        let members: Vec<Value> = add.iter().map(|member| json!({ "value": member, "display": member })).collect();
        operations.push(json!({ "op": "add", "path": "members", "value": members }));
    }
    vec![patch(&format!("/Groups/{id}"), operations)]
}
