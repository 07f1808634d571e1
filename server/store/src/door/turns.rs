//! Turns of those who change the same resource, on PostgreSQL.
//!
//! They would wait for each other's row lock in the database. There each of them holds a connection while it waits, so that
//! a burst of changes of one group would leave none for anybody else; and to be woken costs more than to wait here.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::OwnedMutexGuard;

type Locks = HashMap<String, Arc<tokio::sync::Mutex<()>>>;

/// Who is at it, and who waits.
#[derive(Clone, Default)]
pub(super) struct Turns(Arc<Mutex<Locks>>);

/// A turn; dropping it passes it on.
pub(super) struct Turn {
    turns: Turns,
    resource: String,
    guard: Option<OwnedMutexGuard<()>>,
}

impl Turns {
    /// Waits until nobody else on this server changes the resource.
    pub(super) async fn wait(&self, resource: &str) -> Turn {
        let lock = Arc::clone(self.locks().entry(resource.to_owned()).or_default());
        // Who goes away while waiting leaves nothing behind either.
        let mut turn = Turn { turns: self.clone(), resource: resource.to_owned(), guard: None };
        turn.guard = Some(lock.lock_owned().await);
        turn
    }

    fn locks(&self) -> MutexGuard<'_, Locks> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.guard = None;
        let mut locks = self.turns.locks();
        // Who waits, or is about to, has the lock as well.
        if locks.get(&self.resource).is_some_and(|lock| Arc::strong_count(lock) == 1) {
            locks.remove(&self.resource);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::timeout;

    use super::Turns;

    const SOON: Duration = Duration::from_millis(20);

    #[tokio::test]
    async fn one_after_the_other_and_others_beside_them() {
        let turns = Turns::default();
        let first = turns.wait("a").await;
        assert!(timeout(SOON, turns.wait("a")).await.is_err(), "two at the same resource");
        let other = timeout(SOON, turns.wait("b")).await.expect("another resource");
        drop(first);
        let next = timeout(SOON, turns.wait("a")).await.expect("the next turn");
        drop((other, next));
        assert!(turns.locks().is_empty(), "nothing is left, not even of the one who did not wait long enough");
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn nobody_is_forgotten() {
        let (turns, mut tasks) = (Turns::default(), tokio::task::JoinSet::new());
        for number in 0..200 {
            let turns = turns.clone();
            tasks.spawn(async move {
                let turn = turns.wait(["a", "b"][number % 2]).await;
                tokio::task::yield_now().await;
                drop(turn);
            });
        }
        timeout(Duration::from_secs(10), tasks.join_all()).await.expect("all of them");
        assert!(turns.locks().is_empty());
    }
}
