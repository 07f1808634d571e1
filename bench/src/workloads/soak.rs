//! A mixture of everything that an identity provider does between two cycles.

use anyhow::Result;
use serde_json::json;

use crate::client::{Client, match_query};
use crate::database::Engine;
use crate::people::{person, user_name};
use crate::race::Race;

/// Requests to a measurement.
const REQUESTS: usize = 40_000;

pub(crate) async fn run(race: &Race, engine: Engine) -> Result<()> {
    let people = race.size(10_000);
    let stage = race.stage(engine, people).await?;
    let ids = &stage.seeded.ids;
    let group = crate::seed::group(&stage.database, &stage.seeded, "Everybody", &ids[..people / 2]).await?;
    let work = async |client: &mut Client, number: usize| {
        let id = &ids[number * 7_919 % people];
        match number % 10 {
            0 => client.call("POST", "/scim/Users", Some(&person(people + number).to_string())).await,
            1 => client.call("PATCH", &format!("/scim/Users/{id}"), Some(&title(number))).await,
            2 => client.call("PATCH", &format!("/scim/Groups/{group}"), Some(&membership(number, id))).await,
            3 => client.call("GET", &format!("/scim/Users/{id}"), None).await,
            4 => client.call("GET", "/scim/Groups?excludedAttributes=members", None).await,
            _ => client.call("GET", &match_query(&user_name(number * 7_919 % people)), None).await,
        }
        .map(drop)
    };
    stage.measure(race, &format!("mixed, {people} people"), race.size(REQUESTS), work).await?;
    stage.close().await
}

fn title(number: usize) -> String {
    json!({
        "schemas": [scim::urn::PATCH],
        "Operations": [{ "op": "Replace", "path": "title", "value": format!("Title {number}") }]
    })
    .to_string()
}

/// Some come and some go.
fn membership(number: usize, id: &str) -> String {
    let op = if number % 20 == 2 { "Add" } else { "Remove" };
    json!({
        "schemas": [scim::urn::PATCH],
        "Operations": [{ "op": op, "path": "members", "value": [{ "value": id }] }]
    })
    .to_string()
}
