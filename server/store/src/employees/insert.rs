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

/// A row that is to be written.
pub(super) struct New<'n> {
    pub(super) employee: &'n Employee,
    pub(super) derived: &'n Derived,
}

/// Binds columns in the order of [`COLUMNS`]: those of a row by `of_one!`, those of several by `of_each!`.
macro_rules! bound {
    ($bind:ident!($query:expr, $rows:expr)) => {
        $crate::parameters::$bind!($query, $rows, row =>
            row.employee.id.as_str(),
            row.employee.integration_id.as_str(),
            row.derived.user_name_key.as_str(),
            row.employee.document.external_id(),
            row.derived.display_name_key.as_deref(),
            row.derived.name_key.as_str(),
            row.derived.manager_id.as_deref(),
            row.employee.document.active(),
            sqlx::types::Json(&row.employee.document),
            sqlx::types::Json(&row.derived.folded),
            crate::milliseconds(row.employee.created_at),
            crate::milliseconds(row.employee.updated_at),
            row.employee.version,
            crate::words::VERSION,
        )
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

/// The statement that writes rows of the tenant `$1` from lists, on PostgreSQL.
pub(super) fn inserting_lists(lists: &str) -> String {
    format!("INSERT INTO employees (tenant_id, {COLUMNS}) SELECT $1, j.* FROM unnest({lists}) AS j")
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
    write(conn, tenant, &New { employee, derived: &derived }, None).await.map(|_| ())
}

/// Writes the rows of a person, and reads the row that `then` asks for.
pub(super) async fn write(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    new: &New<'_>,
    then: Option<&'static str>,
) -> Result<Option<ChainEnd>, StoreError> {
    let (texts, emails) = (Texts::new(&new.derived.words), Texts::new(&new.derived.emails));
    let words = words::adding(conn, Table::Employees, ("$2", "$16"));
    let addresses = adding_emails(conn, ("$2", "$17"));
    let statements = [INSERT.as_str(), &words, &addresses].into_iter().chain(then);
    let sql = conn.together(&statements.collect::<Vec<_>>());
    run!(conn, |c| bound!(of_one!(sqlx::query_as(AssertSqlSafe(sql)).bind(tenant.as_str()), new))
        .persistent(texts.is_short() && emails.is_short())
        .bind(&texts)
        .bind(&emails)
        .fetch_optional(c)
        .await)
    .map_err(|error| StoreError::unique(error, "user_name_key", "userName"))
}
