//! What waits at the door of a SQLite database.

use std::panic::AssertUnwindSafe;

use futures::FutureExt;
use futures::future::BoxFuture;
use tokio::sync::oneshot;

use crate::employees::{self, Hire};
use crate::{Conn, StoreError};

/// Work whose types the queue need not know.
pub(crate) trait Job: Send {
    /// Runs it; says whether its changes are to be kept.
    fn run<'a>(&'a mut self, conn: &'a mut Conn<'_>) -> BoxFuture<'a, bool>;
    /// The person that it adds, if that is all it does: several can be added together.
    fn hire(&mut self) -> Option<&mut Hire> {
        None
    }
    /// Takes note that it was done, together with others.
    fn done(&mut self) {}
    /// Answers the one who waits, after the commit that holds its changes, or with the reason why there was none.
    fn answer(self: Box<Self>, failure: Option<StoreError>);
}

/// A panic in work becomes an error, so that it cannot take the door with it.
pub(super) async fn caught<T, E: From<StoreError>>(work: impl Future<Output = Result<T, E>>) -> Result<T, E> {
    AssertUnwindSafe(work).catch_unwind().await.unwrap_or_else(|_| Err(StoreError::Panicked.into()))
}

pub(super) struct Pending<T, E, F> {
    pub(super) work: Option<F>,
    pub(super) outcome: Option<Result<T, E>>,
    pub(super) reply: oneshot::Sender<Result<T, E>>,
}

impl<T, E, F> Job for Pending<T, E, F>
where
    T: Send + 'static,
    E: From<StoreError> + Send + 'static,
    F: for<'a> FnOnce(&'a mut Conn<'_>) -> BoxFuture<'a, Result<T, E>> + Send + 'static,
{
    fn run<'a>(&'a mut self, conn: &'a mut Conn<'_>) -> BoxFuture<'a, bool> {
        Box::pin(async move {
            let Some(work) = self.work.take() else { return false };
            // Work that panics before it waits for anything does so here, not where it is polled.
            let outcome = caught(async { work(conn).await }).await;
            let keep = outcome.is_ok();
            self.outcome = Some(outcome);
            keep
        })
    }

    fn answer(self: Box<Self>, failure: Option<StoreError>) {
        reply(self.reply, self.outcome, failure);
    }
}

/// A person who is to be added, as [`crate::Store::hire`] got them.
pub(super) struct Hiring {
    pub(super) hire: Box<Hire>,
    pub(super) outcome: Option<Result<(), StoreError>>,
    pub(super) reply: oneshot::Sender<Result<(), StoreError>>,
}

impl Job for Hiring {
    fn run<'a>(&'a mut self, conn: &'a mut Conn<'_>) -> BoxFuture<'a, bool> {
        Box::pin(async move {
            let outcome = caught(employees::hire(conn, &mut self.hire)).await;
            let keep = outcome.is_ok();
            self.outcome = Some(outcome);
            keep
        })
    }

    fn hire(&mut self) -> Option<&mut Hire> {
        Some(&mut self.hire)
    }

    fn done(&mut self) {
        self.outcome = Some(Ok(()));
    }

    fn answer(self: Box<Self>, failure: Option<StoreError>) {
        reply(self.reply, self.outcome, failure);
    }
}

fn reply<T, E: From<StoreError>>(
    reply: oneshot::Sender<Result<T, E>>,
    outcome: Option<Result<T, E>>,
    failure: Option<StoreError>,
) {
    let outcome = match (outcome, failure) {
        (Some(Err(error)), _) => Err(error),
        (Some(Ok(value)), None) => Ok(value),
        (_, failure) => Err(failure.unwrap_or(StoreError::Unavailable(None)).into()),
    };
    // The one who waited may have gone; the work is done all the same.
    let _ = reply.send(outcome);
}
