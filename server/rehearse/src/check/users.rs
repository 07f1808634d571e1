//! People: create, read, replace, disable, delete.

use serde_json::{Value, json};

use super::context::{Context, Problem};
use super::{Check, Level};
use crate::transport::Request;

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "users.create",
        title: "A new user is answered 201 with id, meta and Location",
        level: Level::Must,
        rule: "RFC 7644 §3.3; Microsoft's SCIM Validator accepts only 201",
        run: |context| {
            let name = context.name();
            let made =
                context.post("/Users", json!({ "schemas": [scim::urn::USER], "userName": name, "active": true }))?;
            let body = made.json();
            made.status(&[201])?.expect(body["id"].as_str().is_some_and(|id| !id.is_empty()), "an id")?;
            let meta = &body["meta"];
            let whole =
                meta["resourceType"] == "User" && meta["created"].is_string() && meta["lastModified"].is_string();
            made.expect(whole, "meta with resourceType User, created and lastModified")?;
            let location = made.answer.header("location");
            let same = location.is_some() && meta["location"].as_str() == location;
            made.expect(same, "a Location header, the same as meta.location").map(drop)
        },
    },
    Check {
        id: "users.values",
        title: "Values come back as they were sent",
        level: Level::Must,
        rule: "Microsoft Entra, SCIM provisioning tutorial: no reformatting of values; RFC 7643 §2.2",
        run: |context| {
            let sent = json!({
                "displayName": "Łukasz 王小红 👩🏽‍💻",
                "name": { "givenName": "Łukasz", "familyName": "O’Neill-王" },
                "title": "R&D <Lead>",
                "phoneNumbers": [{ "type": "work", "value": "+49 (89) 123-45 ext. 6" }],
            });
            let (path, _) = context.user(sent.clone())?;
            let read = context.get(path)?;
            let body = read.json();
            for (pointer, what) in [
                ("/displayName", "displayName"),
                ("/name/familyName", "name.familyName"),
                ("/title", "title"),
                ("/phoneNumbers/0/value", "phoneNumbers.value"),
            ] {
                let same = body.pointer(pointer) == sent.pointer(pointer);
                let value = sent.pointer(pointer).unwrap_or(&Value::Null);
                read.expect(same, format!("{what} {value}, as it was sent"))?;
            }
            Ok(())
        },
    },
    Check {
        id: "users.duplicate",
        title: "A userName that is taken is refused 409, in any case",
        level: Level::Must,
        rule: "RFC 7644 §3.3 (409 uniqueness); RFC 7643 §4.1.1 (userName is case-insensitive); SCIM Validator: Create a duplicate User",
        run: |context| {
            let (_, user) = context.user(json!({}))?;
            let name = user["userName"].as_str().unwrap_or_default().to_uppercase();
            let again = context.post("/Users", json!({ "schemas": [scim::urn::USER], "userName": name }))?;
            again.refusal(409, "uniqueness").map(drop)
        },
    },
    Check {
        id: "users.unknown",
        title: "An id that nobody has is answered 404",
        level: Level::Must,
        rule: "RFC 7644 §3.12; Okta's SCIM 2.0 test suite",
        run: |context| context.get(format!("/Users/{}", context.name()))?.status(&[404]).map(drop),
    },
    Check {
        id: "users.disable",
        title: "Who is disabled can still be read and found, and enabled again",
        level: Level::Must,
        rule: "Microsoft Entra, SCIM provisioning tutorial and SCIM Validator: Disable User; Okta integration test plan (reactivation keeps the id)",
        run: disable,
    },
    Check {
        id: "users.delete",
        title: "Who is deleted is gone, and the name is free again",
        level: Level::Must,
        rule: "RFC 7644 §3.6; SCIM Validator: Delete a User; SCIM 2.0 Interoperability Profile, Resource Lifecycle",
        run: delete,
    },
    Check {
        id: "users.replace",
        title: "PUT replaces the profile",
        level: Level::Must,
        rule: "RFC 7644 §3.5.1; Okta and OneLogin update people by PUT",
        run: |context| {
            let (path, mut user) = context.user(json!({ "title": "Analyst" }))?;
            user["displayName"] = "Replaced".into();
            let put = context.ask(Request::with_body("PUT", path.as_str(), user))?;
            put.status(&[200])?;
            let read = context.get(path)?;
            read.expect(read.json()["displayName"] == "Replaced", "the displayName that was sent by PUT").map(drop)
        },
    },
    Check {
        id: "users.password",
        title: "A password is never answered",
        level: Level::Must,
        rule: "RFC 7643 §4.1.1 and §7 (returned: never); RFC 7644 §7.6",
        run: |context| {
            let name = context.name();
            let body = json!({ "schemas": [scim::urn::USER], "userName": name, "password": "tr0ub4dor&3-check" });
            let made = context.post("/Users", body)?;
            made.expect(!made.answer.text.contains("tr0ub4dor"), "an answer without the password").map(drop)
        },
    },
    Check {
        id: "users.manager",
        title: "A manager can be set, changed and removed, and is an object with value",
        level: Level::Must,
        rule: "RFC 7643 §4.3; Microsoft Entra app gallery test SCIM_Update_Manager",
        run: manager,
    },
];

fn disable(context: &Context<'_>) -> Result<(), Problem> {
    let (path, user) = context.user(json!({}))?;
    let name = user["userName"].as_str().unwrap_or_default();
    let set = |active: bool| context.patch(&path, json!([{ "op": "replace", "path": "active", "value": active }]));
    set(false)?.status(&[200, 204])?;
    let read = context.get(path.as_str())?;
    read.status(&[200])?.expect(read.json()["active"] == false, "active false")?;
    context.filter("/Users", &format!("userName eq \"{name}\""))?.total(1)?;
    set(true)?.status(&[200, 204])?;
    let read = context.get(path.as_str())?;
    read.expect(read.json()["active"] == true, "active true again").map(drop)
}

fn delete(context: &Context<'_>) -> Result<(), Problem> {
    let (path, user) = context.user(json!({}))?;
    let name = user["userName"].as_str().unwrap_or_default();
    context.delete(&path)?.status(&[204])?;
    context.get(path.as_str())?.status(&[404])?;
    context.filter("/Users", &format!("userName eq \"{name}\""))?.total(0)?;
    context.delete(&path)?.status(&[404])?;
    context.post("/Users", json!({ "schemas": [scim::urn::USER], "userName": name }))?.status(&[200, 201]).map(drop)
}

fn manager(context: &Context<'_>) -> Result<(), Problem> {
    let (path, _) = context.user(json!({}))?;
    let (_, first) = context.user(json!({}))?;
    let (_, second) = context.user(json!({}))?;
    let attribute = format!("{}:manager", scim::urn::ENTERPRISE);
    for boss in [&first, &second] {
        let operation = json!([{ "op": "add", "path": attribute, "value": boss["id"] }]);
        context.patch(&path, operation)?.status(&[200, 204])?;
        let read = context.get(path.as_str())?;
        let right = read.json()[scim::urn::ENTERPRISE]["manager"]["value"] == boss["id"];
        read.expect(right, format!("manager.value {}", boss["id"]))?;
    }
    context.patch(&path, json!([{ "op": "remove", "path": attribute }]))?.status(&[200, 204])?;
    let read = context.get(path.as_str())?;
    let gone = read.json()[scim::urn::ENTERPRISE]["manager"]["value"].is_null();
    read.expect(gone, "no manager after its removal").map(drop)
}
