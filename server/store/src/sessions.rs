//! Signed-in browsers. The session's id is a secret: only its hash is here.

use sqlx::types::Json;
use time::OffsetDateTime;

use crate::pool::run;
use crate::{AccountId, Conn, IntegrationId, StoreError, TenantId, instant, milliseconds};

/// SHA-256 of a session's id.
pub type SessionHash = [u8; 32];

/// A session that an identity provider began lasts as long as everything that it rests on: the link that was confirmed, an
/// active employee, and sign-on that is on.
const RESTS: &str = "(s.integration_id IS NULL OR EXISTS (SELECT 1 FROM linked_identities i
         JOIN account_employees l ON l.tenant_id = i.tenant_id AND l.account_id = i.account_id
         JOIN employees e ON e.tenant_id = l.tenant_id AND e.id = l.employee_id
         JOIN sso_settings o ON o.tenant_id = i.tenant_id AND o.integration_id = i.integration_id
     WHERE i.tenant_id = s.tenant_id AND i.account_id = s.account_id AND i.integration_id = s.integration_id
         AND i.issuer = o.issuer AND o.enabled = TRUE AND e.active = TRUE))";

/// A session's row.
#[derive(Debug, Clone, PartialEq)]
pub struct Session {
    /// Of its id.
    pub hash: SessionHash,
    /// The account's company.
    pub tenant_id: TenantId,
    /// Who signed in.
    pub account_id: AccountId,
    /// The provider that said so; `None` when it was a password.
    pub integration_id: Option<IntegrationId>,
    /// What the console keeps from page to page.
    pub data: serde_json::Value,
    /// From then on it is not valid.
    pub expires_at: OffsetDateTime,
}

const COLUMNS: &str = "s.id_hash, s.tenant_id, s.account_id, s.integration_id, s.data, s.expires_at";

#[derive(sqlx::FromRow)]
struct Row {
    id_hash: Vec<u8>,
    tenant_id: String,
    account_id: String,
    integration_id: Option<String>,
    data: Json<serde_json::Value>,
    expires_at: i64,
}

impl TryFrom<Row> for Session {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let hash = SessionHash::try_from(row.id_hash)
            .map_err(|_| StoreError::Inconsistent { table: "sessions", what: "a hash of another length" })?;
        Ok(Self {
            hash,
            tenant_id: TenantId(row.tenant_id),
            account_id: AccountId(row.account_id),
            integration_id: row.integration_id.map(IntegrationId),
            data: row.data.0,
            expires_at: instant(row.expires_at),
        })
    }
}

/// Stores a session that begins. [`StoreError::Conflict`] when there is one with this hash.
pub async fn create(conn: &mut Conn<'_>, session: &Session) -> Result<(), StoreError> {
    run!(conn, |c| sqlx::query(
        "INSERT INTO sessions (tenant_id, id_hash, account_id, data, expires_at, integration_id)
         VALUES ($1, $2, $3, $4, $5, $6)"
    )
    .bind(session.tenant_id.as_str())
    .bind(session.hash.as_slice())
    .bind(session.account_id.as_str())
    .bind(Json(&session.data))
    .bind(milliseconds(session.expires_at))
    .bind(session.integration_id.as_ref().map(IntegrationId::as_str))
    .execute(c)
    .await
    .map(|_| ()))
    .map_err(|error| StoreError::unique(error, "sessions", "session"))
}

/// Stores what changed in a session. Says whether it is still there: one that was ended meanwhile stays ended.
pub async fn update(conn: &mut Conn<'_>, session: &Session) -> Result<bool, StoreError> {
    let changed = run!(conn, |c| sqlx::query(
        "UPDATE sessions SET data = $4, expires_at = $5 WHERE tenant_id = $1 AND id_hash = $2 AND account_id = $3"
    )
    .bind(session.tenant_id.as_str())
    .bind(session.hash.as_slice())
    .bind(session.account_id.as_str())
    .bind(Json(&session.data))
    .bind(milliseconds(session.expires_at))
    .execute(c)
    .await
    .map(|done| done.rows_affected()))?;
    Ok(changed == 1)
}

