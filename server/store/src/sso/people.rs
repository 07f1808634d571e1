//! Who an assertion names.

use scim::Document;
use scim::fold::fold;
use sqlx::types::Json;

use crate::ids::can_exist;
use crate::pool::run;
use crate::{Conn, StoreError, TenantId};

/// What of an employee an assertion names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MatchBy {
    /// `userName`, without regard to case.
    UserName,
    /// Any e-mail address, without regard to case.
    Email,
    /// `externalId`, exactly.
    ExternalId,
}

impl MatchBy {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::UserName, Self::Email, Self::ExternalId];

    /// The word in the database and in forms.
    pub fn key(self) -> &'static str {
        match self {
            Self::UserName => "user_name",
            Self::Email => "email",
            Self::ExternalId => "external_id",
        }
    }

    /// The one with this key.
    pub fn parse(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.key() == key)
    }
}

/// The employees with this value: id and document, two at most. More than one means that nobody is meant.
pub async fn find_people(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    by: MatchBy,
    value: &str,
) -> Result<Vec<(String, Document)>, StoreError> {
    if !can_exist(value) {
        return Ok(Vec::new());
    }
    let (sql, key) = match by {
        MatchBy::UserName => {
            ("SELECT id, data FROM employees WHERE tenant_id = $1 AND user_name_key = $2 LIMIT 2", fold(value))
        }
        MatchBy::Email => (
            "SELECT e.id, e.data FROM employee_emails m
                 JOIN employees e ON e.tenant_id = m.tenant_id AND e.id = m.employee_id
             WHERE m.tenant_id = $1 AND m.email_key = $2 LIMIT 2",
            fold(value),
        ),
        MatchBy::ExternalId => {
            ("SELECT id, data FROM employees WHERE tenant_id = $1 AND external_id = $2 LIMIT 2", value.to_owned())
        }
    };
    let rows: Vec<(String, Json<Document>)> =
        run!(conn, |c| sqlx::query_as(sql).bind(tenant.as_str()).bind(key).fetch_all(c).await)?;
    Ok(rows.into_iter().map(|(id, Json(document))| (id, document)).collect())
}
