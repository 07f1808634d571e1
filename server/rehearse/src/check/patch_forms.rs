//! What PATCH must do, and what it must refuse.

use serde_json::json;

use super::patch::applied;
use super::{Check, Level};

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "patch.add-is-replace",
        title: "add to an attribute with one value replaces it",
        level: Level::Must,
        rule: "RFC 7644 §3.5.2.1; SCIM 2.0 Interoperability Profile, Singular Attributes",
        run: |context| {
            applied(
                context,
                json!([{ "op": "add", "path": "displayName", "value": "New" }]),
                &[("/displayName", "New".into())],
            )
        },
    },
    Check {
        id: "patch.merge",
        title: "add to a complex attribute keeps the parts that are not named",
        level: Level::Must,
        rule: "RFC 7644 §3.5.2.1; SCIM 2.0 Interoperability Profile, Complex Attribute Operations",
        run: |context| {
            let operations = json!([{ "op": "add", "path": "name", "value": { "givenName": "Zoé" } }]);
            applied(context, operations, &[("/name/givenName", "Zoé".into()), ("/name/familyName", "Check".into())])
        },
    },
    Check {
        id: "patch.order",
        title: "Operations are applied in their order",
        level: Level::Must,
        rule: "RFC 7644 §3.5.2; SCIM Validator: Multiple Ops on same attribute",
        run: |context| {
            let operations = json!([
                { "op": "replace", "path": "title", "value": "First" },
                { "op": "remove", "path": "title" },
                { "op": "add", "path": "title", "value": "Last" },
            ]);
            applied(context, operations, &[("/title", "Last".into())])
        },
    },
    Check {
        id: "patch.whole-or-nothing",
        title: "A request of which one operation fails changes nothing",
        level: Level::Must,
        rule: "RFC 7644 §3.5.2: if one operation fails, the original resource is restored",
        run: |context| {
            let (path, _) = context.user(json!({}))?;
            let operations = json!([
                { "op": "replace", "path": "displayName", "value": "Half" },
                { "op": "replace", "path": "userName", "value": null },
                { "op": "frobnicate", "path": "title", "value": "x" },
            ]);
            let changed = context.patch(&path, operations)?;
            changed.status(&[400])?;
            let read = context.get(path)?;
            read.expect(read.json()["displayName"] != "Half", "the displayName of before").map(drop)
        },
    },
    Check {
        id: "patch.unknown-path",
        title: "A path that cannot be read is refused, not passed over",
        level: Level::Must,
        rule: "RFC 7644 §3.12 (invalidPath) and §3.5.2",
        run: |context| {
            let (path, _) = context.user(json!({}))?;
            let operation = json!([{ "op": "replace", "path": "emails[type eq ", "value": "x" }]);
            context.patch(&path, operation)?.status(&[400]).map(drop)
        },
    },
    Check {
        id: "patch.read-only",
        title: "The id cannot be changed",
        level: Level::Must,
        rule: "RFC 7643 §3.1 (id is readOnly); RFC 7644 §3.5.2 (mutability)",
        run: |context| {
            let (path, user) = context.user(json!({}))?;
            let changed = context.patch(&path, json!([{ "op": "replace", "path": "id", "value": "another" }]))?;
            let read = context.get(path)?;
            read.expect(read.json()["id"] == user["id"], "the same id as before")?;
            changed.status(&[200, 204, 400]).map(drop)
        },
    },
];
