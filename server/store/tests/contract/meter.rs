//! What the database does, counted: times say more of the machine than of the statement.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use store::{Conn, StoreError};

use crate::support::number;

/// What the database did so far on this connection: steps of its machine on SQLite; on PostgreSQL rows read one after
/// the other, entries read in indexes, and rows written. (Whether an entry's row is read as well depends on when the
/// table was vacuumed.)
async fn effort(conn: &mut Conn<'_>) -> Result<i64, StoreError> {
    let sql = "SELECT CAST(sum(pg_stat_get_xact_tuples_returned(c.oid)) + sum(pg_stat_get_xact_tuples_inserted(c.oid))
                   + sum(pg_stat_get_xact_tuples_deleted(c.oid)) AS BIGINT)
               FROM pg_class c WHERE c.relkind IN ('r', 'i') AND c.relnamespace = 'public'::regnamespace";
    number(conn, sql).await
}

/// Counts what is done on a connection, from one moment to another. On PostgreSQL both are within one transaction.
pub(crate) struct Meter {
    steps: Arc<AtomicI64>,
    before: i64,
}

impl Meter {
    pub(crate) async fn start(conn: &mut Conn<'_>) -> Result<Self, StoreError> {
        let steps = Arc::new(AtomicI64::new(0));
        let before = match conn {
            Conn::Sqlite(c) => {
                let counted = steps.clone();
                c.lock_handle().await?.set_progress_handler(1, move || {
                    counted.fetch_add(1, Ordering::Relaxed);
                    true
                });
                0
            }
            Conn::Postgres(_) => effort(conn).await?,
        };
        Ok(Self { steps, before })
    }

    pub(crate) async fn stop(self, conn: &mut Conn<'_>) -> Result<i64, StoreError> {
        match conn {
            Conn::Sqlite(c) => {
                c.lock_handle().await?.remove_progress_handler();
                Ok(self.steps.load(Ordering::Relaxed))
            }
            Conn::Postgres(_) => Ok(effort(conn).await? - self.before),
        }
    }
}
