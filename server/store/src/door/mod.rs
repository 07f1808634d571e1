//! The one door for writes.
//!
//! On SQLite one task owns the only writing connection. It takes what waits, opens one transaction, runs each piece of
//! work within a savepoint of its own, commits once and only then answers all: a hundred waiting requests cost one
//! flush to the disk, yet each is stored whole or not at all. On PostgreSQL each piece of work is a transaction. On both,
//! people who are to be added and wait at the same time are added by the same statements, and each is tried on its own only
//! when that fails.

mod checkpoints;
mod job;
mod lines;
mod postgres;
mod statistics;
mod turns;
mod writer;

pub(crate) use checkpoints::LIMIT as LOG_LIMIT;

use futures::future::BoxFuture;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{PgConnection, SqliteConnection};
use tokio::sync::{mpsc, oneshot};

use crate::connections::Connections;
use crate::employees::Hire;
use crate::{Conn, StoreError};
use job::{Hiring, Job, Pending};
use postgres::Postgres;

/// Work that waits while this much is queued waits in its request.
const QUEUE: usize = 1024;

#[derive(Clone)]
pub(crate) enum Door {
    Sqlite(mpsc::Sender<Box<dyn Job>>),
    Postgres(Postgres),
}

impl Door {
    /// `options` say how to open another connection, should this one break.
    pub(crate) fn sqlite(connection: SqliteConnection, options: SqliteConnectOptions) -> Self {
        let (sender, receiver) = mpsc::channel(QUEUE);
        tokio::spawn(writer::serve(connection, options, receiver));
        Self::Sqlite(sender)
    }

    /// `begin` is the statement with which a transaction begins.
    pub(crate) fn postgres(connections: Connections<PgConnection>, begin: &'static str) -> Self {
        Self::Postgres(Postgres::new(connections, begin))
    }

    /// How much waits before it.
    pub(crate) fn waiting(&self) -> usize {
        match self {
            Self::Sqlite(queue) => queue.max_capacity() - queue.capacity(),
            Self::Postgres(postgres) => postgres.waiting(),
        }
    }

    pub(crate) async fn pass<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: for<'a> FnOnce(&'a mut Conn<'_>) -> BoxFuture<'a, Result<T, E>> + Send + 'static,
    {
        match self {
            Self::Sqlite(queue) => {
                wait(queue, |reply| Box::new(Pending { work: Some(work), outcome: None, reply })).await
            }
            Self::Postgres(postgres) => postgres.pass(work).await,
        }
    }

    /// See [`crate::Store::write_to`].
    pub(crate) async fn pass_in_turn<T, E, F>(&self, resource: &str, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: for<'a> FnOnce(&'a mut Conn<'_>) -> BoxFuture<'a, Result<T, E>> + Send + 'static,
    {
        match self {
            // All writes take turns.
            Self::Sqlite(_) => self.pass(work).await,
            Self::Postgres(postgres) => postgres.pass_in_turn(resource, work).await,
        }
    }

    /// See [`crate::Store::hire`].
    pub(crate) async fn hire(&self, hire: Hire) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(queue) => {
                wait(queue, |reply| Box::new(Hiring { hire: Box::new(hire), outcome: None, reply })).await
            }
            Self::Postgres(postgres) => postgres.hire(hire).await,
        }
    }
}

/// Lets work wait for its turn, and waits for what came of it.
async fn wait<T, E: From<StoreError>>(
    queue: &mpsc::Sender<Box<dyn Job>>,
    job: impl FnOnce(oneshot::Sender<Result<T, E>>) -> Box<dyn Job>,
) -> Result<T, E> {
    let (reply, answer) = oneshot::channel();
    queue.send(job(reply)).await.map_err(|_| StoreError::Unavailable(None))?;
    answer.await.map_err(|_| StoreError::Unavailable(None))?
}
