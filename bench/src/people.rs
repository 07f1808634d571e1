//! People as a provisioning service sends them. The same number is always the same person.

use serde_json::{Value, json};

const GIVEN: [&str; 16] = [
    "Ada", "Grace", "Alan", "Edsger", "Barbara", "Donald", "Frances", "Ken", "Margaret", "Dennis", "Radia", "Niklaus",
    "Jean", "Tony", "Karen", "Vint",
];
const FAMILY: [&str; 16] = [
    "Lovelace", "Hopper", "Turing", "Dijkstra", "Liskov", "Knuth", "Allen", "Thompson", "Hamilton", "Ritchie",
    "Perlman", "Wirth", "Bartik", "Hoare", "Jones", "Cerf",
];
const DEPARTMENTS: [&str; 8] = ["Research", "Sales", "Finance", "Legal", "Support", "Design", "Operations", "People"];
const TITLES: [&str; 8] =
    ["Engineer", "Manager", "Analyst", "Director", "Consultant", "Designer", "Architect", "Assistant"];

/// The user name.
pub(crate) fn user_name(number: usize) -> String {
    format!("person.{number}@acme.test")
}

/// What Azure's default mapping sends for a person.
pub(crate) fn person(number: usize) -> Value {
    let (given, family) = (GIVEN[number % 16], format!("{}{}", FAMILY[number / 16 % 16], number / 256));
    let (department, title) = (DEPARTMENTS[number % 8], TITLES[number / 8 % 8]);
    json!({
        "schemas": [scim::urn::USER, scim::urn::ENTERPRISE],
        "externalId": format!("external-{number}"),
        "userName": user_name(number),
        "active": true,
        "displayName": format!("{given} {family}"),
        "name": { "givenName": given, "familyName": family, "formatted": format!("{given} {family}") },
        "emails": [{ "type": "work", "value": user_name(number), "primary": true }],
        "phoneNumbers": [{ "type": "mobile", "value": format!("+1 555 {number:07}") }],
        "title": title,
        scim::urn::ENTERPRISE: { "employeeNumber": number.to_string(), "department": department }
    })
}
