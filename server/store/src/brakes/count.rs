//! Counting departures: each has the next number of its integration, so that those of the last hour are a difference of
//! two numbers, however many they are.

use serde_json::json;
use time::OffsetDateTime;

use super::{Limits, WINDOW};
use crate::audit::{self, Act};
use crate::pool::run;
use crate::{Conn, IntegrationId, StoreError, TenantId, milliseconds};

/// Somebody whom an integration disabled or deleted.
#[derive(Debug, Clone, Copy)]
pub struct Departure<'a> {
    /// The company.
    pub tenant: &'a TenantId,
    /// The integration that did it.
    pub integration: &'a IntegrationId,
    /// Who left.
    pub employee: &'a str,
    /// Their name.
    pub name: &'a str,
    /// Deleted, not only disabled.
    pub deleted: bool,
}

/// What is known of an integration's departures.
#[derive(sqlx::FromRow)]
struct Count {
    seq: i64,
    from_seq: i64,
    employees: i64,
    counted_at: i64,
    brake_id: Option<String>,
}

/// Counts a departure, in its own transaction. Pulls the brake, under the given id, when it is one too many; says
/// whether it did.
pub async fn note(
    conn: &mut Conn<'_>,
    departure: Departure<'_>,
    limits: Limits,
    new_id: &str,
    now: OffsetDateTime,
) -> Result<bool, StoreError> {
    if limits.percent == 0 || left_before(conn, departure, now).await? {
        return Ok(false);
    }
    let (tenant, integration) = (departure.tenant, departure.integration);
    // The row is the lock under which its integration counts.
    let count: Count = run!(conn, |c| sqlx::query_as(
        "INSERT INTO departure_counts (tenant_id, integration_id, seq) VALUES ($1, $2, 1)
         ON CONFLICT (tenant_id, integration_id) DO UPDATE SET seq = departure_counts.seq + 1
         RETURNING seq, from_seq, employees, counted_at, brake_id"
    )
    .bind(tenant.as_str())
    .bind(integration.as_str())
    .fetch_one(c)
    .await)?;
    add(conn, departure, &count, now).await?;
    if count.brake_id.is_some() {
        return Ok(false);
    }
    let first = first_of_window(conn, departure, count.from_seq, now).await?;
    let departed = count.seq - first + 1;
    if departed < i64::from(limits.least) {
        return Ok(false);
    }
    let too_many = |employees: i64| departed * 100 > employees * i64::from(limits.percent);
    let is_stale = count.counted_at < milliseconds(now - WINDOW);
    if !is_stale && !too_many(count.employees) {
        return Ok(false);
    }
    let employees = count_employees(conn, departure, first, now).await?;
    if !too_many(employees) {
        return Ok(false);
    }
    pull(conn, departure, (new_id, first), (employees, departed), now).await?;
    Ok(true)
}

/// Whether somebody left within the hour already, or since the brake was pulled: disabled and then deleted, they are
/// one who left.
async fn left_before(conn: &mut Conn<'_>, departure: Departure<'_>, now: OffsetDateTime) -> Result<bool, StoreError> {
    let last: Option<(i64, i64, Option<String>)> = run!(conn, |c| sqlx::query_as(
        "SELECT p.seq, p.at, b.id FROM departures p LEFT JOIN brakes b
             ON b.tenant_id = p.tenant_id AND b.id = p.brake_id AND b.decision IS NULL
         WHERE p.tenant_id = $1 AND p.employee_id = $2 AND p.integration_id = $3 AND p.outcome IS NULL
         ORDER BY p.seq DESC LIMIT 1"
    )
    .bind(departure.tenant.as_str())
    .bind(departure.employee)
    .bind(departure.integration.as_str())
    .fetch_optional(c)
    .await)?;
    let Some((seq, at, waits)) = last else { return Ok(false) };
    if waits.is_none() && at <= milliseconds(now - WINDOW) {
        return Ok(false);
    }
    run!(conn, |c| sqlx::query(
        "UPDATE departures SET disabled = disabled OR NOT $4, deleted = deleted OR $4
         WHERE tenant_id = $1 AND integration_id = $2 AND seq = $3"
    )
    .bind(departure.tenant.as_str())
    .bind(departure.integration.as_str())
    .bind(seq)
    .bind(departure.deleted)
    .execute(c)
    .await
    .map(|_| ()))?;
    Ok(true)
}

