//! Notices that wait to be sent by e-mail. Whoever sends one takes it first, for this try, so that of two senders one
//! sends it; a sender that stops in between leaves it to the next try.

use time::OffsetDateTime;

use crate::audit::Entry;
use crate::pool::run;
use crate::{AccountId, Conn, StoreError, TenantId, instant, milliseconds};

/// A notice that is due to be sent.
#[derive(Debug, Clone, PartialEq)]
pub struct Due {
    /// The company.
    pub tenant: TenantId,
    /// Its name.
    pub company: String,
    /// Who is told.
    pub account: AccountId,
    /// Where they are written to.
    pub email: String,
    /// How often it was tried before.
    pub tries: i64,
    /// What it tells of.
    pub act: Entry,
}

#[derive(sqlx::FromRow)]
struct Row {
    tenant_id: String,
    company: String,
    account_id: String,
    email: String,
    tries: i64,
    seq: i64,
    at: i64,
    actor: String,
    action: String,
    subject: String,
    detail: String,
}

/// Notices of all companies that are due and not older than said, the one that waited longest first.
pub async fn due(
    conn: &mut Conn<'_>,
    (since, now): (OffsetDateTime, OffsetDateTime),
    limit: i64,
) -> Result<Vec<Due>, StoreError> {
    let rows: Vec<Row> = run!(conn, |c| sqlx::query_as(
        "SELECT n.tenant_id, t.name AS company, n.account_id, a.email, n.tries,
             e.seq, e.at, e.actor, e.action, e.subject, CAST(e.detail AS TEXT) AS detail
         FROM notices n JOIN tenants t ON t.id = n.tenant_id
             JOIN accounts a ON a.tenant_id = n.tenant_id AND a.id = n.account_id
             JOIN audit_events e ON e.tenant_id = n.tenant_id AND e.seq = n.seq
         WHERE n.due_at <= $1 AND n.at >= $3 ORDER BY n.due_at, n.tenant_id, n.seq, n.account_id LIMIT $2"
    )
    .bind(milliseconds(now))
    .bind(limit)
    .bind(milliseconds(since))
    .fetch_all(c)
    .await)?;
    Ok(rows.into_iter().map(Due::from).collect())
}

impl From<Row> for Due {
    fn from(row: Row) -> Self {
        let detail = serde_json::from_str(&row.detail).unwrap_or_default();
        let (at, actor, action, subject) = (instant(row.at), row.actor, row.action, row.subject);
        Self {
            tenant: TenantId(row.tenant_id),
            company: row.company,
            account: AccountId(row.account_id),
            email: row.email,
            tries: row.tries,
            act: Entry { seq: row.seq, at, actor, action, subject, detail },
        }
    }
}

/// Takes a notice for one try and says when the next one is due, should nothing more be heard of this one. Whether
/// nobody else has taken it.
pub async fn claim(conn: &mut Conn<'_>, due: &Due, next: OffsetDateTime) -> Result<bool, StoreError> {
    let claimed = run!(conn, |c| sqlx::query(
        "UPDATE notices SET tries = tries + 1, due_at = $5
         WHERE tenant_id = $1 AND account_id = $2 AND seq = $3 AND tries = $4 AND due_at IS NOT NULL"
    )
    .bind(due.tenant.as_str())
    .bind(due.account.as_str())
    .bind(due.act.seq)
    .bind(due.tries)
    .bind(milliseconds(next))
    .execute(c)
    .await
    .map(|done| done.rows_affected()))?;
    Ok(claimed == 1)
}

/// A mail server has taken it.
pub async fn sent(conn: &mut Conn<'_>, due: &Due, now: OffsetDateTime) -> Result<(), StoreError> {
    end(conn, due, now, "UPDATE notices SET due_at = NULL, sent_at = $4").await
}

/// It is not tried again.
pub async fn give_up(conn: &mut Conn<'_>, due: &Due, now: OffsetDateTime) -> Result<(), StoreError> {
    end(conn, due, now, "UPDATE notices SET due_at = NULL, given_up_at = $4").await
}

async fn end(conn: &mut Conn<'_>, due: &Due, now: OffsetDateTime, change: &'static str) -> Result<(), StoreError> {
    let sql = format!("{change} WHERE tenant_id = $1 AND account_id = $2 AND seq = $3 AND due_at IS NOT NULL");
    run!(conn, |c| sqlx::query(sqlx::AssertSqlSafe(sql))
        .bind(due.tenant.as_str())
        .bind(due.account.as_str())
        .bind(due.act.seq)
        .bind(milliseconds(now))
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(())
}

/// Gives up what is older: news of long ago is none. Says how many that were.
pub async fn give_up_older(
    conn: &mut Conn<'_>,
    before: OffsetDateTime,
    now: OffsetDateTime,
) -> Result<u64, StoreError> {
    Ok(run!(conn, |c| sqlx::query(
        "UPDATE notices SET due_at = NULL, given_up_at = $2 WHERE due_at IS NOT NULL AND at < $1"
    )
    .bind(milliseconds(before))
    .bind(milliseconds(now))
    .execute(c)
    .await
    .map(|done| done.rows_affected()))?)
}

/// Removes what is older, sent or not, and read or not.
pub async fn purge(conn: &mut Conn<'_>, before: OffsetDateTime) -> Result<(), StoreError> {
    run!(conn, |c| sqlx::query("DELETE FROM notices WHERE at < $1")
        .bind(milliseconds(before))
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(())
}
