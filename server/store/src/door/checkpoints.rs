//! Checkpoints of a SQLite database, beside its writer.
//!
//! What is committed stands in the write-ahead log until a checkpoint moves it to the database file. SQLite's own way is
//! that the commit which makes the log long moves all of it, while everybody waits. Here another connection does that
//! while the writer goes on. Only the writer can begin the log anew, and only when nothing in it is left to move; so at
//! [`LIMIT`] it moves the little that came meanwhile.

use std::time::Duration;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, SqliteConnection};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

/// The log's length, in pages of 4 KiB, from which on the writer itself moves what is left. Pages that change often are in
/// the log many times and reach the file once: the longer it is, the less is written.
pub(crate) const LIMIT: u32 = 16_000;
/// So many pages are moved at once while the writer goes on: half of what would be moved without this.
const MANY: i64 = 8_000;
/// The log's length from which on whatever is in it is moved, so that the writer finds next to nothing left.
const NEARLY: i64 = 12_000;
/// How often the log is looked at while there are commits. The fastest writers fill a thousand pages in that time.
const PAUSE: Duration = Duration::from_millis(25);
/// The same after a failure: a disk that is full now will still be so in a moment.
const REST: Duration = Duration::from_secs(1);

/// Moves what is committed.
pub(super) struct Checkpoints {
    commits: mpsc::Sender<()>,
    task: JoinHandle<()>,
}

impl Checkpoints {
    /// Nothing is opened before the first commit.
    pub(super) fn start(options: SqliteConnectOptions) -> Self {
        let (commits, receiver) = mpsc::channel(1);
        Self { commits, task: tokio::spawn(serve(options, receiver)) }
    }

    /// Says that there was a commit.
    pub(super) fn committed(&self) {
        // When one is waiting already, that one will do.
        let _ = self.commits.try_send(());
    }

    /// Closes the connection: whoever closes the last one folds the log back into the file.
    pub(super) async fn stop(self) {
        drop(self.commits);
        let _ = self.task.await;
    }
}

async fn serve(options: SqliteConnectOptions, mut commits: mpsc::Receiver<()>) {
    let (mut connection, mut fails) = (None, false);
    while commits.recv().await.is_some() {
        let until_the_end = async { while commits.recv().await.is_some() {} };
        if tokio::time::timeout(if fails { REST } else { PAUSE }, until_the_end).await.is_ok() {
            break;
        }
        let failure = look(&mut connection, &options).await.err();
        let failed_before = std::mem::replace(&mut fails, failure.is_some());
        if let Some(error) = failure {
            connection = None;
            if !failed_before {
                // The writer moves what is left here, if it can.
                tracing::warn!(error = &error as &dyn std::error::Error, "a checkpoint failed");
            }
        }
    }
    if let Some(connection) = connection {
        let _ = connection.close().await;
    }
}

async fn look(connection: &mut Option<SqliteConnection>, options: &SqliteConnectOptions) -> Result<(), sqlx::Error> {
    let connection = match connection {
        Some(connection) => connection,
        None => connection.insert(options.connect().await?),
    };
    let (_, pages, moved): (i64, i64, i64) =
        sqlx::query_as("PRAGMA wal_checkpoint(NOOP)").fetch_one(&mut *connection).await?;
    let many = if pages < NEARLY { MANY } else { 1 };
    if pages - moved >= many {
        // It waits for nobody: what a reader still needs stays for the next time.
        sqlx::query("PRAGMA wal_checkpoint(PASSIVE)").execute(connection).await?;
    }
    Ok(())
}
