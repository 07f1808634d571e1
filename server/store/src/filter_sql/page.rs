//! Reading a page, and what is remembered of the list for the next one.

use std::time::Instant;

use sqlx::AssertSqlSafe;

use super::statement::{From, List, Statement};
use crate::parameters::bound;
use crate::pool::run;
use crate::resources::{Page, Place, Query, Table};
use crate::walks::{DEEP, Known, ListId, Walks};
use crate::{Conn, StoreError, TenantId};

/// What can be read from a row of either engine.
pub(crate) trait Decoded:
    for<'r> sqlx::FromRow<'r, sqlx::sqlite::SqliteRow> + for<'r> sqlx::FromRow<'r, sqlx::postgres::PgRow> + Send + Unpin
{
}

impl<T> Decoded for T where
    T: for<'r> sqlx::FromRow<'r, sqlx::sqlite::SqliteRow>
        + for<'r> sqlx::FromRow<'r, sqlx::postgres::PgRow>
        + Send
        + Unpin
{
}

/// A row, its place in the list, and the revision that it was read as of.
#[derive(sqlx::FromRow)]
struct Marked<T> {
    #[sqlx(flatten)]
    row: T,
    place: String,
    revision: Option<String>,
}

/// Runs a query. `columns` names what to read, in the order that `T` decodes.
pub(crate) async fn page<T: Decoded>(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    (table, columns): (Table, &str),
    query: &Query,
    walks: Option<&Walks>,
) -> Result<Page<T>, StoreError> {
    let list = List::of(conn, tenant, table, query);
    let memory = walks.filter(|_| !list.is_selective).map(|walks| Memory { walks, id: list.id() });
    let offset = match query.place {
        Place::Index(index) => index.saturating_sub(1),
        Place::After(_) => 0,
    };
    let mut reading = Reading { list, columns, memory, offset, first: None, total: None };
    let mut items = reading.rows(conn, query).await?;
    let more = items.len() > query.count;
    items.truncate(query.count);
    // A page that holds the last match tells the total without counting, and so does a first page that is empty.
    let first = offset == 0 && query.count > 0;
    let known = matches!(query.place, Place::Index(_)) && !more && (first || !items.is_empty());
    let total = if known { (offset + items.len()) as u64 } else { reading.total(conn).await? };
    Ok(Page { total, items, more })
}

/// What this server remembers of a list.
struct Memory<'w> {
    walks: &'w Walks,
    id: ListId,
}

impl Memory<'_> {
    fn known(&self, revision: &str, offset: usize) -> Known {
        self.walks.known(&self.id, revision, offset, Instant::now())
    }

    fn learn(&self, revision: &str, known: Known) {
        self.walks.learn(self.id, revision, known, Instant::now());
    }
}

struct Reading<'a> {
    list: List,
    columns: &'a str,
    memory: Option<Memory<'a>>,
    /// How many rows come before the page.
    offset: usize,
    /// The first row's place, and the revision that it was read as of.
    first: Option<(String, String)>,
    /// How many match, where that is remembered.
    total: Option<u64>,
}

