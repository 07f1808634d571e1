//! A live installation moved to another database.
//!
//! Both are read side by side in the order of their keys, and the target is given what differs, in one pass after the
//! other until a pass finds no difference: then every row was compared. A pass reads the source as it was at one moment.
//! Whatever ended an earlier attempt, the next one finds what is there and goes on.

use std::sync::Arc;

use sqlx::{Connection, PgConnection};
use time::OffsetDateTime;

use super::catalogue::{self, Table};
use super::link::{Link, is_current};
use super::walk::Walk;
use crate::open;
use crate::pool::run;
use crate::url::Engine;
use crate::{Conn, DatabaseUrl, Store, StoreError, SystemClock, SystemRandom, milliseconds};

/// A source in which something changes during this many passes is in use.
const PASSES: u32 = 5;
/// Rows between two words about them.
const REPORT: u64 = 50_000;

/// How far a pass is.
#[derive(Debug, Clone, Copy)]
pub struct Progress<'a> {
    /// The first copies, later ones compare.
    pub pass: u32,
    /// The table.
    pub table: &'a str,
    /// Its rows that were compared so far.
    pub rows: u64,
    /// Those of them that were written.
    pub written: u64,
    /// Whether the table is through.
    pub done: bool,
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Copied {
    /// Rows of the source, all of which were compared in the last pass.
    pub rows: u64,
    /// Rows that the source changed while it was copied.
    pub changed_meanwhile: u64,
    /// Whether the last pass found no difference.
    pub is_equal: bool,
}

/// Copies all rows.
pub async fn copy(
    from: &DatabaseUrl,
    to: &DatabaseUrl,
    now: OffsetDateTime,
    report: &mut (dyn FnMut(Progress<'_>) + Send),
) -> Result<Copied, StoreError> {
    let source_name = from.to_string();
    if source_name == to.to_string() {
        return Err(StoreError::Transfer("source and target are the same database".to_owned()));
    }
    is_current(&mut Link::snapshot(from).await?.conn()).await?;
    let mut target = prepare(to).await?;
    mark(&mut target.conn(), &source_name, now).await?;
    let mut copied = Copied { rows: 0, changed_meanwhile: 0, is_equal: false };
    for pass in 1..=PASSES {
        let mut source = Link::snapshot(from).await?;
        let (rows, written) = pass_over(&mut source, &mut target, pass, report).await?;
        source.close().await?;
        copied.rows = rows;
        copied.is_equal = written == 0;
        if copied.is_equal {
            break;
        }
        if pass > 1 {
            copied.changed_meanwhile += written;
        }
    }
    if copied.is_equal {
        target.execute("DELETE FROM unfinished_copies").await?;
        // PostgreSQL plans queries by what it knows of the rows.
        target.execute("ANALYZE").await?;
    }
    target.close().await?;
    Ok(copied)
}

/// The source of a copy into this database that is not finished.
pub async fn unfinished_copy(conn: &mut Conn<'_>) -> Result<Option<String>, StoreError> {
    Ok(run!(conn, |c| sqlx::query_scalar("SELECT source FROM unfinished_copies LIMIT 1").fetch_optional(c).await)?)
}

/// Brings the target's tables up to date and opens it for writing.
async fn prepare(to: &DatabaseUrl) -> Result<Link, StoreError> {
    drop(Store::open(to, Arc::new(SystemClock), Arc::new(SystemRandom)).await?);
    Ok(match &to.0 {
        Engine::Sqlite(path) => Link::scratch(open::sqlite_options(path)).await?,
        Engine::Postgres(options) | Engine::PgBouncer(options) => {
            Link::Postgres(PgConnection::connect_with(options).await?)
        }
    })
}

/// Only an empty database is copied into, or one into which the same source was being copied.
async fn mark(conn: &mut Conn<'_>, source: &str, now: OffsetDateTime) -> Result<(), StoreError> {
    match unfinished_copy(conn).await? {
        Some(other) if other == source => return Ok(()),
        Some(other) => {
            return Err(StoreError::Transfer(format!("{other} was being copied into the target: finish that first")));
        }
        None => {}
    }
    for table in catalogue::tables(conn).await? {
        if !table.is_empty(conn).await? {
            return Err(StoreError::Transfer("the target holds data: name an empty database".to_owned()));
        }
    }
    run!(conn, |c| sqlx::query("INSERT INTO unfinished_copies (source, started_at) VALUES ($1, $2)")
        .bind(source)
        .bind(milliseconds(now))
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(())
}

/// One pass: rows that are too many go first, the last tables' before those they refer to; then, the other way round,
/// those that are missing or different are written. How many rows were compared, and written or removed.
async fn pass_over(
    source: &mut Link,
    target: &mut Link,
    pass: u32,
    report: &mut (dyn FnMut(Progress<'_>) + Send),
) -> Result<(u64, u64), StoreError> {
    let ours = catalogue::tables(&mut source.conn()).await?;
    let theirs = catalogue::tables(&mut target.conn()).await?;
    let mut pairs = Vec::new();
    for table in &ours {
        let same = theirs.iter().find(|other| other.name == table.name);
        let same = same.ok_or_else(|| StoreError::Transfer(format!("the target has no table {}", table.name)))?;
        pairs.push((table, same.with_columns(&table.column_names())?));
    }
    let (mut rows, mut written) = (0, 0);
    for (from, to) in pairs.iter().rev() {
        written += Walk { from, to, source, target }.remove().await?;
    }
    for (from, to) in &pairs {
        let (name, mut told) = (from.name.as_str(), 0);
        let mut walk = Walk { from, to, source, target };
        let mut tell = |rows, written, done| {
            if done || rows - told >= REPORT {
                told = rows;
                report(Progress { pass, table: name, rows, written, done });
            }
        };
        match walk.write(&mut tell).await {
            Ok((seen, changed)) => (rows, written) = (rows + seen, written + changed),
            // Two rows of the source may have exchanged what must be unique. Written anew, they are in nobody's way.
            Err(error) if is_conflict(&error) => {
                clear(target, &theirs, name).await?;
                return Ok((rows, written + 1));
            }
            Err(error) => return Err(error),
        }
    }
    Ok((rows, written))
}

fn is_conflict(error: &StoreError) -> bool {
    let StoreError::Database(error) = error else { return false };
    error.as_database_error().is_some_and(sqlx::error::DatabaseError::is_unique_violation)
}

/// Empties a table and those whose rows refer to it.
async fn clear(target: &mut Link, tables: &[Table], name: &str) -> Result<(), StoreError> {
    // The write that failed left its transaction open.
    let _ = target.rollback().await;
    let mut emptied = vec![name.to_owned()];
    // Tables stand behind those that they refer to.
    for table in tables {
        if emptied.iter().any(|other| table.refers_to(other)) {
            emptied.push(table.name.clone());
        }
    }
    target.begin().await?;
    for table in tables.iter().rev().filter(|table| emptied.contains(&table.name)) {
        table.clear(&mut target.conn()).await?;
    }
    target.commit().await
}
