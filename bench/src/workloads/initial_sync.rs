//! Azure's initial cycle: is the person there, and if not, create them.

use anyhow::{Result, ensure};

use crate::ceiling;
use crate::client::{Client, match_query};
use crate::database::Engine;
use crate::people::{person, user_name};
use crate::race::Race;

pub(crate) async fn run(race: &Race, engine: Engine) -> Result<()> {
    let [few, many] = [2_000, 20_000].map(|people| race.size(people));
    let small = sync(race, engine, few, true).await?;
    let large = sync(race, engine, many, false).await?;
    race.relate(format!("{}: CPU of a request at {many} people to one at {few}", engine.name()), large / small);
    Ok(())
}

/// Returns the processor time of a request, the database's included.
async fn sync(race: &Race, engine: Engine, people: usize, with_ceiling: bool) -> Result<f64> {
    let stage = race.stage(engine, 0).await?;
    let row = stage.measure(race, &format!("initial sync, {people} people"), people, find_or_create).await?;
    let cost = row.server_cost() + row.database_cost();
    if with_ceiling {
        let bare = ceiling::rows::race(race, &stage.database).await?;
        let handler = ceiling::handler::race(race, people).await?;
        race.relate(
            format!("{}: CPU of a person, server to bare loop", engine.name()),
            2.0 * cost / (bare.server_cost() + bare.database_cost()),
        );
        race.relate(
            format!("{}: people a second, server to bare loop", engine.name()),
            row.per_second() / 2.0 / bare.per_second(),
        );
        race.relate(
            format!("{}: CPU of a request, server to bare handler", engine.name()),
            cost / handler.server_cost(),
        );
    }
    stage.close().await?;
    Ok(cost)
}

/// What a provisioning service does for each person.
pub(crate) async fn find_or_create(client: &mut Client, number: usize) -> Result<()> {
    let found = client.call("GET", &match_query(&user_name(number)), None).await?;
    ensure!(found.body.starts_with(b"{"), "no list");
    let created = client.call("POST", "/scim/Users", Some(&person(number).to_string())).await?;
    ensure!(created.status == 201, "answered {}", created.status);
    Ok(())
}
