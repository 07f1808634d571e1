//! Passkeys (WebAuthn): what accounts present beside the password. Here are their rows; what an authenticator's answer is
//! worth is for the server to say, which gives `credential` its meaning.

mod ceremony;

use time::OffsetDateTime;

use crate::pool::run;
use crate::second_factor::NO_SECRET;
use crate::{AccountId, Conn, StoreError, TenantId, instant, milliseconds};

pub use ceremony::{begin, purge, take};

/// One passkey of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passkey {
    /// The authenticator's own name for it, in base64url.
    pub credential_id: String,
    /// The owner's name for it.
    pub name: String,
    /// The host that it was made for.
    pub host: String,
    /// What an answer is checked with. Nothing in it is secret.
    pub credential: String,
    /// When it was added.
    pub created_at: OffsetDateTime,
    /// When it let its owner in.
    pub last_used_at: Option<OffsetDateTime>,
}

/// One that is to be added.
#[derive(Debug, Clone)]
pub struct NewPasskey {
    /// See [`Passkey`].
    pub credential_id: String,
    /// See [`Passkey`].
    pub name: String,
    /// See [`Passkey`].
    pub host: String,
    /// See [`Passkey`].
    pub credential: String,
}

type Row = (String, String, String, String, i64, Option<i64>);

/// An account's passkeys, the oldest first.
pub async fn list(conn: &mut Conn<'_>, tenant: &TenantId, account: &AccountId) -> Result<Vec<Passkey>, StoreError> {
    let rows: Vec<Row> = run!(conn, |c| sqlx::query_as(
        "SELECT credential_id, name, host, credential, created_at, last_used_at FROM passkeys
         WHERE tenant_id = $1 AND account_id = $2 ORDER BY created_at, credential_id"
    )
    .bind(tenant.as_str())
    .bind(account.as_str())
    .fetch_all(c)
    .await)?;
    Ok(rows.into_iter().map(passkey).collect())
}

fn passkey((credential_id, name, host, credential, created_at, last_used_at): Row) -> Passkey {
    let (created_at, last_used_at) = (instant(created_at), last_used_at.map(instant));
    Passkey { credential_id, name, host, credential, created_at, last_used_at }
}

/// Adds one. Says whether it did: a credential belongs to one account of a company, and is there once.
pub async fn add(
    conn: &mut Conn<'_>,
    (tenant, account): (&TenantId, &AccountId),
    new: &NewPasskey,
    now: OffsetDateTime,
) -> Result<bool, StoreError> {
    // Of a secret that waits for its first code nothing is changed.
    run!(conn, |c| sqlx::query(
        "INSERT INTO second_factors (tenant_id, account_id, secret, created_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (tenant_id, account_id) DO NOTHING"
    )
    .bind(tenant.as_str())
    .bind(account.as_str())
    .bind(NO_SECRET)
    .bind(milliseconds(now))
    .execute(c)
    .await
    .map(|_| ()))?;
    let added = run!(conn, |c| sqlx::query(
        "INSERT INTO passkeys (tenant_id, account_id, credential_id, name, host, credential, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (tenant_id, credential_id) DO NOTHING"
    )
    .bind(tenant.as_str())
    .bind(account.as_str())
    .bind(new.credential_id.as_str())
    .bind(new.name.as_str())
    .bind(new.host.as_str())
    .bind(new.credential.as_str())
    .bind(milliseconds(now))
    .execute(c)
    .await
    .map(|done| done.rows_affected()))?;
    Ok(added == 1)
}

/// Its answer was right: writes down what it is checked with from now on. Says whether it is still there and as it was
/// when the question was asked (`before`), so that of two answers with one counter only the first counts.
pub async fn used(
    conn: &mut Conn<'_>,
    (tenant, account): (&TenantId, &AccountId),
    credential_id: &str,
    (before, after): (&str, &str),
    now: OffsetDateTime,
) -> Result<bool, StoreError> {
    let used = run!(conn, |c| sqlx::query(
        "UPDATE passkeys SET credential = $5, last_used_at = $6
         WHERE tenant_id = $1 AND account_id = $2 AND credential_id = $3 AND credential = $4"
    )
    .bind(tenant.as_str())
    .bind(account.as_str())
    .bind(credential_id)
    .bind(before)
    .bind(after)
    .bind(milliseconds(now))
    .execute(c)
    .await
    .map(|done| done.rows_affected()))?;
    Ok(used == 1)
}

/// Removes one; with the last factor the recovery codes go, too. Gives its name, if it was there.
pub async fn remove(
    conn: &mut Conn<'_>,
    (tenant, account): (&TenantId, &AccountId),
    credential_id: &str,
) -> Result<Option<String>, StoreError> {
    let name: Option<String> = run!(conn, |c| sqlx::query_scalar(
        "DELETE FROM passkeys WHERE tenant_id = $1 AND account_id = $2 AND credential_id = $3 RETURNING name"
    )
    .bind(tenant.as_str())
    .bind(account.as_str())
    .bind(credential_id)
    .fetch_optional(c)
    .await)?;
    if name.is_some() {
        run!(conn, |c| sqlx::query(
            "DELETE FROM second_factors WHERE tenant_id = $1 AND account_id = $2 AND confirmed_at IS NULL
             AND NOT EXISTS (SELECT 1 FROM passkeys WHERE tenant_id = $1 AND account_id = $2)"
        )
        .bind(tenant.as_str())
        .bind(account.as_str())
        .execute(c)
        .await
        .map(|_| ()))?;
    }
    Ok(name)
}
