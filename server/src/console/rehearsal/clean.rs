//! Nothing stays behind: at the end of a run, and later of runs in the middle of which a server stopped.

use std::time::Duration;

use store::rehearsals::{self, Rehearsal, Unfinished};
use store::{Store, StoreError, TokenId, tokens};
use time::OffsetDateTime;

/// A run ends long before this: its token works for a minute.
const LONGEST: time::Duration = time::Duration::minutes(2);
/// How often lost runs are looked for.
const EVERY: Duration = Duration::from_mins(2);
/// The one of several servers that looks for them does so until it was silent for this long.
const LEASE: time::Duration = time::Duration::minutes(5);

/// Whether the server that ran it must have stopped.
pub(super) fn is_lost(run: &Rehearsal, now: OffsetDateTime) -> bool {
    now - run.started_at > LONGEST
}

/// Removes what a run created, and its token; then the run has ended.
pub(super) async fn end(store: &Store, run: Unfinished) -> Result<usize, StoreError> {
    let (inner, now) = (store.clone(), store.now());
    store
        .write(move |conn| {
            Box::pin(async move {
                let removed = rehearsals::remove_scratch(conn, &run, &inner).await?;
                tokens::end_trial(conn, &run.tenant, &TokenId(run.id.clone())).await?;
                rehearsals::finish(conn, &run.tenant, &run.id, now).await?;
                Ok(removed)
            })
        })
        .await
}

/// Ends runs that began before a moment.
pub async fn lost(store: &Store, before: OffsetDateTime) -> Result<usize, StoreError> {
    let runs = {
        let mut reader = store.read().await?;
        rehearsals::unfinished(&mut reader.conn(), before).await?
    };
    let mut removed = 0;
    for run in runs {
        removed += end(store, run).await?;
    }
    Ok(removed)
}

/// The same, unless another server does it.
async fn lost_here(store: &Store, before: OffsetDateTime) -> Result<usize, StoreError> {
    if store.is_mine("rehearsals", LEASE).await? { lost(store, before).await } else { Ok(0) }
}

/// Looks for lost runs when the server starts, and from time to time after that: another server on the same database
/// may be in the middle of a run that began just now.
pub(crate) async fn forever(store: Store) {
    // A file belongs to one server: whatever was not finished there is lost.
    let mut before = if store.is_shared() { store.now() - LONGEST } else { store.now() };
    loop {
        match lost_here(&store, before).await {
            Ok(0) => {}
            Ok(removed) => tracing::info!(removed, "people and groups of a broken rehearsal were removed"),
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "broken rehearsals were not cleaned up");
            }
        }
        tokio::time::sleep(EVERY).await;
        before = store.now() - LONGEST;
    }
}
