//! Employees whom no assertion would name: before anyone signs in, they can be found.

use scim::Document;
use sqlx::types::Json;

use super::MatchBy;
use crate::ids::can_exist;
use crate::pool::run;
use crate::{Conn, StoreError, TenantId};

/// Why an employee would not be found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Problem {
    /// There is no value to compare.
    Missing,
    /// Someone else who is active has the same value, so nobody is meant.
    Shared,
    /// A user name that is no e-mail address, as most identity providers send one.
    NoAddress,
}

/// An employee, and why they would not be found.
#[derive(Debug, Clone, PartialEq)]
pub struct Mismatch {
    /// The employee's id.
    pub id: String,
    /// The employee.
    pub document: Document,
    /// Why.
    pub problem: Problem,
}

/// Active employees whom no assertion would name, by id, beginning after one. Those who are fine are passed over by
/// indexes alone.
pub async fn mismatches(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    by: MatchBy,
    after: &str,
    size: i64,
) -> Result<Vec<Mismatch>, StoreError> {
    if !can_exist(after) {
        return Ok(Vec::new());
    }
    let (missing, shared) = match by {
        // A user name is there and unique by itself.
        MatchBy::UserName => ("e.user_name_key NOT LIKE '%@%'", "1 = 0"),
        MatchBy::Email => (
            "NOT EXISTS (SELECT 1 FROM employee_emails m WHERE m.tenant_id = e.tenant_id AND m.employee_id = e.id)",
            // Once for the whole company: asked for each employee, SQLite without statistics reads everybody's addresses
            // again for each.
            "e.id IN (SELECT m.employee_id FROM employee_emails m WHERE m.tenant_id = $1 AND m.email_key IN
                 (SELECT o.email_key FROM employee_emails o
                      JOIN employees a ON a.tenant_id = o.tenant_id AND a.id = o.employee_id
                  WHERE o.tenant_id = $1 AND a.active = TRUE GROUP BY o.email_key HAVING COUNT(*) > 1))",
        ),
        MatchBy::ExternalId => (
            "COALESCE(e.external_id, '') = ''",
            "EXISTS (SELECT 1 FROM employees o
                 WHERE o.tenant_id = e.tenant_id AND o.external_id = e.external_id AND o.id <> e.id
                     AND o.active = TRUE)",
        ),
    };
    let sql = format!(
        "SELECT e.id, e.data, CASE WHEN {missing} THEN 0 ELSE 1 END FROM employees e
         WHERE e.tenant_id = $1 AND e.id > $2 AND e.active = TRUE AND ({missing} OR {shared}) ORDER BY e.id LIMIT $3"
    );
    let rows: Vec<(String, Json<Document>, i32)> = run!(conn, |c| sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(tenant.as_str())
        .bind(after)
        .bind(size)
        .fetch_all(c)
        .await)?;
    let problem = |kind| match (kind, by) {
        (0, MatchBy::UserName) => Problem::NoAddress,
        (0, _) => Problem::Missing,
        _ => Problem::Shared,
    };
    Ok(rows.into_iter().map(|(id, Json(document), kind)| Mismatch { id, document, problem: problem(kind) }).collect())
}