impl Reading<'_> {
    async fn rows<T: Decoded>(&mut self, conn: &mut Conn<'_>, query: &Query) -> Result<Vec<T>, StoreError> {
        if query.count == 0 {
            return Ok(Vec::new());
        }
        if self.memory.is_none() {
            return fetch(conn, self.list.rows((self.columns, false), &self.from(&query.place), query.count)).await;
        }
        let mut rows: Vec<Marked<T>> = Vec::new();
        if self.offset >= DEEP && self.list.has_places() {
            let (revision, known) = self.look_up(conn).await?;
            if known.total.is_some_and(|total| self.offset as u64 >= total) {
                self.total = known.total;
                return Ok(Vec::new());
            }
            if let Some((offset, key)) = known.place {
                rows = self.marked_rows(conn, &From::Place(&key, self.offset - offset), query.count).await?;
                // The company's data changed since: the place is none any more, if there is anything there at all.
                if rows.first().is_none_or(|row| row.revision.as_ref() != Some(&revision)) {
                    rows.clear();
                }
            }
        }
        if rows.is_empty() {
            rows = self.marked_rows(conn, &self.from(&query.place), query.count).await?;
        }
        self.remember(&rows, query);
        Ok(rows.into_iter().map(|marked| marked.row).collect())
    }

    /// As every page can be found, without anything that is remembered.
    fn from<'q>(&self, place: &'q Place) -> From<'q> {
        match place {
            Place::Index(_) | Place::After(None) => From::Offset(self.offset),
            Place::After(Some(id)) => From::After(id),
        }
    }

    async fn marked_rows<T: Decoded>(
        &self,
        conn: &mut Conn<'_>,
        from: &From<'_>,
        count: usize,
    ) -> Result<Vec<Marked<T>>, StoreError> {
        fetch(conn, self.list.rows((self.columns, true), from, count)).await
    }

    /// Asks where the company's log ends, and what is known of the list as of then.
    async fn look_up(&self, conn: &mut Conn<'_>) -> Result<(String, Known), StoreError> {
        let Some(memory) = &self.memory else { return Ok(Default::default()) };
        let Statement { sql, binds } = self.list.revision();
        let revision: Option<String> =
            run!(conn, |c| bound!(sqlx::query_scalar(AssertSqlSafe(sql)), &binds).fetch_one(c).await)?;
        let revision = revision.unwrap_or_default();
        let known = memory.known(&revision, self.offset);
        Ok((revision, known))
    }

    /// Where this page begins, and where the next one does.
    fn remember<T>(&mut self, rows: &[Marked<T>], query: &Query) {
        let (Some(memory), Some(first)) = (&self.memory, rows.first()) else { return };
        let revision = first.revision.clone().unwrap_or_default();
        self.total = memory.known(&revision, 0).total;
        if matches!(query.place, Place::Index(_)) && self.list.has_places() {
            for (position, row) in [(0, Some(first)), (query.count, rows.get(query.count))] {
                let place = row.map(|row| (self.offset + position, row.place.clone()));
                memory.learn(&revision, Known { total: None, place });
            }
            self.first = Some((first.place.clone(), revision));
        }
    }

    /// How many match. Deep in the list, those before the page were counted on the way to it, so that only those from
    /// there on are left to count: wherever a page lies, all of them are counted once at most.
    async fn total(&self, conn: &mut Conn<'_>) -> Result<u64, StoreError> {
        let known = match self.total {
            None if self.first.is_none() => self.look_up(conn).await?.1.total,
            known => known,
        };
        if let Some(total) = known {
            return Ok(total);
        }
        let from = self.first.as_ref().filter(|_| self.offset > 0).map(|(place, _)| place.as_str());
        let Statement { sql, binds } = self.list.count(from);
        let (counted, revision): (i64, Option<String>) =
            run!(conn, |c| bound!(sqlx::query_as(AssertSqlSafe(sql)), &binds).fetch_one(c).await)?;
        let (before, revision) = (if from.is_some() { self.offset } else { 0 }, revision.unwrap_or_default());
        let total = before as u64 + u64::try_from(counted).unwrap_or(0);
        // What was counted on the way is of the same moment as the rest, or nothing is remembered.
        let whole = from.is_none() || self.first.as_ref().is_some_and(|(_, read)| *read == revision);
        if let Some(memory) = self.memory.as_ref().filter(|_| whole) {
            memory.learn(&revision, Known { total: Some(total), place: None });
        }
        Ok(total)
    }
}

async fn fetch<T: Decoded>(conn: &mut Conn<'_>, Statement { sql, binds }: Statement) -> Result<Vec<T>, StoreError> {
    Ok(run!(conn, |c| bound!(sqlx::query_as(AssertSqlSafe(sql)), &binds).fetch_all(c).await)?)
}

/// How the database would find a page, line by line: for tests that an index is used.
#[cfg(any(test, feature = "testing"))]
pub(crate) async fn plan(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    table: Table,
    query: &Query,
) -> Result<Vec<String>, StoreError> {
    let list = List::of(conn, tenant, table, query);
    let from = match &query.place {
        Place::Index(index) => From::Offset(index.saturating_sub(1)),
        Place::After(id) => id.as_deref().map_or(From::Offset(0), From::After),
    };
    let Statement { sql, binds } = list.rows(("e.id", false), &from, query.count);
    match conn {
        Conn::Sqlite(_) => {
            let plan = Statement { sql: format!("EXPLAIN QUERY PLAN {sql}"), binds };
            let lines: Vec<(i64, i64, i64, String)> = fetch(conn, plan).await?;
            Ok(lines.into_iter().map(|(_, _, _, line)| line).collect())
        }
        Conn::Postgres(_) => {
            let lines: Vec<(String,)> = fetch(conn, Statement { sql: format!("EXPLAIN {sql}"), binds }).await?;
            Ok(lines.into_iter().map(|(line,)| line).collect())
        }
    }
}