async fn add(
    conn: &mut Conn<'_>,
    departure: Departure<'_>,
    count: &Count,
    now: OffsetDateTime,
) -> Result<(), StoreError> {
    run!(conn, |c| sqlx::query(
        "INSERT INTO departures (tenant_id, integration_id, seq, employee_id, name, disabled, deleted, at, brake_id)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
    )
    .bind(departure.tenant.as_str())
    .bind(departure.integration.as_str())
    .bind(count.seq)
    .bind(departure.employee)
    .bind(crate::fold::bounded(departure.name, 200))
    .bind(!departure.deleted)
    .bind(departure.deleted)
    .bind(milliseconds(now))
    .bind(count.brake_id.as_deref())
    .execute(c)
    .await
    .map(|_| ()))?;
    Ok(())
}

/// The number of the first departure that counts.
async fn first_of_window(
    conn: &mut Conn<'_>,
    departure: Departure<'_>,
    from_seq: i64,
    now: OffsetDateTime,
) -> Result<i64, StoreError> {
    let first: i64 = run!(conn, |c| {
        sqlx::query_scalar(
        "SELECT seq FROM departures WHERE tenant_id = $1 AND integration_id = $2 AND at > $3 ORDER BY at, seq LIMIT 1"
    )
    .bind(departure.tenant.as_str())
    .bind(departure.integration.as_str())
    .bind(milliseconds(now - WINDOW))
    .fetch_one(c)
    .await
    })?;
    Ok(first.max(from_seq + 1))
}

/// Counts an integration's employees, those who were deleted within the hour too, and remembers the number: while it is
/// not reached, nobody counts again before the hour is over.
async fn count_employees(
    conn: &mut Conn<'_>,
    departure: Departure<'_>,
    first: i64,
    now: OffsetDateTime,
) -> Result<i64, StoreError> {
    Ok(run!(conn, |c| {
        sqlx::query_scalar(
        "UPDATE departure_counts SET counted_at = $4, employees =
             (SELECT count(*) FROM employees WHERE tenant_id = $1 AND integration_id = $2)
             + (SELECT count(*) FROM departures WHERE tenant_id = $1 AND integration_id = $2 AND seq >= $3 AND deleted = TRUE)
         WHERE tenant_id = $1 AND integration_id = $2 RETURNING employees"
    )
    .bind(departure.tenant.as_str())
    .bind(departure.integration.as_str())
    .bind(first)
    .bind(milliseconds(now))
    .fetch_one(c)
    .await
    })?)
}

async fn pull(
    conn: &mut Conn<'_>,
    departure: Departure<'_>,
    (id, first): (&str, i64),
    (employees, departed): (i64, i64),
    now: OffsetDateTime,
) -> Result<(), StoreError> {
    let (tenant, integration) = (departure.tenant, departure.integration);
    run!(conn, |c| sqlx::query(
        "INSERT INTO brakes (tenant_id, id, integration_id, employees, departed, pulled_at)
         VALUES ($1, $2, $3, $4, $5, $6)"
    )
    .bind(tenant.as_str())
    .bind(id)
    .bind(integration.as_str())
    .bind(employees)
    .bind(departed)
    .bind(milliseconds(now))
    .execute(c)
    .await
    .map(|_| ()))?;
    for sql in [
        "UPDATE departures SET brake_id = $3 WHERE tenant_id = $1 AND integration_id = $2 AND seq >= $4",
        "UPDATE departure_counts SET brake_id = $3 WHERE tenant_id = $1 AND integration_id = $2 AND seq >= $4",
    ] {
        run!(conn, |c| sqlx::query(sql)
            .bind(tenant.as_str())
            .bind(integration.as_str())
            .bind(id)
            .bind(first)
            .execute(c)
            .await
            .map(|_| ()))?;
    }
    let provider: String =
        run!(conn, |c| sqlx::query_scalar("SELECT provider FROM integrations WHERE tenant_id = $1 AND id = $2")
            .bind(tenant.as_str())
            .bind(integration.as_str())
            .fetch_one(c)
            .await)?;
    let act = Act {
        actor: "system",
        action: "brake.pull",
        subject: &provider,
        detail: json!({ "left": departed, "employees": employees }),
    };
    audit::record(conn, tenant, &act, now).await
}
