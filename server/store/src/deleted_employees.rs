//! People who were deleted: kept for a while, so that they can be brought back with their attributes and memberships.
//!
//! They are in a table of their own. Nothing that reads employees finds them, and their user name is free.

use scim::fold::fold;
use scim::{Document, Schemas};
use sqlx::AssertSqlSafe;
use sqlx::types::Json;
use time::{Duration, OffsetDateTime};

use crate::employees::{self, Employee};
use crate::groups::{self, rejoin};
use crate::ids::can_exist;
use crate::pool::run;
use crate::{Conn, IntegrationId, StoreError, TenantId, instant, milliseconds};

/// How long they are kept.
pub const KEPT: Duration = Duration::days(30);

/// Someone who was deleted.
#[derive(Debug, Clone, PartialEq)]
pub struct Deleted {
    /// As they were.
    pub employee: Employee,
    /// The groups that they belonged to.
    pub member_of: Vec<String>,
    /// When they were deleted.
    pub at: OffsetDateTime,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    integration_id: String,
    data: Json<Document>,
    member_of: Json<Vec<String>>,
    created_at: i64,
    version: i64,
    deleted_at: i64,
}

impl From<Row> for Deleted {
    fn from(row: Row) -> Self {
        let at = instant(row.deleted_at);
        Self {
            employee: Employee {
                id: row.id,
                integration_id: IntegrationId(row.integration_id),
                document: row.data.0,
                created_at: instant(row.created_at),
                updated_at: at,
                version: row.version,
            },
            member_of: row.member_of.0,
            at,
        }
    }
}

const COLUMNS: &str = "id, integration_id, data, member_of, created_at, version, deleted_at";

/// Keeps someone who is about to be deleted.
pub(crate) async fn keep(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    employee: &Employee,
    now: OffsetDateTime,
) -> Result<(), StoreError> {
    let of = groups::groups_of(conn, tenant, &[&employee.id]).await?.remove(&employee.id).unwrap_or_default();
    let member_of: Vec<String> = of.into_iter().map(|group| group.id).collect();
    run!(conn, |c| {
        sqlx::query(
        "INSERT INTO deleted_employees (tenant_id, id, integration_id, data, member_of, created_at, version, deleted_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
    )
    .bind(tenant.as_str())
    .bind(employee.id.as_str())
    .bind(employee.integration_id.as_str())
    .bind(Json(&employee.document))
    .bind(Json(&member_of))
    .bind(milliseconds(employee.created_at))
    .bind(employee.version)
    .bind(milliseconds(now))
    .execute(c)
    .await
    .map(|_| ())
    })?;
    Ok(())
}

/// One of them.
pub async fn get(conn: &mut Conn<'_>, tenant: &TenantId, id: &str) -> Result<Option<Deleted>, StoreError> {
    read(conn, tenant, id, "").await
}

async fn read(conn: &mut Conn<'_>, tenant: &TenantId, id: &str, lock: &str) -> Result<Option<Deleted>, StoreError> {
    if !can_exist(id) {
        return Ok(None);
    }
    let sql = format!("SELECT {COLUMNS} FROM deleted_employees WHERE tenant_id = $1 AND id = $2{lock}");
    let row: Option<Row> =
        run!(conn, |c| sqlx::query_as(AssertSqlSafe(sql)).bind(tenant.as_str()).bind(id).fetch_optional(c).await)?;
    Ok(row.map(Deleted::from))
}

