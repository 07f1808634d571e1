//! Conditions as SQL: pushed down whole, every value bound, the only place where statements are put together.
//!
//! Names of attributes come from the schema table, never from a request. Equality on what identity providers match by
//! uses the indexed columns; everything else reads the folded document.

mod condition;
mod json;
mod order;

use sqlx::AssertSqlSafe;

use crate::pool::run;
use crate::resources::{Page, Place, Query, Table};
use crate::{Conn, StoreError, TenantId};
use json::Dialect;

/// A bound value.
enum Bind {
    Text(String),
    Integer(i64),
    Real(f64),
}

/// Puts one statement together.
struct Builder {
    table: Table,
    dialect: Dialect,
    binds: Vec<Bind>,
}

impl Builder {
    /// The tenant is always `$1`.
    fn new(conn: &Conn<'_>, tenant: &TenantId, table: Table) -> Self {
        let dialect = match conn {
            Conn::Sqlite(_) => Dialect::Sqlite,
            Conn::Postgres(_) => Dialect::Postgres,
        };
        Self { table, dialect, binds: vec![Bind::Text(tenant.0.clone())] }
    }

    fn bind(&mut self, bind: Bind) -> String {
        self.binds.push(bind);
        format!("${}", self.binds.len())
    }
}

/// The two statements of a page.
struct Statements {
    rows: String,
    count: String,
    binds: Vec<Bind>,
    /// The rows' statement has more values than the count's.
    count_binds: usize,
    offset: usize,
}

fn statements(conn: &Conn<'_>, tenant: &TenantId, table: Table, columns: &str, query: &Query) -> Statements {
    let mut builder = Builder::new(conn, tenant, table);
    let condition =
        query.condition.as_ref().map_or_else(|| "TRUE".to_owned(), |condition| builder.condition(condition, false));
    let name = table.name();
    let count = format!("SELECT count(*) FROM {name} e WHERE e.tenant_id = $1 AND ({condition})");
    let count_binds = builder.binds.len();
    // Without statistics SQLite would rather read a whole tenant in the order asked for than sort the few that an index
    // finds. A plus sign hides the order from it.
    let selective = query.condition.as_ref().is_some_and(|condition| builder.is_selective(condition));
    let hidden = if selective && builder.dialect == Dialect::Sqlite { "+" } else { "" };
    let order = query
        .sort
        .as_ref()
        .map_or_else(|| "e.id".to_owned(), |(source, descending)| builder.order(source, *descending));
    let mut offset = 0;
    let after = match &query.place {
        Place::Index(index) => {
            offset = index.saturating_sub(1);
            String::new()
        }
        Place::After(None) => String::new(),
        Place::After(Some(id)) => format!(" AND {hidden}e.id > {}", builder.bind(Bind::Text(id.clone()))),
    };
    let limit = builder.bind(Bind::Integer(i64::try_from(query.count).unwrap_or(i64::MAX).saturating_add(1)));
    let skip = builder.bind(Bind::Integer(i64::try_from(offset).unwrap_or(i64::MAX)));
    let rows = format!(
        "SELECT {columns} FROM {name} e WHERE e.tenant_id = $1 AND ({condition}){after} ORDER BY {hidden}{order} LIMIT {limit} OFFSET {skip}"
    );
    Statements { rows, count, binds: builder.binds, count_binds, offset }
}

/// Runs a query. `columns` names what to read, in the order that `T` decodes.
pub(crate) async fn page<T>(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    table: Table,
    columns: &str,
    query: &Query,
) -> Result<Page<T>, StoreError>
where
    T: for<'r> sqlx::FromRow<'r, sqlx::sqlite::SqliteRow>
        + for<'r> sqlx::FromRow<'r, sqlx::postgres::PgRow>
        + Send
        + Unpin,
{
    let Statements { rows: rows_sql, count: count_sql, binds, count_binds, offset } =
        statements(conn, tenant, table, columns, query);
    let mut items: Vec<T> = if query.count == 0 { Vec::new() } else { rows(conn, rows_sql, &binds).await? };
    let more = items.len() > query.count;
    items.truncate(query.count);
    // A page that holds the last match tells the total without counting, and so does a first page that is empty.
    let first = offset == 0 && query.count > 0;
    let known = matches!(query.place, Place::Index(_)) && !more && (first || !items.is_empty());
    let total =
        if known { (offset + items.len()) as u64 } else { count(conn, count_sql, &binds[..count_binds]).await? };
    Ok(Page { total, items, more })
}

macro_rules! bound {
    ($query:expr, $binds:expr) => {{
        let mut query = $query;
        for bind in $binds {
            query = match bind {
                Bind::Text(text) => query.bind(text.as_str()),
                Bind::Integer(number) => query.bind(*number),
                Bind::Real(number) => query.bind(*number),
            };
        }
        query
    }};
}

async fn rows<T>(conn: &mut Conn<'_>, sql: String, binds: &[Bind]) -> Result<Vec<T>, StoreError>
where
    T: for<'r> sqlx::FromRow<'r, sqlx::sqlite::SqliteRow>
        + for<'r> sqlx::FromRow<'r, sqlx::postgres::PgRow>
        + Send
        + Unpin,
{
    Ok(run!(conn, |c| bound!(sqlx::query_as(AssertSqlSafe(sql)), binds).fetch_all(c).await)?)
}

async fn count(conn: &mut Conn<'_>, sql: String, binds: &[Bind]) -> Result<u64, StoreError> {
    let count: i64 = run!(conn, |c| bound!(sqlx::query_scalar(AssertSqlSafe(sql)), binds).fetch_one(c).await)?;
    Ok(u64::try_from(count).unwrap_or(0))
}

/// How the database would find a page, line by line: for tests that an index is used.
#[cfg(any(test, feature = "testing"))]
pub(crate) async fn plan(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    table: Table,
    query: &Query,
) -> Result<Vec<String>, StoreError> {
    let Statements { rows: sql, binds, .. } = statements(conn, tenant, table, "e.id", query);
    match conn {
        Conn::Sqlite(_) => {
            let lines: Vec<(i64, i64, i64, String)> = rows(conn, format!("EXPLAIN QUERY PLAN {sql}"), &binds).await?;
            Ok(lines.into_iter().map(|(_, _, _, line)| line).collect())
        }
        Conn::Postgres(_) => {
            let lines: Vec<(String,)> = rows(conn, format!("EXPLAIN {sql}"), &binds).await?;
            Ok(lines.into_iter().map(|(line,)| line).collect())
        }
    }
}
