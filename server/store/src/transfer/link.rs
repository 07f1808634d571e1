//! A connection of one's own, beside whatever server uses the database: with a snapshot to read from, or to write on.

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, PgConnection, SqliteConnection};

use crate::migrate::latest_migration;
use crate::open;
use crate::pool::run;
use crate::url::Engine;
use crate::{Conn, DatabaseUrl, StoreError};

pub(super) enum Link {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl Link {
    /// What the database holds at this moment, whatever is written while it is read. The database is not changed.
    pub(super) async fn snapshot(url: &DatabaseUrl) -> Result<Self, StoreError> {
        let cannot = |error: sqlx::Error| StoreError::CannotOpen { url: url.to_string(), source: error.into() };
        let mut link = match &url.0 {
            Engine::Sqlite(path) => {
                let options = open::sqlite_options(path).create_if_missing(false).read_only(true);
                Self::Sqlite(options.connect().await.map_err(cannot)?)
            }
            Engine::Postgres(options) | Engine::PgBouncer(options) => {
                Self::Postgres(PgConnection::connect_with(options).await.map_err(cannot)?)
            }
        };
        match &mut link {
            Self::Sqlite(c) => sqlx::query("BEGIN").execute(c).await.map(|_| ())?,
            Self::Postgres(c) => {
                let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; DEALLOCATE ALL";
                sqlx::raw_sql(begin).execute(c).await.map(|_| ())?;
            }
        }
        Ok(link)
    }

    /// A connection to a SQLite file that is being made and that nobody else knows.
    pub(super) async fn scratch(options: SqliteConnectOptions) -> Result<Self, StoreError> {
        Ok(Self::Sqlite(options.connect().await?))
    }

    pub(super) fn conn(&mut self) -> Conn<'_> {
        match self {
            Self::Sqlite(connection) => Conn::Sqlite(connection),
            Self::Postgres(connection) => Conn::Postgres(connection),
        }
    }

    pub(super) async fn begin(&mut self) -> Result<(), StoreError> {
        self.execute("BEGIN").await
    }

    pub(super) async fn commit(&mut self) -> Result<(), StoreError> {
        self.execute("COMMIT").await
    }

    pub(super) async fn rollback(&mut self) -> Result<(), StoreError> {
        self.execute("ROLLBACK").await
    }

    pub(super) async fn execute(&mut self, sql: &'static str) -> Result<(), StoreError> {
        let conn = &mut self.conn();
        run!(conn, |c| sqlx::query(sql).execute(c).await.map(|_| ()))?;
        Ok(())
    }

    pub(super) async fn close(self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(connection) => connection.close().await?,
            Self::Postgres(connection) => connection.close().await?,
        }
        Ok(())
    }
}

/// The newest migration that was applied to a database.
pub(super) async fn migration(conn: &mut Conn<'_>) -> Result<i64, StoreError> {
    let version: Option<i64> =
        run!(conn, |c| sqlx::query_scalar("SELECT max(version) FROM _sqlx_migrations").fetch_one(c).await)
            .map_err(|_| StoreError::Transfer("it is no database of this program".to_owned()))?;
    version.ok_or_else(|| StoreError::Transfer("it is an empty database".to_owned()))
}

/// A database that this version of the program would migrate, or could not read, is not copied from.
pub(super) async fn is_current(conn: &mut Conn<'_>) -> Result<(), StoreError> {
    let (found, wanted) = (migration(conn).await?, latest_migration());
    if found == wanted {
        return Ok(());
    }
    Err(StoreError::Transfer(format!(
        "the source is at migration {found}, this program at {wanted}: bring both to one version (spaceiq migrate)"
    )))
}
