//! What nobody asks for any more is removed, and what was broken off is done to its end.

use std::time::Duration;

use store::events::{self, Limits};
use store::{
    Store, StoreError, attempts, brakes, deleted_employees, invitations, notices, passkeys, sessions, sign_in_places,
    tenants, usage,
};

use crate::console::brake;
use crate::notices::NEWS;
use crate::sso::expiry;

/// How long the counts of requests are kept.
const USAGE_KEPT: time::Duration = time::Duration::days(30);
/// How long an invitation is shown after its link has expired.
const INVITATIONS_KEPT: time::Duration = time::Duration::days(30);
/// How long notices are shown.
pub(crate) const NOTICES_KEPT: time::Duration = time::Duration::days(90);
/// How often expired sessions, invitations and counts are removed.
const PURGE_EVERY: Duration = Duration::from_hours(1);
/// The one of several servers that removes them does so until it was silent for this long.
const PURGE_LEASE: time::Duration = time::Duration::minutes(70);
/// How long the removal of old events rests between two steps.
const PRUNE_PAUSE: Duration = Duration::from_millis(50);

/// Removes it, once an hour and in one of several servers.
pub(crate) async fn forever(store: Store, limits: Limits) {
    loop {
        match store.is_mine("purge", PURGE_LEASE).await {
            Ok(true) => purge_once(&store, limits).await,
            Ok(false) => {}
            Err(error) => tracing::warn!(error = &error as &dyn std::error::Error, "expired rows were not removed"),
        }
        tokio::time::sleep(PURGE_EVERY).await;
    }
}

async fn purge_once(store: &Store, limits: Limits) {
    let now = store.now();
    let purged: Result<(), StoreError> = store
        .write(move |conn| {
            Box::pin(async move {
                sessions::purge(conn, now).await?;
                attempts::purge(conn, now).await?;
                passkeys::purge(conn, now).await?;
                invitations::purge(conn, now - INVITATIONS_KEPT).await?;
                sign_in_places::purge(conn, now).await?;
                notices::give_up_older(conn, now - NEWS, now).await?;
                notices::purge(conn, now - NOTICES_KEPT).await?;
                brakes::purge(conn, now, deleted_employees::KEPT).await?;
                usage::purge(conn, now - USAGE_KEPT).await
            })
        })
        .await;
    if let Err(error) = purged {
        tracing::warn!(error = &error as &dyn std::error::Error, "expired rows were not removed");
    }
    if let Err(error) = expiry::tell(store).await {
        tracing::warn!(error = &error as &dyn std::error::Error, "nobody was told of certificates that end soon");
    }
    if let Err(error) = brake::restore_the_rest(store).await {
        tracing::warn!(error = &error as &dyn std::error::Error, "not everybody was restored");
    }
    if let Err(error) = forget_deleted(store).await {
        tracing::warn!(error = &error as &dyn std::error::Error, "deleted employees were not forgotten");
    }
    if let Err(error) = prune(store, limits).await {
        tracing::warn!(error = &error as &dyn std::error::Error, "old provisioning events were not removed");
    }
}

/// Forgets employees who were deleted long ago, a few at a time.
async fn forget_deleted(store: &Store) -> Result<(), StoreError> {
    const AT_ONCE: i64 = 500;
    let before = store.now() - deleted_employees::KEPT;
    while store
        .write::<_, StoreError, _>(move |conn| {
            Box::pin(async move { deleted_employees::purge(conn, before, AT_ONCE).await })
        })
        .await?
    {
        tokio::time::sleep(PRUNE_PAUSE).await;
    }
    Ok(())
}

/// Removes provisioning events that are beyond the limits, a few at a time: between two steps others get their turn.
async fn prune(store: &Store, limits: Limits) -> Result<(), StoreError> {
    let all = {
        let mut reader = store.read().await?;
        tenants::list(&mut reader.conn()).await?
    };
    for tenant in all {
        let now = store.now();
        loop {
            let id = tenant.id.clone();
            let step = store.write(move |conn| Box::pin(async move { events::prune(conn, &id, limits, now).await }));
            if !step.await? {
                break;
            }
            tokio::time::sleep(PRUNE_PAUSE).await;
        }
    }
    Ok(())
}
