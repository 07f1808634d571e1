//! PATCH as Microsoft Entra ID writes it, without its compliance flag and with it, and as Okta and OneLogin do.

use ::scim::urn;
use serde_json::{Value, json};

use crate::support::{id, on_each_engine};

/// What a PATCH makes of a user: the attributes beside those that every user has.
#[track_caller]
fn makes(before: &Value, cases: &[(Value, Value)]) {
    on_each_engine(|server| {
        let scim = server.tenant("Acme").scim();
        for (at, (operations, wanted)) in cases.iter().enumerate() {
            let mut user = json!({"userName": format!("u{at}")});
            user.as_object_mut().expect("an object").extend(before.as_object().expect("an object").clone());
            let user = scim.post("/Users", user).expect(201);
            let mut after = scim.patch(&format!("/Users/{}", id(&user)), operations.clone()).expect(200);
            assert_eq!(scim.get(&format!("/Users/{}", id(&user))).expect(200), after);
            after.as_object_mut().expect("an object").retain(|name, value| {
                !(["schemas", "id", "meta", "userName"].contains(&name.as_str()) || name == "active" && value == true)
            });
            assert_eq!(&after, wanted, "{operations}");
        }
    });
}

#[test]
fn disabling() {
    let off = json!({"active": false});
    makes(
        &json!({}),
        &[
            (json!([{"op": "Replace", "path": "active", "value": "False"}]), off.clone()),
            (json!([{"op": "Replace", "path": "active", "value": false}]), off.clone()),
            (json!([{"op": "replace", "path": "active", "value": false}]), off.clone()),
            (json!([{"op": "REPLACE", "path": "Active", "value": "false"}]), off.clone()),
            (json!([{"op": "replace", "value": {"active": false}}]), off.clone()),
            (json!([{"op": "Replace", "value": {"active": "False"}}]), off.clone()),
            (json!([{"op": "Add", "path": "active", "value": "False"}]), off.clone()),
            (json!([{"op": "replace", "path": "active", "value": [{"$ref": null, "value": "False"}]}]), off),
            (json!([{"op": "Replace", "path": "active", "value": "True"}]), json!({})),
        ],
    );
}

#[test]
fn several_attributes_with_a_path_each_or_without_one() {
    let wanted = json!({
        "displayName": "D", "externalId": "e", "name": {"givenName": "G", "familyName": "F"},
        urn::ENTERPRISE: {"employeeNumber": "7", "department": "X"},
    });
    let number = format!("{}:employeeNumber", urn::ENTERPRISE);
    let department = format!("{}:department", urn::ENTERPRISE);
    makes(
        &json!({}),
        &[
            (
                json!([
                    {"op": "Add", "path": "displayName", "value": "D"}, {"op": "Replace", "path": "externalId", "value": "e"},
                    {"op": "Add", "path": "name.givenName", "value": "G"}, {"op": "Add", "path": "name.familyName", "value": "F"},
                    {"op": "Add", "path": number, "value": "7"}, {"op": "Replace", "path": department, "value": "X"},
                ]),
                wanted.clone(),
            ),
            (
                json!([{"op": "replace", "value": {"displayName": "D", "externalId": "e", "name.givenName": "G",
                    "name.familyName": "F", &number: "7", &department: "X"}}]),
                wanted.clone(),
            ),
            (
                json!([{"op": "add", "value": {"displayName": "D", "externalId": "e", "name": {"givenName": "G", "familyName": "F"},
                    urn::ENTERPRISE: {"employeeNumber": "7", "department": "X"}}}]),
                wanted.clone(),
            ),
            (
                json!([{"op": "replace", "path": urn::ENTERPRISE, "value": {"employeeNumber": "7", "department": "X"}},
                    {"op": "replace", "value": {"DisplayName": "D", "ExternalID": "e", "NAME.givenname": "G", "name.FamilyName": "F"}}]),
                wanted.clone(),
            ),
            (
                json!([{"op": "Add", "path": "department", "value": "X"}, {"op": "Add", "path": "employeeNumber", "value": 7},
                    {"op": "Add", "path": "name", "value": {"givenName": "G", "familyName": "F"}},
                    {"op": "replace", "value": {"displayName": "D", "externalId": "e"}}]),
                wanted,
            ),
        ],
    );
}

