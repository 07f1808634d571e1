//! Reading everybody: pages by index, and a walk along a cursor.

use std::time::Instant;

use anyhow::{Context, Result};

use crate::client::Client;
use crate::database::Engine;
use crate::load::{Target, Timing};
use crate::race::Race;

/// People on a page.
const PAGE: usize = 100;
/// Pages to a measurement.
const PAGES: usize = 400;

pub(crate) async fn run(race: &Race, engine: Engine) -> Result<()> {
    let people = race.size(100_000);
    let stage = race.stage(engine, people).await?;
    let (pages, name, page) = (race.size(PAGES), engine.name(), PAGE.min(people / 4));
    let mut costs = Vec::new();
    for (depth, start) in [("first", 1), ("last", people - page)] {
        let path = format!("/scim/Users?startIndex={start}&count={page}");
        let read = async |client: &mut Client, _| client.call("GET", &path, None).await.map(drop);
        let row = stage.measure(race, &format!("page by index, the {depth} of {people} people"), pages, read).await?;
        costs.push(row.server_cost() + row.database_cost());
    }
    race.relate(format!("{name}: CPU of the last page by index to the first"), costs[1] / costs[0]);
    let (mut costs, mut cursor) = (Vec::new(), String::new());
    for half in ["first", "second"] {
        let before = stage.clocks()?;
        let (timing, next) = walk(&stage.scim(), (page, people / page / 2), cursor).await?;
        cursor = next;
        let row = stage.row(&format!("cursor walk, the {half} half of {people} people"), timing, before).await?;
        let row = race.note(row);
        costs.push(row.server_cost() + row.database_cost());
    }
    race.relate(format!("{name}: CPU of a page of a walk, second half to first"), costs[1] / costs[0]);
    stage.close().await
}

/// Reads so many pages one after the other; returns the cursor of the next one, empty at the end.
async fn walk(target: &Target, (page, pages): (usize, usize), mut cursor: String) -> Result<(Timing, String)> {
    let (mut client, started) = (target.client().await?, Instant::now());
    for _ in 0..pages {
        let answer = client.call("GET", &format!("/scim/Users?count={page}&cursor={cursor}"), None).await?.json()?;
        answer["Resources"].as_array().filter(|people| !people.is_empty()).context("an empty page")?;
        answer["nextCursor"].as_str().unwrap_or_default().clone_into(&mut cursor);
    }
    let mut latencies = client.latencies;
    latencies.sort_unstable();
    Ok((Timing { wall: started.elapsed(), latencies }, cursor))
}
