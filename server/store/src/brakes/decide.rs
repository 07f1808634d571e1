//! What an admin decides about a brake, and doing it.

use scim::{Document, Notes, ResourceKind, Schemas};
use serde_json::json;
use time::OffsetDateTime;

use super::{Outcome, Person, people};
use crate::audit::{self, Act};
use crate::deleted_employees::{self, Restoration};
use crate::employees::{self, Employee};
use crate::events::{self, Action, Exchange, NewEvent, Origin};
use crate::groups::Moved;
use crate::pool::run;
use crate::{Conn, IntegrationId, Store, StoreError, TenantId, custom_attributes, milliseconds};

/// The two decisions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// All of them get back what they had.
    Restore,
    /// It was meant so.
    Confirm,
}

impl Decision {
    /// The word in the database and in forms.
    pub fn name(self) -> &'static str {
        match self {
            Self::Restore => "restore",
            Self::Confirm => "confirm",
        }
    }

    /// The decision with this word.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Restore, Self::Confirm].into_iter().find(|decision| decision.name() == name)
    }
}

/// Writes a decision down. Says whether it was still to be made; from then on the integration counts anew.
pub async fn decide(
    conn: &mut Conn<'_>,
    (tenant, brake): (&TenantId, &str),
    decision: Decision,
    by: &str,
    now: OffsetDateTime,
) -> Result<bool, StoreError> {
    let finished = (decision == Decision::Confirm).then(|| milliseconds(now));
    let integration: Option<String> = run!(conn, |c| sqlx::query_scalar(
        "UPDATE brakes SET decision = $3, decided_at = $4, decided_by = $5, finished_at = $6
         WHERE tenant_id = $1 AND id = $2 AND decision IS NULL RETURNING integration_id"
    )
    .bind(tenant.as_str())
    .bind(brake)
    .bind(decision.name())
    .bind(milliseconds(now))
    .bind(by)
    .bind(finished)
    .fetch_optional(c)
    .await)?;
    let Some(integration) = integration else { return Ok(false) };
    let provider: String = run!(conn, |c| sqlx::query_scalar(
        "UPDATE departure_counts SET brake_id = NULL, from_seq = seq WHERE tenant_id = $1 AND integration_id = $2
         RETURNING (SELECT provider FROM integrations WHERE tenant_id = $1 AND id = $2)"
    )
    .bind(tenant.as_str())
    .bind(integration.as_str())
    .fetch_one(c)
    .await)?;
    let action = if decision == Decision::Restore { "brake.restore" } else { "brake.confirm" };
    audit::record(conn, tenant, &Act { actor: by, action, subject: &provider, detail: json!({}) }, now).await?;
    Ok(true)
}

/// How far a restoration is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// Others are left.
    More,
    /// All are done.
    Done,
}

/// Restorations that were decided upon and are not done: a server stopped in the middle of them.
pub async fn unfinished(conn: &mut Conn<'_>) -> Result<Vec<(TenantId, String)>, StoreError> {
    let rows: Vec<(String, String)> = run!(conn, |c| sqlx::query_as(
        "SELECT tenant_id, id FROM brakes WHERE decision = 'restore' AND finished_at IS NULL ORDER BY tenant_id, id"
    )
    .fetch_all(c)
    .await)?;
    Ok(rows.into_iter().map(|(tenant, id)| (TenantId(tenant), id)).collect())
}

