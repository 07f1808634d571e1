//! Writing down what tokens were used for and when: together for all requests of a few seconds, and never while a client
//! waits.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex, PoisonError};

use store::tokens::{self, TokenContext};
use store::usage::{self, Usage};
use store::{Store, StoreError, TokenId};
use time::{Duration, OffsetDateTime};
use tokio::sync::Notify;

/// The first use after a pause is written down at once, later ones together after this long.
const INTERVAL: std::time::Duration = std::time::Duration::from_secs(10);
/// A token's last use is written down at most this often.
const LAST_USED_EVERY: Duration = Duration::minutes(1);

/// The longest name of a client that is kept, in letters.
const MAX_AGENT: usize = 200;

struct Noted {
    context: TokenContext,
    address: String,
    agent: String,
    at: OffsetDateTime,
    usage: Usage,
}

/// Takes notice of uses.
pub(crate) struct UsageRecorder {
    noted: Mutex<HashMap<TokenId, Noted>>,
    wake: Notify,
    store: Store,
}

impl UsageRecorder {
    /// Starts the task that writes; it ends with the last reference to the recorder.
    pub(crate) fn start(store: Store) -> Arc<Self> {
        let recorder = Arc::new(Self { noted: Mutex::default(), wake: Notify::new(), store });
        let weak = Arc::downgrade(&recorder);
        tokio::spawn(async move {
            let mut written_at = HashMap::new();
            while let Some(recorder) = weak.upgrade() {
                let woken = tokio::time::timeout(INTERVAL, recorder.wake.notified()).await;
                if woken.is_ok() {
                    recorder.write(&mut written_at).await;
                    drop(recorder);
                    tokio::time::sleep(INTERVAL).await;
                }
            }
        });
        recorder
    }

    /// Notes a request that was answered with this status.
    pub(crate) fn note(
        &self,
        context: &TokenContext,
        (address, agent): (&str, &str),
        status: u16,
        now: OffsetDateTime,
    ) {
        let one = Usage { requests: 1, failures: i64::from(status >= 400) };
        let mut noted = self.noted.lock().unwrap_or_else(PoisonError::into_inner);
        match noted.entry(context.token_id.clone()) {
            Entry::Occupied(mut entry) => {
                let known = entry.get_mut();
                known.usage.requests += one.requests;
                known.usage.failures += one.failures;
                known.at = now;
            }
            Entry::Vacant(entry) => {
                let agent = agent.chars().take(MAX_AGENT).collect();
                let address = address.to_owned();
                entry.insert(Noted { context: context.clone(), address, agent, at: now, usage: one });
            }
        }
        drop(noted);
        self.wake.notify_one();
    }

    /// Writes down what is left, before the server stops.
    pub(crate) async fn finish(&self) {
        self.write(&mut HashMap::new()).await;
    }

    async fn write(&self, written_at: &mut HashMap<TokenId, OffsetDateTime>) {
        let noted = std::mem::take(&mut *self.noted.lock().unwrap_or_else(PoisonError::into_inner));
        for (token, noted) in noted {
            let last = written_at.get(&token).copied().or(noted.context.last_used_at);
            let due = last.is_none_or(|last| noted.at - last >= LAST_USED_EVERY);
            if due {
                written_at.insert(token, noted.at);
            }
            let written: Result<(), StoreError> = self
                .store
                .write(move |conn| {
                    Box::pin(async move {
                        let Noted { context, address, agent, at, usage } = noted;
                        if due {
                            tokens::touch(conn, &context, &address, &agent, at).await?;
                        }
                        usage::add(conn, &context.tenant_id, &context.token_id, usage, at).await
                    })
                })
                .await;
            if let Err(error) = written {
                tracing::warn!(error = &error as &dyn std::error::Error, "a token's use was not written down");
            }
        }
    }
}
