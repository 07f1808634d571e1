//! Pages by index.

use std::collections::BTreeSet;

use serde_json::json;

use super::context::{Context, Problem};
use super::{Check, Level};

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "paging.count",
        title: "A page has no more resources than asked for",
        level: Level::Must,
        rule: "RFC 7644 §3.4.2.4; Microsoft Entra app gallery test SCIM_User_Pagination",
        run: |context| {
            three_users(context)?;
            let page = context.get("/Users?startIndex=1&count=2")?;
            let body = page.json();
            let two = body["Resources"].as_array().is_some_and(|resources| resources.len() == 2);
            page.status(&[200])?.expect(two && body["itemsPerPage"] == 2, "two resources, itemsPerPage 2")?;
            page.expect(
                body["totalResults"].as_u64().is_some_and(|total| total >= 3),
                "totalResults of all, not of the page",
            )
            .map(drop)
        },
    },
    Check {
        id: "paging.start-index",
        title: "The answer says where the page starts",
        level: Level::Must,
        rule: "RFC 7644 §3.4.2.4; Microsoft Entra app gallery test SCIM_User_Pagination: startIndex equals the request's",
        run: |context| {
            three_users(context)?;
            let page = context.get("/Users?startIndex=2&count=1")?;
            page.status(&[200])?.expect(page.json()["startIndex"] == 2, "startIndex 2").map(drop)
        },
    },
    Check {
        id: "paging.walk",
        title: "A walk over the pages meets everybody once",
        level: Level::Must,
        rule: "RFC 7644 §3.4.2.4; Microsoft Entra account discovery lists all users",
        run: walk,
    },
    Check {
        id: "paging.none",
        title: "count=0 gives the number and nobody",
        level: Level::Must,
        rule: "RFC 7644 §3.4.2.4",
        run: |context| {
            let page = context.get("/Users?count=0")?;
            let body = page.json();
            let nobody = body["Resources"].as_array().is_none_or(Vec::is_empty);
            page.status(&[200])?
                .expect(body["totalResults"].is_u64() && nobody, "totalResults and no resources")
                .map(drop)
        },
    },
    Check {
        id: "paging.limits",
        title: "Numbers below what makes sense are taken as the least that does",
        level: Level::Must,
        rule: "RFC 7644 §3.4.2.4: startIndex below 1 is 1, a negative count is 0",
        run: |context| {
            let page = context.get("/Users?startIndex=0&count=1")?;
            page.status(&[200])?.expect(page.json()["startIndex"] == 1, "startIndex 1")?;
            let page = context.get("/Users?count=-1")?;
            let nobody = page.json()["Resources"].as_array().is_none_or(Vec::is_empty);
            page.status(&[200])?.expect(nobody, "no resources").map(drop)
        },
    },
    Check {
        id: "paging.beyond",
        title: "Behind the last page comes an empty one",
        level: Level::Must,
        rule: "RFC 7644 §3.4.2.4",
        run: |context| {
            let page = context.get("/Users?startIndex=100000000&count=10")?;
            let nobody = page.json()["Resources"].as_array().is_none_or(Vec::is_empty);
            page.status(&[200])?.expect(nobody, "200 and no resources").map(drop)
        },
    },
];

fn three_users(context: &Context<'_>) -> Result<(), Problem> {
    (0..3).try_for_each(|_| context.user(json!({})).map(drop))
}

/// Only over this check's own people: there may be very many others.
fn walk(context: &Context<'_>) -> Result<(), Problem> {
    let mark = context.name();
    let mut wanted = BTreeSet::new();
    for _ in 0..5 {
        let (_, user) = context.user(json!({ "displayName": mark }))?;
        wanted.insert(user["id"].as_str().unwrap_or_default().to_owned());
    }
    let filter = crate::transport::escaped(&format!("displayName eq \"{mark}\""), "%20");
    let mut met = Vec::new();
    for start in [1, 3, 5] {
        let page = context.get(format!("/Users?filter={filter}&startIndex={start}&count=2"))?;
        page.total(5)?;
        let body = page.json();
        let ids = body["Resources"].as_array().into_iter().flatten();
        met.extend(ids.filter_map(|user| user["id"].as_str().map(str::to_owned)));
        let twice = met.iter().collect::<BTreeSet<_>>().len() != met.len();
        page.expect(!twice, "nobody who was on an earlier page")?;
        if start == 5 {
            let all = met.iter().cloned().collect::<BTreeSet<_>>() == wanted;
            page.expect(all, format!("all five users on three pages; {} were met", met.len()))?;
        }
    }
    Ok(())
}
