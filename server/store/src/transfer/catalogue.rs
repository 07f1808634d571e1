//! Tables, columns and keys as the database itself tells them: a table that a migration adds is moved without a word
//! about it here.

use std::collections::HashMap;

use crate::pool::run;
use crate::{Conn, StoreError};

/// Tables that say something about one database and not about those whose data it holds.
const OF_THE_DATABASE: [&str; 2] = ["leases", "unfinished_copies"];

/// What values a column has on both engines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Integer,
    Text,
    Blob,
}

#[derive(Debug, Clone)]
pub(super) struct Column {
    pub(super) name: String,
    pub(super) kind: Kind,
    /// The type's name on this engine.
    declared: String,
}

impl Column {
    /// Whether this engine keeps what the value means and not how it was spelled.
    pub(super) fn is_json(&self) -> bool {
        self.declared == "jsonb"
    }

    /// Reads it as one of the three kinds.
    pub(super) fn read(&self) -> String {
        match self.declared.as_str() {
            "boolean" => format!("{}::int::bigint", self.name),
            "jsonb" => format!("{}::text", self.name),
            _ => self.name.clone(),
        }
    }

    /// Makes an expression of one of the three kinds a value of the column.
    pub(super) fn written(&self, expression: &str) -> String {
        match self.declared.as_str() {
            "boolean" => format!("({expression}) <> 0"),
            "jsonb" => format!("({expression})::jsonb"),
            _ => expression.to_owned(),
        }
    }
}

/// A table, with its columns in their order on this engine.
#[derive(Debug, Clone)]
pub(super) struct Table {
    pub(super) name: String,
    pub(super) columns: Vec<Column>,
    /// Where the primary key's columns stand among `columns`, in the key's order.
    pub(super) key: Vec<usize>,
    parents: Vec<String>,
}

impl Table {
    /// The same table with its columns in another order, or without some of them.
    pub(super) fn with_columns(&self, names: &[String]) -> Result<Self, StoreError> {
        let find = |name: &String| {
            let column = self.columns.iter().find(|column| column.name == *name).cloned();
            column.ok_or_else(|| StoreError::Transfer(format!("the table {} has no column {name}", self.name)))
        };
        let columns: Vec<Column> = names.iter().map(find).collect::<Result<_, _>>()?;
        let place = |at: &usize| columns.iter().position(|column| column.name == self.columns[*at].name);
        let key: Option<Vec<usize>> = self.key.iter().map(place).collect();
        let key = key.ok_or_else(|| StoreError::Transfer(format!("the key of the table {} is missing", self.name)))?;
        Ok(Self { name: self.name.clone(), columns, key, parents: self.parents.clone() })
    }

    pub(super) fn column_names(&self) -> Vec<String> {
        self.columns.iter().map(|column| column.name.clone()).collect()
    }

    /// Whether its rows go when rows of the other table go, or keep them from going.
    pub(super) fn refers_to(&self, other: &str) -> bool {
        self.parents.iter().any(|parent| parent == other)
    }
}

const SQLITE_TABLES: &str = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'
    AND name NOT LIKE '\\_sqlx%' ESCAPE '\\' ORDER BY name";
const SQLITE_COLUMNS: &str = "SELECT name, lower(type), pk FROM pragma_table_info($1) ORDER BY cid";
const SQLITE_PARENTS: &str = "SELECT DISTINCT \"table\" FROM pragma_foreign_key_list($1)";

const POSTGRES_TABLES: &str = "SELECT relname::text FROM pg_class WHERE relkind IN ('r', 'p')
    AND relnamespace = current_schema()::regnamespace AND relname NOT LIKE '\\_sqlx%' ORDER BY relname";
const POSTGRES_COLUMNS: &str = "SELECT a.attname::text, format_type(a.atttypid, NULL),
        COALESCE(array_position(i.indkey::int2[], a.attnum) + 1, 0)::bigint
    FROM pg_class t JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
        LEFT JOIN pg_index i ON i.indrelid = t.oid AND i.indisprimary
    WHERE t.relname = $1 AND t.relnamespace = current_schema()::regnamespace ORDER BY a.attnum";
const POSTGRES_PARENTS: &str = "SELECT DISTINCT p.relname::text FROM pg_constraint c
        JOIN pg_class t ON t.oid = c.conrelid JOIN pg_class p ON p.oid = c.confrelid
    WHERE c.contype = 'f' AND t.relname = $1 AND t.relnamespace = current_schema()::regnamespace";

/// The tables, each after those that its rows refer to.
pub(super) async fn tables(conn: &mut Conn<'_>) -> Result<Vec<Table>, StoreError> {
    let (tables, columns, parents) = match conn {
        Conn::Sqlite(_) => (SQLITE_TABLES, SQLITE_COLUMNS, SQLITE_PARENTS),
        Conn::Postgres(_) => (POSTGRES_TABLES, POSTGRES_COLUMNS, POSTGRES_PARENTS),
    };
    let names: Vec<String> = run!(conn, |c| sqlx::query_scalar(tables).fetch_all(c).await)?;
    let mut found = Vec::new();
    for name in names.into_iter().filter(|name| !OF_THE_DATABASE.contains(&name.as_str())) {
        let rows: Vec<(String, String, i64)> =
            run!(conn, |c| sqlx::query_as(columns).bind(name.as_str()).fetch_all(c).await)?;
        let parents: Vec<String> = run!(conn, |c| sqlx::query_scalar(parents).bind(name.as_str()).fetch_all(c).await)?;
        let mut key: Vec<(i64, usize)> =
            rows.iter().enumerate().filter(|(_, row)| row.2 > 0).map(|(at, row)| (row.2, at)).collect();
        key.sort_unstable();
        let columns = rows.into_iter().map(|(column, declared, _)| column_of(&name, column, declared));
        let columns = columns.collect::<Result<_, _>>()?;
        found.push(Table { name, columns, key: key.into_iter().map(|(_, at)| at).collect(), parents });
    }
    Ok(in_order(&found))
}

fn column_of(table: &str, name: String, declared: String) -> Result<Column, StoreError> {
    let kind = match declared.as_str() {
        "integer" | "bigint" | "boolean" => Kind::Integer,
        "text" | "jsonb" => Kind::Text,
        "blob" | "bytea" => Kind::Blob,
        other => return Err(StoreError::Transfer(format!("{table}.{name} has the unknown type {other}"))),
    };
    Ok(Column { name, kind, declared })
}

/// Each table behind those that it refers to.
fn in_order(tables: &[Table]) -> Vec<Table> {
    let mut waiting: HashMap<String, Table> = tables.iter().map(|table| (table.name.clone(), table.clone())).collect();
    let mut ordered: Vec<Table> = Vec::new();
    while ordered.len() < tables.len() {
        let is_ready = |table: &&Table| {
            waiting.contains_key(&table.name)
                && table.parents.iter().all(|parent| *parent == table.name || !waiting.contains_key(parent))
        };
        // Tables in a circle could be in no order; there are none, and if there were, the database would refuse rows.
        let next =
            tables.iter().find(is_ready).or_else(|| tables.iter().find(|table| waiting.contains_key(&table.name)));
        let Some(next) = next else { break };
        waiting.remove(&next.name);
        ordered.push(next.clone());
    }
    ordered
}
