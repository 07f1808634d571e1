//! Groups without their members.

use serde_json::json;

use super::{Check, Level};
use crate::transport::escaped;

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "groups.create",
        title: "A new group is answered 201 with its id",
        level: Level::Must,
        rule: "RFC 7644 §3.3; SCIM Validator: Create a new Group",
        run: |context| {
            let name = context.name();
            let microsoft = "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group";
            let body = json!({
                "schemas": [scim::urn::GROUP, microsoft],
                "externalId": name,
                "displayName": name,
                "meta": { "resourceType": "Group" },
            });
            let made = context.post("/Groups", body)?;
            made.status(&[201])?.expect(made.json()["id"].is_string(), "an id")?;
            made.expect(made.json()["meta"]["resourceType"] == "Group", "meta.resourceType Group").map(drop)
        },
    },
    Check {
        id: "groups.duplicate",
        title: "A group's name that is taken is refused 409",
        level: Level::Must,
        rule: "Microsoft Entra, SCIM provisioning tutorial (displayName must be unique); SCIM Validator: Create a duplicate Group; RFC 7644 §3.3",
        run: |context| {
            let (_, group) = context.group(json!({}))?;
            let body = json!({ "schemas": [scim::urn::GROUP], "displayName": group["displayName"] });
            context.post("/Groups", body)?.refusal(409, "uniqueness").map(drop)
        },
    },
    Check {
        id: "groups.excluded-members",
        title: "excludedAttributes=members leaves the members out, and the key as well",
        level: Level::Must,
        rule: "Microsoft Entra, SCIM provisioning tutorial: groups are read with excludedAttributes=members; RFC 7644 §3.9",
        run: |context| {
            let (_, user) = context.user(json!({}))?;
            let (path, group) = context.group(json!({ "members": [{ "value": user["id"] }] }))?;
            let filter = escaped(&format!("displayName eq {}", group["displayName"]), "+");
            let found = context.get(format!("/Groups?excludedAttributes=members&filter={filter}"))?;
            let absent = found.json()["Resources"][0].get("members").is_none();
            found.total(1)?.expect(absent, "a group without the key members")?;
            let read = context.get(format!("{path}?excludedAttributes=members"))?;
            read.status(&[200])?
                .expect(read.json().get("members").is_none(), "a group without the key members")
                .map(drop)
        },
    },
    Check {
        id: "groups.rename",
        title: "Renaming a group keeps its members",
        level: Level::Must,
        rule: "SCIM Validator: Update Group displayName; RFC 7644 §3.5.2.3",
        run: |context| {
            let (_, user) = context.user(json!({}))?;
            let (path, _) = context.group(json!({ "members": [{ "value": user["id"] }] }))?;
            let name = context.name();
            context
                .patch(&path, json!([{ "op": "replace", "value": { "displayName": name } }]))?
                .status(&[200, 204])?;
            let read = context.get(path)?;
            let body = read.json();
            read.expect(body["displayName"] == name, "the new name")?;
            read.expect(body["members"][0]["value"] == user["id"], "the member of before").map(drop)
        },
    },
    Check {
        id: "groups.delete",
        title: "A group that is deleted is gone",
        level: Level::Must,
        rule: "RFC 7644 §3.6; SCIM Validator: Delete a Group, Delete the same Group twice",
        run: |context| {
            let (path, _) = context.group(json!({}))?;
            context.delete(&path)?.status(&[204])?;
            context.get(path.as_str())?.status(&[404])?;
            context.delete(&path)?.status(&[404]).map(drop)
        },
    },
];
