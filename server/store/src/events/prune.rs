//! Forgetting the oldest events. Where each chain begins afterwards is stored with the chain, and in the audit log: what
//! was removed in any other way is missed.

use std::collections::BTreeMap;

use serde_json::json;
use time::{Duration, OffsetDateTime};

use crate::audit::{self, Act};
use crate::pool::run;
use crate::{Conn, StoreError, TenantId, milliseconds};

/// What is kept of a company's events; everything by default.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Limits {
    /// For how long.
    pub age: Option<Duration>,
    /// About how many bytes.
    pub size: Option<i64>,
}

/// Events removed in one transaction: writes that wait behind it do not wait long.
const STEP: i64 = 500;

/// The action under which removals stand in the audit log.
pub(super) const ACTION: &str = "events.prune";

#[derive(sqlx::FromRow)]
struct Old {
    id: String,
    at: i64,
    chain: Option<i64>,
    seq: Option<i64>,
    hash: Option<Vec<u8>>,
    size: i64,
}

/// Removes some of the oldest events that are beyond the limits. Says whether there may be others.
pub async fn prune(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    limits: Limits,
    now: OffsetDateTime,
) -> Result<bool, StoreError> {
    // Whole days, so that a day's worth goes at once and not an hour's worth each hour.
    let before = limits.age.map_or(i64::MIN, |age| milliseconds((now - age).replace_time(time::Time::MIDNIGHT)));
    let mut excess = excess(conn, tenant, limits.size).await?;
    let oldest: Vec<Old> = run!(conn, |c| sqlx::query_as(
        "SELECT id, at, chain, seq, hash, size FROM provisioning_events WHERE tenant_id = $1 ORDER BY id LIMIT $2"
    )
    .bind(tenant.as_str())
    .bind(STEP)
    .fetch_all(c)
    .await)?;
    let is_beyond = |old: &&Old| {
        let beyond = old.at < before || excess > 0;
        excess -= old.size;
        beyond
    };
    let removed: Vec<&Old> = oldest.iter().take_while(is_beyond).collect();
    let Some(last) = removed.last() else { return Ok(false) };
    run!(conn, |c| sqlx::query("DELETE FROM provisioning_events WHERE tenant_id = $1 AND id <= $2")
        .bind(tenant.as_str())
        .bind(last.id.as_str())
        .execute(c)
        .await
        .map(|_| ()))?;
    let beginnings = move_beginnings(conn, tenant, &removed).await?;
    let act = Act {
        actor: "system",
        action: ACTION,
        subject: &format!("{} events", removed.len()),
        detail: json!({ "removed": removed.len(), "chains": beginnings }),
    };
    audit::record(conn, tenant, &act, now).await?;
    Ok(removed.len() == oldest.len())
}

/// By how many bytes there are too many.
async fn excess(conn: &mut Conn<'_>, tenant: &TenantId, limit: Option<i64>) -> Result<i64, StoreError> {
    let Some(limit) = limit else { return Ok(0) };
    let size: i64 = run!(conn, |c| sqlx::query_scalar(
        "SELECT CAST(COALESCE(sum(size), 0) AS BIGINT) FROM event_chains WHERE tenant_id = $1"
    )
    .bind(tenant.as_str())
    .fetch_one(c)
    .await)?;
    Ok(size - limit)
}

/// Each chain begins after the last of its rows that were removed.
async fn move_beginnings(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    removed: &[&Old],
) -> Result<BTreeMap<String, serde_json::Value>, StoreError> {
    let mut chains: BTreeMap<i64, (i64, &[u8], i64)> = BTreeMap::new();
    for old in removed {
        let (Some(chain), Some(seq), Some(hash)) = (old.chain, old.seq, old.hash.as_deref()) else { continue };
        let (last, last_hash, size) = chains.entry(chain).or_default();
        *size += old.size;
        if seq > *last {
            (*last, *last_hash) = (seq, hash);
        }
    }
    let mut beginnings = BTreeMap::new();
    for (chain, (seq, hash, size)) in chains {
        run!(conn, |c| sqlx::query(
            "UPDATE event_chains SET pruned_seq = $3, pruned_hash = $4, size = size - $5
             WHERE tenant_id = $1 AND chain = $2"
        )
        .bind(tenant.as_str())
        .bind(chain)
        .bind(seq)
        .bind(hash)
        .bind(size)
        .execute(c)
        .await
        .map(|_| ()))?;
        let hash = hash.iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
        beginnings.insert(chain.to_string(), json!({ "seq": seq, "hash": hash }));
    }
    Ok(beginnings)
}
