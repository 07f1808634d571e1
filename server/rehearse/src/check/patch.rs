//! The dialects in which clients write PATCH.

use serde_json::{Value, json};

use super::context::{Context, Problem};
use super::{Check, Level};

const DEPARTMENT: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department";

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "patch.azure",
        title: "Azure's default dialect: Replace and Add with a capital letter",
        level: Level::Must,
        rule: "Microsoft Entra, known issues with SCIM 2.0 compliance: Add, Replace and Remove without aadOptscim062020",
        run: |context| {
            let operations = json!([
                { "op": "Replace", "path": "displayName", "value": "Azure" },
                { "op": "Add", "path": "nickName", "value": "Babs" },
            ]);
            applied(context, operations, &[("/displayName", "Azure".into()), ("/nickName", "Babs".into())])
        },
    },
    Check {
        id: "patch.azure-text",
        title: "Azure's default dialect: the text \"False\" disables somebody",
        level: Level::Must,
        rule: "Microsoft Entra, known issues with SCIM 2.0 compliance: disabling sends the string False without the flag",
        run: |context| {
            let operations = json!([{ "op": "replace", "path": "active", "value": "False" }]);
            applied(context, operations, &[("/active", false.into())])
        },
    },
    Check {
        id: "patch.azure-2062020",
        title: "Azure's flag: one operation without path, with dotted and URN keys",
        level: Level::Must,
        rule: "Microsoft Entra, known issues with SCIM 2.0 compliance: requests with aadOptscim062020",
        run: |context| {
            let value = json!({ "displayName": "Flag", "name.givenName": "Zoé", (DEPARTMENT): "Sales" });
            let department = "/urn:ietf:params:scim:schemas:extension:enterprise:2.0:User/department";
            applied(
                context,
                json!([{ "op": "replace", "value": value }]),
                &[("/displayName", "Flag".into()), ("/name/givenName", "Zoé".into()), (department, "Sales".into())],
            )
        },
    },
    Check {
        id: "patch.okta",
        title: "Okta: active in an operation without path",
        level: Level::Must,
        rule: "Okta SCIM 2.0 reference: replace with {\"active\":false}; RFC 7644 §3.5.2.3",
        run: |context| {
            applied(context, json!([{ "op": "replace", "value": { "active": false } }]), &[("/active", false.into())])
        },
    },
    Check {
        id: "patch.new-element",
        title: "A path to an element that is not there yet makes one, and one only",
        level: Level::Must,
        rule: "Microsoft Entra sends add to phoneNumbers[type eq \"mobile\"].value for a first number, and several parts of one address in one request",
        run: |context| {
            let operations = json!([
                { "op": "add", "path": "phoneNumbers[type eq \"mobile\"].value", "value": "+1 555 0100" },
                { "op": "add", "path": "addresses[type eq \"work\"].locality", "value": "Kraków" },
                { "op": "add", "path": "addresses[type eq \"work\"].country", "value": "PL" },
            ]);
            applied(
                context,
                operations,
                &[
                    ("/phoneNumbers/0/type", "mobile".into()),
                    ("/phoneNumbers/0/value", "+1 555 0100".into()),
                    ("/addresses/0/locality", "Kraków".into()),
                    ("/addresses/0/country", "PL".into()),
                    ("/addresses/1", Value::Null),
                ],
            )
        },
    },
    Check {
        id: "patch.other-elements",
        title: "Changing one address leaves the others",
        level: Level::Must,
        rule: "RFC 7644 §3.5.2.3",
        run: |context| {
            let emails = json!([{ "type": "work", "value": "w@check.example" }, { "type": "other", "value": "o@check.example" }]);
            let (path, _) = context.user(json!({ "emails": emails }))?;
            let operation =
                json!([{ "op": "replace", "path": "emails[type eq \"work\"].value", "value": "n@check.example" }]);
            context.patch(&path, operation)?.status(&[200, 204])?;
            let read = context.get(path)?;
            let body = read.json();
            let value = |kind: &str| {
                body["emails"].as_array()?.iter().find(|email| email["type"] == kind)?["value"]
                    .as_str()
                    .map(str::to_owned)
            };
            let right = value("work").as_deref() == Some("n@check.example")
                && value("other").as_deref() == Some("o@check.example");
            read.expect(right, "the work address changed, the other one as it was").map(drop)
        },
    },
    Check {
        id: "patch.clear",
        title: "Empty text and null clear a value",
        level: Level::Must,
        rule: "Microsoft Entra app gallery test SCIM_Null_Update; RFC 7643 §2.5",
        run: |context| {
            let (path, _) = context.user(json!({ "title": "Chief", "nickName": "Zo" }))?;
            let operations = json!([
                { "op": "replace", "path": "title", "value": "" },
                { "op": "replace", "path": "nickName", "value": null },
            ]);
            context.patch(&path, operations)?.status(&[200, 204])?;
            let read = context.get(path)?;
            let body = read.json();
            let empty = |name: &str| body[name].is_null() || body[name] == "";
            read.expect(empty("title") && empty("nickName"), "title and nickName null, empty or absent").map(drop)
        },
    },
    Check {
        id: "patch.answer",
        title: "PATCH of a user answers 200 with the resource",
        level: Level::Should,
        rule: "SCIM Validator wants the resource; RFC 7644 §3.5.2 allows 204 as well",
        run: |context| {
            let (path, user) = context.user(json!({}))?;
            let changed = context.patch(&path, json!([{ "op": "replace", "path": "title", "value": "Chief" }]))?;
            changed
                .expect(changed.answer.status == 200 && changed.json()["id"] == user["id"], "200 with the user")
                .map(drop)
        },
    },
];

/// The operations are accepted, and afterwards the user reads as said.
pub(super) fn applied(context: &Context<'_>, operations: Value, after: &[(&str, Value)]) -> Result<(), Problem> {
    let (path, _) = context.user(json!({}))?;
    let changed = context.patch(&path, operations)?;
    changed.status(&[200, 204])?;
    let body = context.get(path)?.json();
    for (pointer, value) in after {
        let found = body.pointer(pointer).unwrap_or(&Value::Null);
        changed.expect(found == value, format!("afterwards {pointer} is {value}, and not {found}"))?;
    }
    Ok(())
}
