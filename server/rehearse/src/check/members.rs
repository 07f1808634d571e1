//! Who is in a group.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::context::{Context, Problem};
use super::{Check, Level};
use crate::transport::escaped;

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "members.add",
        title: "Several members are added by one operation",
        level: Level::Must,
        rule: "Microsoft Entra, SCIM provisioning tutorial (Add Members) and app gallery listing (multi-member PATCH); RFC 7644 §3.5.2.1",
        run: |context| {
            let (path, ids) = group_of(context, 0, 3)?;
            let changed =
                context.patch(&path, json!([{ "op": "add", "path": "members", "value": references(&ids) }]))?;
            changed.status(&[200, 204])?;
            expect_members(context, &path, &ids)
        },
    },
    Check {
        id: "members.add-twice",
        title: "Adding a member again changes nothing",
        level: Level::Must,
        rule: "RFC 7644 §3.5.2.1",
        run: |context| {
            let (path, ids) = group_of(context, 2, 0)?;
            let changed =
                context.patch(&path, json!([{ "op": "add", "path": "members", "value": references(&ids[..1]) }]))?;
            changed.status(&[200, 204])?;
            expect_members(context, &path, &ids)
        },
    },
    Check {
        id: "members.remove-listed",
        title: "Azure's removal with a list takes out those, and nobody else",
        level: Level::Must,
        rule: "Microsoft Entra, known issues with SCIM 2.0 compliance: Remove members with a value, without the flag",
        run: |context| {
            let (path, ids) = group_of(context, 3, 0)?;
            let operation = json!([{ "op": "remove", "path": "members", "value": references(&ids[..1]) }]);
            context.patch(&path, operation)?.status(&[200, 204])?;
            expect_members(context, &path, &ids[1..])
        },
    },
    Check {
        id: "members.remove-path",
        title: "A removal by path takes out one member",
        level: Level::Must,
        rule: "RFC 7644 §3.5.2.2; Microsoft Entra with aadOptscim062020; Okta",
        run: |context| {
            let (path, ids) = group_of(context, 3, 0)?;
            let operation = json!([{ "op": "remove", "path": format!("members[value eq \"{}\"]", ids[0]) }]);
            context.patch(&path, operation)?.status(&[200, 204])?;
            expect_members(context, &path, &ids[1..])
        },
    },
    Check {
        id: "members.replace",
        title: "Replacing the members leaves exactly those",
        level: Level::Must,
        rule: "RFC 7644 §3.5.2.3; SCIM Validator: Patch Group, Add Member; Okta: push now",
        run: |context| {
            let (path, ids) = group_of(context, 2, 1)?;
            let operation = json!([{ "op": "replace", "path": "members", "value": references(&ids[1..]) }]);
            context.patch(&path, operation)?.status(&[200, 204])?;
            expect_members(context, &path, &ids[1..])
        },
    },
    Check {
        id: "members.reference-check",
        title: "Azure's question whether somebody is a member is answered",
        level: Level::Must,
        rule: "Microsoft Entra, SCIM provisioning tutorial: group membership is checked by id eq … and members eq …",
        run: |context| {
            let (path, ids) = group_of(context, 1, 1)?;
            let group = path.trim_start_matches("/Groups/");
            for (member, total) in [(&ids[0], 1), (&ids[1], 0)] {
                let filter = format!("id eq \"{group}\" and members eq \"{member}\"");
                context.get(format!("/Groups?filter={}&attributes=id", escaped(&filter, "+")))?.total(total)?;
            }
            Ok(())
        },
    },
    Check {
        id: "members.deleted-user",
        title: "Who is deleted is in no group any more",
        level: Level::Should,
        rule: "RFC 7643 §4.2 and RFC 7644 §3.6: a member that does not exist is a dangling reference",
        run: |context| {
            let (path, ids) = group_of(context, 2, 0)?;
            context.delete(&format!("/Users/{}", ids[0]))?.status(&[204])?;
            expect_members(context, &path, &ids[1..])
        },
    },
];

/// A group with so many members, and so many people who are not in it: its path, and all their ids.
fn group_of(context: &Context<'_>, members: usize, others: usize) -> Result<(String, Vec<String>), Problem> {
    let mut ids = Vec::new();
    for _ in 0..members + others {
        ids.push(context.user(json!({}))?.1["id"].as_str().unwrap_or_default().to_owned());
    }
    let (path, _) = context.group(json!({ "members": references(&ids[..members]) }))?;
    Ok((path, ids))
}

fn references(ids: &[String]) -> Value {
    ids.iter().map(|id| json!({ "value": id })).collect()
}

fn expect_members(context: &Context<'_>, path: &str, ids: &[String]) -> Result<(), Problem> {
    let read = context.get(path)?;
    let body = read.json();
    let found = body["members"].as_array().into_iter().flatten().filter_map(|member| member["value"].as_str());
    let found: Vec<&str> = found.collect();
    let same = found.len() == ids.len()
        && found.iter().copied().collect::<BTreeSet<_>>() == ids.iter().map(String::as_str).collect();
    read.status(&[200])?.expect(same, format!("exactly the members {}", ids.join(", "))).map(drop)
}
