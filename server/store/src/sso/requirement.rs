//! Companies whose accounts sign in through their identity provider only.
//!
//! Nobody is locked out by it: it begins only when a test has just passed, and one admin's password goes on working.

use time::{Duration, OffsetDateTime};

use crate::accounts::{self, Account, Role};
use crate::pool::run;
use crate::{AccountId, Conn, IntegrationId, StoreError, TenantId, instant, milliseconds, tenants};

/// For how long a test that passed is proof that people can get in.
pub const PROOF: Duration = Duration::minutes(10);

/// What a company requires.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requirement {
    /// The integration whose identity provider everybody signs in through.
    pub integration_id: IntegrationId,
    /// The admin whose password goes on working.
    pub break_glass: AccountId,
    /// Since when.
    pub since: OffsetDateTime,
    /// Who required it.
    pub required_by: String,
}

/// What became of the wish to require sign-on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Required {
    /// It is required from now on.
    Done,
    /// Sign-on is off, or cannot begin here.
    Off,
    /// No test has passed lately with the settings as they are.
    NotTested,
    /// The break-glass account is not an admin who can sign in.
    NotAnAdmin,
}

/// Remembers that a test passed, unless the settings were saved since they were read.
pub async fn passed_test(
    conn: &mut Conn<'_>,
    (tenant, integration): (&TenantId, &IntegrationId),
    saved_at: OffsetDateTime,
    now: OffsetDateTime,
) -> Result<(), StoreError> {
    run!(conn, |c| sqlx::query(
        "UPDATE sso_settings SET tested_at = $4 WHERE tenant_id = $1 AND integration_id = $2 AND saved_at = $3"
    )
    .bind(tenant.as_str())
    .bind(integration.as_str())
    .bind(milliseconds(saved_at))
    .bind(milliseconds(now))
    .execute(c)
    .await
    .map(|_| ()))?;
    Ok(())
}

/// When a test last passed with the settings as they are.
pub async fn tested_at(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    integration: &IntegrationId,
) -> Result<Option<OffsetDateTime>, StoreError> {
    let row: Option<Option<i64>> = run!(conn, |c| sqlx::query_scalar(
        "SELECT tested_at FROM sso_settings WHERE tenant_id = $1 AND integration_id = $2"
    )
    .bind(tenant.as_str())
    .bind(integration.as_str())
    .fetch_optional(c)
    .await)?;
    Ok(row.flatten().map(instant))
}

/// Requires sign-on, where that locks nobody out.
pub async fn require(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    wanted: &Requirement,
    now: OffsetDateTime,
) -> Result<Required, StoreError> {
    // An admin who is disabled at the same moment: one of the two waits for the other here.
    tenants::lock(conn, tenant).await?;
    let integration = &wanted.integration_id;
    let settings = super::find(conn, tenant, integration).await?;
    if !settings.is_some_and(|settings| settings.enabled && settings.redirect_url.is_some()) {
        return Ok(Required::Off);
    }
    let tested = tested_at(conn, tenant, integration).await?;
    if tested.is_none_or(|tested| now - tested > PROOF) {
        return Ok(Required::NotTested);
    }
    if !accounts::get(conn, tenant, &wanted.break_glass).await?.is_some_and(|account| is_acting_admin(&account)) {
        return Ok(Required::NotAnAdmin);
    }
    run!(conn, |c| sqlx::query(
        "INSERT INTO sso_requirements (tenant_id, integration_id, break_glass_id, since, required_by)
         VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (tenant_id) DO UPDATE SET integration_id = excluded.integration_id,
             break_glass_id = excluded.break_glass_id, since = excluded.since, required_by = excluded.required_by"
    )
    .bind(tenant.as_str())
    .bind(integration.as_str())
    .bind(wanted.break_glass.as_str())
    .bind(milliseconds(wanted.since))
    .bind(wanted.required_by.as_str())
    .execute(c)
    .await
    .map(|_| ()))?;
    Ok(Required::Done)
}

fn is_acting_admin(account: &Account) -> bool {
    account.role == Role::Admin && account.disabled_at.is_none()
}

/// What a company requires, if it does.
pub async fn requirement(conn: &mut Conn<'_>, tenant: &TenantId) -> Result<Option<Requirement>, StoreError> {
    let row: Option<(String, String, i64, String)> = run!(conn, |c| sqlx::query_as(
        "SELECT integration_id, break_glass_id, since, required_by FROM sso_requirements WHERE tenant_id = $1"
    )
    .bind(tenant.as_str())
    .fetch_optional(c)
    .await)?;
    Ok(row.map(|(integration, account, since, required_by)| Requirement {
        integration_id: IntegrationId(integration),
        break_glass: AccountId(account),
        since: instant(since),
        required_by,
    }))
}

/// Whether an account's password is of no use, since its company wants it to come through the identity provider.
pub async fn is_shut_out(conn: &mut Conn<'_>, tenant: &TenantId, account: &AccountId) -> Result<bool, StoreError> {
    let shut_out: Option<i32> = run!(conn, |c| sqlx::query_scalar(
        "SELECT 1 FROM sso_requirements WHERE tenant_id = $1 AND break_glass_id <> $2"
    )
    .bind(tenant.as_str())
    .bind(account.as_str())
    .fetch_optional(c)
    .await)?;
    Ok(shut_out.is_some())
}

/// Ends the requirement. Says whether there was one.
pub async fn lift(conn: &mut Conn<'_>, tenant: &TenantId) -> Result<bool, StoreError> {
    let removed = run!(conn, |c| sqlx::query("DELETE FROM sso_requirements WHERE tenant_id = $1")
        .bind(tenant.as_str())
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(removed == 1)
}

/// Makes another account the one whose password goes on working: an operator recovered it. Says whether the company
/// requires sign-on and the account is an admin who can sign in.
pub async fn give_break_glass(conn: &mut Conn<'_>, tenant: &TenantId, account: &AccountId) -> Result<bool, StoreError> {
    tenants::lock(conn, tenant).await?;
    if !accounts::get(conn, tenant, account).await?.is_some_and(|account| is_acting_admin(&account)) {
        return Ok(false);
    }
    let changed = run!(conn, |c| sqlx::query("UPDATE sso_requirements SET break_glass_id = $2 WHERE tenant_id = $1")
        .bind(tenant.as_str())
        .bind(account.as_str())
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(changed == 1)
}
