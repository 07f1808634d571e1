//! A connection in somebody's hands.

use std::sync::Arc;
use std::time::Instant;

use tokio::runtime::Handle;
use tokio::sync::OwnedSemaphorePermit;

use super::{Inner, Runs};

/// A connection that is in use; dropping it gives it back.
pub struct Taken<C: Runs + 'static> {
    connection: Option<(C, Instant)>,
    is_in_transaction: bool,
    pool: Arc<Inner<C>>,
    permit: Option<OwnedSemaphorePermit>,
}

impl<C: Runs + 'static> Taken<C> {
    pub(super) fn new(pool: Arc<Inner<C>>, permit: OwnedSemaphorePermit, connection: C, opened_at: Instant) -> Self {
        Self { connection: Some((connection, opened_at)), is_in_transaction: false, pool, permit: Some(permit) }
    }

    #[expect(clippy::expect_used, reason = "only what consumes it takes it out")]
    pub(crate) fn connection(&mut self) -> &mut C {
        &mut self.connection.as_mut().expect("one that was taken is there").0
    }

    /// Begins a transaction with this statement. It ends with [`Self::end`], or with a ROLLBACK when it is given back.
    pub(crate) async fn begin(&mut self, sql: &'static str) -> Result<(), sqlx::Error> {
        // Even when nobody waits for the answer any more.
        self.is_in_transaction = true;
        self.connection().run(sql).await
    }

    /// Ends a transaction with COMMIT or ROLLBACK.
    pub(crate) async fn end(&mut self, sql: &'static str) -> Result<(), sqlx::Error> {
        self.connection().run(sql).await?;
        self.is_in_transaction = false;
        Ok(())
    }

    /// Gives it back at once: whatever it was asked, it answered.
    pub(crate) fn give_back(mut self) {
        if !self.is_in_transaction
            && let Some((connection, opened_at)) = self.connection.take()
        {
            self.pool.put(connection, opened_at);
        }
    }

    /// Closes it, since it is broken; others may be, too.
    pub(crate) fn throw_away(mut self) {
        self.pool.forget();
        drop(self.connection.take());
    }
}

impl<C: Runs + 'static> Drop for Taken<C> {
    fn drop(&mut self) {
        let (Some((mut connection, opened_at)), pool) = (self.connection.take(), self.pool.clone()) else { return };
        if !pool.keeping.is_remote {
            return pool.put(connection, opened_at);
        }
        let (Ok(runtime), permit, is_in_transaction) =
            (Handle::try_current(), self.permit.take(), self.is_in_transaction)
        else {
            return;
        };
        runtime.spawn(async move {
            // Either waits until all is answered that it was asked before. What was refused then is told now.
            let asked = async {
                let mut answer = Ok(());
                for _ in 0..2 {
                    answer = if is_in_transaction { connection.run("ROLLBACK").await } else { connection.ping().await };
                    if !matches!(answer, Err(sqlx::Error::Database(_))) {
                        break;
                    }
                }
                answer
            };
            match tokio::time::timeout(pool.keeping.patience, asked).await {
                Ok(Ok(())) => pool.put(connection, opened_at),
                Ok(Err(_)) => pool.forget(),
                // Whatever it was asked takes its time.
                Err(_) => {}
            }
            drop(permit);
        });
    }
}
