//! Events of changes that are stored together: one statement writes them all, and one where their chain ends.

use sqlx::postgres::PgArguments;
use sqlx::query::Query;
use sqlx::sqlite::SqliteArguments;
use sqlx::{Postgres, Sqlite};

use super::PreparedEvent;
use super::chain::{self, Chain, ChainEnd};
use super::row::{Row, bound};
use crate::TenantId;

/// A statement for SQLite with the values that were bound so far.
pub(crate) type Filled = Query<'static, Sqlite, SqliteArguments>;
/// The same for PostgreSQL.
pub(crate) type PgFilled = Query<'static, Postgres, PgArguments>;

/// Events of one company, each chained to the one before it.
pub(crate) struct Chained<'e> {
    rows: Vec<&'e Row>,
    /// The hash of the event before them.
    before: Vec<u8>,
    chain: Chain,
    size: i64,
}

impl<'e> Chained<'e> {
    /// Chains them to the end of a chain, or in a new one.
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

    /// The statement that stores where the chain ends, which nobody else can move meanwhile.
    pub(crate) fn putting_back_held(&self, names: [&String; 4]) -> String {
        chain::putting_back(self.chain.new, "$1", names)
    }

    /// Binds the events' values as lists, for what [`super::inserting_lists`] wrote, and where the chain ends.
    pub(crate) fn bind_lists(&self, query: PgFilled) -> PgFilled {
        let Chain { number, seq, hash, .. } = &self.chain;
        let query = bound!(of_each!(query, &self.rows));
        query.bind(*number).bind(*seq).bind(hash.as_slice()).bind(self.size)
    }

    /// Binds the events' values, for what [`super::inserting`] wrote.
    pub(crate) fn bind_events(&self, query: Filled, tenant: &TenantId) -> Filled {
        self.rows.iter().fold(query, |query, row| bound!(of_one!(query.bind(tenant.as_str()), row)))
    }

    /// The statement that stores where the chain ends, from these parameters. It fails unless the chain ended where these
    /// events begin: then there is no number for it, and NULL cannot be stored.
    pub(crate) fn putting_back(&self, tenant: &str, [chain, seq, hash, size, before]: &[String; 5]) -> String {
        if self.chain.new {
            return chain::putting_back(true, tenant, [chain, seq, hash, size]);
        }
        let seq = format!(
            "(SELECT {seq} FROM event_chains WHERE tenant_id = {tenant} AND chain = {chain} AND hash = {before})"
        );
        let put = chain::putting_back(true, tenant, [chain, &seq, hash, size]);
        format!(
            "{put} ON CONFLICT (tenant_id, chain) DO UPDATE
             SET seq = excluded.seq, hash = excluded.hash, size = size + excluded.size"
        )
    }

    /// Binds where the chain ends, and where it ended before.
    pub(crate) fn bind_end(&self, query: Filled) -> Filled {
        let Chain { number, seq, hash, .. } = &self.chain;
        query.bind(*number).bind(*seq).bind(hash.as_slice()).bind(self.size).bind(self.before.as_slice())
    }

    /// Where the chain ends.
    pub(crate) fn end(self) -> ChainEnd {
        let Chain { number, seq, hash, .. } = self.chain;
        (number, seq, hash)
    }
}
