//! Lists of employees and groups for people: search by words, filters, and pages that begin where another ended.
//!
//! A page costs what it shows, however many rows there are and however deep it lies. What few rows match is found
//! through them; what many match is met soon on the way along the index of the order.

mod narrow;
mod sql;

#[cfg(any(test, feature = "testing"))]
pub(crate) use sql::plan;
use sqlx::AssertSqlSafe;

use crate::parameters::bound;
use crate::pool::run;
use crate::resources::Table;
use crate::{Conn, IntegrationId, StoreError, TenantId, ids, words};
use narrow::Narrowed;
use sql::Statement;

/// Rows that are found first and sorted then; where more match, the order's index is followed instead.
const FEW: usize = 4_000;
/// Rows of one word that are gone through to find those that have the other words too.
const SOME: usize = 20_000;
/// To look a row up costs as much as to go on by so many.
const LOOK_UP: usize = 8;
/// How far rows are counted.
pub const COUNTED: u64 = 10_000;

/// In which order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    /// By name.
    #[default]
    Name,
    /// By `userName`; groups have none.
    UserName,
    /// By the time of the last change.
    Changed,
}

/// Where a page begins.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Step {
    /// At the list's beginning.
    #[default]
    First,
    /// After this row, as [`Listed::last`] names it.
    After(String),
    /// Before this row, as [`Listed::first`] names it.
    Before(String),
}

/// Which rows.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Beginnings of words, all of which a row must have.
    pub text: String,
    /// Only the active or only the inactive.
    pub active: Option<bool>,
    /// Only what this integration provisioned.
    pub integration: Option<IntegrationId>,
    /// Only this group's members.
    pub group: Option<String>,
    /// The order.
    pub order: Order,
    /// Whether the order is reversed.
    pub descending: bool,
    /// Where the page begins.
    pub step: Step,
    /// How many rows it may hold.
    pub size: usize,
}

/// A part of a list.
#[derive(Debug, Clone)]
pub struct Listed<T> {
    /// Its rows.
    pub items: Vec<T>,
    /// Names the first row, when others come before it.
    pub first: Option<String>,
    /// Names the last row, when others follow.
    pub last: Option<String>,
    /// How many there are in all, where counting is cheap: [`COUNTED`] stands for that many or more.
    pub total: Option<u64>,
    /// The row to go on from is gone: the list begins again.
    pub lost: bool,
}

impl<T> Listed<T> {
    pub(crate) fn map<U>(self, each: impl FnMut(T) -> U) -> Listed<U> {
        let Self { items, first, last, total, lost } = self;
        Listed { items: items.into_iter().map(each).collect(), first, last, total, lost }
    }
}

/// What a row is ordered by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Key {
    Text(String),
    Time(i64),
}

/// A row of a list.
pub(crate) trait Row:
    for<'r> sqlx::FromRow<'r, sqlx::sqlite::SqliteRow> + for<'r> sqlx::FromRow<'r, sqlx::postgres::PgRow> + Send + Unpin
{
    fn id(&self) -> &str;
    fn updated_at(&self) -> i64;
}

