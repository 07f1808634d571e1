//! What it costs to say no, and to look at a token at all.

use anyhow::{Result, ensure};

use crate::client::Client;
use crate::database::Engine;
use crate::race::{CONNECTIONS, Race};

/// Requests to a measurement.
const REQUESTS: usize = 20_000;

pub(crate) async fn run(race: &Race, engine: Engine) -> Result<()> {
    let stage = race.stage(engine, 0).await?;
    let requests = race.size(REQUESTS);
    let live = async |client: &mut Client, _| client.call("GET", "/scim/ServiceProviderConfig", None).await.map(drop);
    stage.measure(race, "token check: live", requests, live).await?;
    // One letter is another: the checksum says so before the database is asked.
    let (body, last) = stage.token.split_at(stage.token.len() - 1);
    let misspelt = format!("{body}{}", if last == "0" { "1" } else { "0" });
    let refused = async |client: &mut Client, _| {
        let answer = client.ask("GET", "/scim/ServiceProviderConfig", None).await?;
        ensure!(answer.status == 401, "answered {}", answer.status);
        Ok(())
    };
    let target = [stage.server.scim(&misspelt)];
    stage.measure_at(race, "token check: misspelt", &target, (CONNECTIONS, requests), refused).await?;
    stage.close().await
}
