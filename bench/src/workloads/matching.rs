//! Match queries: the one question that an identity provider asks about everybody, every forty minutes.

use anyhow::{Result, ensure};

use crate::client::{Client, match_query};
use crate::database::Engine;
use crate::people::user_name;
use crate::race::Race;

/// Queries to a measurement.
const QUERIES: usize = 20_000;

pub(crate) async fn run(race: &Race, engine: Engine) -> Result<()> {
    // A million people are some gigabytes; writing them to PostgreSQL takes many minutes and shows nothing else.
    let sizes: &[usize] = if engine == Engine::Sqlite { &[2_000, 100_000, 1_000_000] } else { &[2_000, 100_000] };
    let mut first = None;
    for size in sizes {
        let people = race.size(*size);
        let cost = queries(race, engine, people).await?;
        let (few, least) = *first.get_or_insert((people, cost));
        race.relate(format!("{}: CPU of a match query at {people} people to {few}", engine.name()), cost / least);
    }
    Ok(())
}

async fn queries(race: &Race, engine: Engine, people: usize) -> Result<f64> {
    let stage = race.stage(engine, people).await?;
    let ask = async |client: &mut Client, number: usize| find(client, number, people).await;
    let row = stage.measure(race, &format!("match query, {people} people"), race.size(QUERIES), ask).await?;
    stage.close().await?;
    Ok(row.server_cost() + row.database_cost())
}

/// Finds one of so many people.
pub(super) async fn find(client: &mut Client, number: usize, people: usize) -> Result<()> {
    // A stride that meets everybody, in no order that a cache would like.
    let answer = client.call("GET", &match_query(&user_name(number * 7_919 % people)), None).await?;
    ensure!(answer.json()?["totalResults"] == 1, "not found");
    Ok(())
}
