//! Azure AD, in both of its PATCH dialects.

use serde_json::{Map, Value, json};

use super::{Change, MANAGER, Membership, with_values};
use crate::mapping::Values;

/// The second schema that Azure gives to groups.
const GROUP: &str = "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group";

pub(super) fn new_user(values: &Values) -> Value {
    let mut body = Map::new();
    body.insert("schemas".to_owned(), json!([scim::urn::USER, scim::urn::ENTERPRISE]));
    let mut body = with_values(body, values);
    body.insert("meta".to_owned(), json!({ "resourceType": "User" }));
    body.insert("roles".to_owned(), json!([]));
    body.into()
}

/// One operation an attribute; truth values as text.
pub(super) fn operations(changes: &[Change]) -> Vec<Value> {
    let operation = |change: &Change| {
        let value = match &change.value {
            Value::Bool(true) => "True".into(),
            Value::Bool(false) => "False".into(),
            other => other.clone(),
        };
        json!({ "op": if change.replaces { "Replace" } else { "Add" }, "path": change.path.to_string(), "value": value })
    };
    changes.iter().map(operation).collect()
}

/// What selects an element keeps its path; the rest is one operation without, with dotted and URN keys.
pub(super) fn operations_2062020(changes: &[Change]) -> Vec<Value> {
    let (filtered, plain): (Vec<_>, Vec<_>) = changes.iter().partition(|change| change.path.has_filter());
    let with_path = |change: &&Change| {
        let op = if change.replaces { "replace" } else { "add" };
        json!({ "op": op, "path": change.path.to_string(), "value": change.value })
    };
    let mut operations: Vec<Value> = filtered.iter().map(with_path).collect();
    match plain[..] {
        [] => {}
        [ref change] => operations.push(with_path(change)),
        _ => {
            let value: Map<String, Value> =
                plain.iter().map(|change| (change.path.to_string(), change.value.clone())).collect();
            operations.push(json!({ "op": "replace", "value": value }));
        }
    }
    operations
}

/// A reference is sent as bare text.
pub(super) fn manager(manager: Option<&str>, [add, remove]: [&str; 2]) -> Value {
    match manager {
        Some(id) => json!({ "op": add, "path": MANAGER, "value": id }),
        None => json!({ "op": remove, "path": MANAGER }),
    }
}

pub(super) fn new_group(object_id: &str, name: &str) -> Value {
    json!({
        "schemas": [scim::urn::GROUP, GROUP],
        "externalId": object_id,
        "displayName": name,
        "meta": { "resourceType": "Group" },
    })
}

fn references(ids: &[String]) -> Value {
    ids.iter().map(|id| json!({ "$ref": null, "value": id })).collect()
}

pub(super) fn members(membership: Membership<'_>) -> Vec<Value> {
    let operation = |op, ids: &[String]| {
        (!ids.is_empty()).then(|| json!({ "op": op, "path": "members", "value": references(ids) }))
    };
    [operation("Add", membership.add), operation("Remove", membership.remove)].into_iter().flatten().collect()
}

pub(super) fn members_2062020(membership: Membership<'_>) -> Vec<Value> {
    let add = (!membership.add.is_empty())
        .then(|| json!({ "op": "add", "path": "members", "value": references(membership.add) }));
    let remove = |id: &String| json!({ "op": "remove", "path": format!("members[value eq \"{id}\"]") });
    add.into_iter().chain(membership.remove.iter().map(remove)).collect()
}
