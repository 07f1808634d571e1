//! What connections of both engines can do.

use futures::future::BoxFuture;
use sqlx::{Connection, PgConnection, SqliteConnection};

/// A connection that runs statements without parameters.
pub trait Runs: Connection {
    /// Runs some.
    fn run<'c>(&'c mut self, sql: &'static str) -> BoxFuture<'c, Result<(), sqlx::Error>>;
}

impl Runs for SqliteConnection {
    fn run<'c>(&'c mut self, sql: &'static str) -> BoxFuture<'c, Result<(), sqlx::Error>> {
        Box::pin(async move { sqlx::raw_sql(sql).execute(self).await.map(|_| ()) })
    }
}

impl Runs for PgConnection {
    fn run<'c>(&'c mut self, sql: &'static str) -> BoxFuture<'c, Result<(), sqlx::Error>> {
        Box::pin(async move { sqlx::raw_sql(sql).execute(self).await.map(|_| ()) })
    }
}
