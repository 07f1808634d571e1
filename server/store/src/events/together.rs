//! Events of changes that are stored together, on SQLite: one statement writes them all, and one where their chain ends.

use sqlx::Sqlite;
use sqlx::query::Query;
use sqlx::sqlite::SqliteArguments;

use super::PreparedEvent;
use super::chain::{self, Chain, ChainEnd};
use super::row::{Row, bound};
use crate::TenantId;

/// A statement whose values are being bound.
type Bound<'q> = Query<'q, Sqlite, SqliteArguments>;

/// Events of one company, each chained to the one before it.
pub(crate) struct Chained<'e> {
    rows: Vec<&'e Row>,
    /// The hash of the event before them.
    before: Vec<u8>,
    chain: Chain,
    size: i64,
}

impl<'e> Chained<'e> {
    /// Chains them to where [`chain::ONLY_CHAIN`] found an end, if it found one.
    pub(crate) fn after(
        end: Option<ChainEnd>,
        tenant: &TenantId,
        events: impl Iterator<Item = &'e mut PreparedEvent>,
    ) -> Self {
        let mut events = events.peekable();
        let first = events.peek().map(|event| event.0.id.clone()).unwrap_or_default();
        let (mut chain, mut size) = (Chain::after(end, &first), 0);
        let before = chain.hash.clone();
        let chained = |PreparedEvent(row): &'e mut PreparedEvent| {
            chain.add(tenant, row);
            size += row.size;
            &*row
        };
        let rows = events.map(chained).collect();
        Self { rows, before, chain, size }
    }

    /// Binds the events' values, for what [`super::inserting`] wrote.
    pub(crate) fn bind_events<'q>(&self, query: Bound<'q>, tenant: &TenantId) -> Bound<'q> {
        self.rows.iter().fold(query, |query, row| bound!(query.bind(tenant.as_str()), row))
    }

    /// The statement that stores where the chain ends, from these parameters. It fails when the chain did not end where
    /// these events begin: there is no such number as NULL.
    pub(crate) fn putting_back(&self, tenant: &str, [chain, seq, hash, size, before]: &[String; 5]) -> String {
        let seq = if self.chain.new { seq } else { &format!("CASE WHEN hash = {before} THEN {seq} END") };
        chain::putting_back(self.chain.new, tenant, [chain, seq, hash, size])
    }

    /// Binds where the chain ends, and where it ended before.
    pub(crate) fn bind_end<'q>(&self, query: Bound<'q>) -> Bound<'q> {
        let Chain { number, seq, hash, .. } = &self.chain;
        query.bind(*number).bind(*seq).bind(hash.as_slice()).bind(self.size).bind(self.before.as_slice())
    }

    /// Where the chain ends.
    pub(crate) fn end(self) -> ChainEnd {
        let Chain { number, seq, hash, .. } = self.chain;
        (number, seq, hash)
    }
}
