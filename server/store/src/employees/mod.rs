//! People, as SCIM users.

mod hire;
mod insert;
mod read;

use std::collections::BTreeSet;

use scim::fold::fold;
use scim::{Document, ResourceKind, Schemas};
use sqlx::AssertSqlSafe;
use sqlx::types::Json;
use time::OffsetDateTime;

pub use hire::Hire;
pub(crate) use hire::{adding_together, begin_together, hire, hire_together};
pub use insert::insert;
pub use read::{Report, count, count_of, get, get_for_delete, get_for_update, list, query, reports};

use crate::pool::run;
use crate::resources::Table;
use crate::texts::Texts;
use crate::{Conn, IntegrationId, StoreError, TenantId, deleted_employees, groups, milliseconds, sso, words};

/// The longest id that a manager can have; anything longer is no id of ours.
const MAX_ID: usize = 64;

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

/// The columns derived from a document.
struct Derived {
    user_name_key: String,
    display_name_key: Option<String>,
    name_key: String,
    manager_id: Option<String>,
    words: BTreeSet<String>,
    emails: BTreeSet<String>,
    folded: serde_json::Value,
}

impl Derived {
    fn of(document: &Document, schemas: &Schemas) -> Self {
        let manager = document.manager().filter(|id| id.len() <= MAX_ID);
        Self {
            user_name_key: fold(document.user_name()),
            display_name_key: document.text(&["displayName"]).map(fold),
            name_key: fold(&document.shown_name()),
            manager_id: manager.map(str::to_owned),
            words: words::of_employee(document),
            emails: document.emails().map(fold).collect(),
            folded: document.folded(ResourceKind::User, schemas),
        }
    }
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
        "UPDATE employees SET user_name_key = $3, external_id = $4, display_name_key = $5, name_key = $6, manager_id = $7,
             active = $8, data = $9, folded = $10, updated_at = $11, version = $12, words_version = $13
         WHERE tenant_id = $1 AND id = $2 AND version = $12 - 1"
    )
    .bind(tenant.as_str())
    .bind(employee.id.as_str())
    .bind(derived.user_name_key.as_str())
    .bind(employee.document.external_id())
    .bind(derived.display_name_key.as_deref())
    .bind(derived.name_key.as_str())
    .bind(derived.manager_id.as_deref())
    .bind(employee.document.active())
    .bind(Json(&employee.document))
    .bind(Json(&derived.folded))
    .bind(milliseconds(employee.updated_at))
    .bind(employee.version)
    .bind(words::VERSION)
    .execute(c)
    .await
    .map(|done| done.rows_affected()))
    .map_err(|error| StoreError::unique(error, "user_name_key", "userName"))?;
    if changed != 1 {
        return Err(StoreError::Stale);
    }
    if !employee.document.active() {
        sso::end_sessions_of(conn, tenant, &employee.id).await?;
    }
    follow(conn, tenant, &employee.id, &derived).await
}

/// Brings the rows by which someone is found up to date. Most changes touch none of them.
async fn follow(conn: &mut Conn<'_>, tenant: &TenantId, id: &str, derived: &Derived) -> Result<(), StoreError> {
    let (texts, emails) = (Texts::new(&derived.words), Texts::new(&derived.emails));
    let other_emails = conn.is_none_of("email_key", "$4");
    let all = [
        words::removing_others(conn, Table::Employees, ("$2", "$3")),
        words::adding(conn, Table::Employees, ("$2", "$3")),
        format!("DELETE FROM employee_emails WHERE tenant_id = $1 AND employee_id = $2 AND {other_emails}"),
        adding_emails(conn, ("$2", "$4")),
    ];
    let sql = conn.together(&all.each_ref().map(String::as_str));
    run!(conn, |c| sqlx::query(AssertSqlSafe(sql))
        .persistent(texts.is_short() && emails.is_short())
        .bind(tenant.as_str())
        .bind(id)
        .bind(&texts)
        .bind(&emails)
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(())
}

/// A statement that writes the [`Texts`] of a parameter as addresses of whom another parameter names.
fn adding_emails(conn: &Conn<'_>, (id, emails): (&str, &str)) -> String {
    let each = conn.each_text(emails);
    format!(
        "INSERT INTO employee_emails (tenant_id, email_key, employee_id) SELECT $1, j.value, {id} FROM {each} WHERE TRUE
         ON CONFLICT DO NOTHING"
    )
}

/// Removes a person and their memberships, and keeps them among the deleted. Says whether there was one.
pub async fn delete(conn: &mut Conn<'_>, tenant: &TenantId, id: &str, now: OffsetDateTime) -> Result<bool, StoreError> {
    let Some(employee) = get_for_delete(conn, tenant, id).await? else { return Ok(false) };
    deleted_employees::keep(conn, tenant, &employee, now).await?;
    remove(conn, tenant, id, now).await
}

/// Removes a person and their memberships for good. Says whether there was one.
pub async fn erase(conn: &mut Conn<'_>, tenant: &TenantId, id: &str, now: OffsetDateTime) -> Result<bool, StoreError> {
    if get_for_delete(conn, tenant, id).await?.is_none() {
        return Ok(false);
    }
    remove(conn, tenant, id, now).await
}

async fn remove(conn: &mut Conn<'_>, tenant: &TenantId, id: &str, now: OffsetDateTime) -> Result<bool, StoreError> {
    groups::forget_member(conn, tenant, id, now).await?;
    sso::end_sessions_of(conn, tenant, id).await?;
    let deleted = run!(conn, |c| sqlx::query("DELETE FROM employees WHERE tenant_id = $1 AND id = $2")
        .bind(tenant.as_str())
        .bind(id)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(deleted == 1)
}

/// Gives or takes access, in a document.
pub(crate) fn set_active(document: &mut Document, schemas: &Schemas, active: bool) -> Result<(), StoreError> {
    let located = schemas
        .find(ResourceKind::User, None, "active")
        .ok_or(StoreError::Inconsistent { table: "custom_attributes", what: "a schema without active" })?;
    document.set(located, Some(active.into()));
    Ok(())
}

/// Writes what a row from before there were words lacks. Says whether there may be others.
pub(crate) async fn index_some(conn: &mut Conn<'_>, limit: i64) -> Result<bool, StoreError> {
    let rows: Vec<(String, String)> = run!(conn, |c| sqlx::query_as(
        "SELECT tenant_id, id FROM employees WHERE words_version = 0 ORDER BY tenant_id, id LIMIT $1"
    )
    .bind(limit)
    .fetch_all(c)
    .await)?;
    for (tenant, id) in &rows {
        let tenant = TenantId(tenant.clone());
        let Some(employee) = get_for_update(conn, &tenant, id).await? else { continue };
        let manager = employee.document.manager().filter(|id| id.len() <= MAX_ID);
        words::replace(conn, &tenant, (Table::Employees, id), &words::of_employee(&employee.document)).await?;
        run!(conn, |c| sqlx::query(
            "UPDATE employees SET manager_id = $3, words_version = $4 WHERE tenant_id = $1 AND id = $2"
        )
        .bind(tenant.as_str())
        .bind(id.as_str())
        .bind(manager)
        .bind(words::VERSION)
        .execute(c)
        .await
        .map(|_| ()))?;
    }
    Ok(!rows.is_empty())
}
