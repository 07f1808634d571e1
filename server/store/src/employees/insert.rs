//! Adding people.

use std::sync::LazyLock;

use scim::Schemas;
use sqlx::AssertSqlSafe;

use super::{Derived, Employee, adding_emails};
use crate::events::ChainEnd;
use crate::pool::run;
use crate::resources::Table;
use crate::texts::Texts;
use crate::{Conn, StoreError, TenantId, parameters, words};

/// All columns but the tenant, in the order in which they are bound.
pub(super) const COLUMNS: &str = "id, integration_id, user_name_key, external_id, display_name_key, name_key, manager_id, \
     active, data, folded, created_at, updated_at, version, words_version";

/// Binds the columns of [`COLUMNS`].
macro_rules! bound {
    ($query:expr, $employee:expr, $derived:expr) => {
        $query
            .bind($employee.id.as_str())
            .bind($employee.integration_id.as_str())
            .bind($derived.user_name_key.as_str())
            .bind($employee.document.external_id())
            .bind($derived.display_name_key.as_deref())
            .bind($derived.name_key.as_str())
            .bind($derived.manager_id.as_deref())
            .bind($employee.document.active())
            .bind(sqlx::types::Json(&$employee.document))
            .bind(sqlx::types::Json(&$derived.folded))
            .bind(crate::milliseconds($employee.created_at))
            .bind(crate::milliseconds($employee.updated_at))
            .bind($employee.version)
            .bind(crate::words::VERSION)
    };
}
pub(super) use bound;

/// How many columns a row has, the tenant among them.
pub(super) fn columns() -> usize {
    1 + COLUMNS.split(',').count()
}

/// The statement that writes these rows.
pub(super) fn inserting(rows: &str) -> String {
    format!("INSERT INTO employees (tenant_id, {COLUMNS}) VALUES {rows}")
}

static INSERT: LazyLock<String> = LazyLock::new(|| inserting(&parameters::row(columns())));

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

/// Writes the rows of a person, and reads the row that `then` asks for.
pub(super) async fn write(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    (employee, derived): (&Employee, &Derived),
    then: Option<&'static str>,
) -> Result<Option<ChainEnd>, StoreError> {
    let (texts, emails) = (Texts::new(&derived.words), Texts::new(&derived.emails));
    let words = words::adding(conn, Table::Employees, ("$2", "$16"));
    let addresses = adding_emails(conn, ("$2", "$17"));
    let statements = [INSERT.as_str(), &words, &addresses].into_iter().chain(then);
    let sql = conn.together(&statements.collect::<Vec<_>>());
    run!(conn, |c| bound!(sqlx::query_as(AssertSqlSafe(sql)).bind(tenant.as_str()), employee, derived)
        .persistent(texts.is_short() && emails.is_short())
        .bind(&texts)
        .bind(&emails)
        .fetch_optional(c)
        .await)
    .map_err(|error| StoreError::unique(error, "user_name_key", "userName"))
}
