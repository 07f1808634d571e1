//! A person's attributes as lines for people, by section.

use app::components::moment;
use app::pages::Section;
use scim::schema::CustomAttribute;
use scim::{Document, urn};
use serde_json::Value;
use store::employees::Employee;

/// Names that people know, by SCIM path, in the order in which they are shown.
const LABELS: [(&str, &str); 29] = [
    ("userName", "User name"),
    ("externalId", "External id"),
    ("displayName", "Display name"),
    ("name.formatted", "Full name"),
    ("name.honorificPrefix", "Title before the name"),
    ("name.givenName", "Given name"),
    ("name.middleName", "Middle name"),
    ("name.familyName", "Family name"),
    ("name.honorificSuffix", "Title after the name"),
    ("nickName", "Nickname"),
    ("title", "Title"),
    ("userType", "Employment type"),
    ("emails", "Email"),
    ("phoneNumbers", "Phone"),
    ("ims", "Instant messaging"),
    ("profileUrl", "Profile"),
    ("photos", "Photo"),
    ("addresses", "Address"),
    ("preferredLanguage", "Language"),
    ("locale", "Locale"),
    ("timezone", "Time zone"),
    ("department", "Department"),
    ("division", "Division"),
    ("organization", "Organization"),
    ("costCenter", "Cost center"),
    ("employeeNumber", "Employee number"),
    ("manager", "Manager"),
    ("roles", "Role"),
    ("entitlements", "Entitlement"),
];

/// Where an attribute is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Name,
    Contact,
    Work,
    Addresses,
    Custom,
    Account,
    Other,
}

impl Place {
    /// In the order of the page.
    const ALL: [(Self, &str); 7] = [
        (Self::Name, "Name"),
        (Self::Contact, "Contact"),
        (Self::Work, "Work"),
        (Self::Addresses, "Addresses"),
        (Self::Custom, "Custom attributes"),
        (Self::Account, "Account"),
        (Self::Other, "Other attributes"),
    ];

    fn of(name: &str) -> Self {
        match name {
            "name" | "displayName" | "nickName" => Self::Name,
            "emails" | "phoneNumbers" | "ims" | "photos" | "profileUrl" | "preferredLanguage" | "locale"
            | "timezone" => Self::Contact,
            "title" | "userType" | "roles" | "entitlements" | urn::ENTERPRISE => Self::Work,
            "addresses" => Self::Addresses,
            "userName" | "externalId" => Self::Account,
            _ => Self::Other,
        }
    }
}

type Line = (String, String);

/// Everything that has a value, by section. `active` has a chip of its own; the company's own attributes have the labels
/// that it gave them, and those it removed are not shown.
///
/// A manager who is an employee stands on the page by name, and not here by id.
pub(crate) fn sections(
    employee: &Employee,
    provider: &str,
    custom: &[CustomAttribute],
    manager_is_known: bool,
) -> Vec<Section> {
    let section = |(place, title): (Place, &'static str)| {
        let mut lines = lines(&employee.document, place, custom);
        lines.retain(|(label, _)| place != Place::Work || label != "Manager" || !manager_is_known);
        if place == Place::Account {
            lines.push(("Id".to_owned(), employee.id.clone()));
            lines.push(("Provisioned by".to_owned(), provider.to_owned()));
            lines.push(("Created".to_owned(), moment(employee.created_at)));
            lines.push(("Last change".to_owned(), moment(employee.updated_at)));
        }
        (!lines.is_empty()).then_some(Section { title, lines })
    };
    Place::ALL.into_iter().filter_map(section).collect()
}

fn lines(document: &Document, wanted: Place, custom: &[CustomAttribute]) -> Vec<Line> {
    let mut lines = Vec::new();
    for (name, value) in document.as_map() {
        match value {
            _ if name == "active" => {}
            Value::Object(inner) if name == urn::SPACEIQ => {
                let known = custom.iter().filter_map(|row| Some((row.label.clone(), text(inner.get(&row.name)?))));
                lines.extend(known.filter(|_| wanted == Place::Custom));
            }
            _ if Place::of(name) != wanted => {}
            Value::Object(inner) if name.starts_with("urn:") => {
                inner.iter().for_each(|(name, value)| push(name, value, &mut lines));
            }
            value => push(name, value, &mut lines),
        }
    }
    let place = |label: &str| LABELS.iter().position(|(_, known)| label.starts_with(known)).unwrap_or(LABELS.len());
    if wanted != Place::Custom {
        lines.sort_by_key(|(label, _)| place(label));
    }
    lines
}

