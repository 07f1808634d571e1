//! Whether all events are what they were, and all there.
//!
//! Rows are read once, in the order of their ids. Within a chain that is nearly the order of the chain: a row that comes
//! early waits for the ones before it.

use std::collections::{BTreeMap, HashMap};

use sqlx::AssertSqlSafe;
use time::OffsetDateTime;

use super::chain::link;
use super::prune::ACTION;
use super::row::{COLUMNS, Row};
use crate::pool::run;
use crate::{Conn, StoreError, TenantId, audit, instant};

/// What is wrong with the events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Broken {
    /// An event is not what it was, or one before it in its chain was replaced.
    Changed {
        /// Its id.
        id: String,
        /// Its time, as it stands there now.
        at: OffsetDateTime,
        /// Its subject, as it stands there now.
        subject: String,
    },
    /// Events are missing.
    Missing {
        /// How many.
        count: i64,
        /// The id of the event before them, if there is one.
        after: Option<String>,
    },
    /// The oldest events are missing, and no act of the system tells that it removed them.
    Beginning,
}

/// Rows read at once.
const BATCH: i64 = 500;
/// Rows of a chain that may wait for one before them. More than that means that it is missing.
const WAITING: usize = 2_000;

#[derive(sqlx::FromRow)]
struct Head {
    chain: i64,
    seq: i64,
    hash: Vec<u8>,
    pruned_seq: i64,
    pruned_hash: Vec<u8>,
}

/// A row as far as the chain needs it.
struct Link {
    id: String,
    at: i64,
    subject: String,
    digest: Vec<u8>,
    hash: Vec<u8>,
}

impl Link {
    fn of(row: Row, tenant: &TenantId) -> Self {
        let digest = row.digest(tenant);
        Self { id: row.id, at: row.at, subject: row.subject, digest, hash: row.hash.unwrap_or_default() }
    }
}

/// How far a chain was followed.
struct Walk {
    head: Head,
    seq: i64,
    hash: Option<Vec<u8>>,
    last: Option<String>,
    waiting: BTreeMap<i64, Link>,
}

impl Walk {
    fn new(head: Head) -> Self {
        Self { seq: head.pruned_seq, hash: Some(head.pruned_hash.clone()), last: None, waiting: BTreeMap::new(), head }
    }

    fn meet(&mut self, seq: i64, link: Link) -> Option<Broken> {
        // What came after the check began lies beyond the end; what was about to be removed, before the beginning.
        if seq > self.head.seq || seq <= self.head.pruned_seq {
            return None;
        }
        if seq <= self.seq {
            return Some(changed(&link));
        }
        self.waiting.insert(seq, link);
        while let Some(link) = self.waiting.remove(&(self.seq + 1)) {
            if let Some(broken) = self.step(&link) {
                return Some(broken);
            }
        }
        (self.waiting.len() > WAITING).then(|| self.gap())
    }

    fn step(&mut self, met: &Link) -> Option<Broken> {
        self.seq += 1;
        let right = self.hash.as_ref().is_none_or(|previous| link(previous, &met.digest) == met.hash)
            && (self.seq != self.head.seq || met.hash == self.head.hash);
        self.hash = Some(met.hash.clone());
        self.last = Some(met.id.clone());
        (!right).then(|| changed(met))
    }

    fn gap(&self) -> Broken {
        let next = self.waiting.first_key_value().map_or(self.head.seq + 1, |(seq, _)| *seq);
        Broken::Missing { count: next - self.seq - 1, after: self.last.clone() }
    }

    fn end(&self) -> Option<Broken> {
        (self.seq < self.head.seq).then(|| self.gap())
    }
}

fn changed(link: &Link) -> Broken {
    Broken::Changed { id: link.id.clone(), at: instant(link.at), subject: link.subject.clone() }
}

/// Follows a company's events; the first thing that is wrong with them.
pub async fn first_broken(conn: &mut Conn<'_>, tenant: &TenantId) -> Result<Option<Broken>, StoreError> {
    // The oldest events may be removed while others are read: what is missing is looked for again.
    match follow(conn, tenant).await? {
        Some(_) => follow(conn, tenant).await,
        None => Ok(None),
    }
}

async fn heads_of(conn: &mut Conn<'_>, tenant: &TenantId) -> Result<Vec<Head>, StoreError> {
    Ok(run!(conn, |c| sqlx::query_as(
        "SELECT chain, seq, hash, pruned_seq, pruned_hash FROM event_chains WHERE tenant_id = $1"
    )
    .bind(tenant.as_str())
    .fetch_all(c)
    .await)?)
}

async fn follow(conn: &mut Conn<'_>, tenant: &TenantId) -> Result<Option<Broken>, StoreError> {
    // The ends are read first: events written meanwhile lie beyond them.
    let heads = heads_of(conn, tenant).await?;
    if beginning_moved(conn, tenant, &heads).await? {
        return Ok(Some(Broken::Beginning));
    }
    let mut walks: HashMap<i64, Walk> = heads.into_iter().map(|head| (head.chain, Walk::new(head))).collect();
    let sql =
        format!("SELECT {COLUMNS} FROM provisioning_events WHERE tenant_id = $1 AND id > $2 ORDER BY id LIMIT {BATCH}");
    let (mut after, mut strays) = (String::new(), HashMap::new());
    loop {
        let rows: Vec<Row> = run!(conn, |c| sqlx::query_as(AssertSqlSafe(sql.as_str()))
            .bind(tenant.as_str())
            .bind(after.as_str())
            .fetch_all(c)
            .await)?;
        let Some(last) = rows.last() else { break };
        after.clone_from(&last.id);
        for row in rows {
            // Rows from before there were chains have no place in any.
            let (Some(chain), Some(seq)) = (row.chain, row.seq) else { continue };
            let link = Link::of(row, tenant);
            match walks.get_mut(&chain) {
                Some(walk) => {
                    if let Some(broken) = walk.meet(seq, link) {
                        return Ok(Some(broken));
                    }
                }
                None => drop(strays.entry(chain).or_insert(link)),
            }
        }
    }
    // A chain may have begun meanwhile; one that has no end now never had one.
    let known: Vec<i64> = heads_of(conn, tenant).await?.iter().map(|head| head.chain).collect();
    let stray = strays.iter().find(|(chain, _)| !known.contains(chain)).map(|(_, link)| changed(link));
    Ok(stray.or_else(|| walks.values().find_map(Walk::end)))
}

/// Whether a chain begins elsewhere than where the system's last removal left it.
async fn beginning_moved(conn: &mut Conn<'_>, tenant: &TenantId, heads: &[Head]) -> Result<bool, StoreError> {
    let mut told: HashMap<String, (i64, String)> = HashMap::new();
    for act in audit::details_of(conn, tenant, ACTION).await? {
        for (chain, beginning) in act["chains"].as_object().into_iter().flatten() {
            let seq = beginning["seq"].as_i64().unwrap_or_default();
            told.insert(chain.clone(), (seq, beginning["hash"].as_str().unwrap_or_default().to_owned()));
        }
    }
    let hex = |hash: &[u8]| hash.iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
    let begins = |head: &Head| (head.pruned_seq, hex(&head.pruned_hash));
    let moved = heads.iter().any(|head| told.remove(&head.chain.to_string()).unwrap_or_default() != begins(head));
    Ok(moved || !told.is_empty())
}
