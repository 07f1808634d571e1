//! One-time codes with which the first admin sets the server up.

use time::OffsetDateTime;

use crate::one_time_code::hash;
use crate::pool::run;
use crate::{Conn, StoreError, accounts, milliseconds};

/// Remembers a code until it expires.
pub async fn add(conn: &mut Conn<'_>, code: &str, expires_at: OffsetDateTime) -> Result<(), StoreError> {
    run!(conn, |c| sqlx::query("INSERT INTO setup_codes (hash, expires_at) VALUES ($1, $2)")
        .bind(hash(code))
        .bind(milliseconds(expires_at))
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(())
}

/// Whether the code would be accepted now: it is known, has not expired, and no account exists yet.
pub async fn is_valid(conn: &mut Conn<'_>, code: &str, now: OffsetDateTime) -> Result<bool, StoreError> {
    if accounts::any(conn).await? {
        return Ok(false);
    }
    let found: Option<i32> =
        run!(conn, |c| sqlx::query_scalar("SELECT 1 FROM setup_codes WHERE hash = $1 AND expires_at > $2")
            .bind(hash(code))
            .bind(milliseconds(now))
            .fetch_optional(c)
            .await)?;
    Ok(found.is_some())
}

/// Uses the code up, together with all others: the first to set the server up is the only one. Says whether it was
/// valid; of two who try at once, one deletes the rows and the other finds none.
pub async fn consume(conn: &mut Conn<'_>, code: &str, now: OffsetDateTime) -> Result<bool, StoreError> {
    // In the order of the hashes, so that two with different codes do not wait for each other.
    let lock = format!("SELECT hash, expires_at FROM setup_codes ORDER BY hash{}", conn.for_delete());
    let codes: Vec<(Vec<u8>, i64)> = run!(conn, |c| sqlx::query_as(sqlx::AssertSqlSafe(lock)).fetch_all(c).await)?;
    let (hash, now) = (hash(code), milliseconds(now));
    let known = codes.iter().any(|(known, expires_at)| *known == hash && *expires_at > now);
    if !known || accounts::any(conn).await? {
        return Ok(false);
    }
    run!(conn, |c| sqlx::query("DELETE FROM setup_codes").execute(c).await.map(|_| ()))?;
    Ok(true)
}
