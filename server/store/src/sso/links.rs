//! Which employee an account is. Only an admin says so.

use scim::Document;
use sqlx::types::Json;
use time::OffsetDateTime;

use super::{confirm, identities_of};
use crate::ids::can_exist;
use crate::pool::run;
use crate::{AccountId, Conn, StoreError, TenantId, employees, milliseconds, sessions};

/// An account and the employee it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountLink {
    /// The account.
    pub account_id: AccountId,
    /// The employee.
    pub employee_id: String,
    /// Who said so.
    pub linked_by: String,
}

/// Links an account to an employee, as identity providers name them now. [`StoreError::Conflict`] when either has a link
/// already.
pub async fn link(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    link: &AccountLink,
    now: OffsetDateTime,
) -> Result<(), StoreError> {
    let added = run!(conn, |c| sqlx::query(
        "INSERT INTO account_employees (tenant_id, account_id, employee_id, linked_at, linked_by)
         VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING"
    )
    .bind(tenant.as_str())
    .bind(link.account_id.as_str())
    .bind(link.employee_id.as_str())
    .bind(milliseconds(now))
    .bind(link.linked_by.as_str())
    .execute(c)
    .await
    .map(|done| done.rows_affected()))?;
    if added != 1 {
        return Err(StoreError::Conflict("link"));
    }
    let Some(employee) = employees::get(conn, tenant, &link.employee_id).await? else { return Ok(()) };
    let identities = identities_of(conn, tenant, &employee.document).await?;
    confirm(conn, (tenant, &link.account_id), &identities, (&link.linked_by, now)).await
}

/// The links of a company's accounts, each with its employee.
pub async fn linked(conn: &mut Conn<'_>, tenant: &TenantId) -> Result<Vec<(AccountId, String, Document)>, StoreError> {
    let rows: Vec<(String, String, Json<Document>)> = run!(conn, |c| sqlx::query_as(
        "SELECT l.account_id, e.id, e.data FROM account_employees l
             JOIN employees e ON e.tenant_id = l.tenant_id AND e.id = l.employee_id
         WHERE l.tenant_id = $1 ORDER BY l.account_id"
    )
    .bind(tenant.as_str())
    .fetch_all(c)
    .await)?;
    Ok(rows.into_iter().map(|(account, employee, Json(document))| (AccountId(account), employee, document)).collect())
}

/// Ends an account's link and its sessions, which may rest on it. Says whether there was one.
pub async fn unlink(conn: &mut Conn<'_>, tenant: &TenantId, account: &AccountId) -> Result<bool, StoreError> {
    let removed =
        run!(conn, |c| sqlx::query("DELETE FROM account_employees WHERE tenant_id = $1 AND account_id = $2")
            .bind(tenant.as_str())
            .bind(account.as_str())
            .execute(c)
            .await
            .map(|done| done.rows_affected()))?;
    if removed == 1 {
        sessions::end_all(conn, tenant, account).await?;
    }
    Ok(removed == 1)
}

/// The link of an account.
pub async fn link_of_account(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    account: &AccountId,
) -> Result<Option<AccountLink>, StoreError> {
    let row: Option<(String, String, String)> = run!(conn, |c| sqlx::query_as(
        "SELECT account_id, employee_id, linked_by FROM account_employees WHERE tenant_id = $1 AND account_id = $2"
    )
    .bind(tenant.as_str())
    .bind(account.as_str())
    .fetch_optional(c)
    .await)?;
    Ok(row.map(AccountLink::from))
}

/// The link of an employee.
pub async fn link_of_employee(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    employee: &str,
) -> Result<Option<AccountLink>, StoreError> {
    if !can_exist(employee) {
        return Ok(None);
    }
    let row: Option<(String, String, String)> = run!(conn, |c| sqlx::query_as(
        "SELECT account_id, employee_id, linked_by FROM account_employees WHERE tenant_id = $1 AND employee_id = $2"
    )
    .bind(tenant.as_str())
    .bind(employee)
    .fetch_optional(c)
    .await)?;
    Ok(row.map(AccountLink::from))
}

impl From<(String, String, String)> for AccountLink {
    fn from((account_id, employee_id, linked_by): (String, String, String)) -> Self {
        Self { account_id: AccountId(account_id), employee_id, linked_by }
    }
}
