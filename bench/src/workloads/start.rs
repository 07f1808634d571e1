//! How long a start takes, and how large the program is.

use anyhow::Result;

use crate::database::Engine;
use crate::load::Timing;
use crate::process;
use crate::race::Race;
use crate::report::Row;
use crate::server::Server;

/// Starts to a measurement.
const STARTS: u32 = 5;

pub(crate) async fn run(race: &Race, engine: Engine) -> Result<()> {
    let stage = race.stage(engine, race.size(2_000)).await?;
    let (mut latencies, mut server, mut resident) = (Vec::new(), std::time::Duration::ZERO, 0);
    for _ in 0..STARTS {
        let started = Server::start(&race.program, &stage.database, 0)?;
        latencies.push(u32::try_from(started.started_in.as_micros())?);
        server += process::cpu(started.pid())?;
        resident = process::resident(started.pid())?;
    }
    latencies.sort_unstable();
    let wall = latencies.iter().map(|latency| std::time::Duration::from_micros(u64::from(*latency))).sum();
    race.note(Row {
        workload: "start, until it listens".to_owned(),
        engine: engine.name(),
        timing: Timing { wall, latencies },
        server,
        database: std::time::Duration::ZERO,
        client: std::time::Duration::ZERO,
        resident,
        disk: stage.database.disk().await?,
    });
    stage.close().await
}
