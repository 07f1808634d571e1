//! Tokens with which the console tries the connection itself: they work for a minute at most, count for nothing and are
//! in no list.

use time::{Duration, OffsetDateTime};

use super::TokenSecret;
use crate::pool::run;
use crate::{Conn, IntegrationId, StoreError, TenantId, TokenId, milliseconds};

/// Nobody ends a trial when the server stops in the middle of it.
const LIFETIME: Duration = Duration::minutes(1);

/// Makes a token that works at once.
pub async fn begin_trial(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    integration: &IntegrationId,
    (id, secret): (&TokenId, &TokenSecret),
    by: &str,
    now: OffsetDateTime,
) -> Result<(), StoreError> {
    let digest = secret.digest();
    run!(conn, |c| sqlx::query(
        "INSERT INTO scim_tokens (tenant_id, id, integration_id, label, digest, prefix, last_four, request_key,
             created_by, created_at, activated_at, expires_at, purpose)
         VALUES ($1, $2, $3, 'Connection test', $4, $5, $6, $2, $7, $8, $8, $9, 'test')"
    )
    .bind(tenant.as_str())
    .bind(id.as_str())
    .bind(integration.as_str())
    .bind(digest.as_slice())
    .bind(secret.shown_prefix())
    .bind(secret.last_four())
    .bind(by)
    .bind(milliseconds(now))
    .bind(milliseconds(now + LIFETIME))
    .execute(c)
    .await
    .map(|_| ()))?;
    Ok(())
}

/// Removes it, and what was counted of its use.
pub async fn end_trial(conn: &mut Conn<'_>, tenant: &TenantId, id: &TokenId) -> Result<(), StoreError> {
    for sql in [
        "DELETE FROM token_usage WHERE tenant_id = $1 AND token_id = $2",
        "DELETE FROM scim_tokens WHERE tenant_id = $1 AND id = $2 AND purpose = 'test'",
    ] {
        run!(conn, |c| sqlx::query(sql).bind(tenant.as_str()).bind(id.as_str()).execute(c).await.map(|_| ()))?;
    }
    Ok(())
}
