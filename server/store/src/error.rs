//! The one error type of the storage layer.

/// What can go wrong below the application.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A value that must be unique is taken.
    #[error("{0} is taken")]
    Conflict(&'static str),
    /// A group cannot have this member: no employee or group of the tenant has the id.
    #[error("there is no employee or group {0}")]
    UnknownMember(String),
    /// The row changed since it was read.
    #[error("the row changed meanwhile")]
    Stale,
    /// The integration has two live tokens already.
    #[error("the integration has two live tokens already")]
    TooManyTokens,
    /// The database's address is no address.
    #[error("{0}")]
    BadUrl(String),
    /// The database cannot be opened.
    #[error("cannot open the database {url}")]
    CannotOpen {
        /// Without its password.
        url: String,
        /// Why.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The database does not answer, or is too busy to.
    #[error("the database does not answer")]
    Unavailable(#[source] Option<sqlx::Error>),
    /// A row that cannot be right.
    #[error("table {table} holds what cannot be right: {what}")]
    Inconsistent {
        /// The table.
        table: &'static str,
        /// In words, without personal data.
        what: &'static str,
    },
    /// Work passed to [`crate::Store::write`] panicked; nothing of it was stored.
    #[error("a write panicked")]
    Panicked,
    /// Anything else the driver says.
    #[error("the database refused a statement")]
    Database(#[source] sqlx::Error),
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        let busy = |error: &sqlx::Error| {
            let code = error.as_database_error().and_then(|error| error.code().map(|code| code.into_owned()));
            // SQLITE_BUSY, SQLITE_FULL; PostgreSQL: serialization, deadlock, too many connections, shutting down.
            code.is_some_and(|code| {
                ["5", "13", "261", "517", "40001", "40P01", "53300", "57P01", "57P03"].contains(&code.as_str())
            })
        };
        match error {
            sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed | sqlx::Error::Io(_) => {
                Self::Unavailable(Some(error))
            }
            error if busy(&error) => Self::Unavailable(Some(error)),
            error => Self::Database(error),
        }
    }
}

impl StoreError {
    /// Names the attribute whose unique constraint a statement broke. Both engines name the column: SQLite in its
    /// message, PostgreSQL in the constraint's name.
    pub(crate) fn unique(error: sqlx::Error, column: &str, attribute: &'static str) -> Self {
        let broken = error
            .as_database_error()
            .is_some_and(|error| error.is_unique_violation() && error.message().contains(column));
        if broken { Self::Conflict(attribute) } else { error.into() }
    }
}
