//! The chains of events. Each event's hash covers what it says and the hash of the one before it, so that a changed or a
//! missing one shows.
//!
//! With a single chain, writes that PostgreSQL runs side by side would wait for each other at its end. So a company has
//! as many chains as it had writes at the same time: a write takes whichever end no other write holds, and makes a new
//! chain when all are held. On SQLite, where writes follow each other anyway, there is one.

use sha2::{Digest, Sha256};

use super::row::Row;
use crate::pool::run;
use crate::{Conn, StoreError, TenantId};

/// A chain's end, held until the transaction ends.
pub(super) struct Chain {
    number: i64,
    seq: i64,
    hash: Vec<u8>,
    /// What was added since it was taken.
    added: i64,
    new: bool,
}

impl Chain {
    /// Takes one that is free. `id` is any id that was never used before: a new chain takes its number from it.
    pub(super) async fn take(conn: &mut Conn<'_>, tenant: &TenantId, id: &str) -> Result<Self, StoreError> {
        let sql = match conn {
            Conn::Sqlite(_) => "SELECT chain, seq, hash FROM event_chains WHERE tenant_id = $1 LIMIT 1",
            Conn::Postgres(_) => {
                "SELECT chain, seq, hash FROM event_chains WHERE tenant_id = $1 LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED"
            }
        };
        let free: Option<(i64, i64, Vec<u8>)> =
            run!(conn, |c| sqlx::query_as(sql).bind(tenant.as_str()).fetch_optional(c).await)?;
        Ok(match free {
            Some((number, seq, hash)) => Self { number, seq, hash, added: 0, new: false },
            None => Self { number: number_from(id), seq: 0, hash: Vec::new(), added: 0, new: true },
        })
    }

    /// Puts a row at the end.
    pub(super) fn add(&mut self, tenant: &TenantId, row: &mut Row) {
        self.seq += 1;
        row.chain = Some(self.number);
        row.seq = Some(self.seq);
        row.size = row.weight();
        self.added += row.size;
        self.hash = link(&self.hash, &row.digest(tenant));
        row.hash = Some(self.hash.clone());
    }

    /// Stores where it ends now.
    pub(super) async fn put_back(self, conn: &mut Conn<'_>, tenant: &TenantId) -> Result<(), StoreError> {
        let sql = if self.new {
            "INSERT INTO event_chains (tenant_id, chain, seq, hash, size) VALUES ($1, $2, $3, $4, $5)"
        } else {
            "UPDATE event_chains SET seq = $3, hash = $4, size = size + $5 WHERE tenant_id = $1 AND chain = $2"
        };
        run!(conn, |c| sqlx::query(sql)
            .bind(tenant.as_str())
            .bind(self.number)
            .bind(self.seq)
            .bind(self.hash.as_slice())
            .bind(self.added)
            .execute(c)
            .await
            .map(|_| ()))?;
        Ok(())
    }
}

/// The hash of a row: it covers the one before it.
pub(super) fn link(previous: &[u8], digest: &[u8]) -> Vec<u8> {
    Sha256::new().chain_update(previous).chain_update(digest).finalize().to_vec()
}

fn number_from(id: &str) -> i64 {
    let digest = Sha256::digest(id.as_bytes());
    digest[..6].iter().fold(0, |number, byte| (number << 8) | i64::from(*byte))
}
