//! Rows of any table, read from one database to be written to another.

use anyhow::{Result, bail};
use serde_json::Value;
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::types::Json;
use sqlx::{Column, Row, TypeInfo};

/// A value, with the type that its column has.
#[derive(Debug, Clone)]
pub(crate) enum Cell {
    Text(Option<String>),
    Integer(Option<i64>),
    Boolean(Option<bool>),
    Bytes(Option<Vec<u8>>),
    Json(Option<Json<Value>>),
}

/// A row: its table, and its values in the order of the columns.
#[derive(Debug, Clone)]
pub(crate) struct Record {
    pub(crate) table: usize,
    pub(crate) cells: Vec<Cell>,
}

macro_rules! cells {
    ($row:expr) => {{
        let row = $row;
        let cell = |at: usize| {
            Ok(match row.column(at).type_info().name() {
                "TEXT" | "VARCHAR" => Cell::Text(row.try_get(at)?),
                "INTEGER" | "INT8" => Cell::Integer(row.try_get(at)?),
                "BOOL" => Cell::Boolean(row.try_get(at)?),
                "BLOB" | "BYTEA" => Cell::Bytes(row.try_get(at)?),
                "JSONB" => Cell::Json(row.try_get(at)?),
                other => bail!("a column of the type {other}"),
            })
        };
        (0..row.len()).map(cell).collect()
    }};
}

/// The values of a row of SQLite.
pub(crate) fn of_sqlite(row: &SqliteRow) -> Result<Vec<Cell>> {
    cells!(row)
}

/// The values of a row of PostgreSQL.
pub(crate) fn of_postgres(row: &PgRow) -> Result<Vec<Cell>> {
    cells!(row)
}

/// Binds the values of a record to a statement of either engine.
macro_rules! bound {
    ($sql:expr, $cells:expr) => {{
        let mut query = sqlx::query(sqlx::AssertSqlSafe($sql));
        for cell in $cells {
            query = match cell {
                $crate::ceiling::cells::Cell::Text(value) => query.bind(value.as_deref()),
                $crate::ceiling::cells::Cell::Integer(value) => query.bind(*value),
                $crate::ceiling::cells::Cell::Boolean(value) => query.bind(*value),
                $crate::ceiling::cells::Cell::Bytes(value) => query.bind(value.as_deref()),
                $crate::ceiling::cells::Cell::Json(value) => query.bind(value.as_ref()),
            };
        }
        query
    }};
}
pub(crate) use bound;
