//! Finding events: pages from the newest to the oldest. Nothing is counted, and no page costs more than the rows it
//! shows: ids are found in an index first, then their rows are read.

use sqlx::AssertSqlSafe;

use super::Event;
use super::conditions::{Conditions, Filter, Place, ids_of};
use super::row::{COLUMNS, Row};
use crate::ids::can_exist;
use crate::parameters::bound;
use crate::pool::run;
use crate::{Conn, StoreError, TenantId};

/// Events, the newest first.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// They.
    pub events: Vec<Event>,
    /// Whether there are others beyond, in the direction of [`Place`].
    pub more: bool,
}

/// A page of events. The bodies of requests and answers are long: `whole` reads them too.
pub async fn page(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    filter: &Filter,
    place: &Place,
    size: usize,
    whole: bool,
) -> Result<Page, StoreError> {
    let limit = i64::try_from(size).unwrap_or(i64::MAX).saturating_add(1);
    let Conditions { sql, binds } = ids_of(conn, tenant, filter, place, limit);
    let columns = if whole { COLUMNS.to_owned() } else { without_bodies() };
    let sql = format!(
        "SELECT {columns} FROM provisioning_events WHERE tenant_id = $1 AND id IN (SELECT id FROM ({sql}) AS found)
         ORDER BY id DESC"
    );
    let mut rows: Vec<Row> = run!(conn, |c| bound!(sqlx::query_as(AssertSqlSafe(sql)), &binds).fetch_all(c).await)?;
    let more = rows.len() > size;
    match place {
        // Of the newer ones the nearest are wanted: the one too many is the first.
        Place::After(_) if more => drop(rows.remove(0)),
        _ => rows.truncate(size),
    }
    Ok(Page { events: rows.into_iter().map(Row::event).collect(), more })
}

fn without_bodies() -> String {
    COLUMNS
        .replace(" request,", " CAST(NULL AS TEXT) AS request,")
        .replace(" response,", " CAST(NULL AS TEXT) AS response,")
}

/// How many events came after that one, counted up to a limit.
pub async fn count_after(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    filter: &Filter,
    id: &str,
    limit: i64,
) -> Result<i64, StoreError> {
    let Conditions { sql, binds } = ids_of(conn, tenant, filter, &Place::After(id.to_owned()), limit);
    let sql = format!("SELECT count(*) FROM ({sql}) AS newer");
    Ok(run!(conn, |c| bound!(sqlx::query_scalar(AssertSqlSafe(sql)), &binds).fetch_one(c).await)?)
}

/// One event, with the bodies.
pub async fn get(conn: &mut Conn<'_>, tenant: &TenantId, id: &str) -> Result<Option<Event>, StoreError> {
    if !can_exist(id) {
        return Ok(None);
    }
    let sql = format!("SELECT {COLUMNS} FROM provisioning_events WHERE tenant_id = $1 AND id = $2");
    let row: Option<Row> =
        run!(conn, |c| sqlx::query_as(AssertSqlSafe(sql)).bind(tenant.as_str()).bind(id).fetch_optional(c).await)?;
    Ok(row.map(Row::event))
}

/// The events of one resource, the newest first.
pub async fn of_resource(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    id: &str,
    limit: usize,
) -> Result<Vec<Event>, StoreError> {
    let filter = Filter { resource: Some(id.to_owned()), ..Filter::default() };
    Ok(page(conn, tenant, &filter, &Place::Newest, limit, false).await?.events)
}

/// How the database would find a page, line by line: for tests that an index is used.
#[cfg(any(test, feature = "testing"))]
pub async fn plan(conn: &mut Conn<'_>, tenant: &TenantId, filter: &Filter, place: &Place) -> Vec<String> {
    let Conditions { sql, binds } = ids_of(conn, tenant, filter, place, 51);
    let lines: Result<Vec<String>, sqlx::Error> = match conn {
        Conn::Sqlite(c) => {
            let query = sqlx::query_as(AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}")));
            let lines: Result<Vec<(i64, i64, i64, String)>, _> = bound!(query, &binds).fetch_all(&mut **c).await;
            lines.map(|lines| lines.into_iter().map(|line| line.3).collect())
        }
        Conn::Postgres(c) => {
            let query = sqlx::query_scalar(AssertSqlSafe(format!("EXPLAIN {sql}")));
            bound!(query, &binds).fetch_all(&mut **c).await
        }
    };
    lines.unwrap_or_else(|error| vec![error.to_string()])
}