/// The latest deleted of a company, after one of them, and whether others follow.
pub async fn list(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    after: Option<(OffsetDateTime, &str)>,
    limit: usize,
) -> Result<(Vec<Deleted>, bool), StoreError> {
    let (at, id) = after.map_or((i64::MAX, ""), |(at, id)| (milliseconds(at), id));
    if !can_exist(id) {
        return Ok((Vec::new(), false));
    }
    let sql = format!(
        "SELECT {COLUMNS} FROM deleted_employees WHERE tenant_id = $1 AND (deleted_at, id) < ($2, $3)
         ORDER BY deleted_at DESC, id DESC LIMIT $4"
    );
    let mut rows: Vec<Row> = run!(conn, |c| sqlx::query_as(AssertSqlSafe(sql))
        .bind(tenant.as_str())
        .bind(at)
        .bind(id)
        .bind(i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1))
        .fetch_all(c)
        .await)?;
    let more = rows.len() > limit;
    rows.truncate(limit);
    Ok((rows.into_iter().map(Deleted::from).collect(), more))
}

/// What came of bringing someone back.
#[derive(Debug, Clone, PartialEq)]
pub enum Restoration {
    /// They are back.
    Restored(Employee),
    /// Someone else has their user name now.
    Taken,
    /// They are not kept any more, or never were.
    Gone,
}

/// Brings someone back, with the same id, into those of their groups that still exist. `active` gives access back to
/// someone who lost it before.
pub async fn restore(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    id: &str,
    (schemas, active): (&Schemas, Option<bool>),
    now: OffsetDateTime,
) -> Result<Restoration, StoreError> {
    let Some(found) = get(conn, tenant, id).await? else { return Ok(Restoration::Gone) };
    // Groups are locked before people, as everywhere.
    let member_of = groups::lock_all(conn, tenant, &found.member_of).await?;
    let lock = conn.for_delete();
    let Some(deleted) = read(conn, tenant, id, lock).await? else { return Ok(Restoration::Gone) };
    if is_taken(conn, tenant, &deleted.employee.document).await? {
        return Ok(Restoration::Taken);
    }
    let mut employee = deleted.employee;
    employee.updated_at = now;
    employee.version += 1;
    if let Some(active) = active {
        employees::set_active(&mut employee.document, schemas, active)?;
    }
    run!(conn, |c| sqlx::query("DELETE FROM deleted_employees WHERE tenant_id = $1 AND id = $2")
        .bind(tenant.as_str())
        .bind(id)
        .execute(c)
        .await
        .map(|_| ()))?;
    employees::insert(conn, tenant, &employee, schemas).await?;
    rejoin(conn, tenant, id, &member_of, now).await?;
    Ok(Restoration::Restored(employee))
}

/// Whether someone has the user name of a document.
pub async fn is_taken(conn: &mut Conn<'_>, tenant: &TenantId, document: &Document) -> Result<bool, StoreError> {
    let taken: Option<String> =
        run!(conn, |c| sqlx::query_scalar("SELECT id FROM employees WHERE tenant_id = $1 AND user_name_key = $2")
            .bind(tenant.as_str())
            .bind(fold(document.user_name()))
            .fetch_optional(c)
            .await)?;
    Ok(taken.is_some())
}

/// Forgets some of those who were deleted before a moment; those of a brake that waits for a decision stay. Says
/// whether there may be others.
pub async fn purge(conn: &mut Conn<'_>, before: OffsetDateTime, limit: i64) -> Result<bool, StoreError> {
    // An alias of the rows to go keeps both engines at the index of their age.
    let purged = run!(conn, |c| sqlx::query(
        "DELETE FROM deleted_employees WHERE (tenant_id, id) IN
             (SELECT d.tenant_id, d.id FROM deleted_employees d WHERE d.deleted_at < $1 AND NOT EXISTS
                  (SELECT 1 FROM departures p CROSS JOIN brakes b
                   WHERE p.tenant_id = d.tenant_id AND p.employee_id = d.id AND b.tenant_id = p.tenant_id
                       AND b.id = p.brake_id AND b.finished_at IS NULL)
              ORDER BY d.deleted_at LIMIT $2)"
    )
    .bind(milliseconds(before))
    .bind(limit)
    .execute(c)
    .await
    .map(|done| done.rows_affected()))?;
    Ok(i64::try_from(purged).unwrap_or(i64::MAX) >= limit)
}