/// Reads a page. `columns` names what to read, in the order that `T` decodes.
pub(crate) async fn page<T: Row>(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    (table, columns): (Table, &str),
    wanted: &Wanted,
) -> Result<Listed<T>, StoreError> {
    let words = words::asked(&wanted.text);
    let unheard = wanted.group.as_ref().is_some_and(|group| !ids::can_exist(group));
    if unheard || (words.is_empty() && !wanted.text.trim().is_empty()) {
        // Of nothing but signs, nobody has a word.
        return Ok(Listed { items: Vec::new(), first: None, last: None, total: Some(0), lost: false });
    }
    let narrowed = narrow::narrow(conn, tenant, table, wanted, &words).await?;
    let narrowed = (words.as_slice(), &narrowed);
    let anchor = anchor(conn, tenant, table, wanted).await?;
    let lost = anchor.is_none() && wanted.step != Step::First;
    let mut backwards = matches!(wanted.step, Step::Before(_)) && !lost;
    let mut from_start = anchor.is_none();
    let statement = sql::rows(conn, tenant, (table, columns), wanted, narrowed, anchor, backwards);
    let mut items: Vec<T> = run_rows(conn, statement).await?;
    if backwards && items.len() <= wanted.size {
        // Fewer come before than fill a page: the first page is shown whole.
        (backwards, from_start) = (false, true);
        let statement = sql::rows(conn, tenant, (table, columns), wanted, narrowed, None, false);
        items = run_rows(conn, statement).await?;
    }
    let more = items.len() > wanted.size;
    items.truncate(wanted.size);
    if backwards {
        items.reverse();
    }
    let (before, after) = if backwards { (more, true) } else { (!from_start, more) };
    let name = |row: Option<&T>, there: bool| row.filter(|_| there).map(|row| cursor(wanted.order, row));
    let (first, last) = (name(items.first(), before), name(items.last(), after));
    let total = match (before, after) {
        (false, false) => Some(items.len() as u64),
        _ => total(conn, tenant, table, wanted, narrowed).await?,
    };
    Ok(Listed { items, first, last, total, lost })
}

/// Names a row in an address: its id, which tells nothing of anyone, and the time where the order is by time, since the
/// row may have changed again before the next page is asked for.
fn cursor<T: Row>(order: Order, row: &T) -> String {
    match order {
        Order::Changed => format!("{}.{}", row.updated_at(), row.id()),
        Order::Name | Order::UserName => row.id().to_owned(),
    }
}

/// The place to go on from; none at the beginning, or when the row is gone.
async fn anchor(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    table: Table,
    wanted: &Wanted,
) -> Result<Option<(Key, String)>, StoreError> {
    let (Step::After(cursor) | Step::Before(cursor)) = &wanted.step else { return Ok(None) };
    if !ids::can_exist(cursor) {
        return Ok(None);
    }
    if wanted.order == Order::Changed {
        let parts = cursor.split_once('.').and_then(|(at, id)| Some((Key::Time(at.parse().ok()?), id.to_owned())));
        return Ok(parts);
    }
    let column = sql::column(table, wanted.order);
    let sql = format!("SELECT e.{column} FROM {} e WHERE e.tenant_id = $1 AND e.id = $2", table.name());
    let key: Option<String> = run!(conn, |c| sqlx::query_scalar(AssertSqlSafe(sql))
        .bind(tenant.as_str())
        .bind(cursor.as_str())
        .fetch_optional(c)
        .await)?;
    Ok(key.map(|key| (Key::Text(key), cursor.clone())))
}

/// How many match, if they are few or nothing has to be looked at to count them.
async fn total(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    table: Table,
    wanted: &Wanted,
    (words, narrowed): (&[String], &Narrowed),
) -> Result<Option<u64>, StoreError> {
    let as_found = wanted.group.is_none() && wanted.active.is_none() && wanted.integration.is_none();
    match narrowed {
        Narrowed::Few(ids) if as_found => return Ok(Some(ids.len() as u64)),
        _ => {}
    }
    let Some(Statement { sql, binds }) = sql::count(conn, tenant, table, wanted, words, narrowed) else {
        return Ok(None);
    };
    let count: i64 = run!(conn, |c| bound!(sqlx::query_scalar(AssertSqlSafe(sql)), &binds).fetch_one(c).await)?;
    Ok(Some(u64::try_from(count).unwrap_or(0)))
}

async fn run_rows<T: Row>(conn: &mut Conn<'_>, Statement { sql, binds }: Statement) -> Result<Vec<T>, StoreError> {
    Ok(run!(conn, |c| bound!(sqlx::query_as(AssertSqlSafe(sql)), &binds).fetch_all(c).await)?)
}
