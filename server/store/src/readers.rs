//! Read-only connections to a SQLite file.
//!
//! sqlx's own pool asks a connection whether it lives whenever it is taken and whenever it is given back. On SQLite each
//! such question crosses to the connection's thread and back, which costs more than most reads do.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, SqliteConnection};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Connections at most.
const CONNECTIONS: usize = 8;
/// A connection that was not used for so long is asked whether it lives.
const UNASKED: Duration = Duration::from_secs(1);

/// Connections that wait to be used.
#[derive(Clone)]
pub(crate) struct Readers(Arc<Inner>);

struct Inner {
    options: SqliteConnectOptions,
    patience: Duration,
    free: Arc<Semaphore>,
    /// The last one used is used next: it has the most in its cache.
    idle: Mutex<Vec<(SqliteConnection, Instant)>>,
}

impl Readers {
    /// `patience` says how long somebody waits for a connection.
    pub(crate) async fn open(options: SqliteConnectOptions, patience: Duration) -> Result<Self, sqlx::Error> {
        let first = options.connect().await?;
        let idle = Mutex::new(vec![(first, Instant::now())]);
        Ok(Self(Arc::new(Inner { options, patience, free: Arc::new(Semaphore::new(CONNECTIONS)), idle })))
    }

    /// Connections, and how many of them are idle.
    pub(crate) fn size(&self) -> (u64, usize) {
        let idle = self.0.idle.lock().unwrap_or_else(PoisonError::into_inner).len();
        let taken = CONNECTIONS - self.0.free.available_permits();
        ((idle + taken) as u64, idle)
    }

    /// One that nobody else uses, until it is dropped.
    pub(crate) async fn take(&self) -> Result<SqliteReader, sqlx::Error> {
        let permit = tokio::time::timeout(self.0.patience, self.0.free.clone().acquire_owned());
        let permit = permit.await.map_err(|_| sqlx::Error::PoolTimedOut)?.map_err(|_| sqlx::Error::PoolClosed)?;
        let idle = self.0.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let connection = match idle {
            Some((connection, used_at)) if used_at.elapsed() < UNASKED => Some(connection),
            Some((mut connection, _)) => connection.ping().await.is_ok().then_some(connection),
            None => None,
        };
        let connection = match connection {
            Some(connection) => connection,
            None => self.0.options.connect().await?,
        };
        Ok(SqliteReader { connection: Some(connection), readers: self.clone(), _permit: permit })
    }
}

/// A connection that is in use; dropping it gives it back.
pub struct SqliteReader {
    connection: Option<SqliteConnection>,
    readers: Readers,
    _permit: OwnedSemaphorePermit,
}

impl SqliteReader {
    #[expect(clippy::expect_used, reason = "only dropping takes it out")]
    pub(crate) fn connection(&mut self) -> &mut SqliteConnection {
        self.connection.as_mut().expect("a reader has a connection")
    }
}

impl Drop for SqliteReader {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            let mut idle = self.readers.0.idle.lock().unwrap_or_else(PoisonError::into_inner);
            idle.push((connection, Instant::now()));
        }
    }
}
