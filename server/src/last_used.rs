//! Writing down when a token was last used: at most once a minute, and never while a client waits.

use std::collections::HashMap;
use std::sync::Mutex;

use store::tokens::{self, TokenContext};
use store::{Store, StoreError, TokenId};
use time::{Duration, OffsetDateTime};
use tokio::sync::mpsc;

/// Uses closer together than this are written down once.
const INTERVAL: Duration = Duration::minutes(1);

struct Use {
    context: TokenContext,
    address: String,
    agent: String,
    at: OffsetDateTime,
}

/// Takes notice of uses.
pub(crate) struct LastUsed {
    queue: mpsc::Sender<Use>,
    noted: Mutex<HashMap<TokenId, OffsetDateTime>>,
}

impl LastUsed {
    /// Starts the task that writes.
    pub(crate) fn start(store: Store) -> Self {
        let (queue, mut uses) = mpsc::channel::<Use>(256);
        tokio::spawn(async move {
            while let Some(used) = uses.recv().await {
                let written: Result<(), StoreError> = store
                    .write(move |conn| {
                        Box::pin(async move {
                            tokens::touch(conn, &used.context, &used.address, &used.agent, used.at).await
                        })
                    })
                    .await;
                if let Err(error) = written {
                    tracing::warn!(error = &error as &dyn std::error::Error, "a token's last use was not written down");
                }
            }
        });
        Self { queue, noted: Mutex::default() }
    }

    /// Notes a use, unless one was noted within the last minute. A full queue drops it: the next use will come.
    pub(crate) fn note(&self, context: &TokenContext, address: &str, agent: &str, now: OffsetDateTime) {
        let mut noted = self.noted.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let last = noted.get(&context.token_id).copied().or(context.last_used_at);
        if last.is_some_and(|last| now - last < INTERVAL) {
            return;
        }
        noted.insert(context.token_id.clone(), now);
        let short = |text: &str| text.chars().take(200).collect();
        let used = Use { context: context.clone(), address: address.to_owned(), agent: short(agent), at: now };
        let _ = self.queue.try_send(used);
    }
}
