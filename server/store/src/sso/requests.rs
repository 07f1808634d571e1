//! Requests that wait for their response, and assertions that were used. Each is good for one sign-on.

use time::OffsetDateTime;

use crate::ids::can_exist;
use crate::pool::run;
use crate::{AccountId, Conn, IntegrationId, StoreError, TenantId, instant, milliseconds};

use super::purge;

/// SHA-256 of the secret in a browser's cookie.
type BrowserHash = [u8; 32];

/// Remembers a request of a browser until it expires, and forgets those that did.
pub async fn add_request(
    conn: &mut Conn<'_>,
    (tenant, integration): (&TenantId, &IntegrationId),
    id: &str,
    browser: &BrowserHash,
    (now, expires_at): (OffsetDateTime, OffsetDateTime),
) -> Result<(), StoreError> {
    purge(conn, tenant, now).await?;
    run!(conn, |c| sqlx::query(
        "INSERT INTO sso_requests (tenant_id, id, integration_id, browser_hash, expires_at) VALUES ($1, $2, $3, $4, $5)"
    )
    .bind(tenant.as_str())
    .bind(id)
    .bind(integration.as_str())
    .bind(browser.as_slice())
    .bind(milliseconds(expires_at))
    .execute(c)
    .await
    .map(|_| ()))?;
    Ok(())
}

/// Makes a request one that only tries sign-on out, for this account.
pub async fn mark_as_test(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    id: &str,
    account: &AccountId,
) -> Result<(), StoreError> {
    run!(conn, |c| sqlx::query("UPDATE sso_requests SET test_by = $3 WHERE tenant_id = $1 AND id = $2")
        .bind(tenant.as_str())
        .bind(id)
        .bind(account.as_str())
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(())
}

/// Makes a request one that wants the person to sign in at the identity provider anew.
pub async fn mark_as_fresh(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    id: &str,
    from: OffsetDateTime,
) -> Result<(), StoreError> {
    run!(conn, |c| sqlx::query("UPDATE sso_requests SET fresh_from = $3 WHERE tenant_id = $1 AND id = $2")
        .bind(tenant.as_str())
        .bind(id)
        .bind(milliseconds(from))
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(())
}

/// A request that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenRequest {
    /// Its id.
    pub id: String,
    /// The account that tries sign-on out with it.
    pub test_by: Option<AccountId>,
    /// The person was to sign in at the identity provider anew, not before this moment.
    pub fresh_from: Option<OffsetDateTime>,
}

/// A browser's requests to this provider that wait, the newest first.
pub async fn open_requests(
    conn: &mut Conn<'_>,
    (tenant, integration): (&TenantId, &IntegrationId),
    browser: &BrowserHash,
    now: OffsetDateTime,
) -> Result<Vec<OpenRequest>, StoreError> {
    let rows: Vec<(String, Option<String>, Option<i64>)> = run!(conn, |c| sqlx::query_as(
        "SELECT id, test_by, fresh_from FROM sso_requests
         WHERE tenant_id = $1 AND integration_id = $2 AND browser_hash = $3 AND expires_at > $4
         ORDER BY expires_at DESC, id DESC LIMIT 20"
    )
    .bind(tenant.as_str())
    .bind(integration.as_str())
    .bind(browser.as_slice())
    .bind(milliseconds(now))
    .fetch_all(c)
    .await)?;
    let request = |(id, test_by, fresh_from): (String, Option<String>, Option<i64>)| OpenRequest {
        id,
        test_by: test_by.map(AccountId),
        fresh_from: fresh_from.map(instant),
    };
    Ok(rows.into_iter().map(request).collect())
}

/// Ends a request's wait. Says whether it waited: of two responses to one request, one finds it.
pub async fn close_request(conn: &mut Conn<'_>, tenant: &TenantId, id: &str) -> Result<bool, StoreError> {
    if !can_exist(id) {
        return Ok(false);
    }
    let closed = run!(conn, |c| sqlx::query("DELETE FROM sso_requests WHERE tenant_id = $1 AND id = $2")
        .bind(tenant.as_str())
        .bind(id)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(closed == 1)
}

/// Uses an assertion up. Says whether it was unused.
pub async fn use_assertion(
    conn: &mut Conn<'_>,
    (tenant, integration): (&TenantId, &IntegrationId),
    id: &str,
    expires_at: OffsetDateTime,
) -> Result<bool, StoreError> {
    let added = run!(conn, |c| sqlx::query(
        "INSERT INTO sso_assertions (tenant_id, integration_id, id, expires_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (tenant_id, integration_id, id) DO NOTHING"
    )
    .bind(tenant.as_str())
    .bind(integration.as_str())
    .bind(id)
    .bind(milliseconds(expires_at))
    .execute(c)
    .await
    .map(|done| done.rows_affected()))?;
    Ok(added == 1)
}
