//! Reads from one server and, where several can share a database, from two.

use anyhow::Result;

use super::matching::find;
use crate::client::Client;
use crate::database::Engine;
use crate::race::Race;

const PEOPLE: usize = 100_000;
/// Queries to a measurement.
const QUERIES: usize = 20_000;

pub(crate) async fn run(race: &Race, engine: Engine) -> Result<()> {
    let people = race.size(PEOPLE);
    let mut stage = race.stage(engine, people).await?;
    let ask = async |client: &mut Client, number: usize| find(client, number, people).await;
    let one = stage.measure(race, "match query, one server", race.size(QUERIES), ask).await?;
    if engine == Engine::Postgres {
        stage.grow(race)?;
        let two = stage.measure(race, "match query, two servers", race.size(QUERIES), ask).await?;
        let ratio = two.per_second() / one.per_second();
        race.relate(format!("{}: match queries a second, two servers to one", engine.name()), ratio);
    }
    stage.close().await
}
