//! Two companies on one server: does one notice that the other floods it?

use std::cell::Cell;
use std::time::Duration;

use anyhow::{Result, ensure};

use crate::client::{Client, match_query};
use crate::database::Engine;
use crate::load::{self, Target, Timing};
use crate::people::{person, user_name};
use crate::race::{CONNECTIONS, Race};

/// The rate limit that `serve` has by default.
const RATE_LIMIT: u32 = 250;
/// Requests of the company that behaves.
const REQUESTS: usize = 500;
/// It asks as Azure does: not more than so often.
const PAUSE: Duration = Duration::from_millis(10);

pub(crate) async fn run(race: &Race, engine: Engine) -> Result<()> {
    let stage = race.limited_stage(engine, race.size(2_000), RATE_LIMIT).await?;
    let other = race.program.company(&stage.database, "Other")?;
    let (flooding, behaving) = (stage.scim(), stage.server.scim(&other));
    let before = stage.clocks()?;
    let alone = behave(race, &behaving).await?;
    let alone = race.note(stage.row("fairness: match query, alone", alone, before).await?);
    let before = stage.clocks()?;
    let beside = beside_flood(race, &flooding, &behaving).await?;
    let beside = race.note(stage.row("fairness: match query, beside a flood", beside, before).await?);
    race.relate(
        format!("{}: p99 of a company's query beside another's flood to alone", engine.name()),
        beside.timing.percentile(99) / alone.timing.percentile(99),
    );
    stage.close().await
}

async fn behave(race: &Race, target: &Target) -> Result<Timing> {
    load::run(std::slice::from_ref(target), 1, race.size(REQUESTS), async |client: &mut Client, number| {
        tokio::time::sleep(PAUSE).await;
        client.call("GET", &match_query(&user_name(number)), None).await.map(drop)
    })
    .await
}

/// Eight connections of one company send as fast as they can, until the other is done.
async fn beside_flood(race: &Race, flooding: &Target, behaving: &Target) -> Result<Timing> {
    let (done, refused) = (Cell::new(false), Cell::new(0_u32));
    let flood =
        load::run(std::slice::from_ref(flooding), CONNECTIONS, usize::MAX, async |client: &mut Client, number| {
            let answer = client.ask("POST", "/scim/Users", Some(&person(10_000 + number).to_string())).await?;
            ensure!([201, 429].contains(&answer.status), "answered {}", answer.status);
            if answer.status == 429 {
                refused.set(refused.get() + 1);
                ensure!(
                    answer.header("retry-after").is_some_and(|after| after.parse::<u32>().is_ok()),
                    "no Retry-After"
                );
            }
            ensure!(!done.get(), "done");
            Ok(())
        });
    let behave = async {
        let timing = behave(race, behaving).await;
        done.set(true);
        timing
    };
    let (_, timing) = tokio::join!(flood, behave);
    if !race.quick {
        ensure!(refused.get() > 0, "the flood stayed below the rate limit");
    }
    timing
}
