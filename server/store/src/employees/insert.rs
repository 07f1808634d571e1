//! Adding people.

use scim::Schemas;
use sqlx::AssertSqlSafe;
use sqlx::types::Json;

use super::{Derived, Employee, adding_emails};
use crate::events::{ChainEnd, PreparedEvent, taking_chain};
use crate::pool::run;
use crate::resources::Table;
use crate::texts::Texts;
use crate::{Conn, StoreError, TenantId, milliseconds, words};

const INSERT: &str = "INSERT INTO employees (tenant_id, id, integration_id, user_name_key, external_id, \
     display_name_key, name_key, manager_id, active, data, folded, created_at, updated_at, version, words_version) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)";

/// Somebody who is about to be added, with all that follows from the attributes: worked out before the write door, where
/// everybody else would wait for it.
pub struct NewEmployee {
    employee: Employee,
    derived: Derived,
}

impl NewEmployee {
    /// Works it out.
    pub fn new(employee: Employee, schemas: &Schemas) -> Self {
        let derived = Derived::of(&employee.document, schemas);
        Self { employee, derived }
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
    write(conn, tenant, (employee, &derived), None).await.map(|_| ())
}

/// Adds a person and writes down the event that tells of it, with one statement less than one after the other.
pub async fn hire(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    new: &NewEmployee,
    event: PreparedEvent,
) -> Result<(), StoreError> {
    let then = taking_chain(conn);
    let end = write(conn, tenant, (&new.employee, &new.derived), Some(then)).await?;
    event.record_after(conn, tenant, end).await
}

/// Writes the rows of a person, and reads the row that `then` asks for.
async fn write(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    (employee, derived): (&Employee, &Derived),
    then: Option<&'static str>,
) -> Result<Option<ChainEnd>, StoreError> {
    let (texts, emails) = (Texts::new(&derived.words), Texts::new(&derived.emails));
    let words = words::adding(conn, Table::Employees, ("$2", "$16"));
    let addresses = adding_emails(conn, ("$2", "$17"));
    let statements = [INSERT, &words, &addresses].into_iter().chain(then);
    let sql = conn.together(&statements.collect::<Vec<_>>());
    run!(conn, |c| sqlx::query_as(AssertSqlSafe(sql))
        .persistent(texts.is_short() && emails.is_short())
        .bind(tenant.as_str())
        .bind(employee.id.as_str())
        .bind(employee.integration_id.as_str())
        .bind(derived.user_name_key.as_str())
        .bind(employee.document.external_id())
        .bind(derived.display_name_key.as_deref())
        .bind(derived.name_key.as_str())
        .bind(derived.manager_id.as_deref())
        .bind(employee.document.active())
        .bind(Json(&employee.document))
        .bind(Json(&derived.folded))
        .bind(milliseconds(employee.created_at))
        .bind(milliseconds(employee.updated_at))
        .bind(employee.version)
        .bind(words::VERSION)
        .bind(&texts)
        .bind(&emails)
        .fetch_optional(c)
        .await)
    .map_err(|error| StoreError::unique(error, "user_name_key", "userName"))
}
