//! The chains of events. Each event's hash covers what it says and the hash of the one before it, so that a changed or a
//! missing one shows.
//!
//! With a single chain, writes that PostgreSQL runs side by side would wait for each other at its end. So a company has
//! as many chains as it had writes at the same time: a write takes whichever end no other write holds, and makes a new
//! chain when all are held. On SQLite, where writes follow each other anyway, there is one.

use std::sync::LazyLock;

use sha2::{Digest, Sha256};

use super::row::{self, Row};
use crate::pool::run;
use crate::{Conn, StoreError, TenantId};

/// Where a free chain ends: its number, the place of its last event, and that event's hash.
pub(crate) type ChainEnd = (i64, i64, Vec<u8>);

/// On SQLite, the statement that finds the chain of the tenant `$1`.
pub(crate) const ONLY_CHAIN: &str = "SELECT chain, seq, hash FROM event_chains WHERE tenant_id = $1 LIMIT 1";

/// The statement that finds a free chain of the tenant `$1`, and holds it until the transaction ends.
pub(crate) fn taking_chain(conn: &Conn<'_>) -> &'static str {
    match conn {
        Conn::Sqlite(_) => ONLY_CHAIN,
        Conn::Postgres(_) => {
            "SELECT chain, seq, hash FROM event_chains WHERE tenant_id = $1 LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED"
        }
    }
}

/// A chain's end, held until the transaction ends.
pub(super) struct Chain {
    pub(super) number: i64,
    pub(super) seq: i64,
    pub(super) hash: Vec<u8>,
    pub(super) new: bool,
}

impl Chain {
    /// Takes one that is free. `id` is any id that was never used before: a new chain takes its number from it.
    pub(super) async fn take(conn: &mut Conn<'_>, tenant: &TenantId, id: &str) -> Result<Self, StoreError> {
        let sql = taking_chain(conn);
        let free = run!(conn, |c| sqlx::query_as(sql).bind(tenant.as_str()).fetch_optional(c).await)?;
        Ok(Self::after(free, id))
    }

    /// The chain that was found free, or a new one.
    pub(super) fn after(free: Option<ChainEnd>, id: &str) -> Self {
        match free {
            Some((number, seq, hash)) => Self { number, seq, hash, new: false },
            None => Self { number: number_from(id), seq: 0, hash: Vec::new(), new: true },
        }
    }

    /// Puts a row at the end.
    pub(super) fn add(&mut self, tenant: &TenantId, row: &mut Row) {
        self.seq += 1;
        row.chain = Some(self.number);
        row.seq = Some(self.seq);
        row.size = row.weight();
        self.hash = link(&self.hash, &row.digest(tenant));
        row.hash = Some(self.hash.clone());
    }

    /// A statement that stores where it ends now, with the parameters of the row that was added.
    pub(super) fn put_back(&self) -> &'static str {
        static BEGIN: LazyLock<String> =
            LazyLock::new(|| putting_back(true, "$1", COLUMNS.map(row::parameter).each_ref()));
        static MOVE: LazyLock<String> =
            LazyLock::new(|| putting_back(false, "$1", COLUMNS.map(row::parameter).each_ref()));
        if self.new { &BEGIN } else { &MOVE }
    }
}

/// What a chain says of its end; of its size, what is added to it.
const COLUMNS: [&str; 4] = ["chain", "seq", "hash", "size"];

/// A statement that stores where a chain ends, from these parameters.
pub(super) fn putting_back(new: bool, tenant: &str, [chain, seq, hash, size]: [&String; 4]) -> String {
    if new {
        return format!(
            "INSERT INTO event_chains (tenant_id, chain, seq, hash, size)
             VALUES ({tenant}, {chain}, {seq}, {hash}, {size})"
        );
    }
    format!(
        "UPDATE event_chains SET seq = {seq}, hash = {hash}, size = size + {size}
         WHERE tenant_id = {tenant} AND chain = {chain}"
    )
}

/// The hash of a row: it covers the one before it.
pub(super) fn link(previous: &[u8], digest: &[u8]) -> Vec<u8> {
    Sha256::new().chain_update(previous).chain_update(digest).finalize().to_vec()
}

fn number_from(id: &str) -> i64 {
    let digest = Sha256::digest(id.as_bytes());
    digest[..6].iter().fold(0, |number, byte| (number << 8) | i64::from(*byte))
}
