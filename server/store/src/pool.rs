//! Connections to either engine, and the macro that runs one statement on both.

use std::time::Duration;

use sqlx::{PgConnection, SqliteConnection};

use crate::StoreError;
use crate::connections::{Connections, Taken};
use crate::error::is_unavailable;
use crate::open::PATIENCE;

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
    Sqlite(Connections<SqliteConnection>),
    Postgres(Connections<PgConnection>),
    /// See [`crate::url::Engine`].
    PgBouncer(Connections<PgConnection>),
}

/// A connection taken for reading; dropping it gives it back.
pub enum Reader {
    /// Read-only: SQLite refuses writes on it.
    Sqlite(Taken<SqliteConnection>),
    /// PostgreSQL. Behind PgBouncer within a transaction: only there is a statement run where it was prepared.
    Postgres(Taken<PgConnection>),
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
            Self::Sqlite(taken) => Conn::Sqlite(taken.connection()),
            Self::Postgres(taken) => Conn::Postgres(taken.connection()),
        }
    }

    /// Closes the connection, since it is broken: who asks next gets another one. A file's cannot be cut, and is kept.
    pub fn throw_away(self) {
        match self {
            Self::Sqlite(taken) => drop(taken),
            Self::Postgres(taken) => taken.throw_away(),
        }
    }

    /// Gives the connection back to whoever needs one next. Only when all that was asked of it was answered without an
    /// error: nobody asks whether it lives, which on PostgreSQL costs as much as a statement.
    pub fn give_back(self) {
        match self {
            Self::Sqlite(taken) => taken.give_back(),
            Self::Postgres(taken) => taken.give_back(),
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
            Self::Sqlite(connections) => connections.size(),
            Self::Postgres(connections) | Self::PgBouncer(connections) => connections.size(),
        }
    }

    pub(crate) async fn reader(&self) -> Result<Reader, StoreError> {
        Ok(match self {
            Self::Sqlite(connections) => Reader::Sqlite(connections.take().await?),
            Self::Postgres(connections) => Reader::Postgres(connections.take().await?),
            Self::PgBouncer(connections) => Reader::Postgres(begun(connections, BEGIN_AFRESH, PATIENCE).await?),
        })
    }
}

/// A connection in a transaction, which whoever took it ends; dropping it rolls back.
///
/// A connection that was cut since it was used last says so at this statement, before anything could have been done.
pub(crate) async fn begun(
    connections: &Connections<PgConnection>,
    begin: &'static str,
    patience: Duration,
) -> Result<Taken<PgConnection>, sqlx::Error> {
    let begun = async {
        let mut taken = connections.take().await?;
        match taken.begin(begin).await {
            Err(error) if is_unavailable(&error) => {
                taken.throw_away();
                taken = connections.take().await?;
                taken.begin(begin).await?;
            }
            done => done?,
        }
        Ok(taken)
    };
    tokio::time::timeout(patience, begun).await.map_err(|_| sqlx::Error::PoolTimedOut)?
}
