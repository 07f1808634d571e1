//! Opening a database.

use std::error::Error;
use std::path::Path;
use std::time::{Duration, Instant};

use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, PgConnection, SqliteConnection};

use crate::StoreError;
use crate::connections::{Connections, Keeping};
use crate::door::{self, Door};
use crate::migrate::{migrate_postgres, migrate_sqlite};
use crate::pool::{BEGIN_AFRESH, Pool};
use crate::url::{DatabaseUrl, Engine};

/// How long a request waits for a connection before it is answered 503, and a start for a server that does not answer.
pub const PATIENCE: Duration = Duration::from_secs(3);

/// How soon a locked file is tried again.
const LOCKED_RETRY: Duration = Duration::from_millis(10);

pub(crate) type Cause = Box<dyn Error + Send + Sync>;

/// Opens and migrates.
pub(crate) async fn open(url: &DatabaseUrl) -> Result<(Pool, Door), StoreError> {
    let opened = match &url.0 {
        Engine::Sqlite(path) => sqlite(path).await,
        Engine::Postgres(options) => postgres(options, false).await,
        Engine::PgBouncer(options) => postgres(options, true).await,
    };
    opened.map_err(|source| StoreError::CannotOpen { url: url.to_string(), source })
}

async fn sqlite(path: &Path) -> Result<(Pool, Door), Cause> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder)?;
    }
    create_private(path)?;
    let options = sqlite_options(path);
    // In kibibytes. All indexes are written to, each somewhere else.
    let writing = options.clone().pragma("cache_size", "-16384");
    // Another connection moves what is in the log to the file: see `door`.
    let writing = writing.pragma("wal_autocheckpoint", door::LOG_LIMIT.to_string());
    let mut writer = connect_when_free(&writing, Instant::now() + PATIENCE).await?;
    migrate_sqlite(&mut writer, None).await?;
    let [options, writing] = [options, writing].map(|options| options.create_if_missing(false));
    // Once the writer is open the file has its write-ahead log, and readers are not locked out.
    let keeping = Keeping { at_most: 8, patience: PATIENCE, is_remote: false };
    let readers = Connections::new(options.read_only(true), keeping);
    readers.take().await?.give_back();
    Ok((Pool::Sqlite(readers), Door::sqlite(writer, writing)))
}

/// Makes a file that nobody else on the machine can read; SQLite gives the write-ahead log the same permissions. One that
/// is there stays as it is.
pub(crate) fn create_private(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

/// SQLite does not wait for the lock under which a new file becomes one with a write-ahead log, whatever its busy
/// timeout: programs that start at once on a new file would see each other as an error.
async fn connect_when_free(options: &SqliteConnectOptions, until: Instant) -> Result<SqliteConnection, sqlx::Error> {
    loop {
        match options.connect().await {
            Err(error) if is_locked(&error) && Instant::now() < until => tokio::time::sleep(LOCKED_RETRY).await,
            done => return done,
        }
    }
}

/// `SQLITE_BUSY` and its extended codes.
fn is_locked(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
    code.is_some_and(|code| ["5", "261", "517", "773"].contains(&code.as_ref()))
}

pub(crate) fn sqlite_options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        // An acknowledged write survives a power cut.
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(5))
        // What a savepoint would need to go back is written down, and a file for it made and removed, thousands of times
        // a second: in memory that costs nothing.
        .pragma("temp_store", "MEMORY")
        .pragma("trusted_schema", "OFF")
        .pragma("cell_size_check", "ON")
        .disable_statement_logging()
}

async fn postgres(options: &PgConnectOptions, behind_pgbouncer: bool) -> Result<(Pool, Door), Cause> {
    // A pool would try again until its patience ends, and then not say what was wrong.
    let mut first = tokio::time::timeout(PATIENCE, PgConnection::connect_with(options))
        .await
        .map_err(|_| format!("the server did not answer within {} s", PATIENCE.as_secs()))??;
    let mut transaction = first.begin_with(BEGIN_AFRESH).await?;
    migrate_postgres(&mut transaction, None).await?;
    transaction.commit().await?;
    first.close().await?;
    let keeping = Keeping { at_most: 16, patience: PATIENCE, is_remote: true };
    let connections = Connections::new(options.clone(), keeping);
    Ok(if behind_pgbouncer {
        (Pool::PgBouncer(connections.clone()), Door::postgres(connections, BEGIN_AFRESH))
    } else {
        (Pool::Postgres(connections.clone()), Door::postgres(connections, "BEGIN"))
    })
}