#[test]
fn paths_that_select_nothing_create_one_element() {
    let address = json!({"addresses": [{"type": "work", "locality": "Rom", "region": "RM", "formatted": "Rom, RM"}]});
    makes(
        &json!({}),
        &[
            (
                json!([{"op": "Add", "path": "emails[type eq \"work\"].value", "value": "a@x"}]),
                json!({"emails": [{"type": "work", "value": "a@x"}]}),
            ),
            (
                json!([{"op": "Replace", "path": "emails[type eq \"other\"].Value", "value": "a@x"}]),
                json!({"emails": [{"type": "other", "value": "a@x"}]}),
            ),
            (
                json!([
                    {"op": "Add", "path": "addresses[type eq \"work\"].locality", "value": "Rom"},
                    {"op": "Add", "path": "addresses[type eq \"work\"].region", "value": "RM"},
                    {"op": "Add", "path": "addresses[Type eq \"Work\"].Formatted", "value": "Rom, RM"},
                ]),
                address,
            ),
            (
                json!([
                    {"op": "Add", "path": "roles[primary eq \"True\"].value", "value": "Admin"},
                    {"op": "Add", "path": "roles[primary eq \"True\"].display", "value": "Admins"},
                    {"op": "Add", "path": "roles[primary eq true].type", "value": "x"},
                ]),
                json!({"roles": [{"primary": true, "value": "Admin", "display": "Admins", "type": "x"}]}),
            ),
            (
                json!([{"op": "replace", "path": "emails[primary eq true].value", "value": "a@x"}]),
                json!({"emails": [{"primary": true, "value": "a@x"}]}),
            ),
            (
                json!([{"op": "replace", "value": {"phoneNumbers[type eq \"mobile\"].value": "+1"}}]),
                json!({"phoneNumbers": [{"type": "mobile", "value": "+1"}]}),
            ),
            (
                json!([{"op": "add", "path": "emails[type eq \"work\" and primary eq true]", "value": {"value": "a@x"}}]),
                json!({"emails": [{"type": "work", "primary": true, "value": "a@x"}]}),
            ),
        ],
    );
}

#[test]
fn other_elements_survive() {
    let before = json!({"phoneNumbers": [{"type": "work", "value": "1"}, {"type": "mobile", "value": "2"}]});
    makes(
        &before,
        &[
            (
                json!([{"op": "Replace", "path": "phoneNumbers[type eq \"work\"].value", "value": "9"}]),
                json!({"phoneNumbers": [{"type": "work", "value": "9"}, {"type": "mobile", "value": "2"}]}),
            ),
            (
                json!([{"op": "Add", "path": "phoneNumbers[type eq \"fax\"].value", "value": "9"}]),
                json!({"phoneNumbers": [{"type": "work", "value": "1"}, {"type": "mobile", "value": "2"}, {"type": "fax", "value": "9"}]}),
            ),
            (
                json!([{"op": "Remove", "path": "phoneNumbers[type eq \"work\"].value"}]),
                json!({"phoneNumbers": [{"type": "mobile", "value": "2"}]}),
            ),
            (
                json!([{"op": "Remove", "path": "phoneNumbers", "value": [{"type": "mobile", "value": "2"}]}]),
                json!({"phoneNumbers": [{"type": "work", "value": "1"}]}),
            ),
        ],
    );
}

#[test]
fn the_manager_comes_in_every_form() {
    let manager = format!("{}:manager", urn::ENTERPRISE);
    let wanted = json!({urn::ENTERPRISE: {"manager": {"value": "271"}}});
    makes(
        &json!({urn::ENTERPRISE: {"manager": {"value": "1", "$ref": "../Users/1"}}}),
        &[
            (json!([{"op": "Add", "path": manager, "value": "271"}]), wanted.clone()),
            (json!([{"op": "Replace", "path": manager, "value": {"value": "271"}}]), wanted.clone()),
            (json!([{"op": "Add", "path": "manager", "value": [{"$ref": null, "value": "271"}]}]), wanted.clone()),
            (
                json!([{"op": "replace", "path": format!("{manager}.value"), "value": "271"},
                {"op": "remove", "path": format!("{manager}.$ref")}]),
                wanted.clone(),
            ),
            (json!([{"op": "replace", "value": {&manager: "271"}}]), wanted),
            (json!([{"op": "Replace", "path": manager, "value": ""}]), json!({})),
            (json!([{"op": "Replace", "path": manager, "value": null}]), json!({})),
            (json!([{"op": "Replace", "path": manager, "value": {"value": ""}}]), json!({})),
            (json!([{"op": "Replace", "path": manager, "value": []}]), json!({})),
            (json!([{"op": "Remove", "path": manager}]), json!({})),
        ],
    );
}

