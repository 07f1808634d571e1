//! What a database says about its own state. Nothing in it is changed, not even its version.

use std::path::Path;

use sqlx::{ConnectOptions, Connection, PgConnection};
use time::OffsetDateTime;

use crate::migrate::{applied, contracted, latest_migration};
use crate::open;
use crate::pool::{BEGIN_AFRESH, run};
use crate::url::Engine;
use crate::{Conn, DatabaseUrl, StoreError, audit, instant, tenants, transfer};

/// What was found.
#[derive(Debug, Clone, Default)]
pub struct Examined {
    /// The engine and its version.
    pub engine: String,
    /// The newest migration that was applied; `None` in an empty database.
    pub migration: Option<i64>,
    /// The newest migration that this program knows.
    pub latest_migration: i64,
    /// The first migration of a newer program that took something away which this one needs.
    pub contracted: Option<i64>,
    /// What the engine finds broken in its own files; empty where it is sound.
    pub damage: Vec<String>,
    /// Rows that refer to what is not there.
    pub strays: usize,
    /// The database's clock, where it has one of its own.
    pub clock: Option<OffsetDateTime>,
    /// When the newest act of all was recorded.
    pub newest: Option<OffsetDateTime>,
    /// Connections in use and the most there may be, where there is a limit.
    pub connections: Option<(i64, i64)>,
    /// The source of a copy that did not end.
    pub unfinished_copy: Option<String>,
    /// The hosts that passkeys were made for, and how many for each.
    pub passkey_hosts: Vec<(String, i64)>,
    /// Companies whose record was tampered with, and at which number.
    pub broken_records: Vec<(String, i64)>,
}

impl DatabaseUrl {
    /// The file, where the database is one.
    pub fn file(&self) -> Option<&Path> {
        match &self.0 {
            Engine::Sqlite(path) => Some(path),
            Engine::Postgres(_) | Engine::PgBouncer(_) => None,
        }
    }
}

/// Looks at a database.
pub async fn examine(url: &DatabaseUrl) -> Result<Examined, StoreError> {
    let cannot = |error: sqlx::Error| StoreError::CannotOpen { url: url.to_string(), source: error.into() };
    match &url.0 {
        Engine::Sqlite(path) => {
            let options = open::sqlite_options(path).create_if_missing(false).read_only(true);
            let mut connection = options.connect().await.map_err(cannot)?;
            let version: String = sqlx::query_scalar("SELECT sqlite_version()").fetch_one(&mut connection).await?;
            let found: Vec<String> =
                sqlx::query_scalar("PRAGMA integrity_check(10)").fetch_all(&mut connection).await?;
            let strays = sqlx::query("PRAGMA foreign_key_check").fetch_all(&mut connection).await?.len();
            let mut examined = Examined { engine: format!("SQLite {version}"), strays, ..Examined::default() };
            examined.damage = found.into_iter().filter(|line| line != "ok").collect();
            examined.look(&mut Conn::Sqlite(&mut connection)).await?;
            connection.close().await?;
            Ok(examined)
        }
        Engine::Postgres(options) | Engine::PgBouncer(options) => {
            let mut connection = PgConnection::connect_with(options).await.map_err(cannot)?;
            let mut transaction = connection.begin_with(BEGIN_AFRESH).await?;
            let examined = postgres(&mut transaction).await?;
            transaction.rollback().await?;
            connection.close().await?;
            Ok(examined)
        }
    }
}

async fn postgres(connection: &mut PgConnection) -> Result<Examined, StoreError> {
    let (version, clock, used, most): (String, i64, i64, i64) = sqlx::query_as(
        "SELECT current_setting('server_version'), (extract(epoch FROM clock_timestamp()) * 1000)::bigint,
             (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'),
             current_setting('max_connections')::bigint",
    )
    .fetch_one(&mut *connection)
    .await?;
    let damage: Vec<String> = sqlx::query_scalar(
        "SELECT 'the constraint ' || conname || ' was never checked' FROM pg_constraint
             WHERE NOT convalidated AND connamespace = current_schema()::regnamespace
         UNION ALL SELECT 'the index ' || indexrelid::regclass || ' is not valid' FROM pg_index
             JOIN pg_class ON pg_class.oid = indexrelid
             WHERE NOT indisvalid AND relnamespace = current_schema()::regnamespace",
    )
    .fetch_all(&mut *connection)
    .await?;
    let mut examined = Examined {
        engine: format!("PostgreSQL {version}"),
        damage,
        clock: Some(instant(clock)),
        connections: Some((used, most)),
        ..Examined::default()
    };
    examined.look(&mut Conn::Postgres(connection)).await?;
    Ok(examined)
}

impl Examined {
    /// What is asked of both engines alike, as far as the database's version allows.
    async fn look(&mut self, conn: &mut Conn<'_>) -> Result<(), StoreError> {
        self.latest_migration = latest_migration();
        self.migration = applied(conn).await?;
        self.contracted = contracted(conn).await?;
        if self.migration < Some(self.latest_migration) || self.contracted.is_some() {
            return Ok(());
        }
        self.passkey_hosts = run!(conn, |c| {
            sqlx::query_as("SELECT host, count(*) FROM passkeys GROUP BY host ORDER BY host").fetch_all(c).await
        })?;
        self.unfinished_copy = transfer::unfinished_copy(conn).await?;
        let newest: Option<i64> =
            run!(conn, |c| sqlx::query_scalar("SELECT max(at) FROM audit_events").fetch_one(c).await)?;
        self.newest = newest.map(instant);
        for tenant in tenants::list(conn).await? {
            if let Some(number) = audit::first_broken(conn, &tenant.id).await? {
                self.broken_records.push((tenant.name, number));
            }
        }
        Ok(())
    }
}