/// The session with this hash, unless it expired, its account was disabled, or what it rests on is gone.
pub async fn load(conn: &mut Conn<'_>, hash: &SessionHash, now: OffsetDateTime) -> Result<Option<Session>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM sessions s JOIN accounts a ON a.tenant_id = s.tenant_id AND a.id = s.account_id
         WHERE s.id_hash = $1 AND s.expires_at > $2 AND a.disabled_at IS NULL AND {RESTS}"
    );
    let row: Option<Row> = run!(conn, |c| sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(hash.as_slice())
        .bind(milliseconds(now))
        .fetch_optional(c)
        .await)?;
    row.map(Session::try_from).transpose()
}

/// Ends one session.
pub async fn end(conn: &mut Conn<'_>, hash: &SessionHash) -> Result<(), StoreError> {
    run!(conn, |c| sqlx::query("DELETE FROM sessions WHERE id_hash = $1")
        .bind(hash.as_slice())
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(())
}

/// Ends all sessions of an account.
pub async fn end_all(conn: &mut Conn<'_>, tenant: &TenantId, account: &AccountId) -> Result<(), StoreError> {
    run!(conn, |c| sqlx::query("DELETE FROM sessions WHERE tenant_id = $1 AND account_id = $2")
        .bind(tenant.as_str())
        .bind(account.as_str())
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(())
}

/// The sessions of an account that have not expired.
pub async fn of_account(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    account: &AccountId,
    now: OffsetDateTime,
) -> Result<Vec<Session>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM sessions s WHERE s.tenant_id = $1 AND s.account_id = $2 AND s.expires_at > $3 AND {RESTS}
         ORDER BY s.expires_at DESC, s.id_hash"
    );
    let rows: Vec<Row> = run!(conn, |c| sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(tenant.as_str())
        .bind(account.as_str())
        .bind(milliseconds(now))
        .fetch_all(c)
        .await)?;
    rows.into_iter().map(Session::try_from).collect()
}

/// Ends one session of an account. Says whether there was one.
pub async fn end_of(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    account: &AccountId,
    hash: &[u8],
) -> Result<bool, StoreError> {
    let ended =
        run!(conn, |c| sqlx::query("DELETE FROM sessions WHERE tenant_id = $1 AND account_id = $2 AND id_hash = $3")
            .bind(tenant.as_str())
            .bind(account.as_str())
            .bind(hash)
            .execute(c)
            .await
            .map(|done| done.rows_affected()))?;
    Ok(ended == 1)
}

/// Ends all sessions of an account but one; says how many.
pub async fn end_others(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    account: &AccountId,
    kept: &SessionHash,
) -> Result<u64, StoreError> {
    let ended =
        run!(conn, |c| sqlx::query("DELETE FROM sessions WHERE tenant_id = $1 AND account_id = $2 AND id_hash <> $3")
            .bind(tenant.as_str())
            .bind(account.as_str())
            .bind(kept.as_slice())
            .execute(c)
            .await
            .map(|done| done.rows_affected()))?;
    Ok(ended)
}

/// How many sessions are live, in all companies.
pub async fn count(conn: &mut Conn<'_>, now: OffsetDateTime) -> Result<u64, StoreError> {
    let count: i64 = run!(conn, |c| sqlx::query_scalar("SELECT count(*) FROM sessions WHERE expires_at > $1")
        .bind(milliseconds(now))
        .fetch_one(c)
        .await)?;
    Ok(count.unsigned_abs())
}

/// Removes the rows of sessions that expired.
pub async fn purge(conn: &mut Conn<'_>, now: OffsetDateTime) -> Result<(), StoreError> {
    run!(conn, |c| sqlx::query("DELETE FROM sessions WHERE expires_at <= $1")
        .bind(milliseconds(now))
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(())
}
