//! Finding people.

use scim::Document;
use scim::condition::Condition;
use scim::fold::fold;
use sqlx::types::Json;

use super::Employee;
use crate::ids::can_exist;
use crate::pool::run;
use crate::resources::{Page, Place, Query, Table};
use crate::{Conn, IntegrationId, StoreError, TenantId, filter_sql, groups, instant};

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

/// The people that match.
pub async fn query(conn: &mut Conn<'_>, tenant: &TenantId, query: &Query) -> Result<Page<Employee>, StoreError> {
    let page: Page<Row> = filter_sql::page(conn, tenant, Table::Employees, COLUMNS, query).await?;
    Ok(Page { total: page.total, more: page.more, items: page.items.into_iter().map(Employee::from).collect() })
}

/// How many people match; all without a condition.
pub async fn count(conn: &mut Conn<'_>, tenant: &TenantId, condition: Option<Condition>) -> Result<u64, StoreError> {
    let query_all = Query { condition, sort: None, place: Place::After(None), count: 0 };
    Ok(query(conn, tenant, &query_all).await?.total)
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

/// A page of people by name, for the console. `text` is looked for in name, user name, e-mail, department and title.
pub async fn search(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    text: &str,
    page: usize,
    size: usize,
) -> Result<Page<Employee>, StoreError> {
    // No text holds U+0000, which PostgreSQL cannot even be asked for.
    let key = fold(text.trim()).replace('\0', "");
    let contains = match conn {
        Conn::Sqlite(_) => "instr(search_key, $2) > 0",
        Conn::Postgres(_) => "strpos(search_key, $2) > 0",
    };
    let matching = if key.is_empty() { "$2 = ''" } else { contains };
    let offset = page.saturating_sub(1).saturating_mul(size);
    let sql = format!(
        "SELECT id, integration_id, data, created_at, updated_at, version FROM employees
         WHERE tenant_id = $1 AND {matching} ORDER BY name_key, id LIMIT $3 OFFSET $4"
    );
    let mut rows: Vec<Row> = run!(conn, |c| sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(tenant.as_str())
        .bind(key.as_str())
        .bind(i64::try_from(size).unwrap_or(i64::MAX).saturating_add(1))
        .bind(i64::try_from(offset).unwrap_or(i64::MAX))
        .fetch_all(c)
        .await)?;
    let more = rows.len() > size;
    rows.truncate(size);
    let sql = format!("SELECT count(*) FROM employees WHERE tenant_id = $1 AND {matching}");
    let total: i64 = run!(conn, |c| sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
        .bind(tenant.as_str())
        .bind(key.as_str())
        .fetch_one(c)
        .await)?;
    Ok(Page { total: u64::try_from(total).unwrap_or(0), more, items: rows.into_iter().map(Employee::from).collect() })
}
