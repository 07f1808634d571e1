//! Connections to either engine, and the macro that runs one statement on both.

use std::str::FromStr;
use std::time::Duration;

use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, PgConnection, PgPool, Postgres, Sqlite, SqliteConnection, SqlitePool};

use crate::StoreError;
use crate::door::Door;

/// How long a request waits for a connection before it is answered 503.
const PATIENCE: Duration = Duration::from_secs(3);

/// Runs the same expression on whichever engine the connection belongs to: SQL is written once.
macro_rules! run {
    ($conn:expr, |$c:ident| $body:expr) => {
        match $conn {
            $crate::Conn::Sqlite($c) => {
                let $c = &mut **$c;
                $body
            }
            $crate::Conn::Postgres($c) => {
                let $c = &mut **$c;
                $body
            }
        }
    };
}
pub(crate) use run;

/// `sqlite:PATH` or `postgres://…`.
#[derive(Clone)]
pub struct DatabaseUrl(Engine);

#[derive(Clone)]
enum Engine {
    Sqlite(std::path::PathBuf),
    Postgres(Box<PgConnectOptions>),
}

impl FromStr for DatabaseUrl {
    type Err = StoreError;

    fn from_str(url: &str) -> Result<Self, StoreError> {
        if let Some(path) = url.strip_prefix("sqlite:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            if path.is_empty() || path.starts_with(':') {
                return Err(StoreError::BadUrl(
                    "The database address needs a file, as in sqlite:data/spaceiq.db.".to_owned(),
                ));
            }
            return Ok(Self(Engine::Sqlite(path.into())));
        }
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            let options = PgConnectOptions::from_str(url)
                .map_err(|error| StoreError::BadUrl(format!("The database address is not valid: {error}.")))?;
            return Ok(Self(Engine::Postgres(Box::new(options.disable_statement_logging()))));
        }
        Err(StoreError::BadUrl("The database address must begin with sqlite: or postgres://.".to_owned()))
    }
}

impl std::fmt::Display for DatabaseUrl {
    /// Without user and password.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.0 {
            Engine::Sqlite(path) => write!(formatter, "sqlite:{}", path.display()),
            Engine::Postgres(options) => {
                let name = options.get_database().unwrap_or_default();
                write!(formatter, "postgres://{}:{}/{name}", options.get_host(), options.get_port())
            }
        }
    }
}

#[derive(Clone)]
pub(crate) enum Pool {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

/// A connection taken from the pool for reading.
pub enum Reader {
    /// Read-only: SQLite refuses writes on it.
    Sqlite(PoolConnection<Sqlite>),
    /// PostgreSQL.
    Postgres(PoolConnection<Postgres>),
}

/// A connection to either engine, in a transaction when it comes from [`crate::Store::write`].
pub enum Conn<'c> {
    /// SQLite.
    Sqlite(&'c mut SqliteConnection),
    /// PostgreSQL.
    Postgres(&'c mut PgConnection),
}

impl Reader {
    /// What the modules' functions take.
    pub fn conn(&mut self) -> Conn<'_> {
        match self {
            Self::Sqlite(connection) => Conn::Sqlite(connection),
            Self::Postgres(connection) => Conn::Postgres(connection),
        }
    }
}

impl Conn<'_> {
    /// Ends a statement that locks the rows it reads. SQLite has one writer at a time and needs no lock.
    pub(crate) fn for_update(&self) -> &'static str {
        match self {
            Self::Sqlite(_) => "",
            Self::Postgres(_) => " FOR UPDATE",
        }
    }

    /// A table `j(value)` of the texts in the JSON array bound to the parameter.
    pub(crate) fn each_text(&self, parameter: &str) -> String {
        match self {
            Self::Sqlite(_) => format!("json_each({parameter}) AS j"),
            Self::Postgres(_) => format!("jsonb_array_elements_text({parameter}) AS j(value)"),
        }
    }
}

impl Pool {
    pub(crate) async fn reader(&self) -> Result<Reader, StoreError> {
        Ok(match self {
            Self::Sqlite(pool) => Reader::Sqlite(pool.acquire().await?),
            Self::Postgres(pool) => Reader::Postgres(pool.acquire().await?),
        })
    }
}

/// Opens and migrates.
pub(crate) async fn open(url: &DatabaseUrl) -> Result<(Pool, Door), StoreError> {
    let cannot_open =
        |source: Box<dyn std::error::Error + Send + Sync>| StoreError::CannotOpen { url: url.to_string(), source };
    match &url.0 {
        Engine::Sqlite(path) => {
            if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
                std::fs::create_dir_all(folder).map_err(|error| cannot_open(error.into()))?;
            }
            let options = sqlite_options(path);
            let mut writer = options.connect().await.map_err(|error| cannot_open(error.into()))?;
            sqlx::migrate!("../../migrations/sqlite")
                .run(&mut writer)
                .await
                .map_err(|error| cannot_open(error.into()))?;
            let readers = SqlitePoolOptions::new()
                .max_connections(8)
                .acquire_timeout(PATIENCE)
                .connect_with(options.read_only(true).create_if_missing(false))
                .await
                .map_err(|error| cannot_open(error.into()))?;
            Ok((Pool::Sqlite(readers), Door::sqlite(writer)))
        }
        Engine::Postgres(options) => {
            let pool = PgPoolOptions::new()
                .max_connections(16)
                .acquire_timeout(PATIENCE)
                .connect_with((**options).clone())
                .await
                .map_err(|error| cannot_open(error.into()))?;
            // sqlx takes an advisory lock around migrations: several servers may start at once.
            sqlx::migrate!("../../migrations/postgres").run(&pool).await.map_err(|error| cannot_open(error.into()))?;
            Ok((Pool::Postgres(pool.clone()), Door::postgres(pool)))
        }
    }
}

fn sqlite_options(path: &std::path::Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        // An acknowledged write survives a power cut.
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(5))
        .pragma("trusted_schema", "OFF")
        .pragma("cell_size_check", "ON")
        .disable_statement_logging()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_checked_and_shown_without_password() {
        for bad in ["", "mysql://x", "sqlite:", "sqlite::memory:", "postgres://host:notaport/x", "data/spaceiq.db"] {
            assert!(matches!(DatabaseUrl::from_str(bad), Err(StoreError::BadUrl(_))), "{bad}");
        }
        let url = DatabaseUrl::from_str("postgres://admin:hunter2@db.test:5433/spaceiq").expect("valid");
        assert_eq!(url.to_string(), "postgres://db.test:5433/spaceiq");
        assert_eq!(DatabaseUrl::from_str("sqlite:data/x.db").expect("valid").to_string(), "sqlite:data/x.db");
    }
}
