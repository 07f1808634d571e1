//! Questions that wait for an authenticator's answer.

use time::OffsetDateTime;

use crate::pool::run;
use crate::{AccountId, Conn, StoreError, TenantId, milliseconds};

/// Remembers a question until it expires, and forgets the account's that did.
pub async fn begin(
    conn: &mut Conn<'_>,
    (tenant, account): (&TenantId, &AccountId),
    (id, state): (&str, &str),
    (now, expires_at): (OffsetDateTime, OffsetDateTime),
) -> Result<(), StoreError> {
    run!(conn, |c| sqlx::query(
        "DELETE FROM passkey_ceremonies WHERE tenant_id = $1 AND account_id = $2 AND expires_at <= $3"
    )
    .bind(tenant.as_str())
    .bind(account.as_str())
    .bind(milliseconds(now))
    .execute(c)
    .await
    .map(|_| ()))?;
    run!(conn, |c| sqlx::query(
        "INSERT INTO passkey_ceremonies (tenant_id, account_id, id, state, expires_at) VALUES ($1, $2, $3, $4, $5)"
    )
    .bind(tenant.as_str())
    .bind(account.as_str())
    .bind(id)
    .bind(state)
    .bind(milliseconds(expires_at))
    .execute(c)
    .await
    .map(|_| ()))?;
    Ok(())
}

/// Uses a question up, and gives it if it has not expired: of two who answer it at once, one deletes its row and the
/// other finds none.
pub async fn take(
    conn: &mut Conn<'_>,
    (tenant, account): (&TenantId, &AccountId),
    id: &str,
    now: OffsetDateTime,
) -> Result<Option<String>, StoreError> {
    let taken: Option<(String, i64)> = run!(conn, |c| {
        sqlx::query_as(
        "DELETE FROM passkey_ceremonies WHERE tenant_id = $1 AND account_id = $2 AND id = $3 RETURNING state, expires_at"
    )
    .bind(tenant.as_str())
    .bind(account.as_str())
    .bind(id)
    .fetch_optional(c)
    .await
    })?;
    Ok(taken.filter(|(_, expires_at)| *expires_at > milliseconds(now)).map(|(state, _)| state))
}

/// Forgets every company's that have expired.
pub async fn purge(conn: &mut Conn<'_>, now: OffsetDateTime) -> Result<(), StoreError> {
    run!(conn, |c| sqlx::query("DELETE FROM passkey_ceremonies WHERE expires_at <= $1")
        .bind(milliseconds(now))
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(())
}
