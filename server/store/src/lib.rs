//! The database: the only crate that names sqlx.
//!
//! One noun a module. Reads take a [`Conn`] from [`Store::read`]; writes go through one door, [`Store::write`], so that
//! a change, its provisioning event and its audit row are one transaction. Every function takes the tenant, and no
//! statement reaches another's rows.

pub mod accounts;
pub mod attempts;
pub mod audit;
pub mod brakes;
mod clock;
mod connections;
pub mod custom_attributes;
pub mod deleted_employees;
mod door;
pub mod employees;
mod error;
pub mod events;
mod examine;
mod filter_sql;
mod fold;
pub mod groups;
mod ids;
pub mod integrations;
pub mod invitations;
pub mod leases;
pub mod listing;
mod migrate;
pub mod notices;
pub mod offboarding;
pub mod one_time_code;
mod open;
mod parameters;
pub mod passkeys;
mod pool;
mod random;
pub mod rehearsals;
mod resources;
pub mod second_factor;
pub mod sessions;
pub mod setup_codes;
pub mod sign_in_places;
pub mod sso;
pub mod tenants;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
mod texts;
pub mod tokens;
pub mod transfer;
pub mod undo;
mod url;
pub mod usage;
mod walks;
mod words;

use std::sync::Arc;

use futures::future::BoxFuture;
use time::OffsetDateTime;

pub use clock::{Clock, FixedClock, SystemClock};
pub use error::StoreError;
pub use examine::{Examined, examine};
pub use ids::{AccountId, IntegrationId, InvitationId, TenantId, TokenId};
pub use open::PATIENCE;
pub use pool::{Conn, Reader};
pub use random::{Random, SeededRandom, SystemRandom};
pub use resources::{Page, Place, Query};
pub use url::DatabaseUrl;
pub use walks::Walks;

use door::Door;
use employees::Hire;
use pool::Pool;

/// An open database and the two things it takes from outside: the time and randomness.
#[derive(Clone)]
pub struct Store {
    pool: Pool,
    door: Door,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    /// Under which this server holds leases.
    holder: Arc<str>,
    walks: Walks,
}

/// How busy the database is, as far as this server knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Load {
    /// Writes that wait for SQLite's one writer, or, on PostgreSQL, people who are to be added.
    pub writes_waiting: u64,
    /// Connections in the pool.
    pub connections: u64,
    /// Those that nobody uses.
    pub idle_connections: u64,
}

impl Store {
    /// Opens the database, creating a SQLite file and its folder when they do not exist, and brings its schema up to
    /// date.
    pub async fn open(url: &DatabaseUrl, clock: Arc<dyn Clock>, random: Arc<dyn Random>) -> Result<Self, StoreError> {
        let (pool, door) = open::open(url).await?;
        let holder = ids::new_id(clock.now(), &*random).into();
        let store = Self { pool, door, clock, random, holder, walks: Walks::default() };
        store.index_words().await?;
        Ok(store)
    }

    /// Writes the words of what an earlier version stored, so that it can be searched. Where nothing lacks them, an
    /// empty index says so.
    async fn index_words(&self) -> Result<(), StoreError> {
        const AT_ONCE: i64 = 200;
        while self
            .write::<_, StoreError, _>(|conn| {
                Box::pin(async move {
                    Ok(employees::index_some(conn, AT_ONCE).await? | groups::index_some(conn, AT_ONCE).await?)
                })
            })
            .await?
        {}
        Ok(())
    }

    /// A connection for reading.
    pub async fn read(&self) -> Result<Reader, StoreError> {
        self.pool.reader().await
    }

    /// Runs the work in a transaction of its own: all of it is stored, or, when it returns an error, none.
    ///
    /// It answers after the commit. Work that waits at the same time may share a commit, never its atomicity.
    pub async fn write<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: for<'a> FnOnce(&'a mut Conn<'_>) -> BoxFuture<'a, Result<T, E>> + Send + 'static,
    {
        self.door.pass(work).await
    }

    /// [`Store::write`] for work that changes a resource: on PostgreSQL whoever else changes it on this server takes turns
    /// with it, and holds no connection while it waits.
    pub async fn write_to<T, E, F>(&self, resource: &str, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: for<'a> FnOnce(&'a mut Conn<'_>) -> BoxFuture<'a, Result<T, E>> + Send + 'static,
    {
        self.door.pass_in_turn(resource, work).await
    }

    /// Adds a person together with the event that tells of it. [`StoreError::Conflict`] when the `userName` is taken.
    ///
    /// It does what [`Store::write`] would do with one piece of work; those who wait at the same time cost less.
    pub async fn hire(&self, hire: Hire) -> Result<(), StoreError> {
        self.door.hire(hire).await
    }

    /// The time, from the clock given to [`Store::open`].
    pub fn now(&self) -> OffsetDateTime {
        self.clock.now()
    }

    /// The source of randomness given to [`Store::open`].
    pub fn random(&self) -> &dyn Random {
        &*self.random
    }

    /// A new id: a UUID of version 7, so that ids sort by the time they were made.
    pub fn new_id(&self) -> String {
        ids::new_id(self.now(), self.random())
    }

    /// What this server remembers of long lists that clients page through.
    pub fn walks(&self) -> &Walks {
        &self.walks
    }

    /// How busy it is.
    pub fn load(&self) -> Load {
        let (connections, idle) = self.pool.size();
        Load { writes_waiting: self.door.waiting() as u64, connections, idle_connections: idle as u64 }
    }

    /// Whether other servers may use the same database.
    pub fn is_shared(&self) -> bool {
        !matches!(self.pool, Pool::Sqlite(_))
    }

    /// Whether this server is the one to do something for so long. A file has one server, which need not ask.
    pub async fn is_mine(&self, name: &'static str, lasts: time::Duration) -> Result<bool, StoreError> {
        if !self.is_shared() {
            return Ok(true);
        }
        let (holder, now) = (self.holder.clone(), self.now());
        self.write(move |conn| Box::pin(async move { leases::take(conn, name, &holder, now, lasts).await })).await
    }

    /// Leaves what this server does alone to the others, before it stops.
    pub async fn step_back(&self) -> Result<(), StoreError> {
        if !self.is_shared() {
            return Ok(());
        }
        let holder = self.holder.clone();
        self.write(move |conn| Box::pin(async move { leases::release(conn, &holder).await })).await
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<(), StoreError> {
        let mut reader = self.read().await?;
        let mut conn = reader.conn();
        tenants::count(&mut conn).await.map(|_| ())
    }
}

/// Milliseconds since 1970, as every time column has them.
pub(crate) fn milliseconds(instant: OffsetDateTime) -> i64 {
    i64::try_from(instant.unix_timestamp_nanos().div_euclid(1_000_000)).unwrap_or(i64::MAX)
}

/// The other way round. Times outside the years that `time` knows cannot be stored through [`milliseconds`].
pub(crate) fn instant(milliseconds: i64) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(milliseconds) * 1_000_000)
        .unwrap_or(OffsetDateTime::UNIX_EPOCH)
}
