//! Rehearsals and checks that the console runs against the company's own endpoint, with people and groups whose names
//! tell whose they are, so that nothing of them stays behind.

use scim::{Notes, ResourceKind};
use serde_json::Value;
use sqlx::types::Json;
use time::OffsetDateTime;

use crate::events::{self, Action, Exchange, NewEvent, Origin, Outcome};
use crate::groups::Moved;
use crate::pool::run;
use crate::{Conn, IntegrationId, Store, StoreError, TenantId, employees, groups, instant, milliseconds};

/// What is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// An identity provider's cycles are played.
    Rehearsal,
    /// The endpoint is checked.
    Check,
}

impl Kind {
    /// The word in the database.
    pub fn name(self) -> &'static str {
        match self {
            Self::Rehearsal => "rehearsal",
            Self::Check => "check",
        }
    }
}

/// One run.
#[derive(Debug, Clone, PartialEq)]
pub struct Rehearsal {
    /// Its id.
    pub id: String,
    /// Who started it.
    pub started_by: String,
    /// When.
    pub started_at: OffsetDateTime,
    /// When it ended, if it has.
    pub finished_at: Option<OffsetDateTime>,
    /// What is known so far.
    pub report: Value,
}

/// A run that has not ended, of whichever company.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unfinished {
    /// The company.
    pub tenant: TenantId,
    /// The run's id.
    pub id: String,
    /// The integration it is for.
    pub integration: IntegrationId,
    /// What it was: `rehearsal` or `check`.
    pub kind: String,
}

/// What the names of a run's people and groups begin with.
pub fn prefix(kind: &str, id: &str) -> String {
    format!("{kind}-{id}-")
}

/// Writes down that a run begins.
pub async fn begin(
    conn: &mut Conn<'_>,
    (tenant, integration): (&TenantId, &IntegrationId),
    (kind, id): (Kind, &str),
    by: &str,
    now: OffsetDateTime,
) -> Result<(), StoreError> {
    run!(conn, |c| sqlx::query(
        "INSERT INTO rehearsals (tenant_id, id, integration_id, kind, started_by, started_at, report)
         VALUES ($1, $2, $3, $4, $5, $6, '[]')"
    )
    .bind(tenant.as_str())
    .bind(id)
    .bind(integration.as_str())
    .bind(kind.name())
    .bind(by)
    .bind(milliseconds(now))
    .execute(c)
    .await
    .map(|_| ()))?;
    Ok(())
}

/// Writes down what is known so far.
pub async fn report(conn: &mut Conn<'_>, tenant: &TenantId, id: &str, report: &Value) -> Result<(), StoreError> {
    run!(conn, |c| sqlx::query("UPDATE rehearsals SET report = $3 WHERE tenant_id = $1 AND id = $2")
        .bind(tenant.as_str())
        .bind(id)
        .bind(Json(report))
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(())
}

/// Writes down that a run has ended, and that nothing of it is left.
pub async fn finish(conn: &mut Conn<'_>, tenant: &TenantId, id: &str, now: OffsetDateTime) -> Result<(), StoreError> {
    run!(conn, |c| sqlx::query("UPDATE rehearsals SET finished_at = $3 WHERE tenant_id = $1 AND id = $2")
        .bind(tenant.as_str())
        .bind(id)
        .bind(milliseconds(now))
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(())
}

/// The columns of [`Rehearsal`].
type Row = (String, String, i64, Option<i64>, Json<Value>);

/// An integration's last run of a kind.
pub async fn latest(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    integration: &IntegrationId,
    kind: Kind,
) -> Result<Option<Rehearsal>, StoreError> {
    let row: Option<Row> = run!(conn, |c| sqlx::query_as(
        "SELECT id, started_by, started_at, finished_at, report FROM rehearsals
         WHERE tenant_id = $1 AND integration_id = $2 AND kind = $3 ORDER BY id DESC LIMIT 1"
    )
    .bind(tenant.as_str())
    .bind(integration.as_str())
    .bind(kind.name())
    .fetch_optional(c)
    .await)?;
    Ok(row.map(|(id, started_by, started_at, finished_at, Json(report))| Rehearsal {
        id,
        started_by,
        started_at: instant(started_at),
        finished_at: finished_at.map(instant),
        report,
    }))
}

/// Runs that began before a moment and have not ended: the server stopped in the middle of them.
pub async fn unfinished(conn: &mut Conn<'_>, before: OffsetDateTime) -> Result<Vec<Unfinished>, StoreError> {
    let rows: Vec<(String, String, String, String)> = run!(conn, |c| sqlx::query_as(
        "SELECT tenant_id, id, integration_id, kind FROM rehearsals WHERE finished_at IS NULL AND started_at < $1"
    )
    .bind(milliseconds(before))
    .fetch_all(c)
    .await)?;
    let unfinished = |(tenant, id, integration, kind)| Unfinished {
        tenant: TenantId(tenant),
        id,
        integration: IntegrationId(integration),
        kind,
    };
    Ok(rows.into_iter().map(unfinished).collect())
}

/// Removes the people and groups of a run, each with an event of its own; says how many.
pub async fn remove_scratch(conn: &mut Conn<'_>, run: &Unfinished, store: &Store) -> Result<usize, StoreError> {
    let from = prefix(&run.kind, &run.id);
    // The first text behind all that begin with the prefix: '.' follows '-'.
    let until = format!("{}.", from.trim_end_matches('-'));
    let mut removed = 0;
    for (kind, sql) in [
        (
            ResourceKind::Group,
            "SELECT id FROM groups WHERE tenant_id = $1 AND display_name_key >= $2 AND display_name_key < $3",
        ),
        (
            ResourceKind::User,
            "SELECT id FROM employees WHERE tenant_id = $1 AND user_name_key >= $2 AND user_name_key < $3",
        ),
    ] {
        let ids: Vec<String> = run!(conn, |c| sqlx::query_scalar(sql)
            .bind(run.tenant.as_str())
            .bind(from.as_str())
            .bind(until.as_str())
            .fetch_all(c)
            .await)?;
        for id in ids {
            remove(conn, run, store, (kind, &id)).await?;
            removed += 1;
        }
    }
    Ok(removed)
}

async fn remove(
    conn: &mut Conn<'_>,
    run: &Unfinished,
    store: &Store,
    (kind, id): (ResourceKind, &str),
) -> Result<(), StoreError> {
    let (tenant, now, notes, exchange) = (&run.tenant, store.now(), Notes::default(), Exchange::default());
    let before = match kind {
        ResourceKind::User => employees::get_for_delete(conn, tenant, id).await?.map(|employee| employee.document),
        ResourceKind::Group => groups::get_for_delete(conn, tenant, id).await?.map(|group| group.document),
    };
    let Some(before) = before else { return Ok(()) };
    match kind {
        ResourceKind::User => employees::erase(conn, tenant, id, now).await?,
        ResourceKind::Group => groups::delete(conn, tenant, id, now).await?,
    };
    let subject = before.shown_name();
    let event = NewEvent {
        id: store.new_id(),
        action: Action::Deleted,
        outcome: Outcome::Success,
        kind: Some(kind),
        resource_id: Some(id),
        subject: &subject,
        before: Some(&before),
        after: None,
        members: &Moved::default(),
        notes: &notes,
        exchange: &exchange,
        repeats: 1,
    };
    events::record(conn, Origin { tenant, integration: Some(&run.integration), token: None }, &event, now).await
}