/// The gallery's null test: empty text and null on every optional attribute that Entra maps, filled before or not.
#[test]
fn empty_text_and_null_clear_every_mapped_attribute() {
    let enterprise = ["employeeNumber", "department", "costCenter", "division", "organization", "manager"];
    let mut paths: Vec<String> = [
        "displayName",
        "title",
        "preferredLanguage",
        "name.givenName",
        "name.familyName",
        "name.formatted",
        "externalId",
        "nickName",
        "locale",
        "timezone",
        "profileUrl",
        "userType",
        "active",
        "emails[type eq \"work\"].value",
        "emails[type eq \"other\"].value",
        "phoneNumbers[type eq \"work\"].value",
        "phoneNumbers[type eq \"mobile\"].value",
        "phoneNumbers[type eq \"fax\"].value",
        "addresses[type eq \"work\"].formatted",
        "addresses[type eq \"work\"].locality",
        "addresses[type eq \"work\"].postalCode",
        "roles[primary eq \"True\"].value",
    ]
    .map(str::to_owned)
    .into();
    paths.extend(enterprise.map(|name| format!("{}:{name}", urn::ENTERPRISE)));
    on_each_engine(|server| {
        let scim = server.tenant("Acme").scim();
        let user = scim.post("/Users", json!({"userName": "u"})).expect(201);
        let path = format!("/Users/{}", id(&user));
        for (clear, fill) in [(json!(""), true), (json!(null), true), (json!(""), false), (json!(null), false)] {
            for target in paths.iter().filter(|_| fill) {
                let value = if target == "active" { "True" } else { "x" };
                scim.patch(&path, json!([{"op": "add", "path": target, "value": value}])).expect(200);
            }
            for target in &paths {
                scim.patch(&path, json!([{"op": "replace", "path": target, "value": clear}])).expect(200);
            }
            let mut left = scim.get(&path).expect(200);
            left.as_object_mut().expect("an object").retain(|name, _| !["meta", "id"].contains(&name.as_str()));
            assert_eq!(left, json!({"schemas": [urn::USER], "userName": "u"}), "{clear}");
        }
    });
}

#[test]
fn roles_come_as_json_in_text() {
    let role = |value: &str| json!({"value": format!("{{\"id\":\"9\",\"value\":\"{value}\",\"displayName\":\"The {value}\"}}")});
    makes(
        &json!({}),
        &[
            (
                json!([{"op": "Add", "path": "roles", "value": [role("Admin")]}, {"op": "Add", "path": "roles", "value": [role("Reader")]}]),
                json!({"roles": [{"value": "Admin", "display": "The Admin"}, {"value": "Reader", "display": "The Reader"}]}),
            ),
            (
                json!([{"op": "replace", "path": "roles", "value": [{"value": "Admin", "display": "D", "primary": "True", "type": "t"}]}]),
                json!({"roles": [{"value": "Admin", "display": "D", "primary": true, "type": "t"}]}),
            ),
        ],
    );
}

#[test]
fn forms_of_okta_and_onelogin() {
    makes(
        &json!({"title": "Dr"}),
        &[
            (json!([{"op": "replace", "value": {"password": "hunter2hunter2"}}]), json!({"title": "Dr"})),
            (
                json!([{"op": "replace", "value": {"id": "x", "schemas": [urn::USER], "groups": [], "title": "Prof"}}]),
                json!({"title": "Prof"}),
            ),
            (
                json!([{"op": "replace", "value": {"urn:contoso:2.0:User": {"a": 1}, "title": "Prof"}}]),
                json!({"title": "Prof"}),
            ),
            (json!([]), json!({"title": "Dr"})),
        ],
    );
}
