//! Writing down what failed and what was refused: after the answer, together, and never more than the queue holds.
//!
//! Refusals that are alike become one event that says how many it stands for. Whoever has no token can therefore not
//! fill the database, however often they ask.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use scim::{Notes, ResourceKind};
use store::events::{self, Action, Exchange, NewEvent, Origin, Outcome};
use store::groups::Moved;
use store::tokens::{self, TokenDigest};
use store::{Conn, IntegrationId, Store, StoreError, TenantId, TokenId, employees, groups, tenants};
use time::OffsetDateTime;
use tokio::sync::Notify;

/// Events that may wait to be written; more are only counted.
const QUEUE: usize = 1_000;
/// Different refusals that are written down in a minute; more are only counted.
const REFUSALS: usize = 120;
/// What comes within this time is written together.
const GATHER: Duration = Duration::from_millis(250);
/// Events in one transaction: writes that wait behind it do not wait long.
const TOGETHER: usize = 50;

/// A request that failed or was refused.
pub(crate) struct Failed {
    /// The company, when the token told.
    pub(crate) tenant: Option<TenantId>,
    /// The integration of the token.
    pub(crate) integration: Option<IntegrationId>,
    /// The token.
    pub(crate) token: Option<TokenId>,
    /// Of a token that is not live: it may have been once.
    pub(crate) digest: Option<TokenDigest>,
    /// What was tried.
    pub(crate) action: Action,
    /// Failed or refused.
    pub(crate) outcome: Outcome,
    /// Of what kind of resource.
    pub(crate) kind: Option<ResourceKind>,
    /// Of which.
    pub(crate) resource_id: Option<String>,
    /// Its name, when the request tells.
    pub(crate) subject: String,
    /// Request and answer.
    pub(crate) exchange: Exchange,
    /// When.
    pub(crate) at: OffsetDateTime,
}

/// By what refusals are alike.
#[derive(PartialEq, Eq, Hash)]
struct Alike(Option<TokenId>, Option<TokenDigest>, Option<String>, Option<i64>);

#[derive(Default)]
struct Waiting {
    events: Vec<(Failed, i64)>,
    refusals: HashMap<Alike, usize>,
    /// How many were only counted, and since when.
    lost: HashMap<Option<TenantId>, i64>,
    /// The minute, and the refusals written down in it.
    minute: (i64, usize),
}

/// Takes notice of failures.
pub(crate) struct FailureRecorder {
    waiting: Mutex<Waiting>,
    wake: Notify,
    store: Store,
    /// How many were only counted since the server started.
    overflowed: AtomicU64,
}

impl FailureRecorder {
    /// Starts the task that writes; it ends with the last reference to the recorder.
    pub(crate) fn start(store: Store) -> Arc<Self> {
        let recorder =
            Arc::new(Self { waiting: Mutex::default(), wake: Notify::new(), store, overflowed: AtomicU64::new(0) });
        let weak = Arc::downgrade(&recorder);
        tokio::spawn(async move {
            while let Some(recorder) = weak.upgrade() {
                if tokio::time::timeout(Duration::from_secs(10), recorder.wake.notified()).await.is_ok() {
                    tokio::time::sleep(GATHER).await;
                    recorder.write().await;
                }
            }
        });
        recorder
    }

    /// Notes a request, or counts it when too much waits already.
    pub(crate) fn note(&self, failed: Failed) {
        let is_kept = self.waiting.lock().unwrap_or_else(PoisonError::into_inner).add(failed);
        self.overflowed.fetch_add(u64::from(!is_kept), Ordering::Relaxed);
        self.wake.notify_one();
    }

    /// How many wait, and how many were only counted since the server started.
    pub(crate) fn load(&self) -> (u64, u64) {
        let waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner).events.len();
        (waiting as u64, self.overflowed.load(Ordering::Relaxed))
    }

    /// Writes down what is left, before the server stops.
    pub(crate) async fn finish(&self) {
        self.write().await;
    }

    async fn write(&self) {
        let (events, lost) = {
            let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
            waiting.refusals.clear();
            (std::mem::take(&mut waiting.events), std::mem::take(&mut waiting.lost))
        };
        let mut events: Vec<_> = events
            .into_iter()
            .chain(lost.into_iter().map(|(tenant, count)| (uncounted(tenant, self.store.now()), count)))
            .collect();
        while !events.is_empty() {
            let batch = events.drain(..events.len().min(TOGETHER)).collect();
            let store = self.store.clone();
            let written: Result<(), StoreError> =
                self.store.write(move |conn| Box::pin(async move { write_all(conn, &store, batch).await })).await;
            if let Err(error) = written {
                tracing::warn!(error = &error as &dyn std::error::Error, "failed requests were not written down");
            }
        }
    }
}

