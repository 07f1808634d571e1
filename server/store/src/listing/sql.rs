//! The statements of a list.
//!
//! Neither engine is left to guess. SQLite is told the index of the order, or goes through the few that match in a cross
//! join, whose order it keeps; for PostgreSQL these become an array, whose ids it looks up one by one. What else is asked
//! of a row is a subquery that answers for this row: neither engine turns it into a join. Which few match is found by
//! going through the words' rows as they lie, one after the other, and keeping what all have in common: to look each of
//! them up would be a step through a large index at another place each time.

#[cfg(any(test, feature = "testing"))]
use sqlx::AssertSqlSafe;

#[cfg(any(test, feature = "testing"))]
use super::narrow;
use super::narrow::{Narrowed, Split};
use super::{COUNTED, FEW, Key, Order, SOME, Wanted};
use crate::parameters::Bind;
#[cfg(any(test, feature = "testing"))]
use crate::parameters::bound;
use crate::resources::Table;
use crate::{Conn, TenantId};

/// A statement and its values.
#[derive(Debug)]
pub(super) struct Statement {
    pub(super) sql: String,
    pub(super) binds: Vec<Bind>,
}

/// Puts a statement together; the tenant is always `$1`.
pub(super) struct Builder {
    sqlite: bool,
    table: Table,
    pub(super) binds: Vec<Bind>,
}

impl Builder {
    pub(super) fn new(conn: &Conn<'_>, tenant: &TenantId, table: Table) -> Self {
        Self { sqlite: matches!(conn, Conn::Sqlite(_)), table, binds: vec![Bind::Text(tenant.0.clone())] }
    }

    fn bind(&mut self, bind: Bind) -> String {
        self.binds.push(bind);
        format!("${}", self.binds.len())
    }

