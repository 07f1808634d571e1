//! The one who passes work through the door of a SQLite database.

use std::panic::{AssertUnwindSafe, catch_unwind};

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, SqliteConnection};
use tokio::sync::mpsc;

use super::checkpoints::Checkpoints;
use super::job::Job;
use crate::employees::{self, Hire};
use crate::events::ChainEnd;
use crate::{Conn, StoreError, TenantId};

/// Work that shares one commit.
const BATCH: usize = 128;
/// People who are added by the same statements.
const TOGETHER: usize = 32;

type Queue = mpsc::Receiver<Box<dyn Job>>;

/// The writing connection of a SQLite database.
struct Writer {
    /// `None` after a failure, until another one could be opened.
    connection: Option<SqliteConnection>,
    options: SqliteConnectOptions,
    /// Where a company's events end, if the last that was done here was to add people of it.
    last: Option<(TenantId, ChainEnd)>,
}

/// Runs what comes, until nobody can send any more. `options` say how to open another connection, should this one break.
pub(super) async fn serve(connection: SqliteConnection, options: SqliteConnectOptions, mut queue: Queue) {
    let checkpoints = Checkpoints::start(options.clone());
    let mut writer = Writer { connection: Some(connection), options, last: None };
    while let Some(first) = queue.recv().await {
        let mut batch = vec![first];
        let failure = writer.run(&mut batch, &mut queue).await.err();
        let failed = failure.is_some();
        match failure {
            Some(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, waiting = batch.len(), "a commit failed");
            }
            None => checkpoints.committed(),
        }
        for job in batch {
            job.answer(failed.then_some(StoreError::Unavailable(None)));
        }
    }
    checkpoints.stop().await;
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
        let outcome = self.commit(&mut connection, batch, queue).await;
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

    /// Initial syncs consist of creations: where nothing else waits, all of them are a single call to the database.
    async fn commit(
        &mut self,
        connection: &mut SqliteConnection,
        batch: &mut Vec<Box<dyn Job>>,
        queue: &mut Queue,
    ) -> Result<(), sqlx::Error> {
        join(batch, queue);
        let (last, count, mut alone) = (self.last.take(), batch.len(), 0);
        let mut hires = alike(batch);
        if let Some(tenant) = hires.first().map(|first| first.tenant().clone()).filter(|_| hires.len() == count) {
            let known = last.filter(|(of, _)| *of == tenant).map(|(_, end)| end);
            let whole = ["BEGIN IMMEDIATE", "COMMIT", "ROLLBACK"];
            if let Some(end) = together(connection, &mut hires, known, whole).await? {
                self.last = Some((tenant, end));
                for job in batch {
                    job.done();
                }
                return Ok(());
            }
            alone = count;
        }
        match batch.as_mut_slice() {
            [job] => commit_alone(connection, &mut **job).await,
            _ => commit_together(connection, batch, queue, alone).await,
        }
    }
}

/// Any error ends the batch. SQLite rolls the whole transaction back by itself when the disk is full or fails: then the
/// savepoint is gone, `ROLLBACK TO` and `RELEASE` fail, and nobody is told that work was stored which was not.
///
/// Up to `alone` each is run on its own. Who comes while others are at work still shares their commit.
async fn commit_together(
    connection: &mut SqliteConnection,
    batch: &mut Vec<Box<dyn Job>>,
    queue: &mut Queue,
    mut alone: usize,
) -> Result<(), sqlx::Error> {
    // What follows each other is sent together: to cross to the connection's thread costs more than these statements do.
    let mut next = "BEGIN IMMEDIATE; SAVEPOINT job";
    let mut position = 0;
    while position < batch.len() {
        let mut hires = if position < alone { Vec::new() } else { alike(&mut batch[position..]) };
        let count = hires.len();
        if count < 2 {
            sqlx::query(next).execute(&mut *connection).await?;
            if !batch[position].run(&mut Conn::Sqlite(connection)).await {
                sqlx::query("ROLLBACK TO job").execute(&mut *connection).await?;
            }
            position += 1;
        } else if together(connection, &mut hires, None, [next, "", "ROLLBACK TO job"]).await?.is_some() {
            batch[position..position + count].iter_mut().for_each(|job| job.done());
            position += count;
        } else {
            alone = position + count;
        }
        next = "RELEASE job; SAVEPOINT job";
        join(batch, queue);
    }
    sqlx::query("RELEASE job; COMMIT").execute(&mut *connection).await?;
    Ok(())
}

/// Without a savepoint SQLite need not keep a copy of each page as it was.
async fn commit_alone(connection: &mut SqliteConnection, job: &mut dyn Job) -> Result<(), sqlx::Error> {
    sqlx::query("BEGIN IMMEDIATE").execute(&mut *connection).await?;
    let end = if job.run(&mut Conn::Sqlite(connection)).await { "COMMIT" } else { "ROLLBACK" };
    sqlx::query(end).execute(&mut *connection).await?;
    Ok(())
}

/// Adds people by the same statements, and says where their events end. `None` says that one of them could not be added,
/// and that none is: on its own each will tell why, or be added.
///
/// The texts are the statements with which to begin, to finish and to go back. When it is known where the events ended
/// before, all of them go to the database at once.
async fn together(
    connection: &mut SqliteConnection,
    hires: &mut [&mut Hire],
    known: Option<ChainEnd>,
    [begin, finish, back]: [&'static str; 3],
) -> Result<Option<ChainEnd>, sqlx::Error> {
    let Some(tenant) = hires.first().map(|hire| hire.tenant().clone()) else { return Ok(None) };
    let (has_begun, begin, from) = match known {
        Some(end) => (false, begin, Some(end)),
        None => (true, "", employees::begin_together(connection, begin, &tenant).await?),
    };
    let worked_out = catch_unwind(AssertUnwindSafe(|| employees::adding_together(hires, from, [begin, finish])));
    let failure = match worked_out {
        Ok(Ok((adding, end))) => match adding.execute(&mut *connection).await {
            Ok(_) => return Ok(Some(end)),
            Err(error) => Some(error),
        },
        Ok(Err(_)) | Err(_) if !has_begun => return Ok(None),
        Ok(Err(_)) | Err(_) => None,
    };
    match sqlx::query(back).execute(&mut *connection).await {
        Ok(_) => Ok(None),
        // SQLite went back by itself, or did not even begin: what it said then is the reason.
        Err(error) => Err(failure.unwrap_or(error)),
    }
}

/// The people of one company who come first and follow on each other.
fn alike(batch: &mut [Box<dyn Job>]) -> Vec<&mut Hire> {
    let mut hires: Vec<&mut Hire> = Vec::new();
    for hire in batch.iter_mut().take(TOGETHER).map_while(|job| job.hire()) {
        if hires.first().is_some_and(|first| first.tenant() != hire.tenant()) {
            break;
        }
        hires.push(hire);
    }
    hires
}

/// Adds what waits, as long as there is room.
fn join(batch: &mut Vec<Box<dyn Job>>, queue: &mut Queue) {
    while batch.len() < BATCH {
        let Ok(next) = queue.try_recv() else { break };
        batch.push(next);
    }
}
