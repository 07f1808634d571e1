//! Disabling people, as Azure does when they leave.

use anyhow::{Result, ensure};
use serde_json::json;

use crate::client::Client;
use crate::database::Engine;
use crate::race::Race;

pub(crate) async fn run(race: &Race, engine: Engine) -> Result<()> {
    let people = race.size(2_000);
    let stage = race.stage(engine, people).await?;
    let body = json!({
        "schemas": [scim::urn::PATCH],
        "Operations": [{ "op": "Replace", "path": "active", "value": "False" }]
    })
    .to_string();
    let ids = &stage.seeded.ids;
    let work = async |client: &mut Client, number: usize| {
        let answer = client.call("PATCH", &format!("/scim/Users/{}", ids[number]), Some(&body)).await?;
        ensure!(answer.json()?["active"] == false, "still active");
        Ok(())
    };
    stage.measure(race, &format!("disable, {people} people"), people, work).await?;
    stage.close().await
}
