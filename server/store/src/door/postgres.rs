//! The door of a PostgreSQL database.

use std::time::{Duration, Instant};

use futures::future::{BoxFuture, join_all};
use sqlx::PgConnection;
use tokio::sync::oneshot;
use tokio::time::timeout;

use super::job::{Hiring, Job, caught};
use super::lines::{Line, Lines};
use super::statistics::Statistics;
use super::turns::Turns;
use crate::connections::{Connections, Runs, Taken};
use crate::employees::{self, Hire};
use crate::error::is_refusal;
use crate::open::PATIENCE;
use crate::pool::begun;
use crate::{Conn, StoreError};

/// People who are added at the same time.
const TOGETHER: usize = 32;
/// Transactions at the same time when each is added alone.
const ALONE: usize = 4;
/// How long somebody waits to be added, and others for some of them. A server that is gone without a word would keep them
/// for minutes.
const LONGEST: Duration = Duration::from_secs(10);
/// End a wait for a name that another server, or whoever, is about to take: the others do not wait for it.
const NOT_FOR_LONG: &str = "SET LOCAL lock_timeout = '2s'";
const HARDLY: &str = "SET LOCAL lock_timeout = '500ms'";

#[derive(Clone)]
pub(crate) struct Postgres {
    writing: Writing,
    turns: Turns,
    lines: Lines,
}

/// All of the door but what waits before it.
#[derive(Clone)]
struct Writing {
    connections: Connections<PgConnection>,
    /// The statement with which a transaction begins.
    begin: &'static str,
    statistics: Statistics,
}

impl Postgres {
    pub(super) fn new(connections: Connections<PgConnection>, begin: &'static str) -> Self {
        let statistics = Statistics::start(connections.clone());
        let writing = Writing { connections, begin, statistics };
        Self { writing, turns: Turns::default(), lines: Lines::default() }
    }

    pub(super) fn waiting(&self) -> usize {
        self.lines.len()
    }

    pub(super) async fn pass<T, E, F>(&self, work: F) -> Result<T, E>
    where
        E: From<StoreError>,
        F: for<'a> FnOnce(&'a mut Conn<'_>) -> BoxFuture<'a, Result<T, E>>,
    {
        self.writing.pass(work, PATIENCE).await
    }

    /// See [`crate::Store::write_to`].
    pub(super) async fn pass_in_turn<T, E, F>(&self, resource: &str, work: F) -> Result<T, E>
    where
        E: From<StoreError>,
        F: for<'a> FnOnce(&'a mut Conn<'_>) -> BoxFuture<'a, Result<T, E>>,
    {
        let since = Instant::now();
        let _turn = timeout(PATIENCE, self.turns.wait(resource)).await.map_err(|_| StoreError::Unavailable(None))?;
        self.writing.pass(work, PATIENCE.saturating_sub(since.elapsed())).await
    }

    /// See [`crate::Store::hire`].
    pub(super) async fn hire(&self, hire: Hire) -> Result<(), StoreError> {
        let (reply, answer) = oneshot::channel();
        if let Some(line) = self.lines.join(Hiring { hire: Box::new(hire), outcome: None, reply }) {
            tokio::spawn(self.writing.clone().work_off(line));
        }
        // Who does not wait any more is not added either, unless that is under way.
        let answer = timeout(LONGEST, answer).await.map_err(|_| StoreError::Unavailable(None))?;
        answer.map_err(|_| StoreError::Unavailable(None))?
    }
}

/// Ends a transaction; an error says that it may not have been committed, though it should have been.
async fn end(mut taken: Taken<PgConnection>, keep: bool) -> Result<(), StoreError> {
    if keep {
        taken.end("COMMIT").await.map_err(|error| StoreError::Unavailable(Some(error)))?;
        taken.give_back();
    } else if taken.end("ROLLBACK").await.is_ok() {
        // Dropping it would roll back too, but later: whoever reads the answer finds the locks gone. A connection that
        // cannot even roll back takes its transaction with it.
        taken.give_back();
    }
    Ok(())
}

impl Writing {
    async fn pass<T, E, F>(&self, work: F, patience: Duration) -> Result<T, E>
    where
        E: From<StoreError>,
        F: for<'a> FnOnce(&'a mut Conn<'_>) -> BoxFuture<'a, Result<T, E>>,
    {
        let mut taken = begun(&self.connections, self.begin, patience).await.map_err(StoreError::from)?;
        let outcome = caught(async { work(&mut Conn::Postgres(taken.connection())).await }).await;
        end(taken, outcome.is_ok()).await?;
        self.statistics.committed(0);
        outcome
    }

    /// Adds the people of a company who wait, until nobody does. One such transaction at a time: who comes meanwhile shares
    /// the next one, and the more share it, the less each costs.
    async fn work_off(self, mut line: Line) {
        loop {
            let mut batch = line.next(TOGETHER);
            if batch.is_empty() {
                return;
            }
            batch.sort_by(|one, other| one.hire.place().cmp(other.hire.place()));
            let since = Instant::now();
            let answers = timeout(LONGEST, self.write(&mut batch)).await.is_ok_and(|answers| answers);
            for hiring in batch {
                Box::new(hiring).answer(None);
            }
            if !answers && since.elapsed() > PATIENCE / 2 {
                // Whoever waits would wait as long as these did, and hear the same. A connection that was cut is another
                // matter.
                return;
            }
        }
    }

    /// Adds people of one company, and takes note of what came of it. Says whether the database answers.
    async fn write(&self, batch: &mut [Hiring]) -> bool {
        match (self.together(batch, NOT_FOR_LONG).await, batch) {
            (Ok(()), batch) => batch.iter_mut().for_each(Job::done),
            (Err(StoreError::Unavailable(error)), batch) if !error.as_ref().is_some_and(is_refusal) => {
                let error = error.as_ref().map(|error| error as &dyn std::error::Error);
                tracing::error!(error, waiting = batch.len(), "people could not be added");
                return false;
            }
            (Err(error), [hiring]) => hiring.outcome = Some(Err(error)),
            // On its own each will tell why, or be added.
            (Err(_), batch) => {
                for some in batch.chunks_mut(ALONE) {
                    join_all(some.iter_mut().map(|hiring| self.alone(hiring))).await;
                }
            }
        }
        true
    }

    async fn alone(&self, hiring: &mut Hiring) {
        hiring.outcome = Some(self.together(std::slice::from_mut(hiring), HARDLY).await);
    }

    /// Adds people of one company in a transaction of their own.
    async fn together(&self, batch: &mut [Hiring], wait: &'static str) -> Result<(), StoreError> {
        let mut hires: Vec<&mut Hire> = batch.iter_mut().map(|hiring| &mut *hiring.hire).collect();
        let mut taken = begun(&self.connections, self.begin, PATIENCE).await?;
        let adding = async {
            taken.connection().run(wait).await?;
            employees::hire_together(taken.connection(), &mut hires).await
        };
        let outcome = caught(adding).await;
        end(taken, outcome.is_ok()).await?;
        if outcome.is_ok() {
            self.statistics.committed(hires.len());
        }
        outcome
    }
}
