//! Acts of accounts, the CLI and the system, each chained to the one before it.

mod page;

use serde_json::Value;
use sha2::{Digest, Sha256};
use sqlx::types::Json;
use time::OffsetDateTime;

pub use page::{Entry, Filter, Place, page};

use crate::pool::run;
use crate::texts::Texts;
use crate::{Conn, StoreError, TenantId, instant, milliseconds, notices};

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

/// Writes an act down, in the transaction of the change it tells of, with the notices to those whom it concerns.
pub async fn record(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    act: &Act<'_>,
    now: OffsetDateTime,
) -> Result<(), StoreError> {
    // The company's row holds the chain's end, and is the lock under which it grows.
    let head = format!("SELECT audit_seq, audit_hash FROM tenants WHERE id = $1{}", conn.for_update());
    let (seq, previous): (i64, Vec<u8>) =
        run!(conn, |c| sqlx::query_as(sqlx::AssertSqlSafe(head)).bind(tenant.as_str()).fetch_one(c).await)?;
    let seq = seq + 1;
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
    .bind(hash.as_slice())
    .execute(c)
    .await
    .map(|_| ()))?;
    run!(conn, |c| sqlx::query("UPDATE tenants SET audit_seq = $2, audit_hash = $3 WHERE id = $1")
        .bind(tenant.as_str())
        .bind(seq)
        .bind(hash)
        .execute(c)
        .await
        .map(|_| ()))?;
    notices::of_act(conn, tenant, act, (seq, now)).await
}

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
    /// Every field goes in with its length before it, so that no two rows can be spelled alike.
    fn expected_hash(&self, tenant: &TenantId, previous: &[u8]) -> Vec<u8> {
        let detail = canonical(&self.detail.0);
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

/// JSON with its keys in order: PostgreSQL does not keep the order in which they came.
fn canonical(value: &Value) -> String {
    match value {
        Value::Object(object) => {
            let mut entries: Vec<_> = object.iter().collect();
            entries.sort_by_key(|(key, _)| key.as_str());
            let entries =
                entries.iter().map(|(key, value)| format!("{}:{}", Value::from(key.as_str()), canonical(value)));
            format!("{{{}}}", entries.collect::<Vec<_>>().join(","))
        }
        Value::Array(items) => format!("[{}]", items.iter().map(canonical).collect::<Vec<_>>().join(",")),
        scalar => scalar.to_string(),
    }
}

/// Follows a company's chain. The number of the first act that is not what it was, or of one that is missing; also when
/// the last ones are, since the company's row knows where the chain ends.
pub async fn first_broken(conn: &mut Conn<'_>, tenant: &TenantId) -> Result<Option<i64>, StoreError> {
    // The end is read first: acts recorded meanwhile lie beyond it.
    let head: Option<(i64, Vec<u8>)> =
        run!(conn, |c| sqlx::query_as("SELECT audit_seq, audit_hash FROM tenants WHERE id = $1")
            .bind(tenant.as_str())
            .fetch_optional(c)
            .await)?;
    let Some((last, last_hash)) = head else { return Ok(None) };
    // As a text: SQLite takes what is no JSON from whoever tampers.
    let rows: Vec<Written> = run!(conn, |c| sqlx::query_as(
        "SELECT seq, at, actor, action, subject, CAST(detail AS TEXT), hash FROM audit_events WHERE tenant_id = $1
         ORDER BY seq"
    )
    .bind(tenant.as_str())
    .fetch_all(c)
    .await)?;
    let mut previous = Vec::new();
    let mut next = 1;
    for (seq, at, actor, action, subject, detail, hash) in rows {
        let Ok(detail) = serde_json::from_str(&detail) else { return Ok(Some(next)) };
        let row = Row { seq, at, actor, action, subject, detail: Json(detail), hash };
        let at_end = row.seq == last;
        if row.seq != next || row.expected_hash(tenant, &previous) != row.hash || (at_end && row.hash != last_hash) {
            return Ok(Some(next));
        }
        previous = row.hash;
        next += 1;
    }
    Ok((next <= last).then_some(next))
}

/// An act as it stands in the table: its number, time, actor, action, subject, detail and hash.
type Written = (i64, i64, String, String, String, String, Vec<u8>);

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

/// An act as it was written down.
#[derive(Debug, Clone, PartialEq)]
pub struct Recorded {
    /// When.
    pub at: OffsetDateTime,
    /// Who.
    pub actor: String,
    /// What, as `noun.verb`.
    pub action: String,
    /// More about it.
    pub detail: Value,
}

/// The last of some acts upon a subject: who changed it, and when.
pub async fn last_about(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    subject: &str,
    actions: &[&str],
) -> Result<Option<Recorded>, StoreError> {
    let texts = Texts::new(actions);
    let is_one_of = conn.is_one_of("action", "$3", &texts);
    let sql = format!(
        "SELECT at, actor, action, detail FROM audit_events
         WHERE tenant_id = $1 AND subject = $2 AND {is_one_of} ORDER BY seq DESC LIMIT 1"
    );
    let row: Option<(i64, String, String, Json<Value>)> = run!(conn, |c| sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(tenant.as_str())
        .bind(subject)
        .bind(&texts)
        .fetch_optional(c)
        .await)?;
    Ok(row.map(|(at, actor, action, Json(detail))| Recorded { at: instant(at), actor, action, detail }))
}

/// What the acts of one kind say in detail, the oldest first.
pub(crate) async fn details_of(conn: &mut Conn<'_>, tenant: &TenantId, action: &str) -> Result<Vec<Value>, StoreError> {
    let rows: Vec<(Json<Value>,)> = run!(conn, |c| sqlx::query_as(
        "SELECT detail FROM audit_events WHERE tenant_id = $1 AND action = $2 ORDER BY seq"
    )
    .bind(tenant.as_str())
    .bind(action)
    .fetch_all(c)
    .await)?;
    Ok(rows.into_iter().map(|(Json(detail),)| detail).collect())
}
