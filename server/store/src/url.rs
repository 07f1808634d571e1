//! Where the database is.

use std::str::FromStr;

use sqlx::ConnectOptions;
use sqlx::postgres::PgConnectOptions;

use crate::StoreError;

/// `sqlite:PATH` or `postgres://…`; `?pgbouncer=true` behind the latter says that PgBouncer stands between.
#[derive(Clone)]
pub struct DatabaseUrl(pub(crate) Engine);

#[derive(Clone)]
pub(crate) enum Engine {
    Sqlite(std::path::PathBuf),
    Postgres(Box<PgConnectOptions>),
    /// Through a pooler that gives each transaction whichever connection is free.
    PgBouncer(Box<PgConnectOptions>),
}

impl FromStr for DatabaseUrl {
    type Err = StoreError;

    fn from_str(url: &str) -> Result<Self, StoreError> {
        if let Some(path) = url.strip_prefix("sqlite:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            if path.is_empty() || path.starts_with(':') {
                return Err(StoreError::BadUrl(
                    "The database address needs a file, as in sqlite:data/spaceiq.db.".to_owned(),
                ));
            }
            return Ok(Self(Engine::Sqlite(path.into())));
        }
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            let (url, behind_pgbouncer) = without_pgbouncer(url);
            let options = PgConnectOptions::from_str(&url)
                .map_err(|error| StoreError::BadUrl(format!("The database address is not valid: {error}.")))?
                .disable_statement_logging();
            return Ok(Self(if behind_pgbouncer {
                // A prepared statement is there for one transaction only, and PgBouncer knows few parameters.
                let options = options.statement_cache_capacity(0).extra_float_digits(None);
                Engine::PgBouncer(Box::new(options))
            } else {
                Engine::Postgres(Box::new(options))
            }));
        }
        Err(StoreError::BadUrl("The database address must begin with sqlite: or postgres://.".to_owned()))
    }
}

/// Takes `pgbouncer=true` out of the parameters, which are PostgreSQL's otherwise.
fn without_pgbouncer(url: &str) -> (String, bool) {
    let Some((address, parameters)) = url.split_once('?') else { return (url.to_owned(), false) };
    let rest: Vec<&str> = parameters.split('&').filter(|parameter| *parameter != "pgbouncer=true").collect();
    let found = rest.len() < parameters.split('&').count();
    (if rest.is_empty() { address.to_owned() } else { format!("{address}?{}", rest.join("&")) }, found)
}

impl std::fmt::Display for DatabaseUrl {
    /// Without user and password.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.0 {
            Engine::Sqlite(path) => write!(formatter, "sqlite:{}", path.display()),
            Engine::Postgres(options) | Engine::PgBouncer(options) => {
                let name = options.get_database().unwrap_or_default();
                write!(formatter, "postgres://{}:{}/{name}", options.get_host(), options.get_port())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_checked_and_shown_without_password() {
        for bad in ["", "mysql://x", "sqlite:", "sqlite::memory:", "postgres://host:notaport/x", "data/spaceiq.db"] {
            assert!(matches!(DatabaseUrl::from_str(bad), Err(StoreError::BadUrl(_))), "{bad}");
        }
        let url = DatabaseUrl::from_str("postgres://admin:hunter2@db.test:5433/spaceiq").expect("valid");
        assert_eq!(url.to_string(), "postgres://db.test:5433/spaceiq");
        let pooled = DatabaseUrl::from_str("postgres://db.test/x?sslmode=disable&pgbouncer=true").expect("valid");
        assert!(matches!(pooled.0, Engine::PgBouncer(_)), "{pooled}");
        assert_eq!(without_pgbouncer("postgres://h/x?pgbouncer=true"), ("postgres://h/x".to_owned(), true));
        assert_eq!(without_pgbouncer("postgres://h/x?a=b"), ("postgres://h/x?a=b".to_owned(), false));
        assert_eq!(DatabaseUrl::from_str("sqlite:data/x.db").expect("valid").to_string(), "sqlite:data/x.db");
    }
}

#[cfg(test)]
mod fuzz {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Whatever an operator writes, the password in it is not shown.
        #[test]
        fn a_password_is_never_shown(name in "[a-z]{0,8}", rest in "[a-z0-9.:/?&=]{0,40}") {
            let url = format!("postgres://{name}:Geheim-7@{rest}");
            if let Ok(url) = DatabaseUrl::from_str(&url) {
                prop_assert!(!url.to_string().contains("Geheim-7"), "{}", url);
            }
            let _ = DatabaseUrl::from_str(&rest).is_ok();
        }
    }
}
