//! The door of a PostgreSQL database.

use std::time::Duration;

use futures::future::{BoxFuture, join_all};
use sqlx::PgConnection;
use tokio::sync::mpsc;

use super::QUEUE;
use super::job::{Hiring, Job, caught};
use super::statistics::Statistics;
use super::turns::Turns;
use crate::connections::{Connections, Taken};
use crate::employees::{self, Hire};
use crate::pool::begun;
use crate::{Conn, StoreError};

/// People who are added at the same time.
const TOGETHER: usize = 32;
/// How long others wait for them. A server that is gone without a word would keep them for minutes.
const LONGEST: Duration = Duration::from_secs(10);

#[derive(Clone)]
pub(crate) struct Postgres {
    writing: Writing,
    turns: Turns,
    pub(super) hires: mpsc::Sender<Box<Hiring>>,
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
        let (hires, queue) = mpsc::channel(QUEUE);
        let statistics = Statistics::start(connections.clone());
        let writing = Writing { connections, begin, statistics };
        tokio::spawn(writing.clone().serve(queue));
        Self { writing, turns: Turns::default(), hires }
    }

    pub(super) fn waiting(&self) -> usize {
        self.hires.max_capacity() - self.hires.capacity()
    }

    /// See [`crate::Store::write_to`].
    pub(super) async fn pass_in_turn<T, E, F>(&self, resource: &str, work: F) -> Result<T, E>
    where
        E: From<StoreError>,
        F: for<'a> FnOnce(&'a mut Conn<'_>) -> BoxFuture<'a, Result<T, E>>,
    {
        let _turn = self.turns.wait(resource).await;
        self.pass(work).await
    }

    pub(super) async fn pass<T, E, F>(&self, work: F) -> Result<T, E>
    where
        E: From<StoreError>,
        F: for<'a> FnOnce(&'a mut Conn<'_>) -> BoxFuture<'a, Result<T, E>>,
    {
        let Writing { connections, begin, statistics } = &self.writing;
        let mut taken = begun(connections, begin).await.map_err(StoreError::from)?;
        let outcome = caught(async { work(&mut Conn::Postgres(taken.connection())).await }).await;
        end(taken, outcome.is_ok()).await?;
        statistics.committed(0);
        outcome
    }
}

/// Ends a transaction; an error says that it was not committed, though it should have been.
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
    /// Adds the people who wait, until none can come any more. One such transaction at a time for each company: who comes
    /// meanwhile shares the next one, and the more share it, the less each costs.
    async fn serve(self, mut queue: mpsc::Receiver<Box<Hiring>>) {
        let mut batch = Vec::new();
        while queue.recv_many(&mut batch, TOGETHER).await > 0 {
            batch.sort_by(|one, other| one.hire.place().cmp(&other.hire.place()));
            let companies = batch.chunk_by_mut(|one, other| one.hire.tenant() == other.hire.tenant());
            // Whom that leaves without an outcome is told that the database does not answer.
            join_all(companies.map(|hirings| tokio::time::timeout(LONGEST, self.write(hirings)))).await;
            for hiring in batch.drain(..) {
                hiring.answer(None);
            }
        }
    }

    /// Adds people of one company, and takes note of what came of it.
    async fn write(&self, hirings: &mut [Box<Hiring>]) {
        let failure = self.together(hirings).await.err();
        match (failure, hirings) {
            (None, hirings) => hirings.iter_mut().for_each(|hiring| hiring.done()),
            (Some(error), [hiring]) => hiring.outcome = Some(Err(error)),
            // It would say the same to each of them, who are told so by having no outcome.
            (Some(StoreError::Unavailable(error)), hirings) => {
                let error = error.as_ref().map(|error| error as &dyn std::error::Error);
                tracing::error!(error, waiting = hirings.len(), "a commit failed");
            }
            // On its own each will tell why, or be added.
            (Some(_), hirings) => {
                for hiring in hirings {
                    hiring.outcome = Some(self.together(std::slice::from_mut(hiring)).await);
                }
            }
        }
    }

    /// Adds people of one company in a transaction of their own.
    async fn together(&self, hirings: &mut [Box<Hiring>]) -> Result<(), StoreError> {
        let mut hires: Vec<&mut Hire> = hirings.iter_mut().map(|hiring| &mut *hiring.hire).collect();
        let mut taken = begun(&self.connections, self.begin).await?;
        let outcome = caught(employees::hire_together(taken.connection(), &mut hires)).await;
        end(taken, outcome.is_ok()).await?;
        self.statistics.committed(hires.len());
        outcome
    }
}
