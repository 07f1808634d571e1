//! `/ServiceProviderConfig`, `/ResourceTypes`, `/Schemas`.

use serde_json::Value;

use super::context::{Context, Problem};
use super::{Check, Level};

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "discovery.configuration",
        title: "The configuration says that PATCH and filters work, and how to authenticate",
        level: Level::Must,
        rule: "RFC 7643 §5; RFC 7644 §4; Microsoft Entra app gallery checklist",
        run: |context| {
            let found = context.get("/ServiceProviderConfig")?;
            let body = found.json();
            let on = |name: &str| body[name]["supported"] == true;
            found
                .status(&[200])?
                .expect(on("patch"), "patch.supported true")?
                .expect(on("filter"), "filter.supported true")?;
            let schemes = body["authenticationSchemes"].is_array();
            found.expect(schemes, "authenticationSchemes, an array (RFC 7643 §5: REQUIRED)").map(drop)
        },
    },
    Check {
        id: "discovery.resource-types",
        title: "The resource types name users and groups, each with its endpoint",
        level: Level::Must,
        rule: "RFC 7643 §6; RFC 7644 §4; SCIM 2.0 Interoperability Profile, Discovery Endpoints: id equals name",
        run: |context| {
            let found = context.get("/ResourceTypes")?;
            let body = found.json();
            let types = body["Resources"].as_array().cloned().unwrap_or_default();
            for (name, endpoint) in [("User", "/Users"), ("Group", "/Groups")] {
                let right = |kind: &Value| {
                    kind["name"] == name
                        && kind["id"] == name
                        && kind["endpoint"].as_str().is_some_and(|path| path.ends_with(endpoint))
                };
                let words = format!(
                    "a list with a resource type whose id and name are {name}, and whose endpoint is {endpoint}"
                );
                found.status(&[200])?.expect(types.iter().any(right), words)?;
            }
            Ok(())
        },
    },
    Check {
        id: "discovery.schemas",
        title: "The schemas are a list that has User and Group",
        level: Level::Must,
        rule: "RFC 7643 §7; Microsoft Entra app gallery test Schema_Discoverability",
        run: |context| {
            let found = context.get("/Schemas")?;
            let body = found.json();
            let schemas = body["Resources"].as_array().cloned().unwrap_or_default();
            for urn in [scim::urn::USER, scim::urn::GROUP] {
                let there = schemas.iter().any(|schema| schema["id"] == urn);
                found.status(&[200])?.expect(there, format!("a ListResponse with the schema {urn}"))?;
            }
            Ok(())
        },
    },
    Check {
        id: "discovery.schema-details",
        title: "The schemas have no null members, and the RFC's spelling",
        level: Level::Must,
        rule: "Microsoft Entra, SCIM provisioning tutorial (camelCase, no null values in /Schemas); RFC 7643 §7",
        run: |context| {
            let found = context.get("/Schemas")?;
            let body = found.json();
            found.expect(found.answer.status == 200 && !has_null(&body), "200 without null members")?;
            let words = "mutability readOnly, readWrite, immutable or writeOnly";
            found.expect(mutabilities(&body), words).map(drop)
        },
    },
    Check {
        id: "discovery.truth",
        title: "The schemas list what resources really have",
        level: Level::Must,
        rule: "SCIM 2.0 Interoperability Profile, Discovery Endpoints: schemas match exactly what is implemented; RFC 7643 §7",
        run: listed_attributes,
    },
    Check {
        id: "discovery.canonical-values",
        title: "Types of e-mail addresses and telephone numbers are listed",
        level: Level::Must,
        rule: "SCIM 2.0 Interoperability Profile, Canonical Values for Typed Attributes; without them Microsoft's validator sends addresses without type",
        run: |context| {
            let found = context.get("/Schemas")?;
            let body = found.json();
            for name in ["emails", "phoneNumbers"] {
                let Some(attribute) = attribute(&body, name) else { continue };
                let subs = attribute["subAttributes"].as_array().cloned().unwrap_or_default();
                let listed = |sub: &Value| sub["canonicalValues"].as_array().is_some_and(|values| !values.is_empty());
                let right = subs.iter().any(|sub| sub["name"] == "type" && listed(sub));
                found.expect(right, format!("canonicalValues for the type of {name}"))?;
            }
            Ok(())
        },
    },
];

fn listed_attributes(context: &Context<'_>) -> Result<(), Problem> {
    let found = context.get("/Schemas")?;
    let body = found.json();
    let (_, user) = context.user(serde_json::json!({}))?;
    let common = ["schemas", "id", "externalId", "meta"];
    for name in user.as_object().into_iter().flat_map(serde_json::Map::keys) {
        if name.starts_with("urn:") || common.contains(&name.as_str()) {
            continue;
        }
        let listed = attribute(&body, name).is_some();
        found.expect(listed, format!("the attribute {name}, since users are answered with it"))?;
    }
    Ok(())
}

/// An attribute of the core User schema.
fn attribute<'b>(body: &'b Value, name: &str) -> Option<&'b Value> {
    let schema = body["Resources"].as_array()?.iter().find(|schema| schema["id"] == scim::urn::USER)?;
    schema["attributes"].as_array()?.iter().find(|attribute| attribute["name"] == name)
}

fn has_null(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.iter().any(has_null),
        Value::Object(object) => object.values().any(has_null),
        _ => false,
    }
}

fn mutabilities(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.iter().all(mutabilities),
        Value::Object(object) => {
            let known = ["readOnly", "readWrite", "immutable", "writeOnly"];
            object.get("mutability").and_then(Value::as_str).is_none_or(|word| known.contains(&word))
                && object.values().all(mutabilities)
        }
        _ => true,
    }
}
