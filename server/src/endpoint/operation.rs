//! One operation on one resource: what the routes and Bulk both run.

use std::borrow::Cow;

use scim::bulk::Method;
use scim::projection::Projection;
use scim::{Document, Notes, ResourceKind, Schemas, ScimError, etag};
use serde_json::{Map, Value};
use store::brakes::{self, Departure};
use store::events::{self, Action, NewEvent, PreparedEvent};
use store::groups::Moved;
use store::{Conn, StoreError};
use time::OffsetDateTime;

use super::request::Call;
use super::response::{Failure, Outcome};
use super::{groups, handlers, users};
use crate::log::kept::kept;
use crate::state::AppState;

/// An operation that changes something.
pub(super) struct Operation {
    pub(super) method: Method,
    pub(super) kind: ResourceKind,
    /// Which resource; empty for POST.
    pub(super) id: String,
    /// The body; empty for DELETE.
    pub(super) body: Map<String, Value>,
    /// The version the client expects.
    pub(super) if_match: Option<String>,
    pub(super) projection: Projection,
}

/// What an operation has at hand within its transaction.
pub(super) struct Work {
    pub(super) call: Call,
    pub(super) schemas: Cow<'static, Schemas>,
    pub(super) notes: Notes,
    pub(super) projection: Projection,
    pub(super) if_match: Option<String>,
    /// An id for what is created, be it a brake.
    pub(super) new_id: String,
    pub(super) now: OffsetDateTime,
    brake_limits: brakes::Limits,
    event_id: String,
}

/// Runs it in a transaction of its own, together with its provisioning event.
pub(super) async fn run(state: &AppState, call: &Call, operation: Operation) -> Result<Outcome, Failure> {
    let store = &state.store;
    let Operation { method, kind, id, body, if_match, projection } = operation;
    let mut work = Work {
        call: call.clone(),
        schemas: handlers::schemas_of(state, call).await?,
        notes: Notes::default(),
        projection,
        if_match,
        new_id: store.new_id(),
        now: store.now(),
        brake_limits: state.config.brakes,
        event_id: store.new_id(),
    };
    if (kind, method) == (ResourceKind::User, Method::Post) {
        return users::create(state, work, body).await;
    }
    let resource = match method {
        // It waits for nobody.
        Method::Post => work.new_id.clone(),
        _ => format!("{} {id}", call.context.tenant_id.as_str()),
    };
    store
        .write_to(&resource, move |conn| {
            Box::pin(async move {
                match (kind, method) {
                    (ResourceKind::User, Method::Put) => users::replace(conn, &mut work, &id, body).await,
                    (ResourceKind::User, Method::Delete) => users::delete(conn, &mut work, &id).await,
                    // A PATCH: a POST went the way above.
                    (ResourceKind::User, _) => users::patch(conn, &mut work, &id, body).await,
                    (ResourceKind::Group, Method::Post) => groups::create(conn, &mut work, body).await,
                    (ResourceKind::Group, Method::Put) => groups::replace(conn, &mut work, &id, body).await,
                    (ResourceKind::Group, Method::Patch) => groups::patch(conn, &mut work, &id, body).await,
                    (ResourceKind::Group, Method::Delete) => groups::delete(conn, &mut work, &id).await,
                }
            })
        })
        .await
}

/// What an operation changed.
#[derive(Clone, Copy, Default)]
pub(super) struct Change<'a> {
    pub(super) before: Option<&'a Document>,
    pub(super) after: Option<&'a Document>,
    pub(super) members: Option<&'a Moved>,
}

impl Work {
    /// RFC 7644 §3.14: with `If-Match` the change is made only to the version the client knows.
    pub(super) fn check_version(&self, version: i64) -> Result<(), ScimError> {
        match &self.if_match {
            Some(header) if !etag::names(header, version) => Err(ScimError::precondition_failed()),
            _ => Ok(()),
        }
    }

    /// Counts somebody who was disabled or deleted: too many at once are shown to an admin. It changes no answer.
    pub(super) async fn note_departure(
        &self,
        conn: &mut Conn<'_>,
        (employee, document): (&str, &Document),
        deleted: bool,
    ) -> Result<(), StoreError> {
        let context = &self.call.context;
        if context.is_trial {
            return Ok(());
        }
        let name = document.shown_name();
        let (tenant, integration) = (&context.tenant_id, &context.integration_id);
        let departure = Departure { tenant, integration, employee, name: &name, deleted };
        brakes::note(conn, departure, self.brake_limits, &self.new_id, self.now).await.map(|_| ())
    }

    /// Writes down what was done, and what is answered.
    pub(super) async fn record(
        &self,
        conn: &mut Conn<'_>,
        done: (ResourceKind, Action),
        change: Change<'_>,
        outcome: &Outcome,
    ) -> Result<(), StoreError> {
        self.event(done, change, outcome).record(conn, &self.call.context.tenant_id).await
    }

    /// The event that tells what was done, and what is answered.
    pub(super) fn event(
        &self,
        (kind, action): (ResourceKind, Action),
        change: Change<'_>,
        outcome: &Outcome,
    ) -> PreparedEvent {
        let Change { before, after, members } = change;
        let nobody = Moved::default();
        let subject = after.or(before).map(Document::shown_name).unwrap_or_default();
        let mut exchange = self.call.trace.exchange(outcome.status);
        exchange.response = outcome.body.as_ref().map(kept);
        let unchanged = action == Action::Unchanged;
        let event = NewEvent {
            id: self.event_id.clone(),
            action,
            outcome: if unchanged { events::Outcome::Skipped } else { events::Outcome::Success },
            kind: Some(kind),
            resource_id: Some(&outcome.id),
            subject: &subject,
            before: before.filter(|_| !unchanged),
            after: after.filter(|_| !unchanged),
            members: members.unwrap_or(&nobody),
            notes: &self.notes,
            exchange: &exchange,
            repeats: 1,
        };
        PreparedEvent::new(&self.call.context, &event, self.now)
    }
}

/// 404 for an id that is unknown, or another company's: the two cannot be told apart.
pub(super) fn unknown(kind: ResourceKind, id: &str) -> ScimError {
    let shown: String = id.chars().take(80).collect();
    ScimError::not_found(&format!("{} {shown}", kind.name()))
}

/// The answer to a removal.
pub(super) fn removed(id: &str) -> Outcome {
    Outcome { status: 204, body: None, id: id.to_owned(), location: None, version: None }
}
