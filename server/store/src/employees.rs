//! People, as SCIM users.

use scim::condition::Condition;
use scim::fold::fold;
use scim::{Document, ResourceKind, Schemas};
use sqlx::types::Json;
use time::OffsetDateTime;

use crate::ids::can_exist;
use crate::pool::run;
use crate::resources::{Page, Place, Query, Table};
use crate::{Conn, IntegrationId, StoreError, TenantId, filter_sql, groups, instant, milliseconds};

const COLUMNS: &str = "e.id, e.integration_id, e.data, e.created_at, e.updated_at, e.version";

/// One person.
#[derive(Debug, Clone, PartialEq)]
pub struct Employee {
    /// Given by us.
    pub id: String,
    /// The integration that created it.
    pub integration_id: IntegrationId,
    /// The attributes.
    pub document: Document,
    /// When it was created.
    pub created_at: OffsetDateTime,
    /// When it last changed.
    pub updated_at: OffsetDateTime,
    /// Counts its changes.
    pub version: i64,
}

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

/// The columns derived from a document.
struct Derived {
    user_name_key: String,
    display_name_key: Option<String>,
    name_key: String,
    search_key: String,
    folded: serde_json::Value,
}

impl Derived {
    fn of(document: &Document, schemas: &Schemas) -> Self {
        let name = document.shown_name();
        let search = [
            Some(name.as_str()),
            Some(document.user_name()),
            document.email(),
            document.department(),
            document.title(),
        ];
        Self {
            user_name_key: fold(document.user_name()),
            display_name_key: document.text(&["displayName"]).map(fold),
            name_key: fold(&name),
            // Line breaks keep a search from matching across two values.
            search_key: fold(&search.into_iter().flatten().collect::<Vec<_>>().join("\n")),
            folded: document.folded(ResourceKind::User, schemas),
        }
    }
}

/// Adds a person. [`StoreError::Conflict`] when the `userName` is taken.
pub async fn insert(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    employee: &Employee,
    schemas: &Schemas,
) -> Result<(), StoreError> {
    let derived = Derived::of(&employee.document, schemas);
    run!(conn, |c| sqlx::query(
        "INSERT INTO employees (tenant_id, id, integration_id, user_name_key, external_id, display_name_key, name_key,
             search_key, active, data, folded, created_at, updated_at, version)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)"
    )
    .bind(tenant.as_str())
    .bind(employee.id.as_str())
    .bind(employee.integration_id.as_str())
    .bind(derived.user_name_key.as_str())
    .bind(employee.document.external_id())
    .bind(derived.display_name_key.as_deref())
    .bind(derived.name_key.as_str())
    .bind(derived.search_key.as_str())
    .bind(employee.document.active())
    .bind(Json(&employee.document))
    .bind(Json(&derived.folded))
    .bind(milliseconds(employee.created_at))
    .bind(milliseconds(employee.updated_at))
    .bind(employee.version)
    .execute(c)
    .await
    .map(|_| ()))
    .map_err(|error| StoreError::unique(error, "user_name_key", "userName"))?;
    write_emails(conn, tenant, employee).await
}

/// Stores a changed person. [`StoreError::Stale`] when the row is no longer the version before it.
pub async fn update(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    employee: &Employee,
    schemas: &Schemas,
) -> Result<(), StoreError> {
    let derived = Derived::of(&employee.document, schemas);
    let changed = run!(conn, |c| sqlx::query(
        "UPDATE employees SET user_name_key = $3, external_id = $4, display_name_key = $5, name_key = $6, search_key = $7,
             active = $8, data = $9, folded = $10, updated_at = $11, version = $12
         WHERE tenant_id = $1 AND id = $2 AND version = $12 - 1"
    )
    .bind(tenant.as_str())
    .bind(employee.id.as_str())
    .bind(derived.user_name_key.as_str())
    .bind(employee.document.external_id())
    .bind(derived.display_name_key.as_deref())
    .bind(derived.name_key.as_str())
    .bind(derived.search_key.as_str())
    .bind(employee.document.active())
    .bind(Json(&employee.document))
    .bind(Json(&derived.folded))
    .bind(milliseconds(employee.updated_at))
    .bind(employee.version)
    .execute(c)
    .await
    .map(|done| done.rows_affected()))
    .map_err(|error| StoreError::unique(error, "user_name_key", "userName"))?;
    if changed != 1 {
        return Err(StoreError::Stale);
    }
    run!(conn, |c| sqlx::query("DELETE FROM employee_emails WHERE tenant_id = $1 AND employee_id = $2")
        .bind(tenant.as_str())
        .bind(employee.id.as_str())
        .execute(c)
        .await
        .map(|_| ()))?;
    write_emails(conn, tenant, employee).await
}

async fn write_emails(conn: &mut Conn<'_>, tenant: &TenantId, employee: &Employee) -> Result<(), StoreError> {
    let keys: std::collections::BTreeSet<String> = employee.document.emails().map(fold).collect();
    for key in keys {
        run!(conn, |c| sqlx::query(
            "INSERT INTO employee_emails (tenant_id, email_key, employee_id) VALUES ($1, $2, $3)"
        )
        .bind(tenant.as_str())
        .bind(key.as_str())
        .bind(employee.id.as_str())
        .execute(c)
        .await
        .map(|_| ()))?;
    }
    Ok(())
}

/// Removes a person and their memberships. Says whether there was one.
pub async fn delete(conn: &mut Conn<'_>, tenant: &TenantId, id: &str, now: OffsetDateTime) -> Result<bool, StoreError> {
    if get_for_delete(conn, tenant, id).await?.is_none() {
        return Ok(false);
    }
    groups::forget_member(conn, tenant, id, now).await?;
    let deleted = run!(conn, |c| sqlx::query("DELETE FROM employees WHERE tenant_id = $1 AND id = $2")
        .bind(tenant.as_str())
        .bind(id)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(deleted == 1)
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
