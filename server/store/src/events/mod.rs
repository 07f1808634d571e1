//! Provisioning events: what was asked of the SCIM endpoint, what it answered, and what that changed.
//!
//! The event of a write is in the write's own transaction. What failed or was refused changed nothing, and is written
//! down later, together with others. Each event is chained to one before it: see the module `chain`.

mod chain;
mod changes;
mod conditions;
mod kinds;
mod page;
mod prune;
mod row;
mod together;
mod verify;

use scim::{Document, Notes, ResourceKind};
use time::OffsetDateTime;

pub(crate) use chain::{ChainEnd, ONLY_CHAIN, taking_chain};
pub use changes::Change;
pub(crate) use changes::{MAX_KEPT, MEMBERS};
pub use conditions::{Filter, Place};
pub use kinds::{Action, Outcome};
#[cfg(any(test, feature = "testing"))]
pub use page::plan;
pub use page::{Page, count_after, get, of_resource, page};
pub use prune::{Limits, prune};
pub(crate) use row::{columns, inserting, inserting_lists};
pub(crate) use together::{Chained, Filled, PgFilled};
pub use verify::{Broken, first_broken};

use crate::fold::{bounded, key};
use crate::groups::Moved;
use crate::tokens::TokenContext;
use crate::{Conn, IntegrationId, StoreError, TenantId, TokenId, milliseconds};
use chain::Chain;
use row::Row;

/// A body as it is kept: without secrets, and without what would be too much.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// What is kept of it.
    pub text: String,
    /// Its length in bytes, when that is more than what is kept.
    pub size: Option<i64>,
}

/// The HTTP side of an event. Without it, an account did it in the console.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Exchange {
    /// Method.
    pub method: Option<String>,
    /// Path, without the query.
    pub path: Option<String>,
    /// HTTP status of the answer.
    pub status: Option<i64>,
    /// The keyword of the error.
    pub scim_type: Option<String>,
    /// The error in words.
    pub detail: Option<String>,
    /// The client's own id for the request.
    pub correlation_id: Option<String>,
    /// The client's name for itself.
    pub client: Option<String>,
    /// From where it asked.
    pub address: Option<String>,
    /// From the request's arrival until it was ready to be stored, or answered when it was not.
    pub duration_us: Option<i64>,
    /// The last letters of a token that is not live, when it has the form of ours.
    pub last_four: Option<String>,
    /// The request's body.
    pub request: Option<Kept>,
    /// The answer's body.
    pub response: Option<Kept>,
}

/// One event.
#[derive(Debug, Clone)]
pub struct NewEvent<'a> {
    /// Its id.
    pub id: String,
    /// What was done, or tried.
    pub action: Action,
    /// What came of it.
    pub outcome: Outcome,
    /// To what kind of resource.
    pub kind: Option<ResourceKind>,
    /// To which one.
    pub resource_id: Option<&'a str>,
    /// Its name at the time, for people.
    pub subject: &'a str,
    /// The attributes before.
    pub before: Option<&'a Document>,
    /// The attributes after.
    pub after: Option<&'a Document>,
    /// Who came to a group, and who left it.
    pub members: &'a Moved,
    /// The leniencies applied.
    pub notes: &'a Notes,
    /// Request and answer.
    pub exchange: &'a Exchange,
    /// How many requests alike it stands for.
    pub repeats: i64,
}

/// On whose behalf a change was made.
#[derive(Debug, Clone, Copy)]
pub struct Origin<'a> {
    /// The company.
    pub tenant: &'a TenantId,
    /// The integration, if the token tells.
    pub integration: Option<&'a IntegrationId>,
    /// The token of the request; none when an account did it in the console, or when there was none.
    pub token: Option<&'a TokenId>,
}

impl<'a> From<&'a TokenContext> for Origin<'a> {
    fn from(context: &'a TokenContext) -> Self {
        Self { tenant: &context.tenant_id, integration: Some(&context.integration_id), token: Some(&context.token_id) }
    }
}

/// An event as it was written down.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// Its id.
    pub id: String,
    /// When.
    pub at: OffsetDateTime,
    /// What was done, or tried.
    pub action: Action,
    /// What came of it.
    pub outcome: Outcome,
    /// `User` or `Group`.
    pub kind: Option<String>,
    /// Which one.
    pub resource_id: Option<String>,
    /// Its name at the time.
    pub subject: String,
    /// By which token.
    pub token_id: Option<TokenId>,
    /// Of which integration.
    pub integration_id: Option<IntegrationId>,
    /// How many requests alike it stands for.
    pub repeats: i64,
    /// How many members a group won and lost.
    pub members: (i64, i64),
    /// What changed, attribute by attribute.
    pub changes: Vec<Change>,
    /// The leniencies applied.
    pub notes: Notes,
    /// Request and answer.
    pub exchange: Exchange,
}

