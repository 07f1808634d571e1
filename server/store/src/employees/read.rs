//! Finding people.

use scim::Document;
use scim::condition::Condition;
use sqlx::types::Json;

use super::Employee;
use crate::ids::can_exist;
use crate::listing::{self, Listed, Wanted};
use crate::pool::run;
use crate::resources::{Page, Place, Query, Table};
use crate::{Conn, IntegrationId, StoreError, TenantId, Walks, filter_sql, groups, instant};

const COLUMNS: &str = "e.id, e.integration_id, e.data, e.created_at, e.updated_at, e.version";

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    integration_id: String,
    data: Json<Document>,
    created_at: i64,
    updated_at: i64,
    version: i64,
}

impl listing::Row for Row {
    fn id(&self) -> &str {
        &self.id
    }

    fn updated_at(&self) -> i64 {
        self.updated_at
    }
}

impl From<Row> for Employee {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            integration_id: IntegrationId(row.integration_id),
            document: row.data.0,
            created_at: instant(row.created_at),
            updated_at: instant(row.updated_at),
            version: row.version,
        }
    }
}

/// One person.
pub async fn get(conn: &mut Conn<'_>, tenant: &TenantId, id: &str) -> Result<Option<Employee>, StoreError> {
    if !can_exist(id) {
        return Ok(None);
    }
    let row: Option<Row> = run!(conn, |c| {
        sqlx::query_as(
        "SELECT id, integration_id, data, created_at, updated_at, version FROM employees WHERE tenant_id = $1 AND id = $2"
    )
    .bind(tenant.as_str())
    .bind(id)
    .fetch_optional(c)
    .await
    })?;
    Ok(row.map(Employee::from))
}

/// One person, locked until the transaction ends.
pub async fn get_for_update(conn: &mut Conn<'_>, tenant: &TenantId, id: &str) -> Result<Option<Employee>, StoreError> {
    let lock = conn.for_update();
    get_locked(conn, tenant, id, lock).await
}

/// One person who is about to be deleted, locked together with the groups they belong to: see
/// [`groups::get_for_delete`].
pub async fn get_for_delete(conn: &mut Conn<'_>, tenant: &TenantId, id: &str) -> Result<Option<Employee>, StoreError> {
    if !can_exist(id) {
        return Ok(None);
    }
    groups::lock_groups_of(conn, tenant, id).await?;
    let lock = conn.for_delete();
    get_locked(conn, tenant, id, lock).await
}

async fn get_locked(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    id: &str,
    lock: &str,
) -> Result<Option<Employee>, StoreError> {
    if !can_exist(id) {
        return Ok(None);
    }
    let sql = format!(
        "SELECT id, integration_id, data, created_at, updated_at, version FROM employees WHERE tenant_id = $1 AND id = $2{lock}"
    );
    let row: Option<Row> = run!(conn, |c| sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(tenant.as_str())
        .bind(id)
        .fetch_optional(c)
        .await)?;
    Ok(row.map(Employee::from))
}

/// The people that match. `walks` is what the server remembers of long lists, if it remembers anything.
pub async fn query(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    query: &Query,
    walks: Option<&Walks>,
) -> Result<Page<Employee>, StoreError> {
    let page: Page<Row> = filter_sql::page(conn, tenant, (Table::Employees, COLUMNS), query, walks).await?;
    Ok(Page { total: page.total, more: page.more, items: page.items.into_iter().map(Employee::from).collect() })
}

/// How many people match; all without a condition.
pub async fn count(conn: &mut Conn<'_>, tenant: &TenantId, condition: Option<Condition>) -> Result<u64, StoreError> {
    let query_all = Query { condition, sort: None, place: Place::After(None), count: 0 };
    Ok(query(conn, tenant, &query_all, None).await?.total)
}

/// How many people an integration provisioned.
pub async fn count_of(conn: &mut Conn<'_>, tenant: &TenantId, integration: &IntegrationId) -> Result<u64, StoreError> {
    let count: i64 = run!(conn, |c| sqlx::query_scalar(
        "SELECT count(*) FROM employees WHERE tenant_id = $1 AND integration_id = $2"
    )
    .bind(tenant.as_str())
    .bind(integration.as_str())
    .fetch_one(c)
    .await)?;
    Ok(u64::try_from(count).unwrap_or(0))
}

/// A page of people, for the console.
pub async fn list(conn: &mut Conn<'_>, tenant: &TenantId, wanted: &Wanted) -> Result<Listed<Employee>, StoreError> {
    let page: Listed<Row> = listing::page(conn, tenant, (Table::Employees, COLUMNS), wanted).await?;
    Ok(page.map(Employee::from))
}

/// Someone who reports to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The id.
    pub id: String,
    /// The name.
    pub name: String,
    /// Whether the person is active.
    pub active: bool,
}

/// Those whose manager a person is, by name.
pub async fn reports(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    manager: &str,
    limit: i64,
) -> Result<Vec<Report>, StoreError> {
    let rows: Vec<Row> = run!(conn, |c| sqlx::query_as(
        "SELECT id, integration_id, data, created_at, updated_at, version FROM employees
         WHERE tenant_id = $1 AND manager_id = $2 ORDER BY name_key, id LIMIT $3"
    )
    .bind(tenant.as_str())
    .bind(manager)
    .bind(limit)
    .fetch_all(c)
    .await)?;
    let report = |row: Row| Report { id: row.id, name: row.data.0.shown_name(), active: row.data.0.active() };
    Ok(rows.into_iter().map(report).collect())
}
