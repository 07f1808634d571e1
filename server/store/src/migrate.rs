//! The schema: brought up to date, and recognised when it is newer than this program.
//!
//! Old and new servers run side by side for a while, and a new one may be taken back. So an old program works on a database
//! that newer migrations have only added to. One that takes something away is called `NNNN_contract_….sql`, by which older
//! programs know that this database is no longer theirs.

use std::sync::LazyLock;

use sqlx::migrate::{MigrateError, Migrator};
use sqlx::{PgConnection, SqliteConnection};

use crate::open::Cause;
use crate::pool::run;
use crate::{Conn, StoreError};

static SQLITE: LazyLock<Migrator> = LazyLock::new(|| {
    let mut migrator = sqlx::migrate!("../../migrations/sqlite");
    migrator.set_ignore_missing(true);
    migrator
});
/// sqlx's own lock belongs to a session, which a pooler such as PgBouncer gives to others between two transactions.
static POSTGRES: LazyLock<Migrator> = LazyLock::new(|| {
    let mut migrator = sqlx::migrate!("../../migrations/postgres");
    migrator.set_ignore_missing(true);
    migrator.set_locking(false);
    migrator
});
/// Names the lock under which migrations run.
const MIGRATION_LOCK: i64 = 0x5350_4143_4549_5131;
/// How the description of a migration that takes something away begins; sqlx makes it from the file's name.
const CONTRACT: &str = "contract";

/// sqlx takes no lock around SQLite's migrations. Of two programs that start at once on a new file, the second finds
/// each step done by the first the moment it tries it; it looks again and goes on.
pub(crate) async fn migrate_sqlite(writer: &mut SqliteConnection, target: Option<i64>) -> Result<(), Cause> {
    refuse_contracted(&mut Conn::Sqlite(writer)).await?;
    let mut attempts = SQLITE.iter().count() + 1;
    loop {
        match SQLITE.run_direct(target, &mut *writer, false).await {
            Err(MigrateError::Execute(_) | MigrateError::ExecuteMigration(..)) if attempts > 0 => attempts -= 1,
            done => return Ok(done?),
        }
    }
}

/// All migrations within one transaction, under a lock that ends with it: of several servers that start at once, one
/// migrates and the others find it done.
pub(crate) async fn migrate_postgres(transaction: &mut PgConnection, target: Option<i64>) -> Result<(), Cause> {
    sqlx::query("SELECT pg_advisory_xact_lock($1)").bind(MIGRATION_LOCK).execute(&mut *transaction).await?;
    refuse_contracted(&mut Conn::Postgres(transaction)).await?;
    Ok(POSTGRES.run_direct(target, &mut *transaction, false).await?)
}

/// The number of the newest migration that this program knows.
pub(crate) fn latest_migration() -> i64 {
    SQLITE.iter().map(|migration| migration.version).max().unwrap_or_default()
}

/// The newest migration that was applied; `None` in an empty database.
pub(crate) async fn applied(conn: &mut Conn<'_>) -> Result<Option<i64>, StoreError> {
    Ok(history(conn).await?.into_iter().map(|(number, _)| number).max())
}

/// The first migration that this program does not know and that took something away.
pub(crate) async fn contracted(conn: &mut Conn<'_>) -> Result<Option<i64>, StoreError> {
    let history = history(conn).await?;
    let unknown = history.into_iter().filter(|(number, _)| !SQLITE.version_exists(*number));
    Ok(unknown.filter(|(_, description)| description.starts_with(CONTRACT)).map(|(number, _)| number).min())
}

/// Numbers and descriptions of what was applied.
async fn history(conn: &mut Conn<'_>) -> Result<Vec<(i64, String)>, StoreError> {
    let tables = match conn {
        Conn::Sqlite(_) => "SELECT count(*) FROM sqlite_schema WHERE name = '_sqlx_migrations'",
        Conn::Postgres(_) => "SELECT count(to_regclass('_sqlx_migrations'))",
    };
    let tables: i64 = run!(conn, |c| sqlx::query_scalar(tables).fetch_one(c).await)?;
    if tables == 0 {
        return Ok(Vec::new());
    }
    let sql = "SELECT version, description FROM _sqlx_migrations";
    Ok(run!(conn, |c| sqlx::query_as(sql).fetch_all(c).await)?)
}

async fn refuse_contracted(conn: &mut Conn<'_>) -> Result<(), Cause> {
    match contracted(conn).await? {
        None => Ok(()),
        Some(number) => Err(format!(
            "a newer version of this program took away what this one needs (migration {number}); start that version"
        )
        .into()),
    }
}
