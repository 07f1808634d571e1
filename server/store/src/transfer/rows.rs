//! Rows read a page at a time in the order of their keys, which is the same on both engines; and written in bulk.

use sqlx::{AssertSqlSafe, PgConnection, SqliteConnection};

use super::catalogue::{Kind, Table};
use super::value::{Value, values_of};
use crate::pool::run;
use crate::{Conn, StoreError};

pub(super) type Row = Vec<Value>;

fn sql_type(kind: Kind) -> &'static str {
    match kind {
        Kind::Integer => "bigint",
        Kind::Text => "text",
        Kind::Blob => "bytea",
    }
}

/// Rows read at once.
const PAGE: usize = 500;
/// SQLite takes this many values in one statement.
const SQLITE_VALUES: usize = 32_000;

/// Binds values in their order, each with its column's type, since PostgreSQL wants to know the type of a null too.
macro_rules! bound {
    ($query:expr, $values:expr) => {{
        let mut query = $query;
        for (kind, value) in $values {
            query = match kind {
                Kind::Integer => query.bind(value.integer()),
                Kind::Text => query.bind(value.text()),
                Kind::Blob => query.bind(value.blob()),
            };
        }
        query
    }};
}

impl Table {
    pub(super) fn key_of(&self, row: &[Value]) -> Row {
        self.key.iter().map(|at| row[*at].clone()).collect()
    }

    fn key_kinds(&self) -> impl Iterator<Item = Kind> {
        self.key.iter().map(|at| self.columns[*at].kind)
    }

    fn kinds(&self) -> impl Iterator<Item = Kind> {
        self.columns.iter().map(|column| column.kind)
    }

    fn key_columns(&self) -> Vec<&str> {
        self.key.iter().map(|at| self.columns[*at].name.as_str()).collect()
    }

    /// `k1 = $n AND k2 = …`, the numbers beginning after `after`.
    fn key_condition(&self, after: usize) -> String {
        let names = self.key_columns();
        let conditions = names.iter().enumerate().map(|(at, name)| format!("{name} = ${}", after + at + 1));
        conditions.collect::<Vec<_>>().join(" AND ")
    }

    /// Rows behind a key, or the first ones.
    pub(super) async fn page(&self, conn: &mut Conn<'_>, after: Option<&[Value]>) -> Result<Vec<Row>, StoreError> {
        let read: Vec<String> = self.columns.iter().map(super::catalogue::Column::read).collect();
        let keys = self.key_columns().join(", ");
        let parameters: Vec<String> = (1..=self.key.len()).map(|number| format!("${number}")).collect();
        let behind =
            if after.is_some() { format!("WHERE ({keys}) > ({})", parameters.join(", ")) } else { String::new() };
        let sql = format!("SELECT {} FROM {} {behind} ORDER BY {keys} LIMIT {PAGE}", read.join(", "), self.name);
        let values = after.unwrap_or_default();
        run!(conn, |c| {
            let rows = bound!(sqlx::query(AssertSqlSafe(sql)), self.key_kinds().zip(values)).fetch_all(c).await?;
            rows.iter().map(|row| values_of(row, &self.columns)).collect()
        })
    }

    /// Adds rows.
    pub(super) async fn insert(&self, conn: &mut Conn<'_>, rows: &[Row]) -> Result<(), StoreError> {
        match conn {
            Conn::Sqlite(c) => self.insert_sqlite(c, rows).await,
            Conn::Postgres(c) => self.insert_postgres(c, rows).await,
        }
    }

    async fn insert_sqlite(&self, conn: &mut SqliteConnection, rows: &[Row]) -> Result<(), StoreError> {
        let one = format!("({})", vec!["?"; self.columns.len()].join(", "));
        let insert = format!("INSERT INTO {} ({}) VALUES ", self.name, self.column_names().join(", "));
        for some in rows.chunks((SQLITE_VALUES / self.columns.len()).min(100)) {
            let sql = insert.clone() + &vec![one.as_str(); some.len()].join(", ");
            let values = some.iter().flat_map(|row| self.kinds().zip(row));
            bound!(sqlx::query(AssertSqlSafe(sql)), values).execute(&mut *conn).await?;
        }
        Ok(())
    }

    /// An array a column, whatever the number of rows.
    async fn insert_postgres(&self, conn: &mut PgConnection, rows: &[Row]) -> Result<(), StoreError> {
        let names = self.column_names().join(", ");
        let arrays =
            self.columns.iter().enumerate().map(|(at, column)| format!("${}::{}[]", at + 1, sql_type(column.kind)));
        let sql = format!(
            "INSERT INTO {} ({names}) SELECT {} FROM UNNEST({}) AS r({names})",
            self.name,
            self.columns.iter().map(|column| column.written(&column.name)).collect::<Vec<_>>().join(", "),
            arrays.collect::<Vec<_>>().join(", "),
        );
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for (at, column) in self.columns.iter().enumerate() {
            let values = rows.iter().map(|row| &row[at]);
            query = match column.kind {
                Kind::Integer => query.bind(values.map(Value::integer).collect::<Vec<_>>()),
                Kind::Text => query.bind(values.map(Value::text).collect::<Vec<_>>()),
                Kind::Blob => query.bind(values.map(Value::blob).collect::<Vec<_>>()),
            };
        }
        query.execute(conn).await?;
        Ok(())
    }

    /// Makes the row with this key what it is elsewhere.
    pub(super) async fn update(&self, conn: &mut Conn<'_>, row: &Row) -> Result<(), StoreError> {
        let set = self.columns.iter().enumerate().map(|(at, column)| {
            let parameter = match conn {
                Conn::Sqlite(_) => format!("${}", at + 1),
                Conn::Postgres(_) => column.written(&format!("${}::{}", at + 1, sql_type(column.kind))),
            };
            format!("{} = {parameter}", column.name)
        });
        let sql = format!(
            "UPDATE {} SET {} WHERE {}",
            self.name,
            set.collect::<Vec<_>>().join(", "),
            self.key_condition(self.columns.len())
        );
        let key = self.key_of(row);
        let values = || self.kinds().zip(row).chain(self.key_kinds().zip(&key));
        run!(conn, |c| bound!(sqlx::query(AssertSqlSafe(sql)), values()).execute(c).await.map(|_| ()))?;
        Ok(())
    }

    /// Removes the row with this key.
    pub(super) async fn delete(&self, conn: &mut Conn<'_>, key: &[Value]) -> Result<(), StoreError> {
        let sql = format!("DELETE FROM {} WHERE {}", self.name, self.key_condition(0));
        run!(conn, |c| bound!(sqlx::query(AssertSqlSafe(sql)), self.key_kinds().zip(key))
            .execute(c)
            .await
            .map(|_| ()))?;
        Ok(())
    }

    /// Removes all rows.
    pub(super) async fn clear(&self, conn: &mut Conn<'_>) -> Result<(), StoreError> {
        let sql = format!("DELETE FROM {}", self.name);
        run!(conn, |c| sqlx::query(AssertSqlSafe(sql)).execute(c).await.map(|_| ()))?;
        Ok(())
    }

    /// Whether it has a row.
    pub(super) async fn is_empty(&self, conn: &mut Conn<'_>) -> Result<bool, StoreError> {
        let sql = format!("SELECT 1 FROM {} LIMIT 1", self.name);
        let one = run!(conn, |c| sqlx::query(AssertSqlSafe(sql)).fetch_optional(c).await.map(|row| row.is_some()))?;
        Ok(!one)
    }
}
