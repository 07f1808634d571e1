//! Connections that stay open between requests.
//!
//! sqlx's own pool asks a connection whether it lives whenever it is taken and whenever it is given back. On SQLite each
//! such question crosses to the connection's thread and back, on PostgreSQL to the server and back, which costs about as
//! much as most statements do. Here one is asked that nobody used for a while, or whose last statement may be unanswered.

mod runs;
mod taken;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use sqlx::ConnectOptions;
use tokio::runtime::Handle;
use tokio::sync::Semaphore;

use crate::error::is_unavailable;
pub(crate) use runs::Runs;
pub(crate) use taken::Taken;

/// A connection that was not used for so long is asked whether it lives.
const UNASKED: Duration = Duration::from_secs(1);
/// How long it may take to answer that.
const ALIVE: Duration = Duration::from_secs(1);
/// One that nobody wanted for so long is closed, as is one that has been open for [`OLD`].
const UNWANTED: Duration = Duration::from_mins(10);
/// How old a connection becomes: what a server remembers for it grows.
const OLD: Duration = Duration::from_mins(30);
/// How soon a database that takes no connection is tried again.
const RETRY: Duration = Duration::from_millis(100);

/// How connections are kept.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Keeping {
    /// Connections at most.
    pub(crate) at_most: usize,
    /// How long somebody waits for one.
    pub(crate) patience: Duration,
    /// Whether the database is a server. It may take no connection for a moment, and a connection may be cut, or have an
    /// answer on its way: one that comes back without [`Taken::give_back`] is asked.
    pub(crate) is_remote: bool,
}

/// Connections that wait to be used.
pub(crate) struct Connections<C: Runs>(Arc<Inner<C>>);

impl<C: Runs> Clone for Connections<C> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

struct Inner<C: Runs> {
    options: C::Options,
    keeping: Keeping,
    free: Arc<Semaphore>,
    /// The last one used is used next: it has the most in its cache.
    idle: Mutex<Vec<Idle<C>>>,
}

struct Idle<C> {
    connection: C,
    opened_at: Instant,
    used_at: Instant,
}

impl<C: Runs + 'static> Connections<C> {
    /// None is open yet.
    pub(crate) fn new(options: C::Options, keeping: Keeping) -> Self {
        let free = Arc::new(Semaphore::new(keeping.at_most));
        Self(Arc::new(Inner { options, keeping, free, idle: Mutex::default() }))
    }

    /// Connections, and how many of them are idle.
    pub(crate) fn size(&self) -> (u64, usize) {
        let idle = self.0.idle().len();
        let taken = self.0.keeping.at_most - self.0.free.available_permits();
        ((idle + taken) as u64, idle)
    }

    /// One that nobody else uses, until it is dropped.
    pub(crate) async fn take(&self) -> Result<Taken<C>, sqlx::Error> {
        let patience = self.0.keeping.patience;
        let until = Instant::now() + patience;
        let taken = async {
            let permit = self.0.free.clone().acquire_owned().await.map_err(|_| sqlx::Error::PoolClosed)?;
            let (connection, opened_at) = self.0.ready(until).await?;
            Ok(Taken::new(self.0.clone(), permit, connection, opened_at))
        };
        tokio::time::timeout(patience, taken).await.map_err(|_| sqlx::Error::PoolTimedOut)?
    }
}

impl<C: Runs + 'static> Inner<C> {
    fn idle(&self) -> MutexGuard<'_, Vec<Idle<C>>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// An idle one that lives, or a new one.
    async fn ready(&self, until: Instant) -> Result<(C, Instant), sqlx::Error> {
        loop {
            let Some(Idle { mut connection, opened_at, used_at }) = self.idle().pop() else { break };
            let answers = used_at.elapsed() < UNASKED
                || tokio::time::timeout(ALIVE, connection.ping()).await.is_ok_and(|answer| answer.is_ok());
            if answers {
                return Ok((connection, opened_at));
            }
            self.forget();
        }
        loop {
            match self.options.connect().await {
                // It starts, or has as many connections as it takes.
                Err(error) if self.keeping.is_remote && is_unavailable(&error) && Instant::now() + RETRY < until => {
                    tokio::time::sleep(RETRY).await;
                }
                done => return Ok((done?, Instant::now())),
            }
        }
    }

    /// Closes all that are idle, since one is broken: mostly the others are, too.
    fn forget(&self) {
        let idle = std::mem::take(&mut *self.idle());
        close(idle.into_iter().map(|idle| idle.connection).collect());
    }

    fn put(&self, connection: C, opened_at: Instant) {
        let mut idle = self.idle();
        // Those that wait for longest come first.
        let unwanted = |idle: &Idle<C>| idle.used_at.elapsed() > UNWANTED;
        let mut gone: Vec<C> = Vec::new();
        while idle.first().is_some_and(unwanted) {
            gone.push(idle.remove(0).connection);
        }
        if opened_at.elapsed() > OLD {
            gone.push(connection);
        } else {
            idle.push(Idle { connection, opened_at, used_at: Instant::now() });
        }
        drop(idle);
        close(gone);
    }
}

/// Says goodbye to each.
fn close<C: Runs>(connections: Vec<C>) {
    let Ok(runtime) = Handle::try_current() else { return };
    for connection in connections {
        // A server that is gone does not hear it.
        runtime.spawn(tokio::time::timeout(ALIVE, connection.close()));
    }
}
