//! Real databases for tests: a SQLite file in a temporary folder, a database of its own on a real PostgreSQL.
//!
//! A missing engine fails the test; nothing is skipped.
#![expect(
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "test support stops at the first thing that is wrong"
)]

use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use sqlx::{AssertSqlSafe, Connection, Executor};
use time::macros::datetime;

use crate::listing::{self, Wanted};
use crate::resources::Table;
use crate::{Conn, DatabaseUrl, FixedClock, Query, SeededRandom, Store, StoreError, TenantId, filter_sql};

/// Names a PostgreSQL server on which databases may be created, such as `postgres://user@127.0.0.1:5432/postgres`.
pub const POSTGRES_VARIABLE: &str = "SPACEIQ_TEST_POSTGRES";

/// A folder that is removed with the value.
pub struct TemporaryFolder(PathBuf);

impl TemporaryFolder {
    /// Makes one.
    pub fn new() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let name = format!("spaceiq-test-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).expect("a temporary folder");
        Self(path)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Default for TemporaryFolder {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for TemporaryFolder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The two engines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// SQLite.
    Sqlite,
    /// PostgreSQL.
    Postgres,
}

/// An empty database that goes with the value.
pub struct TestDatabase {
    /// Its address.
    pub url: String,
    folder: TemporaryFolder,
    drop: Option<(String, String)>,
}

impl TestDatabase {
    /// Creates one.
    pub async fn create(engine: Engine) -> Self {
        let folder = TemporaryFolder::new();
        match engine {
            Engine::Sqlite => {
                let url = format!("sqlite:{}", folder.path().join("spaceiq.db").display());
                Self { url, folder, drop: None }
            }
            Engine::Postgres => {
                let server = std::env::var(POSTGRES_VARIABLE).unwrap_or_else(|_| {
                    panic!("{POSTGRES_VARIABLE} is not set. Run the tests with cargo xtask test, which starts a PostgreSQL.")
                });
                let name = folder.path().file_name().expect("a name").to_string_lossy().replace('-', "_");
                let mut admin = sqlx::PgConnection::connect(&server).await.expect("the test PostgreSQL answers");
                admin.execute(AssertSqlSafe(format!("DROP DATABASE IF EXISTS {name}"))).await.expect("drop");
                admin.execute(AssertSqlSafe(format!("CREATE DATABASE {name}"))).await.expect("create");
                let (base, _) = server.rsplit_once('/').expect("an address with a database");
                Self { url: format!("{base}/{name}"), folder, drop: Some((server, name)) }
            }
        }
    }

    /// The folder of a SQLite database.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Ends everybody's connections to it, on PostgreSQL.
    pub async fn kill_connections(&self) {
        let kill = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'";
        self.as_admin(kill).await;
    }

    /// Whether new connections to it are let in, on PostgreSQL.
    pub async fn allow_connections(&self, allowed: bool) {
        self.as_admin(&format!("ALTER DATABASE {{name}} ALLOW_CONNECTIONS {allowed}")).await;
    }

    async fn as_admin(&self, sql: &str) {
        let (server, name) = self.drop.as_ref().expect("a database on PostgreSQL");
        let mut admin = sqlx::PgConnection::connect(server).await.expect("the test PostgreSQL answers");
        admin.execute(AssertSqlSafe(sql.replace("{name}", name))).await.expect("done");
    }

    /// Adds to it what a version to come might add: to every table a column that may be empty and one with a default, and a
    /// table. What exists stays as it is, and nothing is added twice.
    pub async fn expand(&self) {
        let (store, _) = self.open().await;
        let done: Result<(), StoreError> = store.write(|conn| Box::pin(expand(conn))).await;
        done.expect("additions");
    }

    /// Opens it with a clock that stands still and randomness that repeats.
    pub async fn open(&self) -> (Store, Arc<FixedClock>) {
        let clock = Arc::new(FixedClock::new(datetime!(2026-11-23 09:00 UTC)));
        let url = DatabaseUrl::from_str(&self.url).expect("a valid address");
        let store = Store::open(&url, clock.clone(), Arc::new(SeededRandom::new(7))).await.expect("an open database");
        (store, clock)
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let Some((server, name)) = self.drop.take() else { return };
        // Dropping needs a connection, and drop cannot wait: a thread with a runtime of its own does.
        let dropped = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(async {
                let mut admin = sqlx::PgConnection::connect(&server).await.expect("the test PostgreSQL answers");
                let _ = admin.execute(AssertSqlSafe(format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"))).await;
            });
        });
        let _ = dropped.join();
    }
}

async fn expand(conn: &mut Conn<'_>) -> Result<(), StoreError> {
    if crate::migrate::applied(conn).await? >= Some(9000) {
        return Ok(());
    }
    let (tables, number, empty) = match conn {
        Conn::Sqlite(_) => ("SELECT name FROM sqlite_schema WHERE type = 'table'", "INTEGER", "x''"),
        Conn::Postgres(_) => (
            "SELECT relname::text AS name FROM pg_class WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace",
            "BIGINT",
            "''",
        ),
    };
    for name in
        rows(conn, tables).await?.iter().filter(|name| *name != "_sqlx_migrations" && !name.starts_with("sqlite_"))
    {
        tamper(conn, &format!("ALTER TABLE {name} ADD COLUMN added_note TEXT")).await?;
        tamper(conn, &format!("ALTER TABLE {name} ADD COLUMN added_number {number} NOT NULL DEFAULT 7")).await?;
    }
    tamper(conn, "CREATE TABLE added_things (tenant_id TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY (tenant_id, id))")
        .await?;
    let applied = format!(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
             VALUES (9000, 'added things', TRUE, {empty}, 0)"
    );
    tamper(conn, &applied).await
}

/// How the database would find a page of employees, line by line.
pub async fn plan_of_employees(conn: &mut Conn<'_>, tenant: &TenantId, query: &Query) -> Vec<String> {
    filter_sql::plan(conn, tenant, Table::Employees, query).await.expect("a plan")
}

/// How the database would find a page of groups, line by line.
pub async fn plan_of_groups(conn: &mut Conn<'_>, tenant: &TenantId, query: &Query) -> Vec<String> {
    filter_sql::plan(conn, tenant, Table::Groups, query).await.expect("a plan")
}

/// How the database would find a page of a list of employees that goes on after a row, line by line; and first, how it
/// would find the few that match.
pub async fn plan_of_list(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    wanted: &Wanted,
    after: (&str, &str),
) -> [Vec<String>; 2] {
    listing::plan(conn, tenant, Table::Employees, wanted, after).await.expect("a plan")
}

/// The same of a list of groups.
pub async fn plan_of_group_list(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    wanted: &Wanted,
    after: (&str, &str),
) -> [Vec<String>; 2] {
    listing::plan(conn, tenant, Table::Groups, wanted, after).await.expect("a plan")
}

/// One text a row.
pub async fn rows(conn: &mut Conn<'_>, sql: &str) -> Result<Vec<String>, StoreError> {
    let sql = AssertSqlSafe(sql.to_owned());
    Ok(crate::pool::run!(conn, |c| sqlx::query_scalar(sql).fetch_all(c).await)?)
}

/// Changes rows behind the store's back, as somebody with the database's password could.
pub async fn tamper(conn: &mut Conn<'_>, sql: &str) -> Result<(), StoreError> {
    let sql = AssertSqlSafe(sql.to_owned());
    crate::pool::run!(conn, |c| sqlx::query(sql).execute(c).await.map(|_| ()))?;
    Ok(())
}