impl Waiting {
    /// Whether there was room for it.
    fn add(&mut self, failed: Failed) -> bool {
        let refused = failed.outcome == Outcome::Refused;
        let exchange = &failed.exchange;
        let alike = Alike(failed.token.clone(), failed.digest, exchange.address.clone(), exchange.status);
        if let Some((_, repeats)) =
            refused.then(|| self.refusals.get(&alike)).flatten().and_then(|at| self.events.get_mut(*at))
        {
            *repeats += 1;
            return true;
        }
        let minute = failed.at.unix_timestamp().div_euclid(60);
        if minute != self.minute.0 {
            self.minute = (minute, 0);
        }
        if self.events.len() >= QUEUE || (refused && self.minute.1 >= REFUSALS) {
            *self.lost.entry(failed.tenant).or_default() += 1;
            return false;
        }
        if refused {
            self.minute.1 += 1;
            self.refusals.insert(alike, self.events.len());
        }
        self.events.push((failed, 1));
        true
    }
}

fn uncounted(tenant: Option<TenantId>, at: OffsetDateTime) -> Failed {
    Failed {
        tenant,
        integration: None,
        token: None,
        digest: None,
        action: Action::Uncounted,
        outcome: Outcome::Refused,
        kind: None,
        resource_id: None,
        subject: String::new(),
        exchange: Exchange::default(),
        at,
    }
}

async fn write_all(conn: &mut Conn<'_>, store: &Store, events: Vec<(Failed, i64)>) -> Result<(), StoreError> {
    let notes = Notes::default();
    for (mut failed, repeats) in events {
        let Some(tenant) = owner(conn, &mut failed).await? else { continue };
        let subject = match (&failed.resource_id, failed.subject.is_empty()) {
            (Some(id), true) => name_of(conn, &tenant, failed.kind, id).await?,
            _ => failed.subject,
        };
        let origin = Origin { tenant: &tenant, integration: failed.integration.as_ref(), token: failed.token.as_ref() };
        let event = NewEvent {
            // Made now: ids of events grow as they are written, so that nothing appears behind what was read already.
            id: store.new_id(),
            action: failed.action,
            outcome: failed.outcome,
            kind: failed.kind,
            resource_id: failed.resource_id.as_deref(),
            subject: &subject,
            before: None,
            after: None,
            members: &Moved::default(),
            notes: &notes,
            exchange: &failed.exchange,
            repeats,
        };
        events::record(conn, origin, &event, failed.at).await?;
    }
    Ok(())
}

/// Whose log it belongs to: the company of the token, also of one that is no longer live. What no token tells belongs to
/// the only company there is; among several it could be anyone's, and is in nobody's.
async fn owner(conn: &mut Conn<'_>, failed: &mut Failed) -> Result<Option<TenantId>, StoreError> {
    if let Some(tenant) = &failed.tenant {
        return Ok(Some(tenant.clone()));
    }
    if let Some(digest) = &failed.digest
        && let Some((tenant, integration, token)) = tokens::owner_of(conn, digest).await?
    {
        failed.integration = Some(integration);
        failed.token = Some(token);
        return Ok(Some(tenant));
    }
    let mut all = tenants::list(conn).await?;
    Ok(if all.len() == 1 { all.pop().map(|tenant| tenant.id) } else { None })
}

async fn name_of(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    kind: Option<ResourceKind>,
    id: &str,
) -> Result<String, StoreError> {
    let name = match kind {
        Some(ResourceKind::User) => {
            employees::get(conn, tenant, id).await?.map(|employee| employee.document.shown_name())
        }
        Some(ResourceKind::Group) => groups::get(conn, tenant, id).await?.map(|group| group.document.shown_name()),
        None => None,
    };
    Ok(name.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failed(outcome: Outcome, address: usize, at: OffsetDateTime) -> Failed {
        let exchange = Exchange { address: Some(address.to_string()), status: Some(401), ..Exchange::default() };
        Failed { outcome, exchange, ..uncounted(None, at) }
    }

    #[test]
    fn alike_refusals_are_one_and_failures_are_not() {
        let (mut waiting, now) = (Waiting::default(), OffsetDateTime::UNIX_EPOCH);
        (0..1000).for_each(|_| _ = waiting.add(failed(Outcome::Refused, 1, now)));
        (0..3).for_each(|_| _ = waiting.add(failed(Outcome::Failure, 1, now)));
        let repeats: Vec<i64> = waiting.events.iter().map(|(_, repeats)| *repeats).collect();
        assert_eq!(repeats, [1000, 1, 1, 1]);
    }

    #[test]
    fn what_is_too_much_is_counted() {
        let (mut waiting, now) = (Waiting::default(), OffsetDateTime::UNIX_EPOCH);
        (0..500).for_each(|address| _ = waiting.add(failed(Outcome::Refused, address, now)));
        assert_eq!((waiting.events.len(), waiting.lost[&None]), (REFUSALS, 380));
        waiting.add(failed(Outcome::Refused, 1000, now + time::Duration::minutes(1)));
        assert_eq!(waiting.events.len(), REFUSALS + 1);
        (0..2000).for_each(|_| _ = waiting.add(failed(Outcome::Failure, 1, now)));
        assert_eq!(waiting.events.len(), QUEUE);
    }
}