fn push(path: &str, value: &Value, lines: &mut Vec<Line>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| lines.push(element(path, item))),
        Value::Object(object) => match (object.get("displayName"), object.get("value")) {
            (Some(shown), _) | (None, Some(shown)) => lines.push((label(path), text(shown))),
            (None, None) => {
                object.iter().for_each(|(name, value)| push(&format!("{path}.{name}"), value, lines));
            }
        },
        value => lines.push((label(path), text(value))),
    }
}

/// One of several values: `Email (work)`.
fn element(path: &str, item: &Value) -> Line {
    let part = |name: &str| item.get(name).map(text).filter(|text| !text.is_empty());
    let value = part("value").or_else(|| part("formatted")).unwrap_or_else(|| match item {
        Value::Object(object) => {
            let parts = object.iter().filter(|(name, _)| !["type", "primary"].contains(&name.as_str()));
            parts.map(|(_, value)| text(value)).collect::<Vec<_>>().join(", ")
        }
        value => text(value),
    });
    let primary = item.get("primary").and_then(Value::as_bool) == Some(true);
    let marks: Vec<String> = part("type").into_iter().chain(primary.then(|| "primary".to_owned())).collect();
    let marks = if marks.is_empty() { String::new() } else { format!(" ({})", marks.join(", ")) };
    (format!("{}{marks}", label(path)), value)
}

/// The name for people of an attribute as an event tells it, `emails[work]` for one of several values.
pub(super) fn named(attribute: &str) -> String {
    let (path, rest) = attribute.split_once('[').unwrap_or((attribute, ""));
    let (kind, part) = rest.split_once(']').unwrap_or((rest, ""));
    let kind = if kind.is_empty() { String::new() } else { format!(" ({kind})") };
    format!("{}{kind}{}", label(path), part.replace('.', " "))
}

/// The name of an attribute for people, or the path itself.
fn label(path: &str) -> String {
    LABELS.iter().find(|(known, _)| *known == path).map_or(path, |(_, label)| label).to_owned()
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Bool(true) => "Yes".to_owned(),
        Value::Bool(false) => "No".to_owned(),
        value => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use scim::schema::CustomKind;
    use serde_json::json;

    use super::*;

    #[test]
    fn changes_have_the_same_names() {
        let names = ["title", "emails[work]", "addresses[home].locality", "shoeSize"].map(named);
        assert_eq!(names, ["Title", "Email (work)", "Address (home) locality", "shoeSize"]);
    }

    #[test]
    fn lines_have_names_that_people_know() {
        let document: Document = serde_json::from_value(json!({
            "active": true,
            "addresses": [{"type": "work", "locality": "Delft", "primary": true}],
            "emails": [{"type": "work", "value": "a@x"}, {"value": "b@x"}],
            "name": {"familyName": "L", "givenName": "A"},
            "userName": "ada",
            "shoeSize": 43,
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"manager": {"value": "m1"}},
            urn::SPACEIQ: {"badge": 7, "removed": "x"},
        }))
        .expect("a document");
        let employee = Employee {
            id: "e1".to_owned(),
            integration_id: store::IntegrationId("i1".to_owned()),
            document,
            created_at: time::OffsetDateTime::UNIX_EPOCH,
            updated_at: time::OffsetDateTime::UNIX_EPOCH,
            version: 1,
        };
        let custom = [CustomAttribute::new("badge", CustomKind::Integer, "Badge", false)];
        let sections = sections(&employee, "Azure", &custom, false);
        let told: Vec<String> = sections
            .iter()
            .flat_map(|section| {
                section.lines.iter().map(|(label, value)| format!("{}: {label} = {value}", section.title))
            })
            .collect();
        assert_eq!(
            told,
            [
                "Name: Given name = A",
                "Name: Family name = L",
                "Contact: Email (work) = a@x",
                "Contact: Email = b@x",
                "Work: Manager = m1",
                "Addresses: Address (work, primary) = Delft",
                "Custom attributes: Badge = 7",
                "Account: User name = ada",
                "Account: Id = e1",
                "Account: Provisioned by = Azure",
                "Account: Created = 1 Jan 1970, 00:00 UTC",
                "Account: Last change = 1 Jan 1970, 00:00 UTC",
                "Other attributes: shoeSize = 43",
            ]
        );
    }
}
