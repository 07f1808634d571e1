//! The one door for writes.
//!
//! On SQLite one task owns the only writing connection. It takes what waits, opens one transaction, runs each piece of
//! work within a savepoint of its own, commits once and only then answers all: a hundred waiting requests cost one
//! flush to the disk, yet each is stored whole or not at all. On PostgreSQL each piece of work is a transaction.

use std::panic::AssertUnwindSafe;

use futures::FutureExt;
use futures::future::BoxFuture;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, PgPool, SqliteConnection};
use tokio::sync::{mpsc, oneshot};

use crate::{Conn, StoreError};

/// Work that waits while this much is queued waits in its request.
const QUEUE: usize = 1024;
/// Work that shares one commit.
const BATCH: usize = 128;

#[derive(Clone)]
pub(crate) enum Door {
    Sqlite(mpsc::Sender<Box<dyn Job>>),
    Postgres(PgPool, &'static str),
}

impl Door {
    /// `options` say how to open another connection, should this one break.
    pub(crate) fn sqlite(connection: SqliteConnection, options: SqliteConnectOptions) -> Self {
        let (sender, receiver) = mpsc::channel(QUEUE);
        tokio::spawn(serve(Writer { connection: Some(connection), options }, receiver));
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
                let (reply, answer) = oneshot::channel();
                let job = Box::new(Pending { work: Some(work), outcome: None, reply });
                queue.send(job).await.map_err(|_| StoreError::Unavailable(None))?;
                answer.await.map_err(|_| StoreError::Unavailable(None))?
            }
            Self::Postgres(pool, begin) => {
                let mut transaction = pool.begin_with(*begin).await.map_err(StoreError::from)?;
                let outcome = guarded(work, &mut Conn::Postgres(&mut transaction)).await;
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
}

/// Runs the work; a panic in it becomes an error, so that it cannot take the door with it.
async fn guarded<T, E, F>(work: F, conn: &mut Conn<'_>) -> Result<T, E>
where
    E: From<StoreError>,
    F: for<'a> FnOnce(&'a mut Conn<'_>) -> BoxFuture<'a, Result<T, E>>,
{
    AssertUnwindSafe(async { work(conn).await })
        .catch_unwind()
        .await
        .unwrap_or_else(|_| Err(StoreError::Panicked.into()))
}

/// Work whose types the queue need not know.
pub(crate) trait Job: Send {
    /// Runs it; says whether its changes are to be kept.
    fn run<'a>(&'a mut self, conn: &'a mut Conn<'_>) -> BoxFuture<'a, bool>;
    /// Answers the one who waits, after the commit that holds its changes, or with the reason why there was none.
    fn answer(self: Box<Self>, failure: Option<StoreError>);
}

struct Pending<T, E, F> {
    work: Option<F>,
    outcome: Option<Result<T, E>>,
    reply: oneshot::Sender<Result<T, E>>,
}

impl<T, E, F> Job for Pending<T, E, F>
where
    T: Send + 'static,
    E: From<StoreError> + Send + 'static,
    F: for<'a> FnOnce(&'a mut Conn<'_>) -> BoxFuture<'a, Result<T, E>> + Send + 'static,
{
    fn run<'a>(&'a mut self, conn: &'a mut Conn<'_>) -> BoxFuture<'a, bool> {
        Box::pin(async move {
            let Some(work) = self.work.take() else { return false };
            let outcome = guarded(work, conn).await;
            let keep = outcome.is_ok();
            self.outcome = Some(outcome);
            keep
        })
    }

    fn answer(self: Box<Self>, failure: Option<StoreError>) {
        let outcome = match (self.outcome, failure) {
            (Some(Err(error)), _) => Err(error),
            (Some(Ok(value)), None) => Ok(value),
            (_, failure) => Err(failure.unwrap_or(StoreError::Unavailable(None)).into()),
        };
        // The one who waited may have gone; the work is done all the same.
        let _ = self.reply.send(outcome);
    }
}

/// The writing connection of a SQLite database.
struct Writer {
    /// `None` after a failure, until another one could be opened.
    connection: Option<SqliteConnection>,
    options: SqliteConnectOptions,
}

type Queue = mpsc::Receiver<Box<dyn Job>>;

async fn serve(mut writer: Writer, mut queue: Queue) {
    while let Some(first) = queue.recv().await {
        let mut batch = vec![first];
        let failure = writer.run(&mut batch, &mut queue).await.err();
        let failed = failure.is_some();
        if let Some(error) = failure {
            tracing::error!(error = &error as &dyn std::error::Error, waiting = batch.len(), "a commit failed");
        }
        for job in batch {
            job.answer(failed.then_some(StoreError::Unavailable(None)));
        }
    }
    // Closing the last connection folds the write-ahead log back into the database file.
    writer.close().await;
}

impl Writer {
    /// Runs a batch, and what comes to wait meanwhile. After a failure nothing of it is stored: the connection, in
    /// whatever state the failure left it, is closed, which rolls back what was open, and the next batch gets a new one.
    async fn run(&mut self, batch: &mut Vec<Box<dyn Job>>, queue: &mut Queue) -> Result<(), sqlx::Error> {
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => self.options.connect().await?,
        };
        let outcome = commit_together(&mut connection, batch, queue).await;
        self.connection = Some(connection);
        if outcome.is_err() {
            self.close().await;
        }
        outcome
    }

    async fn close(&mut self) {
        if let Some(connection) = self.connection.take() {
            let _ = connection.close().await;
        }
    }
}

/// Any error ends the batch. SQLite rolls the whole transaction back by itself when the disk is full or fails: then the
/// savepoint is gone, `ROLLBACK TO` and `RELEASE` fail, and nobody is told that work was stored which was not.
///
/// Who comes while others are at work still shares their commit: the fewer commits, the less each page is written.
async fn commit_together(
    connection: &mut SqliteConnection,
    batch: &mut Vec<Box<dyn Job>>,
    queue: &mut Queue,
) -> Result<(), sqlx::Error> {
    join(batch, queue);
    if let [job] = batch.as_mut_slice() {
        return commit_alone(connection, &mut **job).await;
    }
    // What follows each other is sent together: to cross to the connection's thread costs more than these statements do.
    let mut next = "BEGIN IMMEDIATE; SAVEPOINT job";
    let mut position = 0;
    while let Some(job) = batch.get_mut(position) {
        sqlx::query(next).execute(&mut *connection).await?;
        if !job.run(&mut Conn::Sqlite(connection)).await {
            sqlx::query("ROLLBACK TO job").execute(&mut *connection).await?;
        }
        next = "RELEASE job; SAVEPOINT job";
        position += 1;
        join(batch, queue);
    }
    sqlx::query("RELEASE job; COMMIT").execute(&mut *connection).await?;
    Ok(())
}

/// Adds what waits, as long as there is room.
fn join(batch: &mut Vec<Box<dyn Job>>, queue: &mut Queue) {
    while batch.len() < BATCH {
        let Ok(next) = queue.try_recv() else { break };
        batch.push(next);
    }
}

/// Without a savepoint SQLite need not keep a copy of each page as it was.
async fn commit_alone(connection: &mut SqliteConnection, job: &mut dyn Job) -> Result<(), sqlx::Error> {
    sqlx::query("BEGIN IMMEDIATE").execute(&mut *connection).await?;
    let end = if job.run(&mut Conn::Sqlite(connection)).await { "COMMIT" } else { "ROLLBACK" };
    sqlx::query(end).execute(&mut *connection).await?;
    Ok(())
}
