//! The one error type of the storage layer.

use sqlx::error::DatabaseError;
use sqlx::sqlite::SqliteError;

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
    /// Moving data from or to a backup or another database cannot go on.
    #[error("{0}")]
    Transfer(String),
    /// A file cannot be read or written.
    #[error("the file cannot be used")]
    File(#[from] std::io::Error),
    /// Work passed to [`crate::Store::write`] panicked; nothing of it was stored.
    #[error("a write panicked")]
    Panicked,
    /// Anything else the driver says.
    #[error("the database refused a statement")]
    Database(#[source] sqlx::Error),
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        if is_unavailable(&error) { Self::Unavailable(Some(error)) } else { Self::Database(error) }
    }
}

/// Whether the database does not answer, or is too busy to.
pub(crate) fn is_unavailable(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed
        | sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        // What the driver says of a PostgreSQL that hangs up in the middle of its greeting.
        | sqlx::Error::Protocol(_) => true,
        sqlx::Error::Database(error) => passes(&**error),
        _ => false,
    }
}

/// Whether PostgreSQL refused a statement for the sake of others, though it is there: a deadlock, a conflict, a lock that it
/// waited for long enough, or an operator who ended it.
pub(crate) fn is_refusal(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(DatabaseError::code);
    code.is_some_and(|code| ["40001", "40P01", "55P03", "57014"].contains(&&*code))
}

/// Whether the same statement may succeed later: the database is busy, full, stopping or out of reach.
fn passes(error: &dyn DatabaseError) -> bool {
    let code = error.code().unwrap_or_default();
    if error.try_downcast_ref::<SqliteError>().is_some() {
        // The low byte is the primary code: BUSY, LOCKED, NOMEM, READONLY, INTERRUPT, IOERR, FULL, CANTOPEN.
        return code.parse::<u32>().is_ok_and(|code| [5, 6, 7, 8, 9, 10, 13, 14].contains(&(code & 0xff)));
    }
    // Classes 08 connection, 53 resources, 57 operator; serialization, deadlock, lock not available, standby server; a
    // database that lets nobody in, or is not there: it is being moved or restored.
    ["08", "53", "57"].iter().any(|class| code.starts_with(class))
        || ["40001", "40P01", "55P03", "25006", "55000", "3D000"].contains(&&*code)
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
