//! Provisioning events: what each SCIM write changed, and what was bent to make it fit.

use scim::{Document, Notes, ResourceKind};
use sqlx::types::Json;
use time::OffsetDateTime;

use crate::pool::run;
use crate::tokens::TokenContext;
use crate::{Conn, IntegrationId, StoreError, TenantId, TokenId, instant, milliseconds};

/// What a write did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// A resource was created.
    Created,
    /// Attributes or members changed.
    Updated,
    /// A user's `active` became false.
    Disabled,
    /// A user's `active` became true again.
    Enabled,
    /// A resource was removed.
    Deleted,
    /// The request changed nothing.
    Unchanged,
}

impl Action {
    /// The word in the database.
    pub fn name(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Updated => "updated",
            Self::Disabled => "disabled",
            Self::Enabled => "enabled",
            Self::Deleted => "deleted",
            Self::Unchanged => "unchanged",
        }
    }
}

/// One event.
#[derive(Debug, Clone)]
pub struct NewEvent<'a> {
    /// Its id.
    pub id: String,
    /// What was done.
    pub action: Action,
    /// To what kind of resource.
    pub kind: ResourceKind,
    /// To which one.
    pub resource_id: &'a str,
    /// Its name, for people.
    pub subject: &'a str,
    /// The attributes before.
    pub before: Option<&'a Document>,
    /// The attributes after.
    pub after: Option<&'a Document>,
    /// The leniencies applied.
    pub notes: &'a Notes,
    /// The client's correlation id.
    pub correlation_id: Option<&'a str>,
    /// The client's name for itself.
    pub client: Option<&'a str>,
}

/// On whose behalf a change was made.
#[derive(Debug, Clone, Copy)]
pub struct Origin<'a> {
    /// The company.
    pub tenant: &'a TenantId,
    /// The integration.
    pub integration: &'a IntegrationId,
    /// The token of the request; none when an account did it in the console.
    pub token: Option<&'a TokenId>,
}

impl<'a> From<&'a TokenContext> for Origin<'a> {
    fn from(context: &'a TokenContext) -> Self {
        Self { tenant: &context.tenant_id, integration: &context.integration_id, token: Some(&context.token_id) }
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
    run!(conn, |c| {
        sqlx::query(
        "INSERT INTO provisioning_events (tenant_id, id, at, token_id, integration_id, action, resource_type, resource_id,
             subject, before, after, notes, correlation_id, client)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)"
    )
    .bind(origin.tenant.as_str())
    .bind(event.id.as_str())
    .bind(milliseconds(now))
    .bind(origin.token.map(TokenId::as_str))
    .bind(origin.integration.as_str())
    .bind(event.action.name())
    .bind(event.kind.name())
    .bind(event.resource_id)
    .bind(event.subject)
    .bind(event.before.map(Json))
    .bind(event.after.map(Json))
    .bind(Json(event.notes))
    .bind(event.correlation_id)
    .bind(event.client)
    .execute(c)
    .await
    .map(|_| ())
    })?;
    Ok(())
}

/// An event as it was written down.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// When.
    pub at: OffsetDateTime,
    /// What was done.
    pub action: String,
    /// The name of who or what it was done to.
    pub subject: String,
    /// The leniencies applied.
    pub notes: Notes,
}

/// The events of one resource, the newest first.
pub async fn of_resource(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    id: &str,
    limit: i64,
) -> Result<Vec<Event>, StoreError> {
    let rows: Vec<(i64, String, String, Json<Notes>)> = run!(conn, |c| sqlx::query_as(
        "SELECT at, action, subject, notes FROM provisioning_events
         WHERE tenant_id = $1 AND resource_id = $2 ORDER BY id DESC LIMIT $3"
    )
    .bind(tenant.as_str())
    .bind(id)
    .bind(limit)
    .fetch_all(c)
    .await)?;
    let event = |(at, action, subject, Json(notes))| Event { at: instant(at), action, subject, notes };
    Ok(rows.into_iter().map(event).collect())
}
