//! The bodies that one client or another sends for the same change.

mod azure;
mod okta;
mod onelogin;

use std::str::FromStr;

use serde_json::{Map, Value, json};

use crate::mapping::{TargetPath, Values};
use crate::transport::{Request, escaped, quoted};

/// The attribute that names a person's manager.
pub(crate) const MANAGER: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager";

/// Whom to play.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// Azure AD as it is by default: `Add`, `"False"` as text, one operation an attribute.
    Azure,
    /// Azure AD with the flag `aadOptscim062020`: RFC 7644's spelling, one operation without path.
    Azure062020,
    /// Okta: profiles by PUT, activation and groups by PATCH, nobody is deleted.
    Okta,
    /// OneLogin: text for truth values, PUT, memberships by PATCH.
    OneLogin,
}

impl Dialect {
    /// All there are.
    pub const ALL: [Self; 4] = [Self::Azure, Self::Azure062020, Self::Okta, Self::OneLogin];

    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Azure => "azure",
            Self::Azure062020 => "azure-2062020",
            Self::Okta => "okta",
            Self::OneLogin => "onelogin",
        }
    }

    /// What on-demand provisioning speaks: Azure's flag has no effect there, so one tenant sees both dialects.
    #[must_use]
    pub fn on_demand(self) -> Self {
        if self == Self::Azure062020 { Self::Azure } else { self }
    }

    /// Whether it is one of Azure's.
    pub fn is_azure(self) -> bool {
        matches!(self, Self::Azure | Self::Azure062020)
    }

    /// Whether people are ever deleted.
    pub fn deletes_people(self) -> bool {
        self != Self::Okta
    }
}

impl FromStr for Dialect {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let known = Self::ALL.map(Self::name).join(", ");
        Self::ALL.into_iter().find(|dialect| dialect.name() == text).ok_or(format!("one of {known}"))
    }
}

/// One attribute that has to change. Azure does not send that a value has gone, so there is always a new one.
#[derive(Debug, Clone)]
pub(crate) struct Change {
    pub(crate) path: TargetPath,
    /// Whether there was another value before.
    pub(crate) replaces: bool,
    pub(crate) value: Value,
}

/// What changes in a group's membership.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Membership<'a> {
    pub(crate) id: &'a str,
    pub(crate) display_name: &'a str,
    pub(crate) add: &'a [String],
    pub(crate) remove: &'a [String],
}

impl Dialect {
    /// The query that looks for a person or group by a matching attribute.
    pub(crate) fn query(self, endpoint: &str, path: &str, value: &str) -> Request {
        let filter = format!("{path} eq {}", quoted(value));
        match self {
            // Azure writes a space as plus sign, and leaves members out when it looks for groups.
            Self::Azure | Self::Azure062020 => {
                let members = if endpoint == "/Groups" { "excludedAttributes=members&" } else { "" };
                Request::get(format!("{endpoint}?{members}filter={}", escaped(&filter, "+")))
            }
            Self::Okta => Request::get(format!("{endpoint}?filter={}&startIndex=1&count=100", escaped(&filter, "%20"))),
            Self::OneLogin => Request::get(format!("{endpoint}?filter={}", escaped(&filter, "%20"))),
        }
    }

    /// The body that creates a person.
    pub(crate) fn new_user(self, values: &Values) -> Value {
        match self {
            Self::Azure | Self::Azure062020 => azure::new_user(values),
            Self::Okta => okta::new_user(values),
            Self::OneLogin => onelogin::new_user(values),
        }
    }

    /// The requests that change a person. `current` is the resource as it was read just before.
    pub(crate) fn change_user(self, id: &str, changes: &[Change], current: &Value) -> Vec<Request> {
        match self {
            Self::Azure => vec![patch(&format!("/Users/{id}"), azure::operations(changes))],
            Self::Azure062020 => vec![patch(&format!("/Users/{id}"), azure::operations_2062020(changes))],
            Self::Okta => okta::change_user(id, changes, current),
            Self::OneLogin => onelogin::change_user(id, changes, current),
        }
    }

    /// The request that sets or removes a person's manager.
    pub(crate) fn set_manager(self, id: &str, manager: Option<&str>, current: &Value) -> Request {
        match self {
            Self::Azure => patch(&format!("/Users/{id}"), vec![azure::manager(manager, ["Add", "Remove"])]),
            Self::Azure062020 => patch(&format!("/Users/{id}"), vec![azure::manager(manager, ["add", "remove"])]),
            Self::Okta | Self::OneLogin => {
                let mut body = current.as_object().cloned().unwrap_or_default();
                let enterprise = body.entry(scim::urn::ENTERPRISE).or_insert_with(|| json!({}));
                match manager {
                    Some(manager) => enterprise["manager"] = json!({ "value": manager }),
                    None => drop(enterprise.as_object_mut().map(|object| object.remove("manager"))),
                }
                Request::with_body("PUT", format!("/Users/{id}"), body.into())
            }
        }
    }

    /// The body that creates a group.
    pub(crate) fn new_group(self, object_id: &str, name: &str) -> Value {
        match self {
            Self::Azure | Self::Azure062020 => azure::new_group(object_id, name),
            Self::Okta => okta::new_group(name),
            Self::OneLogin => json!({ "schemas": [scim::urn::GROUP], "displayName": name }),
        }
    }

    /// The request that renames a group.
    pub(crate) fn rename_group(self, id: &str, name: &str) -> Request {
        let operation = match self {
            Self::Azure => json!({ "op": "Replace", "path": "displayName", "value": name }),
            Self::Azure062020 => json!({ "op": "replace", "path": "displayName", "value": name }),
            Self::Okta => json!({ "op": "replace", "value": { "id": id, "displayName": name } }),
            Self::OneLogin => json!({ "op": "replace", "value": { "displayName": name } }),
        };
        patch(&format!("/Groups/{id}"), vec![operation])
    }

    /// The requests that change who is in a group.
    pub(crate) fn change_members(self, membership: Membership<'_>) -> Vec<Request> {
        let operations = match self {
            Self::Azure => azure::members(membership),
            Self::Azure062020 => azure::members_2062020(membership),
            Self::Okta => return okta::members(membership),
            Self::OneLogin => onelogin::members(membership),
        };
        operations.into_iter().map(|operation| patch(&format!("/Groups/{}", membership.id), vec![operation])).collect()
    }
}

fn patch(path: &str, operations: Vec<Value>) -> Request {
    Request::with_body("PATCH", path, json!({ "schemas": [scim::urn::PATCH], "Operations": operations }))
}

/// A resource with these values in it.
fn with_values(mut body: Map<String, Value>, values: &Values) -> Map<String, Value> {
    for (path, value) in values {
        path.write(&mut body, value.clone());
    }
    body
}

#[cfg(test)]
mod tests;
