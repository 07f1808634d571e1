//! Acts for people to read, the newest first.

use serde_json::{Value, json};
use sqlx::AssertSqlSafe;
use time::OffsetDateTime;

use crate::pool::run;
use crate::{Conn, StoreError, TenantId, instant, milliseconds};

/// An act as it was written down.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Its number in the chain.
    pub seq: i64,
    /// When.
    pub at: OffsetDateTime,
    /// Who.
    pub actor: String,
    /// What, as `noun.verb`.
    pub action: String,
    /// To what.
    pub subject: String,
    /// More about it.
    pub detail: Value,
}

/// Which acts; all by default.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// A part of the actor's name.
    pub actor: Option<String>,
    /// The action.
    pub action: Option<String>,
    /// Not before.
    pub from: Option<OffsetDateTime>,
    /// Before.
    pub until: Option<OffsetDateTime>,
}

/// Where a page is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Place {
    /// At the newest.
    #[default]
    Newest,
    /// The next older ones.
    Before(i64),
    /// The next newer ones.
    After(i64),
}

type Row = (i64, i64, String, String, String, String);

/// A page of acts, and whether there are others beyond, in the direction of the place.
pub async fn page(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    filter: &Filter,
    place: Place,
    size: usize,
) -> Result<(Vec<Entry>, bool), StoreError> {
    let actor = filter.actor.as_deref().map(|actor| actor.to_lowercase().replace('\0', "")).unwrap_or_default();
    let contains = match conn {
        Conn::Sqlite(_) => "instr(lower(actor), $2) > 0",
        Conn::Postgres(_) => "strpos(lower(actor), $2) > 0",
    };
    let by = if actor.is_empty() { "$2 = ''" } else { contains };
    let action = filter.action.as_deref().map(|action| action.replace('\0', "")).unwrap_or_default();
    let what = if action.is_empty() { "$3 = ''" } else { "action = $3" };
    let (beyond, order) = match place {
        Place::Newest => (i64::MAX, "seq < $6 ORDER BY seq DESC"),
        Place::Before(seq) => (seq, "seq < $6 ORDER BY seq DESC"),
        Place::After(seq) => (seq, "seq > $6 ORDER BY seq ASC"),
    };
    let sql = format!(
        "SELECT seq, at, actor, action, subject, CAST(detail AS TEXT) FROM audit_events
         WHERE tenant_id = $1 AND {by} AND {what} AND at >= $4 AND at < $5 AND {order} LIMIT $7"
    );
    let mut rows: Vec<Row> = run!(conn, |c| sqlx::query_as(AssertSqlSafe(sql))
        .bind(tenant.as_str())
        .bind(actor.as_str())
        .bind(action.as_str())
        .bind(filter.from.map_or(i64::MIN, milliseconds))
        .bind(filter.until.map_or(i64::MAX, milliseconds))
        .bind(beyond)
        .bind(i64::try_from(size).unwrap_or(i64::MAX).saturating_add(1))
        .fetch_all(c)
        .await)?;
    let more = rows.len() > size;
    rows.truncate(size);
    if matches!(place, Place::After(_)) {
        rows.reverse();
    }
    let entry = |(seq, at, actor, action, subject, detail): Row| Entry {
        seq,
        at: instant(at),
        actor,
        action,
        subject,
        // SQLite takes what is no JSON from whoever tampers; the page on which that can be seen must not break on it.
        detail: serde_json::from_str(&detail).unwrap_or_else(|_| json!({ "unreadable": detail })),
    };
    Ok((rows.into_iter().map(entry).collect(), more))
}
