//! Codes for those who lost their app or passkey. Each works once. A code has 120 random bits, so a fast hash is enough.

use time::OffsetDateTime;

use crate::one_time_code::hash;
use crate::pool::run;
use crate::{AccountId, Conn, StoreError, TenantId, milliseconds};

/// How many an account has at first.
pub const RECOVERY_CODES: usize = 10;

/// Puts new ones in the place of the old. `seen` is when the old ones were made, as far as the one who asks knows;
/// `false` when that is out of date, and nothing was changed.
pub async fn renew_codes(
    conn: &mut Conn<'_>,
    (tenant, account): (&TenantId, &AccountId),
    seen: OffsetDateTime,
    codes: &[String],
    now: OffsetDateTime,
) -> Result<bool, StoreError> {
    // Later than before in any case: two renewals within a millisecond are two.
    let made = milliseconds(now).max(milliseconds(seen) + 1);
    let changed = run!(conn, |c| sqlx::query(
        "UPDATE second_factors SET codes_at = $4
         WHERE tenant_id = $1 AND account_id = $2 AND codes_at = $3 AND (confirmed_at IS NOT NULL OR EXISTS (
             SELECT 1 FROM passkeys WHERE tenant_id = $1 AND account_id = $2))"
    )
    .bind(tenant.as_str())
    .bind(account.as_str())
    .bind(milliseconds(seen))
    .bind(made)
    .execute(c)
    .await
    .map(|done| done.rows_affected()))?;
    if changed == 0 {
        return Ok(false);
    }
    run!(conn, |c| sqlx::query("DELETE FROM recovery_codes WHERE tenant_id = $1 AND account_id = $2")
        .bind(tenant.as_str())
        .bind(account.as_str())
        .execute(c)
        .await
        .map(|_| ()))?;
    for code in codes {
        run!(conn, |c| sqlx::query(
            "INSERT INTO recovery_codes (tenant_id, account_id, code_hash) VALUES ($1, $2, $3)"
        )
        .bind(tenant.as_str())
        .bind(account.as_str())
        .bind(hash(code))
        .execute(c)
        .await
        .map(|_| ()))?;
    }
    Ok(true)
}

/// Uses one up. Says whether there was one: of two who present it at once, one deletes its row and the other finds none.
pub async fn use_code(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    account: &AccountId,
    code: &str,
) -> Result<bool, StoreError> {
    let used = run!(conn, |c| sqlx::query(
        "DELETE FROM recovery_codes WHERE tenant_id = $1 AND account_id = $2 AND code_hash = $3"
    )
    .bind(tenant.as_str())
    .bind(account.as_str())
    .bind(hash(code))
    .execute(c)
    .await
    .map(|done| done.rows_affected()))?;
    Ok(used == 1)
}

/// How many are left.
pub async fn count_codes(conn: &mut Conn<'_>, tenant: &TenantId, account: &AccountId) -> Result<i64, StoreError> {
    Ok(run!(conn, |c| sqlx::query_scalar(
        "SELECT count(*) FROM recovery_codes WHERE tenant_id = $1 AND account_id = $2"
    )
    .bind(tenant.as_str())
    .bind(account.as_str())
    .fetch_one(c)
    .await)?)
}
