//! Filters.

use serde_json::json;

use super::{Check, Level};
use crate::transport::escaped;

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "filters.user-name",
        title: "A user is found by userName, in any case",
        level: Level::Must,
        rule: "RFC 7643 §4.1.1 (userName is case-insensitive); SCIM Validator: Filter for an existing user with a different case; Okta: caps filter",
        run: |context| {
            let (_, user) = context.user(json!({}))?;
            let name = user["userName"].as_str().unwrap_or_default().to_uppercase();
            context.filter("/Users", &format!("userName eq \"{name}\""))?.total(1).map(drop)
        },
    },
    Check {
        id: "filters.plus-sign",
        title: "Azure's plus sign in a query is a space",
        level: Level::Must,
        rule: "Microsoft Entra writes filter=userName+eq+… (application/x-www-form-urlencoded)",
        run: |context| {
            let (_, user) = context.user(json!({}))?;
            let filter = escaped(&format!("userName eq {}", user["userName"]), "+");
            context.get(format!("/Users?filter={filter}"))?.total(1).map(drop)
        },
    },
    Check {
        id: "filters.external-id",
        title: "A user is found by externalId, with regard to case",
        level: Level::Must,
        rule: "RFC 7643 §3.1 (externalId is caseExact); Microsoft Entra's second matching attribute; SCIM 2.0 Interoperability Profile, Case Sensitivity",
        run: |context| {
            let (_, user) = context.user(json!({}))?;
            let id = user["externalId"].as_str().unwrap_or_default();
            context.filter("/Users", &format!("externalId eq \"{id}\""))?.total(1)?;
            context.filter("/Users", &format!("externalId eq \"{}\"", id.to_uppercase()))?.total(0).map(drop)
        },
    },
    Check {
        id: "filters.email",
        title: "A user is found by the value of the work e-mail address",
        level: Level::Must,
        rule: "Microsoft Entra, SCIM provisioning tutorial: emails[type eq \"work\"].value as matching attribute; RFC 7644 §3.4.2.2",
        run: |context| {
            let (_, user) = context.user(json!({}))?;
            let filter = format!("emails[type eq \"work\"].value eq {}", user["emails"][0]["value"]);
            context.filter("/Users", &filter)?.total(1).map(drop)
        },
    },
    Check {
        id: "filters.and",
        title: "Two conditions with and must both hold",
        level: Level::Must,
        rule: "RFC 7644 §3.4.2.2; SCIM 2.0 Interoperability Profile, Filtering: eq and and",
        run: |context| {
            let (_, user) = context.user(json!({}))?;
            let (name, id) = (&user["userName"], &user["id"]);
            context.filter("/Users", &format!("userName eq {name} and id eq {id}"))?.total(1)?;
            context.filter("/Users", &format!("userName eq {name} and id eq \"x\""))?.total(0).map(drop)
        },
    },
    Check {
        id: "filters.group-name",
        title: "A group is found by displayName",
        level: Level::Must,
        rule: "Microsoft Entra and Okta match groups by displayName; SCIM Validator: Filter for an existing group",
        run: |context| {
            let (_, group) = context.group(json!({}))?;
            context.filter("/Groups", &format!("displayName eq {}", group["displayName"]))?.total(1)?;
            context.filter("/Groups", &format!("displayName eq \"{}\"", context.name()))?.total(0).map(drop)
        },
    },
    Check {
        id: "filters.slash",
        title: "A query with a slash before the question mark is answered",
        level: Level::Must,
        rule: "Microsoft's reference requests have /Users/?filter=…",
        run: |context| {
            let (_, user) = context.user(json!({}))?;
            let filter = escaped(&format!("userName eq {}", user["userName"]), "%20");
            context.get(format!("/Users/?filter={filter}"))?.total(1).map(drop)
        },
    },
    Check {
        id: "filters.malformed",
        title: "A filter that cannot be read is refused, never answered with nobody",
        level: Level::Must,
        rule: "RFC 7644 §3.4.2.2 and §3.12 (400 invalidFilter); an empty list would make a client create people twice",
        run: |context| context.filter("/Users", "userName frobs \"x\"")?.refusal(400, "invalidFilter").map(drop),
    },
];