/// Letters of a name that are kept.
const MAX_SUBJECT: usize = 400;
/// Letters of everything else that comes from a header or a path.
const MAX_HEADER: usize = 300;
/// Letters by which a name is found.
const MAX_KEY: usize = 100;

/// An event that is ready to be written down: worked out before the write door, where everybody else would wait for it.
pub struct PreparedEvent(Row);

impl PreparedEvent {
    /// Works it out.
    pub fn new<'a>(origin: impl Into<Origin<'a>>, event: &NewEvent<'_>, now: OffsetDateTime) -> Self {
        Self(row_of(origin.into(), event, now))
    }

    /// Writes it down, in the transaction of the change it tells of.
    pub async fn record(mut self, conn: &mut Conn<'_>, tenant: &TenantId) -> Result<(), StoreError> {
        let chain = Chain::take(conn, tenant, &self.0.id).await?;
        self.put(conn, tenant, chain).await
    }

    /// Writes it down where [`taking_chain`] found a chain's end, if it found one.
    pub(crate) async fn record_after(
        &mut self,
        conn: &mut Conn<'_>,
        tenant: &TenantId,
        end: Option<ChainEnd>,
    ) -> Result<(), StoreError> {
        let chain = Chain::after(end, &self.0.id);
        self.put(conn, tenant, chain).await
    }

    async fn put(&mut self, conn: &mut Conn<'_>, tenant: &TenantId, mut chain: Chain) -> Result<(), StoreError> {
        chain.add(tenant, &mut self.0);
        self.0.insert(conn, tenant, &chain).await
    }
}

/// Writes an event down, in the transaction of the change it tells of.
pub async fn record<'a>(
    conn: &mut Conn<'_>,
    origin: impl Into<Origin<'a>>,
    event: &NewEvent<'_>,
    now: OffsetDateTime,
) -> Result<(), StoreError> {
    let origin = origin.into();
    PreparedEvent::new(origin, event, now).record(conn, origin.tenant).await
}

fn row_of(origin: Origin<'_>, event: &NewEvent<'_>, now: OffsetDateTime) -> Row {
    let exchange = event.exchange;
    let header = |text: &Option<String>| text.as_deref().map(|text| bounded(text, MAX_HEADER));
    let (before, after) = changes::differing(event.before, event.after, event.members);
    let subject = bounded(event.subject, MAX_SUBJECT);
    let body = |kept: &Option<Kept>| kept.as_ref().map(|kept| kept.text.clone());
    let size = |kept: &Option<Kept>| kept.as_ref().and_then(|kept| kept.size);
    Row {
        id: event.id.clone(),
        at: milliseconds(now),
        action: event.action.name().to_owned(),
        outcome: event.outcome.name().to_owned(),
        status: exchange.status,
        scim_type: exchange.scim_type.clone(),
        resource_type: event.kind.map(|kind| kind.name().to_owned()),
        resource_id: event.resource_id.map(|id| bounded(id, MAX_HEADER)),
        subject_key: key(&subject, MAX_KEY),
        subject,
        token_id: origin.token.map(|token| token.0.clone()),
        integration_id: origin.integration.map(|integration| integration.0.clone()),
        last_four: exchange.last_four.clone(),
        address: header(&exchange.address),
        client: header(&exchange.client),
        correlation_id: header(&exchange.correlation_id),
        method: header(&exchange.method),
        path: header(&exchange.path),
        duration_us: exchange.duration_us,
        repeats: event.repeats,
        members_added: i64::try_from(event.members.added.len()).unwrap_or(i64::MAX),
        members_removed: i64::try_from(event.members.removed.len()).unwrap_or(i64::MAX),
        detail: exchange.detail.as_deref().map(|detail| bounded(detail, 4 * MAX_HEADER)),
        notes: serde_json::to_string(event.notes).unwrap_or_default(),
        before,
        after,
        request: body(&exchange.request),
        request_size: size(&exchange.request),
        response: body(&exchange.response),
        response_size: size(&exchange.response),
        ..Row::default()
    }
}
