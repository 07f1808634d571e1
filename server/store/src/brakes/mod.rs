//! Brakes: an integration that disables or deletes too many of its employees at once waits for an admin.
//!
//! Access ends as the provider said. What the brake holds is the erasure, and what it brings is that somebody looks:
//! all who left within the hour stand in one list, to be restored or let go together.

mod count;
mod decide;
mod people;

use sqlx::AssertSqlSafe;
use time::{Duration, OffsetDateTime};

pub use count::{Departure, note};
pub(crate) use decide::record;
pub use decide::{Decision, Progress, decide, restore_some, unfinished};
pub use people::{Outcome, Person, count_of, people};

use crate::pool::run;
use crate::{Conn, IntegrationId, StoreError, TenantId, instant, milliseconds};

/// Departures are counted over this time, which slides.
pub const WINDOW: Duration = Duration::hours(1);

/// How many may leave within the time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The share of an integration's employees, in percent; 0 means that there are no brakes.
    pub percent: u8,
    /// So few are never too many.
    pub least: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { percent: 20, least: 10 }
    }
}

/// One brake.
#[derive(Debug, Clone, PartialEq)]
pub struct Brake {
    /// Its id.
    pub id: String,
    /// The integration that it stopped.
    pub integration_id: IntegrationId,
    /// That integration's employees when it was pulled.
    pub employees: i64,
    /// Those of them who had left within the hour.
    pub departed: i64,
    /// Those whom it concerns by now: who left while it waited, too.
    pub concerned: i64,
    /// When it was pulled.
    pub pulled_at: OffsetDateTime,
    /// What an admin decided, when, and who it was.
    pub decided: Option<(Decision, OffsetDateTime, String)>,
    /// When that was done.
    pub finished_at: Option<OffsetDateTime>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    integration_id: String,
    employees: i64,
    departed: i64,
    concerned: i64,
    pulled_at: i64,
    decision: Option<String>,
    decided_at: Option<i64>,
    decided_by: Option<String>,
    finished_at: Option<i64>,
}

impl From<Row> for Brake {
    fn from(row: Row) -> Self {
        let decision = row.decision.as_deref().and_then(Decision::parse);
        let decided = decision.zip(row.decided_at).zip(row.decided_by);
        Self {
            id: row.id,
            integration_id: IntegrationId(row.integration_id),
            employees: row.employees,
            departed: row.departed,
            concerned: row.concerned,
            pulled_at: instant(row.pulled_at),
            decided: decided.map(|((decision, at), by)| (decision, instant(at), by)),
            finished_at: row.finished_at.map(instant),
        }
    }
}

/// Departures of a brake have numbers without a gap, so that they need not be counted.
const COLUMNS: &str = "id, integration_id, employees, departed, COALESCE(
         (SELECT max(d.seq) FROM departures d WHERE d.tenant_id = brakes.tenant_id AND d.brake_id = brakes.id)
         - (SELECT min(d.seq) FROM departures d WHERE d.tenant_id = brakes.tenant_id AND d.brake_id = brakes.id) + 1,
         departed) AS concerned, pulled_at, decision, decided_at, decided_by, finished_at";

/// The brakes of a company that wait for a decision, or for what was decided to be done.
pub async fn open(conn: &mut Conn<'_>, tenant: &TenantId) -> Result<Vec<Brake>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM brakes WHERE tenant_id = $1 AND finished_at IS NULL ORDER BY id");
    let rows: Vec<Row> = run!(conn, |c| sqlx::query_as(AssertSqlSafe(sql)).bind(tenant.as_str()).fetch_all(c).await)?;
    Ok(rows.into_iter().map(Brake::from).collect())
}

/// The latest brake of an integration, whatever became of it.
pub async fn latest(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    integration: &IntegrationId,
) -> Result<Option<Brake>, StoreError> {
    let sql =
        format!("SELECT {COLUMNS} FROM brakes WHERE tenant_id = $1 AND integration_id = $2 ORDER BY id DESC LIMIT 1");
    let row: Option<Row> = run!(conn, |c| sqlx::query_as(AssertSqlSafe(sql))
        .bind(tenant.as_str())
        .bind(integration.as_str())
        .fetch_optional(c)
        .await)?;
    Ok(row.map(Brake::from))
}

/// Forgets departures that count no more, and brakes that are long done.
pub async fn purge(conn: &mut Conn<'_>, now: OffsetDateTime, kept: Duration) -> Result<(), StoreError> {
    run!(conn, |c| sqlx::query("DELETE FROM departures WHERE brake_id IS NULL AND at <= $1")
        .bind(milliseconds(now - WINDOW))
        .execute(c)
        .await
        .map(|_| ()))?;
    for sql in [
        "DELETE FROM departures WHERE brake_id IS NOT NULL AND EXISTS
             (SELECT 1 FROM brakes b WHERE b.tenant_id = departures.tenant_id AND b.id = departures.brake_id
                  AND b.finished_at <= $1)",
        "DELETE FROM brakes WHERE finished_at <= $1",
    ] {
        run!(conn, |c| sqlx::query(sql).bind(milliseconds(now - kept)).execute(c).await.map(|_| ()))?;
    }
    Ok(())
}
