//! Companies whose accounts must have a second factor.

use time::OffsetDateTime;

use crate::pool::run;
use crate::{AccountId, Conn, StoreError, TenantId, instant, milliseconds};

/// What a company requires.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requirement {
    /// Since when.
    pub since: OffsetDateTime,
    /// Who required it.
    pub required_by: String,
}

/// Requires one. Says whether it was not required before.
pub async fn require(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    by: &str,
    now: OffsetDateTime,
) -> Result<bool, StoreError> {
    let required = run!(conn, |c| sqlx::query(
        "INSERT INTO second_factor_requirements (tenant_id, since, required_by) VALUES ($1, $2, $3)
         ON CONFLICT (tenant_id) DO NOTHING"
    )
    .bind(tenant.as_str())
    .bind(milliseconds(now))
    .bind(by)
    .execute(c)
    .await
    .map(|done| done.rows_affected()))?;
    Ok(required == 1)
}

/// Ends the requirement. Says whether there was one.
pub async fn lift(conn: &mut Conn<'_>, tenant: &TenantId) -> Result<bool, StoreError> {
    let removed = run!(conn, |c| sqlx::query("DELETE FROM second_factor_requirements WHERE tenant_id = $1")
        .bind(tenant.as_str())
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(removed == 1)
}

/// What a company requires, if it does.
pub async fn requirement(conn: &mut Conn<'_>, tenant: &TenantId) -> Result<Option<Requirement>, StoreError> {
    let row: Option<(i64, String)> = run!(conn, |c| sqlx::query_as(
        "SELECT since, required_by FROM second_factor_requirements WHERE tenant_id = $1"
    )
    .bind(tenant.as_str())
    .fetch_optional(c)
    .await)?;
    Ok(row.map(|(since, required_by)| Requirement { since: instant(since), required_by }))
}

/// Whether an account lacks what its company requires.
pub async fn is_missing(conn: &mut Conn<'_>, tenant: &TenantId, account: &AccountId) -> Result<bool, StoreError> {
    let missing: Option<i32> = run!(conn, |c| sqlx::query_scalar(
        "SELECT 1 FROM second_factor_requirements r WHERE r.tenant_id = $1 AND NOT EXISTS (
             SELECT 1 FROM second_factors f
             WHERE f.tenant_id = $1 AND f.account_id = $2 AND f.confirmed_at IS NOT NULL)
         AND NOT EXISTS (SELECT 1 FROM passkeys p WHERE p.tenant_id = $1 AND p.account_id = $2)"
    )
    .bind(tenant.as_str())
    .bind(account.as_str())
    .fetch_optional(c)
    .await)?;
    Ok(missing.is_some())
}