/// Restores some of those whom a brake concerns. Safe to be done twice, and by two servers at once.
pub async fn restore_some(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    brake: &str,
    limit: usize,
    store: &Store,
) -> Result<Progress, StoreError> {
    let lock = conn.for_update();
    let sql = format!(
        "SELECT integration_id FROM brakes
         WHERE tenant_id = $1 AND id = $2 AND decision = 'restore' AND finished_at IS NULL{lock}"
    );
    let integration: Option<String> = run!(conn, |c| sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
        .bind(tenant.as_str())
        .bind(brake)
        .fetch_optional(c)
        .await)?;
    let Some(integration) = integration.map(IntegrationId) else { return Ok(Progress::Done) };
    let schemas = custom_attributes::schemas(conn, tenant).await?;
    let done = done_until(conn, tenant, brake).await?;
    let (some, more) = people(conn, tenant, brake, done, limit).await?;
    let origin = Origin { tenant, integration: Some(&integration), token: None };
    for person in &some {
        let outcome = bring_back(conn, origin, person, &schemas, store).await?;
        run!(conn, |c| sqlx::query(
            "UPDATE departures SET outcome = $4 WHERE tenant_id = $1 AND integration_id = $2 AND seq = $3"
        )
        .bind(tenant.as_str())
        .bind(integration.as_str())
        .bind(person.seq)
        .bind(outcome.name())
        .execute(c)
        .await
        .map(|_| ()))?;
    }
    if more {
        return Ok(Progress::More);
    }
    run!(conn, |c| sqlx::query("UPDATE brakes SET finished_at = $3 WHERE tenant_id = $1 AND id = $2")
        .bind(tenant.as_str())
        .bind(brake)
        .bind(milliseconds(store.now()))
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(Progress::Done)
}

/// The last departure that was dealt with: they are dealt with in the order of their numbers.
async fn done_until(conn: &mut Conn<'_>, tenant: &TenantId, brake: &str) -> Result<i64, StoreError> {
    let done: Option<i64> = run!(conn, |c| sqlx::query_scalar(
        "SELECT seq FROM departures WHERE tenant_id = $1 AND brake_id = $2 AND outcome IS NOT NULL
         ORDER BY seq DESC LIMIT 1"
    )
    .bind(tenant.as_str())
    .bind(brake)
    .fetch_optional(c)
    .await)?;
    Ok(done.unwrap_or(0))
}

/// Gives somebody back what the integration took: their access, or all that they were.
async fn bring_back(
    conn: &mut Conn<'_>,
    origin: Origin<'_>,
    person: &Person,
    schemas: &Schemas,
    store: &Store,
) -> Result<Outcome, StoreError> {
    let (tenant, id, now) = (origin.tenant, &person.employee_id, store.now());
    if person.deleted {
        let active = person.disabled.then_some(true);
        let restored = deleted_employees::restore(conn, tenant, id, (schemas, active), now).await?;
        return match restored {
            Restoration::Restored(back) => {
                record(conn, origin, (Action::Restored, id), (None, &back.document), store).await?;
                Ok(Outcome::Restored)
            }
            Restoration::Taken => Ok(Outcome::Taken),
            Restoration::Gone if employees::get(conn, tenant, id).await?.is_some() => Ok(Outcome::Restored),
            Restoration::Gone => Ok(Outcome::Gone),
        };
    }
    let Some(before) = employees::get_for_update(conn, tenant, id).await? else { return Ok(Outcome::Gone) };
    if before.document.active() {
        return Ok(Outcome::Restored);
    }
    let mut after = Employee { updated_at: now, version: before.version + 1, ..before.clone() };
    employees::set_active(&mut after.document, schemas, true)?;
    employees::update(conn, tenant, &after, schemas).await?;
    record(conn, origin, (Action::Enabled, id), (Some(&before.document), &after.document), store).await?;
    Ok(Outcome::Restored)
}

/// Writes down what an admin brought back.
pub(crate) async fn record(
    conn: &mut Conn<'_>,
    origin: Origin<'_>,
    (action, id): (Action, &str),
    (before, after): (Option<&Document>, &Document),
    store: &Store,
) -> Result<(), StoreError> {
    let (subject, notes, exchange) = (after.shown_name(), Notes::default(), Exchange::default());
    let event = NewEvent {
        id: store.new_id(),
        action,
        outcome: events::Outcome::Success,
        kind: Some(ResourceKind::User),
        resource_id: Some(id),
        subject: &subject,
        before,
        after: Some(after),
        members: &Moved::default(),
        notes: &notes,
        exchange: &exchange,
        repeats: 1,
    };
    events::record(conn, origin, &event, store.now()).await
}
