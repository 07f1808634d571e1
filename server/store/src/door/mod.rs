//! The one door for writes.
//!
//! On SQLite one task owns the only writing connection. It takes what waits, opens one transaction, runs each piece of
//! work within a savepoint of its own, commits once and only then answers all: a hundred waiting requests cost one
//! flush to the disk, yet each is stored whole or not at all. Where all that waits is people who are to be added, they are
//! added by the same statements, and each is tried on its own only when that fails. On PostgreSQL each piece of work is a transaction.

mod checkpoints;
mod job;
mod writer;

pub(crate) use checkpoints::LIMIT as LOG_LIMIT;

use futures::future::BoxFuture;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{PgPool, SqliteConnection};
use tokio::sync::{mpsc, oneshot};

use crate::employees::{self, Hire};
use crate::{Conn, StoreError};
use job::{Hiring, Job, Pending, caught};

/// Work that waits while this much is queued waits in its request.
const QUEUE: usize = 1024;

#[derive(Clone)]
pub(crate) enum Door {
    Sqlite(mpsc::Sender<Box<dyn Job>>),
    Postgres(PgPool, &'static str),
}

impl Door {
    /// `options` say how to open another connection, should this one break.
    pub(crate) fn sqlite(connection: SqliteConnection, options: SqliteConnectOptions) -> Self {
        let (sender, receiver) = mpsc::channel(QUEUE);
        tokio::spawn(writer::serve(connection, options, receiver));
        Self::Sqlite(sender)
    }

    /// `begin` is the statement with which a transaction begins.
    pub(crate) fn postgres(pool: PgPool, begin: &'static str) -> Self {
        Self::Postgres(pool, begin)
    }

    /// How much waits before it.
    pub(crate) fn waiting(&self) -> usize {
        match self {
            Self::Sqlite(queue) => queue.max_capacity() - queue.capacity(),
            Self::Postgres(..) => 0,
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
            Self::Postgres(pool, begin) => {
                let mut transaction = pool.begin_with(*begin).await.map_err(StoreError::from)?;
                let outcome = caught(async { work(&mut Conn::Postgres(&mut transaction)).await }).await;
                match &outcome {
                    Ok(_) => transaction.commit().await.map_err(|error| StoreError::Unavailable(Some(error)))?,
                    // Dropping it would roll back too, but later: whoever reads the answer finds the locks gone. A
                    // connection that cannot even roll back takes its transaction with it.
                    Err(_) => drop(transaction.rollback().await),
                }
                outcome
            }
        }
    }

    /// See [`crate::Store::hire`].
    pub(crate) async fn hire(&self, mut hire: Hire) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(queue) => {
                wait(queue, |reply| Box::new(Hiring { hire: Box::new(hire), outcome: None, reply })).await
            }
            Self::Postgres(..) => {
                self.pass(move |conn| Box::pin(async move { employees::hire(conn, &mut hire).await })).await
            }
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
