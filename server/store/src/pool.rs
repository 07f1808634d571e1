//! Connections to either engine, and the macro that runs one statement on both.

use sqlx::pool::PoolConnection;
use sqlx::{PgConnection, PgPool, Postgres, SqliteConnection, Transaction};

use crate::StoreError;
use crate::readers::{Readers, SqliteReader};

/// Runs the same expression on whichever engine the connection belongs to: SQL is written once.
macro_rules! run {
    ($conn:expr, |$c:ident| $body:expr) => {
        match $conn {
            $crate::Conn::Sqlite($c) => {
                let $c = &mut **$c;
                $body
            }
            $crate::Conn::Postgres($c) => {
                let $c = &mut **$c;
                $body
            }
        }
    };
}
pub(crate) use run;

/// Behind PgBouncer a connection may hold statements that another client prepared under the names that ours would get.
pub(crate) const BEGIN_AFRESH: &str = "BEGIN; DEALLOCATE ALL";

#[derive(Clone)]
pub(crate) enum Pool {
    Sqlite(Readers),
    Postgres(PgPool),
    /// See [`crate::url::Engine`].
    PgBouncer(PgPool),
}

/// A connection taken from the pool for reading.
pub enum Reader {
    /// Read-only: SQLite refuses writes on it.
    Sqlite(SqliteReader),
    /// PostgreSQL.
    Postgres(PoolConnection<Postgres>),
    /// PostgreSQL behind PgBouncer: only within a transaction is a statement run where it was prepared.
    PgBouncer(Transaction<'static, Postgres>),
}

/// A connection to either engine, in a transaction when it comes from [`crate::Store::write`].
pub enum Conn<'c> {
    /// SQLite.
    Sqlite(&'c mut SqliteConnection),
    /// PostgreSQL.
    Postgres(&'c mut PgConnection),
}

impl Reader {
    /// What the modules' functions take.
    pub fn conn(&mut self) -> Conn<'_> {
        match self {
            Self::Sqlite(reader) => Conn::Sqlite(reader.connection()),
            Self::Postgres(connection) => Conn::Postgres(connection),
            Self::PgBouncer(transaction) => Conn::Postgres(transaction),
        }
    }
}

impl Conn<'_> {
    /// Statements as one that is sent once: on the way to the database and back each of them costs more than in it. They
    /// share their parameters. None may depend on what another of them writes, since on PostgreSQL none sees it; and
    /// there only the last one's rows are counted.
    pub(crate) fn together(&self, statements: &[&str]) -> String {
        match (self, statements) {
            (Self::Postgres(_), [first @ .., last]) if !first.is_empty() => {
                let first: Vec<String> =
                    first.iter().enumerate().map(|(number, one)| format!("s{number} AS ({one})")).collect();
                format!("WITH {} {last}", first.join(", "))
            }
            _ => statements.join("; "),
        }
    }

    /// Ends a statement that locks the rows it reads against other changes. SQLite has one writer at a time and needs
    /// no lock. On PostgreSQL rows that refer to the locked one by a foreign key can still be written.
    pub(crate) fn for_update(&self) -> &'static str {
        match self {
            Self::Sqlite(_) => "",
            Self::Postgres(_) => " FOR NO KEY UPDATE",
        }
    }

    /// As [`Self::for_update`], for a row that is about to go: nothing can come to refer to it any more.
    pub(crate) fn for_delete(&self) -> &'static str {
        match self {
            Self::Sqlite(_) => "",
            Self::Postgres(_) => " FOR UPDATE",
        }
    }

    /// Ends a statement after which the rows it read from a table stay until the transaction ends.
    pub(crate) fn for_reference(&self) -> &'static str {
        match self {
            Self::Sqlite(_) => "",
            Self::Postgres(_) => " FOR KEY SHARE OF e",
        }
    }
}

impl Pool {
    /// Connections, and how many of them are idle.
    pub(crate) fn size(&self) -> (u64, usize) {
        match self {
            Self::Sqlite(readers) => readers.size(),
            Self::Postgres(pool) | Self::PgBouncer(pool) => (pool.size().into(), pool.num_idle()),
        }
    }

    pub(crate) async fn reader(&self) -> Result<Reader, StoreError> {
        Ok(match self {
            Self::Sqlite(readers) => Reader::Sqlite(readers.take().await?),
            Self::Postgres(pool) => Reader::Postgres(pool.acquire().await?),
            Self::PgBouncer(pool) => Reader::PgBouncer(pool.begin_with(BEGIN_AFRESH).await?),
        })
    }
}
