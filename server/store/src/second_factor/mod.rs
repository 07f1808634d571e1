//! What accounts are asked for beside the password: a code from an app (RFC 6238) or a passkey, or a recovery code.
//!
//! The secret is stored as it is, since codes are computed from it. A key to seal it with would have to lie beside the
//! database, where whoever reads the one reads the other.

mod recovery;
mod requirement;
mod taken;

use time::OffsetDateTime;

use crate::pool::run;
use crate::{AccountId, Conn, StoreError, TenantId, instant, milliseconds};

pub use recovery::{RECOVERY_CODES, count_codes, renew_codes, use_code};
pub use requirement::{Requirement, is_missing, lift, require, requirement};
pub use taken::{TakenAway, take_away};

/// In the place of one, where there are passkeys and no app.
pub(crate) const NO_SECRET: &[u8] = &[];

/// An account's app, or what recovery codes belong to where there are passkeys alone.
#[derive(Clone)]
pub struct SecondFactor {
    /// What the app has, too. Empty where there is none.
    pub secret: Vec<u8>,
    /// When a code showed that it has. `None`: it is being set up, and not asked for.
    pub confirmed_at: Option<OffsetDateTime>,
    /// The step of the last code that was taken.
    pub last_step: i64,
    /// When the recovery codes were made.
    pub codes_at: OffsetDateTime,
}

impl std::fmt::Debug for SecondFactor {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("SecondFactor")
    }
}

impl SecondFactor {
    /// Whether a secret waits for its first code.
    pub fn waits(&self) -> bool {
        self.confirmed_at.is_none() && !self.secret.is_empty()
    }
}

/// What an account may present after its password. Recovery codes stand in for either.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked {
    /// A code of the app.
    pub app: bool,
    /// A passkey.
    pub passkey: bool,
}

/// What an account is asked for; `None` when its password is enough.
pub async fn asked(conn: &mut Conn<'_>, tenant: &TenantId, account: &AccountId) -> Result<Option<Asked>, StoreError> {
    let (app, passkeys): (i64, i64) = run!(conn, |c| sqlx::query_as(
        "SELECT (SELECT count(confirmed_at) FROM second_factors WHERE tenant_id = $1 AND account_id = $2),
             (SELECT count(*) FROM passkeys WHERE tenant_id = $1 AND account_id = $2)"
    )
    .bind(tenant.as_str())
    .bind(account.as_str())
    .fetch_one(c)
    .await)?;
    Ok(Some(Asked { app: app > 0, passkey: passkeys > 0 }).filter(|asked| asked.app || asked.passkey))
}

/// The second factor of an account, confirmed or not.
pub async fn find(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    account: &AccountId,
) -> Result<Option<SecondFactor>, StoreError> {
    let row: Option<(Vec<u8>, Option<i64>, i64, i64)> = run!(conn, |c| {
        sqlx::query_as(
        "SELECT secret, confirmed_at, last_step, codes_at FROM second_factors WHERE tenant_id = $1 AND account_id = $2"
    )
    .bind(tenant.as_str())
    .bind(account.as_str())
    .fetch_optional(c)
    .await
    })?;
    Ok(row.map(|(secret, confirmed_at, last_step, codes_at)| SecondFactor {
        secret,
        confirmed_at: confirmed_at.map(instant),
        last_step,
        codes_at: instant(codes_at),
    }))
}

/// The app that is asked for a code.
pub async fn confirmed(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    account: &AccountId,
) -> Result<Option<SecondFactor>, StoreError> {
    Ok(find(conn, tenant, account).await?.filter(|factor| factor.confirmed_at.is_some()))
}

/// Whoever in a company is asked for one.
pub async fn holders(conn: &mut Conn<'_>, tenant: &TenantId) -> Result<Vec<AccountId>, StoreError> {
    let ids: Vec<String> = run!(conn, |c| {
        sqlx::query_scalar(
            "SELECT account_id FROM second_factors f WHERE tenant_id = $1 AND (confirmed_at IS NOT NULL OR EXISTS (
             SELECT 1 FROM passkeys p WHERE p.tenant_id = f.tenant_id AND p.account_id = f.account_id))
         ORDER BY account_id",
        )
        .bind(tenant.as_str())
        .fetch_all(c)
        .await
    })?;
    Ok(ids.into_iter().map(AccountId).collect())
}

