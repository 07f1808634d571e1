//! Employees who signed in. The session's secret is not here, only its hash.

use time::OffsetDateTime;

use crate::pool::run;
use crate::{Conn, IntegrationId, StoreError, TenantId, milliseconds};

/// An employee who is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmployeeSession {
    /// The company.
    pub tenant_id: TenantId,
    /// Who.
    pub employee_id: String,
    /// The provider that said so.
    pub integration_id: IntegrationId,
}

/// Begins a session.
pub async fn begin_session(
    conn: &mut Conn<'_>,
    session: &EmployeeSession,
    hash: &[u8; 32],
    expires_at: OffsetDateTime,
) -> Result<(), StoreError> {
    run!(conn, |c| sqlx::query(
        "INSERT INTO employee_sessions (tenant_id, id_hash, employee_id, integration_id, expires_at)
         VALUES ($1, $2, $3, $4, $5)"
    )
    .bind(session.tenant_id.as_str())
    .bind(hash.as_slice())
    .bind(session.employee_id.as_str())
    .bind(session.integration_id.as_str())
    .bind(milliseconds(expires_at))
    .execute(c)
    .await
    .map(|_| ()))?;
    Ok(())
}

/// The session with this hash, unless it expired, sign-on was turned off, or the employee is not active.
pub async fn load_session(
    conn: &mut Conn<'_>,
    hash: &[u8; 32],
    now: OffsetDateTime,
) -> Result<Option<EmployeeSession>, StoreError> {
    let row: Option<(String, String, String)> = run!(conn, |c| sqlx::query_as(
        "SELECT s.tenant_id, s.employee_id, s.integration_id FROM employee_sessions s
             JOIN employees e ON e.tenant_id = s.tenant_id AND e.id = s.employee_id
             JOIN sso_settings o ON o.tenant_id = s.tenant_id AND o.integration_id = s.integration_id
         WHERE s.id_hash = $1 AND s.expires_at > $2 AND e.active = TRUE AND o.enabled = TRUE"
    )
    .bind(hash.as_slice())
    .bind(milliseconds(now))
    .fetch_optional(c)
    .await)?;
    Ok(row.map(|(tenant_id, employee_id, integration_id)| EmployeeSession {
        tenant_id: TenantId(tenant_id),
        employee_id,
        integration_id: IntegrationId(integration_id),
    }))
}

/// Ends one session.
pub async fn end_session(conn: &mut Conn<'_>, hash: &[u8; 32]) -> Result<(), StoreError> {
    run!(conn, |c| sqlx::query("DELETE FROM employee_sessions WHERE id_hash = $1")
        .bind(hash.as_slice())
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(())
}

/// Ends an employee's sessions, and those of their account that rest on the link to them: who is inactive or gone is out,
/// and is not in again when they come back.
pub(crate) async fn end_sessions_of(conn: &mut Conn<'_>, tenant: &TenantId, employee: &str) -> Result<(), StoreError> {
    let sql = conn.together(&[
        "DELETE FROM employee_sessions WHERE tenant_id = $1 AND employee_id = $2",
        "DELETE FROM sessions WHERE tenant_id = $1 AND integration_id IS NOT NULL AND account_id IN
             (SELECT account_id FROM account_employees WHERE tenant_id = $1 AND employee_id = $2)",
    ]);
    run!(conn, |c| sqlx::query(sqlx::AssertSqlSafe(sql))
        .bind(tenant.as_str())
        .bind(employee)
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(())
}

/// Removes a company's sessions, requests and used assertions that expired.
pub async fn purge(conn: &mut Conn<'_>, tenant: &TenantId, now: OffsetDateTime) -> Result<(), StoreError> {
    for table in ["employee_sessions", "sso_requests", "sso_assertions"] {
        let sql = format!("DELETE FROM {table} WHERE tenant_id = $1 AND expires_at <= $2");
        run!(conn, |c| sqlx::query(sqlx::AssertSqlSafe(sql))
            .bind(tenant.as_str())
            .bind(milliseconds(now))
            .execute(c)
            .await
            .map(|_| ()))?;
    }
    Ok(())
}
