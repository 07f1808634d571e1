//! What only one of several servers may do at a time.

use time::{Duration, OffsetDateTime};

use crate::pool::run;
use crate::{Conn, StoreError, milliseconds};

/// Takes or renews a lease. It is the holder's until the time is over without a further word.
pub async fn take(
    conn: &mut Conn<'_>,
    name: &str,
    holder: &str,
    now: OffsetDateTime,
    lasts: Duration,
) -> Result<bool, StoreError> {
    let taken = run!(conn, |c| sqlx::query(
        "INSERT INTO leases (name, holder, expires_at) VALUES ($1, $2, $3)
         ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, expires_at = excluded.expires_at
         WHERE leases.holder = excluded.holder OR leases.expires_at <= $4"
    )
    .bind(name)
    .bind(holder)
    .bind(milliseconds(now + lasts))
    .bind(milliseconds(now))
    .execute(c)
    .await
    .map(|done| done.rows_affected()))?;
    Ok(taken > 0)
}

/// Gives all leases of a holder back, so that another need not wait until they end.
pub async fn release(conn: &mut Conn<'_>, holder: &str) -> Result<(), StoreError> {
    run!(conn, |c| sqlx::query("DELETE FROM leases WHERE holder = $1").bind(holder).execute(c).await.map(|_| ()))?;
    Ok(())
}