/// Begins to set one up, in place of what was begun before. Says whether it did: one that is confirmed stays.
pub async fn begin(
    conn: &mut Conn<'_>,
    (tenant, account): (&TenantId, &AccountId),
    secret: &[u8],
    now: OffsetDateTime,
) -> Result<bool, StoreError> {
    let begun = run!(conn, |c| sqlx::query(
        "INSERT INTO second_factors (tenant_id, account_id, secret, created_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (tenant_id, account_id) DO UPDATE SET secret = excluded.secret, created_at = excluded.created_at
         WHERE second_factors.confirmed_at IS NULL"
    )
    .bind(tenant.as_str())
    .bind(account.as_str())
    .bind(secret)
    .bind(milliseconds(now))
    .execute(c)
    .await
    .map(|done| done.rows_affected()))?;
    Ok(begun == 1)
}

/// A code for this step was right: from now on it is asked for. Says whether the secret is still the one that the code
/// was made from, and waits to be confirmed.
pub async fn confirm(
    conn: &mut Conn<'_>,
    (tenant, account): (&TenantId, &AccountId),
    (secret, step): (&[u8], i64),
    now: OffsetDateTime,
) -> Result<bool, StoreError> {
    // Whoever has passkeys alone has an empty one, whose codes everybody can compute.
    if secret.is_empty() {
        return Ok(false);
    }
    let confirmed = run!(conn, |c| sqlx::query(
        "UPDATE second_factors SET confirmed_at = $5, last_step = $4
         WHERE tenant_id = $1 AND account_id = $2 AND secret = $3 AND confirmed_at IS NULL"
    )
    .bind(tenant.as_str())
    .bind(account.as_str())
    .bind(secret)
    .bind(step)
    .bind(milliseconds(now))
    .execute(c)
    .await
    .map(|done| done.rows_affected()))?;
    Ok(confirmed == 1)
}

/// Takes a right code, if none for its step or a later one was taken before (RFC 6238 §5.2: a code is accepted once). Of
/// two who present it at once, the second waits for the row and then finds it changed.
pub async fn accept(
    conn: &mut Conn<'_>,
    (tenant, account): (&TenantId, &AccountId),
    (secret, step): (&[u8], i64),
) -> Result<bool, StoreError> {
    let accepted = run!(conn, |c| sqlx::query(
        "UPDATE second_factors SET last_step = $4
         WHERE tenant_id = $1 AND account_id = $2 AND secret = $3 AND last_step < $4 AND confirmed_at IS NOT NULL"
    )
    .bind(tenant.as_str())
    .bind(account.as_str())
    .bind(secret)
    .bind(step)
    .execute(c)
    .await
    .map(|done| done.rows_affected()))?;
    Ok(accepted == 1)
}

/// Ends the app. Passkeys and recovery codes stay; without passkeys everything ends. Says whether there was one.
pub async fn remove_app(conn: &mut Conn<'_>, tenant: &TenantId, account: &AccountId) -> Result<bool, StoreError> {
    let is_asked = asked(conn, tenant, account).await?;
    if !is_asked.is_some_and(|asked| asked.passkey) {
        return remove(conn, tenant, account).await;
    }
    let removed = run!(conn, |c| sqlx::query(
        "UPDATE second_factors SET secret = $3, confirmed_at = NULL
         WHERE tenant_id = $1 AND account_id = $2 AND confirmed_at IS NOT NULL"
    )
    .bind(tenant.as_str())
    .bind(account.as_str())
    .bind(NO_SECRET)
    .execute(c)
    .await
    .map(|done| done.rows_affected()))?;
    Ok(removed == 1)
}

/// Ends everything: app, passkeys and recovery codes. Says whether there was one that was asked for.
pub async fn remove(conn: &mut Conn<'_>, tenant: &TenantId, account: &AccountId) -> Result<bool, StoreError> {
    let has_passkeys = asked(conn, tenant, account).await?.is_some_and(|asked| asked.passkey);
    let removed: Option<Option<i64>> = run!(conn, |c| sqlx::query_scalar(
        "DELETE FROM second_factors WHERE tenant_id = $1 AND account_id = $2 RETURNING confirmed_at"
    )
    .bind(tenant.as_str())
    .bind(account.as_str())
    .fetch_optional(c)
    .await)?;
    Ok(removed.is_some_and(|confirmed_at| confirmed_at.is_some() || has_passkeys))
}
