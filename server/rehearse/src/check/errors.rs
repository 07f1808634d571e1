//! Refusals.

use serde_json::json;

use super::context::Exchange;
use super::{Check, Level, Problem};
use crate::transport::Request;

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "errors.body",
        title: "An error has the SCIM error schema, and says in words what is wrong",
        level: Level::Must,
        rule: "RFC 7644 §3.12; Microsoft Entra shows detail to the admin",
        run: |context| {
            let refused = context.get(format!("/Users/{}", context.name()))?;
            let body = refused.json();
            let schema = body["schemas"].as_array().is_some_and(|urns| urns.iter().any(|urn| urn == scim::urn::ERROR));
            refused.expect(schema, format!("schemas with {}", scim::urn::ERROR))?;
            refused
                .expect(body["detail"].as_str().is_some_and(|words| !words.is_empty()), "a detail in words")
                .map(drop)
        },
    },
    Check {
        id: "errors.status",
        title: "The status in an error's body is text",
        level: Level::Must,
        rule: "RFC 7644 §3.12: status is a JSON string; Okta's SCIM 2.0 test suite",
        run: |context| {
            let refused = context.get(format!("/Users/{}", context.name()))?;
            refused
                .expect(refused.json()["status"] == refused.answer.status.to_string(), "status \"404\", as text")
                .map(drop)
        },
    },
    Check {
        id: "errors.syntax",
        title: "A body that is no JSON is refused 400",
        level: Level::Must,
        rule: "RFC 7644 §3.12 (invalidSyntax)",
        run: |context| refused_400(&context.ask(Request::with_raw("POST", "/Users", "{\"userName\": "))?),
    },
    Check {
        id: "errors.required",
        title: "A user without userName is refused 400",
        level: Level::Must,
        rule: "RFC 7643 §4.1.1 (userName is REQUIRED); RFC 7644 §3.12 (invalidValue)",
        run: |context| {
            refused_400(&context.post("/Users", json!({ "schemas": [scim::urn::USER], "displayName": "Nobody" }))?)
        },
    },
    Check {
        id: "errors.endpoint",
        title: "An endpoint that does not exist is answered 404",
        level: Level::Must,
        rule: "RFC 7644 §3.12",
        run: |context| context.get("/NoSuchThings")?.status(&[404]).map(drop),
    },
    Check {
        id: "errors.unknown-delete",
        title: "Deleting somebody who does not exist is answered 404",
        level: Level::Must,
        rule: "RFC 7644 §3.6; SCIM Validator: Delete a non-existent User",
        run: |context| context.delete(&format!("/Users/{}", context.name()))?.status(&[404]).map(drop),
    },
];

fn refused_400(exchange: &Exchange) -> Result<(), Problem> {
    exchange.status(&[400]).map(drop)
}
