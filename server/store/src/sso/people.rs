//! Who an assertion names.

use scim::Document;
use scim::fold::{fold, same};
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

    /// The values of an employee that are compared.
    pub fn values(self, document: &Document) -> Vec<&str> {
        match self {
            Self::UserName => vec![document.user_name()],
            Self::Email => document.emails().collect(),
            Self::ExternalId => document.external_id().into_iter().collect(),
        }
    }

    /// Whether two values are one name. Stricter than the database's keys: see [`same`].
    pub fn same(self, one: &str, other: &str) -> bool {
        match self {
            Self::UserName | Self::Email => same(one, other),
            Self::ExternalId => one == other,
        }
    }
}

/// The employees with this value: id and document, two at most and the active ones first. More than one active one means
/// that nobody is meant.
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
            ("SELECT id, data FROM employees WHERE tenant_id = $1 AND user_name_key = $2 LIMIT 20", fold(value))
        }
        MatchBy::Email => (
            "SELECT e.id, e.data FROM employee_emails m
                 JOIN employees e ON e.tenant_id = m.tenant_id AND e.id = m.employee_id
             WHERE m.tenant_id = $1 AND m.email_key = $2 ORDER BY e.active DESC LIMIT 20",
            fold(value),
        ),
        MatchBy::ExternalId => {
            let sql = "SELECT id, data FROM employees WHERE tenant_id = $1 AND external_id = $2 ORDER BY active DESC LIMIT 20";
            (sql, value.to_owned())
        }
    };
    let rows: Vec<(String, Json<Document>)> =
        run!(conn, |c| sqlx::query_as(sql).bind(tenant.as_str()).bind(key).fetch_all(c).await)?;
    let people = rows.into_iter().map(|(id, Json(document))| (id, document));
    let meant = |(_, document): &(String, Document)| by.values(document).into_iter().any(|own| by.same(own, value));
    Ok(people.filter(meant).take(2).collect())
}
