//! `cargo xtask bench`: what the server costs, beside what the machine could do.
//!
//! Nothing here asserts a time. Figures are processor time for each request, and ratios of two figures of one run: both
//! hold on a machine that has other things to do.

mod ceiling;
mod client;
mod database;
mod load;
mod people;
mod process;
mod race;
mod report;
mod seed;
mod server;
mod workloads;

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Parser;

use database::{Databases, Engine};
use race::Race;
use server::Program;
use workloads::Workload;

/// Runs workloads against the release binary and measures what they cost.
#[derive(Parser)]
#[command(name = "bench")]
struct Arguments {
    /// The workloads to run; all without a name
    workloads: Vec<Workload>,
    /// The server's binary
    #[arg(long, value_name = "FILE")]
    spaceiq: PathBuf,
    /// A PostgreSQL on which databases may be created
    #[arg(long, value_name = "URL")]
    postgres: Option<String>,
    /// One engine instead of both
    #[arg(long)]
    engine: Option<Engine>,
    /// Everything in tiny sizes: only whether it runs
    #[arg(long)]
    quick: bool,
    /// Write what was measured to this file, as JSON
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

/// One thread: the load generator must not take more of the machine than it has to.
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    if std::env::args().nth(1).is_some_and(|command| command == ceiling::handler::COMMAND) {
        return ceiling::handler::serve().await;
    }
    let arguments = Arguments::parse();
    let race = Race::new(Databases::new(arguments.postgres)?, Program(arguments.spaceiq), arguments.quick);
    let workloads = if arguments.workloads.is_empty() { Workload::ALL.to_vec() } else { arguments.workloads };
    let engines = arguments.engine.map_or_else(|| vec![Engine::Sqlite, Engine::Postgres], |engine| vec![engine]);
    for workload in workloads {
        for engine in &engines {
            workload.run(&race, *engine).await.with_context(|| format!("{workload:?} on {}", engine.name()))?;
        }
    }
    if let Some(file) = arguments.json {
        std::fs::write(&file, serde_json::to_string_pretty(&race.json())? + "\n")
            .with_context(|| format!("cannot write {}", file.display()))?;
    }
    Ok(())
}
