//! What a client asks first.

use super::context::{Context, Problem};
use super::{Check, Level};
use crate::transport::Request;

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "connection.test",
        title: "A query for somebody who does not exist is an empty list",
        level: Level::Must,
        rule: "Microsoft Entra, SCIM provisioning tutorial: Test Connection wants 200 with an empty ListResponse; RFC 7644 §3.4.2",
        run: |context| {
            let name = context.name();
            let found = context.get(format!("/Users?filter=userName+eq+%22{name}%22"))?;
            let body = found.json();
            let list =
                body["schemas"].as_array().is_some_and(|schemas| schemas.iter().any(|urn| urn == scim::urn::LIST));
            found.total(0)?.expect(list, format!("schemas with {}", scim::urn::LIST))?;
            let empty = body.get("Resources").is_none_or(|resources| resources.as_array().is_some_and(Vec::is_empty));
            found.expect(empty, "no Resources, or an empty array").map(drop)
        },
    },
    Check {
        id: "connection.media-type",
        title: "Answers are application/scim+json",
        level: Level::Must,
        rule: "RFC 7644 §3.1 and §8.1; Microsoft Entra, SCIM provisioning tutorial; SCIM 2.0 Interoperability Profile (draft-zollner-scim-interop-profile), Data Format and HTTP Headers",
        run: |context| {
            let found = context.get("/Users?startIndex=1&count=1")?;
            let right =
                found.answer.header("content-type").is_some_and(|kind| kind.starts_with("application/scim+json"));
            found.expect(right, "content type application/scim+json").map(drop)
        },
    },
    Check {
        id: "connection.no-token",
        title: "Without a token nothing is answered",
        level: Level::Must,
        rule: "RFC 7644 §2 and §7.1; RFC 6750 §3",
        run: |context| refused(context, ""),
    },
    Check {
        id: "connection.wrong-token",
        title: "A wrong token is refused",
        level: Level::Must,
        rule: "RFC 7644 §3.12 (401); RFC 6750 §3.1; Okta's SCIM 2.0 test suite",
        run: |context| refused(context, "Bearer this-is-no-token"),
    },
    Check {
        id: "connection.challenge",
        title: "A refusal names the way to authenticate",
        level: Level::Must,
        rule: "RFC 9110 §15.5.2: a 401 must have WWW-Authenticate; RFC 6750 §3",
        run: |context| {
            let found = context.ask(Request::get("/Users").header("authorization", "Bearer this-is-no-token"))?;
            if found.answer.status != 401 {
                return Err(Problem::Impossible(format!("a wrong token was answered {}", found.answer.status)));
            }
            found.expect(found.answer.header("www-authenticate").is_some(), "a WWW-Authenticate header").map(drop)
        },
    },
];

fn refused(context: &Context<'_>, authorization: &str) -> Result<(), Problem> {
    context.ask(Request::get("/Users").header("authorization", authorization))?.status(&[401]).map(drop)
}