    /// The ids that the word at this place, or else the group, stands for, and their column.
    pub(super) fn ids_of(&mut self, wanted: &Wanted, words: &[String], place: usize, alias: &str) -> (String, String) {
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

    /// The ids that all these places stand for: each place's rows are gone through as they lie.
    fn ids_of_each(&mut self, wanted: &Wanted, words: &[String], places: &[usize]) -> String {
        let each: Vec<String> = places.iter().map(|place| self.ids_of(wanted, words, *place, "d").0).collect();
        each.join(" INTERSECT ")
    }

    /// One more of them than are few, none twice; each of the other places is asked about what the first ones have in
    /// common.
    pub(super) fn few(&mut self, wanted: &Wanted, words: &[String], split: &Split) -> String {
        let mut common = self.ids_of_each(wanted, words, &split.through);
        if split.through.len() == 1 {
            // The plus sign hides the column: the index by it would save the sorting, and read every word there is.
            let hidden = if self.sqlite { "+" } else { "" };
            common = format!("SELECT DISTINCT {hidden}k.id AS id FROM ({common}) k");
        }
        // With a limit of its own SQLite does not ask each of them before they are put together.
        let common = format!("SELECT f.id FROM ({common} LIMIT {SOME}) f");
        let asked: Vec<String> = split.ask.iter().map(|place| self.also(wanted, words, *place, "f.id")).collect();
        let asked = if asked.is_empty() { String::new() } else { format!(" WHERE {}", asked.join(" AND ")) };
        format!("{common}{asked} LIMIT {}", FEW + 1)
    }

    /// That a row met on the way along the order is one of many that match. Those of a name stand together in the order,
    /// perhaps at its end: what can be put together beforehand is not asked for each row on the way there.
    fn among_many(&mut self, wanted: &Wanted, words: &[String], split: &Split) -> Vec<String> {
        let mut all = Vec::new();
        if !split.through.is_empty() {
            let set = self.ids_of_each(wanted, words, &split.through);
            // Neither engine makes a join of it.
            all.push(if self.sqlite { format!("+e.id IN ({set})") } else { format!("(e.id IN ({set})) IS TRUE") });
        }
        all.extend(split.ask.iter().map(|place| self.also(wanted, words, *place, "e.id")));
        all
    }

    /// That the word at this place, or else the group, stands for an id too.
    fn also(&mut self, wanted: &Wanted, words: &[String], place: usize, id: &str) -> String {
        let (ids, column) = self.ids_of(wanted, words, place, "p");
        format!("({ids} AND {column} = {id} LIMIT 1) IS NOT NULL")
    }

    /// Where rows come from, and what they must fulfil.
    fn matching(&mut self, wanted: &Wanted, words: &[String], narrowed: &Narrowed) -> String {
        let mut from = format!("{} e", self.table.name());
        let mut all = vec!["e.tenant_id = $1".to_owned()];
        match narrowed {
            Narrowed::Few(ids) => {
                let ids = self.bind(Bind::Texts(ids.clone()));
                if self.sqlite {
                    from = format!("json_each({ids}) AS f CROSS JOIN {from}");
                    all.push("e.id = f.value".to_owned());
                } else {
                    all.push(format!("e.id = ANY (ARRAY(SELECT unnest({ids})))"));
                }
            }
            Narrowed::Many(split) => all.extend(self.among_many(wanted, words, split)),
        }
        if self.sqlite && matches!(narrowed, Narrowed::Many(_)) {
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

/// The column of an order.
pub(super) fn column(table: Table, order: Order) -> &'static str {
    match (table, order) {
        (Table::Groups, _) => "display_name_key",
        (_, Order::Name) => "name_key",
        (_, Order::UserName) => "user_name_key",
        (_, Order::Changed) => "updated_at",
    }
}

/// One row more than the page holds, so that one can tell whether others follow.
pub(super) fn rows(
    conn: &Conn<'_>,
    tenant: &TenantId,
    (table, columns): (Table, &str),
    wanted: &Wanted,
    (words, narrowed): (&[String], &Narrowed),
    anchor: Option<(Key, String)>,
    backwards: bool,
) -> Statement {
    let mut builder = Builder::new(conn, tenant, table);
    let mut matching = builder.matching(wanted, words, narrowed);
    let column = column(table, wanted.order);
    let (beyond, direction) = if wanted.descending == backwards { (">", "ASC") } else { ("<", "DESC") };
    let hidden = if builder.sqlite && matches!(narrowed, Narrowed::Few(_)) { "+" } else { "" };
    if let Some((key, id)) = anchor {
        let key = builder.bind(match key {
            Key::Text(text) => Bind::Text(text),
            Key::Time(time) => Bind::Integer(time),
        });
        let id = builder.bind(Bind::Text(id));
        matching = format!("{matching} AND ({hidden}e.{column}, {hidden}e.id) {beyond} ({key}, {id})");
    }
    let limit = builder.bind(Bind::Integer(i64::try_from(wanted.size).unwrap_or(i64::MAX).saturating_add(1)));
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
    narrowed: &Narrowed,
) -> Option<Statement> {
    let mut builder = Builder::new(conn, tenant, table);
    let is_filtered = wanted.active.is_some() || wanted.integration.is_some();
    let rows = if matches!(narrowed, Narrowed::Few(_)) {
        format!("SELECT 1 FROM {}", builder.matching(wanted, words, narrowed))
    } else if is_filtered || !words.is_empty() {
        return None;
    } else if wanted.group.is_some() {
        builder.ids_of(wanted, words, words.len(), "d").0
    } else {
        format!("SELECT 1 FROM {} e WHERE e.tenant_id = $1", table.name())
    };
    let limit = builder.bind(Bind::Integer(i64::try_from(COUNTED).unwrap_or(i64::MAX)));
    Some(Statement { sql: format!("SELECT count(*) FROM ({rows} LIMIT {limit}) AS counted"), binds: builder.binds })
}

/// How the database would find a page, line by line, and before it the few that match: for tests that an index is used.
#[cfg(any(test, feature = "testing"))]
pub(crate) async fn plan(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    table: Table,
    wanted: &Wanted,
    (key, id): (&str, &str),
) -> Result<[Vec<String>; 2], crate::StoreError> {
    let key = key.parse().map_or_else(|_| Key::Text(key.to_owned()), Key::Time);
    let anchor = Some((key, id.to_owned()));
    let words = crate::words::asked(&wanted.text);
    let split = narrow::split(conn, tenant, table, wanted, &words).await?;
    let mut builder = Builder::new(conn, tenant, table);
    let found = if split.through.is_empty() {
        Vec::new()
    } else {
        let sql = builder.few(wanted, &words, &split);
        explain(conn, Statement { sql, binds: builder.binds }).await?
    };
    let narrowed = narrow::narrow(conn, tenant, table, wanted, &words).await?;
    let rows = rows(conn, tenant, (table, "e.id, e.data"), wanted, (&words, &narrowed), anchor, false);
    Ok([found, explain(conn, rows).await?])
}

#[cfg(any(test, feature = "testing"))]
async fn explain(conn: &mut Conn<'_>, Statement { sql, binds }: Statement) -> Result<Vec<String>, crate::StoreError> {
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
