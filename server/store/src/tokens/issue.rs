//! The life of a token: issued, activated, replaced, revoked.

use time::{Duration, OffsetDateTime};

use super::{Issued, LIVE_TOKENS, NewToken, Status, get, list};
use crate::integrations;
use crate::pool::run;
use crate::{Conn, IntegrationId, StoreError, TenantId, TokenId, milliseconds};

/// Makes a token that does not work yet: see [`activate`].
///
/// A token of the same integration that is still pending is discarded: only the one shown last can be activated.
/// [`StoreError::Conflict`] when the form's key was used before.
pub async fn issue(conn: &mut Conn<'_>, new: NewToken<'_>, now: OffsetDateTime) -> Result<Issued, StoreError> {
    let integration = integrations::ensure(conn, new.tenant, new.provider, new.integration_id, now).await?;
    let digest = new.secret.digest();
    let expires_at = new.expires_in.map(|duration| now + duration);
    run!(conn, |c| sqlx::query(
        "UPDATE scim_tokens SET revoked_at = $3, revoked_by = $4, revoked_reason = 'discarded'
         WHERE tenant_id = $1 AND integration_id = $2 AND activated_at IS NULL AND revoked_at IS NULL"
    )
    .bind(new.tenant.as_str())
    .bind(integration.id.as_str())
    .bind(milliseconds(now))
    .bind(new.by)
    .execute(c)
    .await
    .map(|_| ()))?;
    run!(conn, |c| sqlx::query(
        "INSERT INTO scim_tokens (tenant_id, id, integration_id, label, digest, prefix, last_four, request_key,
             created_by, created_at, expires_at, allowed_networks)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"
    )
    .bind(new.tenant.as_str())
    .bind(new.id.as_str())
    .bind(integration.id.as_str())
    .bind(new.label)
    .bind(digest.as_slice())
    .bind(new.secret.shown_prefix())
    .bind(new.secret.last_four())
    .bind(new.request_key)
    .bind(new.by)
    .bind(milliseconds(now))
    .bind(expires_at.map(milliseconds))
    .bind(new.allowed_networks)
    .execute(c)
    .await
    .map(|_| ()))
    .map_err(|error| StoreError::unique(error, "request_key", "request"))?;
    let token = get(conn, new.tenant, &new.id).await?.ok_or(StoreError::Stale)?;
    Ok(Issued { token, secret: new.secret })
}

/// Makes a pending token work, and its integration active. Says whether it was pending.
///
/// [`StoreError::TooManyTokens`] when two work already.
pub async fn activate(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    id: &TokenId,
    by: &str,
    now: OffsetDateTime,
) -> Result<bool, StoreError> {
    let Some(token) = get(conn, tenant, id).await? else { return Ok(false) };
    // Under the lock the tokens are read again: one may have been activated, or this one discarded, while it was waited
    // for.
    lock_integration(conn, tenant, &token.integration_id).await?;
    let tokens = list(conn, tenant).await?;
    if !tokens.iter().any(|token| token.id == *id && token.status(now) == Status::Pending) {
        return Ok(false);
    }
    let live =
        tokens.iter().filter(|other| other.integration_id == token.integration_id && other.status(now).is_live());
    if live.count() >= LIVE_TOKENS {
        return Err(StoreError::TooManyTokens);
    }
    let changed = run!(conn, |c| sqlx::query(
        "UPDATE scim_tokens SET activated_at = $3
         WHERE tenant_id = $1 AND id = $2 AND activated_at IS NULL AND revoked_at IS NULL"
    )
    .bind(tenant.as_str())
    .bind(id.as_str())
    .bind(milliseconds(now))
    .execute(c)
    .await
    .map(|done| done.rows_affected()))?;
    if changed == 0 {
        return Ok(false);
    }
    integrations::activate(conn, tenant, &token.integration_id, by, now).await?;
    Ok(true)
}

pub(super) async fn lock_integration(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    id: &IntegrationId,
) -> Result<(), StoreError> {
    run!(conn, |c| sqlx::query("UPDATE integrations SET provider = provider WHERE tenant_id = $1 AND id = $2")
        .bind(tenant.as_str())
        .bind(id.as_str())
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(())
}

/// Says which token takes over from a live one, and until when the old one works beside it.
pub async fn replace(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    old: &TokenId,
    new: &TokenId,
    overlap: Duration,
    now: OffsetDateTime,
) -> Result<(), StoreError> {
    run!(conn, |c| sqlx::query(
        "UPDATE scim_tokens SET replaced_by = $3, overlap_until = $4 WHERE tenant_id = $1 AND id = $2"
    )
    .bind(tenant.as_str())
    .bind(old.as_str())
    .bind(new.as_str())
    .bind(milliseconds(now + overlap))
    .execute(c)
    .await
    .map(|_| ()))?;
    Ok(())
}

/// Ends a token that was never activated. Says whether it was still waiting: one that works meanwhile goes on working.
pub async fn discard(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    id: &TokenId,
    by: &str,
    now: OffsetDateTime,
) -> Result<bool, StoreError> {
    let changed = run!(conn, |c| sqlx::query(
        "UPDATE scim_tokens SET revoked_at = $3, revoked_by = $4, revoked_reason = 'discarded'
         WHERE tenant_id = $1 AND id = $2 AND activated_at IS NULL AND revoked_at IS NULL"
    )
    .bind(tenant.as_str())
    .bind(id.as_str())
    .bind(milliseconds(now))
    .bind(by)
    .execute(c)
    .await
    .map(|done| done.rows_affected()))?;
    Ok(changed == 1)
}

/// Ends a token, from the next request on. Says whether it was not ended before.
pub async fn revoke(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    id: &TokenId,
    by: &str,
    reason: &str,
    now: OffsetDateTime,
) -> Result<bool, StoreError> {
    let changed = run!(conn, |c| sqlx::query(
        "UPDATE scim_tokens SET revoked_at = $3, revoked_by = $4, revoked_reason = $5
         WHERE tenant_id = $1 AND id = $2 AND revoked_at IS NULL"
    )
    .bind(tenant.as_str())
    .bind(id.as_str())
    .bind(milliseconds(now))
    .bind(by)
    .bind(reason)
    .execute(c)
    .await
    .map(|done| done.rows_affected()))?;
    Ok(changed == 1)
}
