//! Events of changes that are stored together, on SQLite: one statement writes them all, and one where their chain ends.

use sqlx::Sqlite;
use sqlx::query::Query;
use sqlx::sqlite::SqliteArguments;

use super::PreparedEvent;
use super::chain::{self, Chain, ChainEnd};
use super::row::{self, Row, bound};
use crate::TenantId;

/// Parameters of the statement that stores where the chain ends.
const OF_THE_END: usize = chain::COLUMNS.len();

/// Events of one company, each chained to the one before it.
pub(crate) struct Chained<'e> {
    rows: Vec<&'e Row>,
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
        let chained = |PreparedEvent(row): &'e mut PreparedEvent| {
            chain.add(tenant, row);
            size += row.size;
            &*row
        };
        let rows = events.map(chained).collect();
        Self { rows, chain, size }
    }

    /// The statements, whose parameters are those from `first` on.
    pub(crate) fn sql(&self, first: usize) -> String {
        let parameters = [0, 1, 2, 3].map(|place| format!("${}", first + place));
        let end = chain::putting_back(self.chain.new, parameters);
        format!("{end}; {}", row::inserting(self.rows.len(), first + OF_THE_END))
    }

    /// Binds their values, after those that were bound before.
    pub(crate) fn bind<'q>(&self, query: Query<'q, Sqlite, SqliteArguments>) -> Query<'q, Sqlite, SqliteArguments> {
        let Chain { number, seq, hash, .. } = &self.chain;
        let query = query.bind(*number).bind(*seq).bind(hash.as_slice()).bind(self.size);
        self.rows.iter().fold(query, |query, row| bound!(query, row))
    }
}
