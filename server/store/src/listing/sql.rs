//! The statements of a list.
//!
//! Neither engine is left to guess. SQLite is told the index of the order, or goes through the few that match in a cross
//! join, whose order it keeps; for PostgreSQL these become an array, whose ids it looks up one by one. What else is asked
//! of a row is a subquery that answers for this row: neither engine turns it into a join.

use sqlx::AssertSqlSafe;

use super::{COUNTED, FEW, Key, Order, SOME, Wanted};
use crate::pool::run;
use crate::resources::Table;
use crate::{Conn, StoreError, TenantId};

/// A bound value.
#[derive(Debug, Clone)]
pub(super) enum Bind {
    Text(String),
    Number(i64),
    Truth(bool),
}

/// A statement and its values.
#[derive(Debug)]
pub(super) struct Statement {
    pub(super) sql: String,
    pub(super) binds: Vec<Bind>,
}

macro_rules! bound {
    ($query:expr, $binds:expr) => {{
        let mut query = $query;
        for bind in $binds {
            query = match bind {
                Bind::Text(text) => query.bind(text.as_str()),
                Bind::Number(number) => query.bind(*number),
                Bind::Truth(truth) => query.bind(*truth),
            };
        }
        query
    }};
}
pub(super) use bound;

/// Puts a statement together; the tenant is always `$1`.
struct Builder {
    sqlite: bool,
    table: Table,
    binds: Vec<Bind>,
}

impl Builder {
    fn new(conn: &Conn<'_>, tenant: &TenantId, table: Table) -> Self {
        Self { sqlite: matches!(conn, Conn::Sqlite(_)), table, binds: vec![Bind::Text(tenant.0.clone())] }
    }

    fn bind(&mut self, bind: Bind) -> String {
        self.binds.push(bind);
        format!("${}", self.binds.len())
    }

    /// The ids that the word at this place, or else the group, stands for, and their column.
    fn ids_of(&mut self, wanted: &Wanted, words: &[String], place: usize, alias: &str) -> (String, String) {
        let (table, column, rows) = match words.get(place) {
            Some(word) => {
                let from = self.bind(Bind::Text(word.clone()));
                // No word holds the last code point: what lies between begins with the word.
                let to = self.bind(Bind::Text(format!("{word}{}", char::MAX)));
                let rows = format!("{alias}.word >= {from} AND {alias}.word < {to}");
                (self.table.words(), self.table.word_of(), rows)
            }
            None => {
                let group = self.bind(Bind::Text(wanted.group.clone().unwrap_or_default()));
                ("group_members", "member_id", format!("{alias}.group_id = {group}"))
            }
        };
        let column = format!("{alias}.{column}");
        (format!("SELECT {column} AS id FROM {table} {alias} WHERE {alias}.tenant_id = $1 AND {rows}"), column)
    }

    /// The ids that all words and the group stand for, found by one of them.
    fn ids_of_all(&mut self, wanted: &Wanted, words: &[String], drives: usize) -> String {
        let (mut all, found) = self.ids_of(wanted, words, drives, "d");
        for place in places(wanted, words).filter(|place| *place != drives) {
            all = format!("{all} AND {}", self.also(wanted, words, place, &found));
        }
        all
    }

    /// That the word at this place, or else the group, stands for an id too.
    fn also(&mut self, wanted: &Wanted, words: &[String], place: usize, id: &str) -> String {
        let (ids, column) = self.ids_of(wanted, words, place, "p");
        format!("({ids} AND {column} = {id} LIMIT 1) IS NOT NULL")
    }

    /// Where rows come from, and what they must fulfil.
    fn matching(&mut self, wanted: &Wanted, words: &[String], drives: Option<usize>) -> String {
        let mut from = format!("{} e", self.table.name());
        let mut all = vec!["e.tenant_id = $1".to_owned()];
        match drives {
            Some(place) if self.sqlite => {
                let ids = self.ids_of_all(wanted, words, place);
                // The plus sign hides the column: the index by it would save the sorting, and read every word there is.
                from = format!("(SELECT DISTINCT +k.id AS id FROM ({ids}) k) f CROSS JOIN {from}");
                all.push("e.id = f.id".to_owned());
            }
            Some(place) => all.push(format!("e.id = ANY (ARRAY({}))", self.ids_of_all(wanted, words, place))),
            None => all.extend(places(wanted, words).map(|place| self.also(wanted, words, place, "e.id"))),
        }
        if self.sqlite && drives.is_none() {
            from = format!("{from} INDEXED BY {}", index(self.table, wanted.order));
        }
        // SQLite would take the index of these columns for what finds rows, and then sort all of them.
        let hidden = if self.sqlite { "+" } else { "" };
        if let Some(active) = wanted.active {
            all.push(format!("{hidden}e.active = {}", self.bind(Bind::Truth(active))));
        }
        if let Some(integration) = &wanted.integration {
            all.push(format!("{hidden}e.integration_id = {}", self.bind(Bind::Text(integration.0.clone()))));
        }
        format!("{from} WHERE {}", all.join(" AND "))
    }
}

/// The index of an order.
fn index(table: Table, order: Order) -> &'static str {
    match (table, order) {
        (Table::Groups, _) => "groups_by_name",
        (_, Order::Name) => "employees_by_name",
        (_, Order::UserName) => "employees_by_user_name",
        (_, Order::Changed) => "employees_by_change",
    }
}

/// What narrows the list: the places of the words, and behind them that of the group.
fn places(wanted: &Wanted, words: &[String]) -> std::ops::Range<usize> {
    0..words.len() + usize::from(wanted.group.is_some())
}

