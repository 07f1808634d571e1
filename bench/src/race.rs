//! A race: stages on which workloads run, and what was measured on them.

use std::cell::RefCell;
use std::iter::Sum;
use std::time::Duration;

use anyhow::Result;
use serde_json::{Value, json};

use crate::client::Client;
use crate::database::{Database, Databases, Engine};
use crate::load::{self, Target, Timing};
use crate::process;
use crate::report::{Ratio, Row, heading};
use crate::seed::{self, Seeded};
use crate::server::{Program, Server};

/// Clients at once, as many as Azure has in its initial cycle.
pub(crate) const CONNECTIONS: usize = 8;

/// The program, where databases are made, and what was measured so far.
pub(crate) struct Race {
    pub(crate) databases: Databases,
    pub(crate) program: Program,
    /// Everything is so small that it takes seconds: whether it runs at all.
    pub(crate) quick: bool,
    rows: RefCell<Vec<Row>>,
    ratios: RefCell<Vec<Ratio>>,
}

impl Race {
    pub(crate) fn new(databases: Databases, program: Program, quick: bool) -> Self {
        Self { databases, program, quick, rows: RefCell::default(), ratios: RefCell::default() }
    }

    /// A size, or a small one for a quick run.
    pub(crate) fn size(&self, size: usize) -> usize {
        if self.quick { (size / 100).clamp(20, 200) } else { size }
    }

    /// Takes note of a measurement, and shows it.
    #[expect(clippy::print_stdout, reason = "the table grows as the race goes on")]
    pub(crate) fn note(&self, row: Row) -> Row {
        if self.rows.borrow().is_empty() {
            println!("{}", heading());
        }
        println!("{}", row.line());
        self.rows.borrow_mut().push(row.clone());
        row
    }

    /// Takes note of how two figures of this run relate.
    #[expect(clippy::print_stdout, reason = "the table grows as the race goes on")]
    pub(crate) fn relate(&self, what: impl Into<String>, value: f64) {
        let ratio = Ratio { what: what.into(), value };
        if !value.is_finite() {
            // In tiny sizes less than a tick of processor time was used.
            return;
        }
        println!("    {}: {:.2}", ratio.what, ratio.value);
        self.ratios.borrow_mut().push(ratio);
    }

    /// Everything that was measured.
    pub(crate) fn json(&self) -> Value {
        json!({
            "rows": self.rows.borrow().iter().map(Row::json).collect::<Vec<_>>(),
            "ratios": self.ratios.borrow().iter().map(Ratio::json).collect::<Vec<_>>(),
        })
    }

    /// A server on a database with so many people.
    pub(crate) async fn stage(&self, engine: Engine, people: usize) -> Result<Stage> {
        self.limited_stage(engine, people, 0).await
    }

    /// The same with a rate limit for each company.
    pub(crate) async fn limited_stage(&self, engine: Engine, people: usize, rate_limit: u32) -> Result<Stage> {
        let database = self.databases.create(engine).await?;
        let token = self.program.company(&database, "Acme")?;
        let seeded = seed::people(&database, people).await?;
        let server = Server::start(&self.program, &database, rate_limit)?;
        let backend = database.process().await?;
        Ok(Stage { database, server, other: None, token, seeded, backend })
    }
}

/// A server on a database of its own.
pub(crate) struct Stage {
    pub(crate) database: Database,
    pub(crate) server: Server,
    /// Another server on the same database.
    other: Option<Server>,
    pub(crate) token: String,
    pub(crate) seeded: Seeded,
    /// The process whose children are the database.
    backend: Option<u32>,
}

impl Stage {
    /// The SCIM endpoint of the company.
    pub(crate) fn scim(&self) -> Target {
        self.server.scim(&self.token)
    }

    /// Runs pieces of work and measures what they cost all who take part.
    pub(crate) async fn measure<W>(&self, race: &Race, workload: &str, pieces: usize, work: W) -> Result<Row>
    where
        W: AsyncFn(&mut Client, usize) -> Result<()>,
    {
        let other = self.other.as_ref().map(|server| server.scim(&self.token));
        let targets: Vec<Target> = std::iter::once(self.scim()).chain(other).collect();
        self.measure_at(race, workload, &targets, load_of(pieces), work).await
    }

    /// The same for other targets and another number of connections.
    pub(crate) async fn measure_at<W>(
        &self,
        race: &Race,
        workload: &str,
        targets: &[Target],
        (connections, pieces): (usize, usize),
        work: W,
    ) -> Result<Row>
    where
        W: AsyncFn(&mut Client, usize) -> Result<()>,
    {
        let before = self.clocks()?;
        let timing = load::run(targets, connections, pieces, work).await?;
        let row = self.row(workload, timing, before).await?;
        Ok(race.note(row))
    }

    /// Starts another server on the same database.
    pub(crate) fn grow(&mut self, race: &Race) -> Result<()> {
        self.other = Some(Server::start(&race.program, &self.database, 0)?);
        Ok(())
    }

    /// A figure of all servers together.
    fn sum<T: Sum>(&self, of: impl Fn(u32) -> Result<T>) -> Result<T> {
        std::iter::once(&self.server).chain(&self.other).map(|server| of(server.pid())).sum()
    }

    /// What the servers, the database and the load generator have used so far.
    pub(crate) fn clocks(&self) -> Result<[Duration; 3]> {
        let database = self.backend.map_or(Ok(Duration::ZERO), process::cpu_of_family)?;
        let servers = self.sum(process::cpu)?;
        Ok([servers, database, process::cpu(std::process::id())?])
    }

    pub(crate) async fn row(&self, workload: &str, timing: Timing, before: [Duration; 3]) -> Result<Row> {
        let after = self.clocks()?;
        let used = |which: usize| after[which].saturating_sub(before[which]);
        Ok(Row {
            workload: workload.to_owned(),
            engine: self.database.engine().name(),
            timing,
            server: used(0),
            database: used(1),
            client: used(2),
            resident: self.sum(process::resident)?,
            disk: self.database.disk().await?,
        })
    }

    /// Stops the server and removes the database.
    pub(crate) async fn close(self) -> Result<()> {
        drop((self.server, self.other));
        self.database.remove().await
    }
}

fn load_of(pieces: usize) -> (usize, usize) {
    (CONNECTIONS, pieces)
}
