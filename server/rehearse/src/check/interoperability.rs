//! What the SCIM 2.0 Interoperability Profile (draft-zollner-scim-interop-profile-02) adds.

use serde_json::json;

use super::{Check, Level};

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "profile.unknown-filter-attribute",
        title: "A filter on an attribute that does not exist is refused",
        level: Level::Must,
        rule: "SCIM 2.0 Interoperability Profile, Filtering: 400 invalidFilter; an empty list would make a client create people twice",
        run: |context| context.filter("/Users", "frobnication eq \"x\"")?.refusal(400, "invalidFilter").map(drop),
    },
    Check {
        id: "profile.page-size",
        title: "A page may have a hundred resources",
        level: Level::Must,
        rule: "SCIM 2.0 Interoperability Profile, Pagination: count of at least 100; Okta asks for 100",
        run: |context| {
            let page = context.get("/Users?startIndex=1&count=100")?;
            let body = page.json();
            let wanted = body["totalResults"].as_u64().map(|total| total.min(100));
            let found = body["Resources"].as_array().map_or(0, Vec::len);
            let right = wanted.is_some_and(|wanted| u64::try_from(found).is_ok_and(|found| found == wanted));
            page.status(&[200])?.expect(right, "a hundred resources, or all there are").map(drop)
        },
    },
    Check {
        id: "profile.lifecycle",
        title: "PATCH never deletes",
        level: Level::Must,
        rule: "SCIM 2.0 Interoperability Profile, Resource Lifecycle",
        run: |context| {
            let (path, _) = context.user(json!({}))?;
            context
                .patch(&path, json!([{ "op": "replace", "path": "active", "value": false }]))?
                .status(&[200, 204])?;
            context.get(path)?.status(&[200]).map(drop)
        },
    },
    Check {
        id: "profile.patch-conflict",
        title: "PATCH to a userName that is taken is refused 409",
        level: Level::Must,
        rule: "SCIM 2.0 Interoperability Profile, Uniqueness Conflicts; RFC 7644 §3.5.2",
        run: |context| {
            let (_, other) = context.user(json!({}))?;
            let (path, _) = context.user(json!({}))?;
            let operation = json!([{ "op": "replace", "path": "userName", "value": other["userName"] }]);
            context.patch(&path, operation)?.refusal(409, "uniqueness").map(drop)
        },
    },
    Check {
        id: "profile.claim",
        title: "Who claims the profile refuses PATCH without path",
        level: Level::Must,
        rule: "SCIM 2.0 Interoperability Profile, Scope and Conformance: interopProfileConformant is true only for who keeps all of it",
        run: |context| {
            let configuration = context.get("/ServiceProviderConfig")?;
            if configuration.json()["interopProfileConformant"] != true {
                return Ok(());
            }
            let (path, _) = context.user(json!({}))?;
            let operation = json!([{ "op": "replace", "value": { "title": "x" } }]);
            context.patch(&path, operation)?.refusal(400, "invalidSyntax").map(drop)
        },
    },
];