/// The column of an order.
pub(super) fn column(table: Table, order: Order) -> &'static str {
    match (table, order) {
        (Table::Groups, _) => "display_name_key",
        (_, Order::Name) => "name_key",
        (_, Order::UserName) => "user_name_key",
        (_, Order::Changed) => "updated_at",
    }
}

/// Which word, or the group behind them, leads to the few rows that match; none when these are many.
pub(super) async fn driver(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    table: Table,
    wanted: &Wanted,
    words: &[String],
) -> Result<Option<usize>, StoreError> {
    let mut fewest: Option<(i64, usize)> = None;
    for place in places(wanted, words) {
        let mut builder = Builder::new(conn, tenant, table);
        let (ids, _) = builder.ids_of(wanted, words, place, "d");
        let count = count_up_to(conn, ids, builder.binds, SOME).await?;
        if count <= SOME && fewest.is_none_or(|(few, _)| count < few) {
            fewest = Some((count, place));
        }
    }
    let Some((count, place)) = fewest else { return Ok(None) };
    let mut few = count <= FEW;
    if !few && places(wanted, words).len() > 1 {
        // Each of them matches many, all of them together perhaps few.
        let mut builder = Builder::new(conn, tenant, table);
        let ids = builder.ids_of_all(wanted, words, place);
        few = count_up_to(conn, ids, builder.binds, FEW).await? <= FEW;
    }
    Ok(few.then_some(place))
}

/// How many rows a statement has, or one more than the limit.
async fn count_up_to(conn: &mut Conn<'_>, rows: String, binds: Vec<Bind>, limit: i64) -> Result<i64, StoreError> {
    let sql = format!("SELECT count(*) FROM ({rows} LIMIT {}) AS counted", limit + 1);
    Ok(run!(conn, |c| bound!(sqlx::query_scalar(AssertSqlSafe(sql)), &binds).fetch_one(c).await)?)
}

/// One row more than the page holds, so that one can tell whether others follow.
pub(super) fn rows(
    conn: &Conn<'_>,
    tenant: &TenantId,
    (table, columns): (Table, &str),
    wanted: &Wanted,
    (words, drives): (&[String], Option<usize>),
    anchor: Option<(Key, String)>,
    backwards: bool,
) -> Statement {
    let mut builder = Builder::new(conn, tenant, table);
    let mut matching = builder.matching(wanted, words, drives);
    let column = column(table, wanted.order);
    let (beyond, direction) = if wanted.descending == backwards { (">", "ASC") } else { ("<", "DESC") };
    let hidden = if builder.sqlite && drives.is_some() { "+" } else { "" };
    if let Some((key, id)) = anchor {
        let key = builder.bind(match key {
            Key::Text(text) => Bind::Text(text),
            Key::Time(time) => Bind::Number(time),
        });
        let id = builder.bind(Bind::Text(id));
        matching = format!("{matching} AND ({hidden}e.{column}, {hidden}e.id) {beyond} ({key}, {id})");
    }
    let limit = builder.bind(Bind::Number(i64::try_from(wanted.size).unwrap_or(i64::MAX).saturating_add(1)));
    let sql = format!(
        "SELECT {columns} FROM {matching}
         ORDER BY {hidden}e.{column} {direction}, {hidden}e.id {direction} LIMIT {limit}"
    );
    Statement { sql, binds: builder.binds }
}

/// The count of what few rows match, or of a whole table or group up to [`COUNTED`]; none for what would have to be
/// looked through.
pub(super) fn count(
    conn: &Conn<'_>,
    tenant: &TenantId,
    table: Table,
    wanted: &Wanted,
    words: &[String],
    drives: Option<usize>,
) -> Option<Statement> {
    let mut builder = Builder::new(conn, tenant, table);
    let is_filtered = wanted.active.is_some() || wanted.integration.is_some();
    let few = if drives.is_some() {
        format!("SELECT 1 FROM {}", builder.matching(wanted, words, drives))
    } else if is_filtered || !words.is_empty() {
        return None;
    } else if wanted.group.is_some() {
        builder.ids_of(wanted, words, words.len(), "d").0
    } else {
        format!("SELECT 1 FROM {} e WHERE e.tenant_id = $1", table.name())
    };
    let limit = builder.bind(Bind::Number(i64::try_from(COUNTED).unwrap_or(i64::MAX)));
    Some(Statement { sql: format!("SELECT count(*) FROM ({few} LIMIT {limit}) AS counted"), binds: builder.binds })
}

/// How the database would find a page, line by line: for tests that an index is used.
#[cfg(any(test, feature = "testing"))]
pub(crate) async fn plan(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    table: Table,
    wanted: &Wanted,
    (key, id): (&str, &str),
) -> Result<Vec<String>, StoreError> {
    let key = key.parse().map_or_else(|_| Key::Text(key.to_owned()), Key::Time);
    let anchor = Some((key, id.to_owned()));
    let words = crate::words::asked(&wanted.text);
    let drives = driver(conn, tenant, table, wanted, &words).await?;
    let Statement { sql, binds } = rows(conn, tenant, (table, "e.id, e.data"), wanted, (&words, drives), anchor, false);
    match conn {
        Conn::Sqlite(c) => {
            let sql = format!("EXPLAIN QUERY PLAN {sql}");
            let lines: Vec<(i64, i64, i64, String)> =
                bound!(sqlx::query_as(AssertSqlSafe(sql)), &binds).fetch_all(&mut **c).await?;
            Ok(lines.into_iter().map(|(_, _, _, line)| line).collect())
        }
        Conn::Postgres(c) => {
            let sql = format!("EXPLAIN {sql}");
            let lines: Vec<(String,)> = bound!(sqlx::query_as(AssertSqlSafe(sql)), &binds).fetch_all(&mut **c).await?;
            Ok(lines.into_iter().map(|(line,)| line).collect())
        }
    }
}
