//! Acts of accounts, the CLI and the system, each chained to the one before it.

use serde_json::Value;
use sha2::{Digest, Sha256};
use sqlx::types::Json;
use time::OffsetDateTime;

use crate::pool::run;
use crate::{Conn, StoreError, TenantId, milliseconds};

/// One act.
#[derive(Debug, Clone)]
pub struct Act<'a> {
    /// Who: an account's e-mail address, `cli` or `system`.
    pub actor: &'a str,
    /// What, as `noun.verb`.
    pub action: &'a str,
    /// To what.
    pub subject: &'a str,
    /// More about it; never a secret.
    pub detail: Value,
}

/// Writes an act down, in the transaction of the change it tells of.
pub async fn record(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    act: &Act<'_>,
    now: OffsetDateTime,
) -> Result<(), StoreError> {
    // The company's row is the lock under which its chain grows.
    let lock = format!("SELECT id FROM tenants WHERE id = $1{}", conn.for_update());
    run!(conn, |c| sqlx::query(sqlx::AssertSqlSafe(lock)).bind(tenant.as_str()).execute(c).await.map(|_| ()))?;
    let last: Option<(i64, Vec<u8>)> = run!(conn, |c| sqlx::query_as(
        "SELECT seq, hash FROM audit_events WHERE tenant_id = $1 ORDER BY seq DESC LIMIT 1"
    )
    .bind(tenant.as_str())
    .fetch_optional(c)
    .await)?;
    let (seq, previous) = last.map_or((1, Vec::new()), |(seq, hash)| (seq + 1, hash));
    let row = Row {
        seq,
        at: milliseconds(now),
        actor: act.actor.to_owned(),
        action: act.action.to_owned(),
        subject: act.subject.to_owned(),
        detail: Json(act.detail.clone()),
        hash: Vec::new(),
    };
    let hash = row.expected_hash(tenant, &previous);
    run!(conn, |c| sqlx::query(
        "INSERT INTO audit_events (tenant_id, seq, at, actor, action, subject, detail, hash)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
    )
    .bind(tenant.as_str())
    .bind(row.seq)
    .bind(row.at)
    .bind(row.actor.as_str())
    .bind(row.action.as_str())
    .bind(row.subject.as_str())
    .bind(&row.detail)
    .bind(hash)
    .execute(c)
    .await
    .map(|_| ()))?;
    Ok(())
}

#[derive(sqlx::FromRow)]
struct Row {
    seq: i64,
    at: i64,
    actor: String,
    action: String,
    subject: String,
    detail: Json<Value>,
    hash: Vec<u8>,
}

impl Row {
    /// Every field goes in with its length before it, so that no two rows can be spelled alike. JSON is written with
    /// its keys in order: PostgreSQL does not keep the order in which they came.
    fn expected_hash(&self, tenant: &TenantId, previous: &[u8]) -> Vec<u8> {
        let detail = self.detail.0.to_string();
        let numbers = [self.seq.to_be_bytes(), self.at.to_be_bytes()].concat();
        let texts = [tenant.as_str(), &self.actor, &self.action, &self.subject, &detail];
        let fields = [previous, &numbers].into_iter().chain(texts.into_iter().map(str::as_bytes));
        let mut hasher = Sha256::new();
        for field in fields {
            hasher.update((field.len() as u64).to_be_bytes());
            hasher.update(field);
        }
        hasher.finalize().to_vec()
    }
}

/// Follows a company's chain. The number of the first act that is not what it was, or of one that is missing.
pub async fn first_broken(conn: &mut Conn<'_>, tenant: &TenantId) -> Result<Option<i64>, StoreError> {
    let rows: Vec<Row> = run!(conn, |c| sqlx::query_as(
        "SELECT seq, at, actor, action, subject, detail, hash FROM audit_events WHERE tenant_id = $1 ORDER BY seq"
    )
    .bind(tenant.as_str())
    .fetch_all(c)
    .await)?;
    let mut previous = Vec::new();
    for (expected, row) in (1..).zip(rows) {
        if row.seq != expected || row.expected_hash(tenant, &previous) != row.hash {
            return Ok(Some(expected));
        }
        previous = row.hash;
    }
    Ok(None)
}

/// The acts of a company as `(actor, action, subject)`, the newest first.
pub async fn latest(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    limit: i64,
) -> Result<Vec<(String, String, String)>, StoreError> {
    Ok(run!(conn, |c| sqlx::query_as(
        "SELECT actor, action, subject FROM audit_events WHERE tenant_id = $1 ORDER BY seq DESC LIMIT $2"
    )
    .bind(tenant.as_str())
    .bind(limit)
    .fetch_all(c)
    .await)?)
}
