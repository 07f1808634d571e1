//! Resources as the endpoint answers them, for the console to show.

use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::IntoResponse;
use scim::projection::Projection;
use serde_json::Value;
use store::employees::Employee;
use store::groups::Group;
use store::{Conn, StoreError, TenantId, custom_attributes, groups};

use super::{groups as group_answers, users};

/// An employee, as GET answers it.
pub(crate) async fn employee(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    employee: &Employee,
    base: &str,
) -> Result<Value, StoreError> {
    let schemas = custom_attributes::schemas(conn, tenant).await?;
    let mut of = groups::groups_of(conn, tenant, &[&employee.id]).await?;
    Ok(users::render(employee, of.remove(&employee.id).as_deref(), base, &schemas, &Projection::default()))
}

/// A group, as GET answers it without its members: they may be a hundred thousand.
pub(crate) async fn group(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    group: &Group,
    base: &str,
) -> Result<Value, StoreError> {
    let schemas = custom_attributes::schemas(conn, tenant).await?;
    Ok(group_answers::render(group, None, base, &schemas, &Projection::default()))
}

/// The answer as a file to keep.
pub(crate) fn file(answer: &Value, id: &str) -> impl IntoResponse + use<> {
    let name: String = id.chars().filter(char::is_ascii_alphanumeric).collect();
    let headers = [
        (CONTENT_TYPE, "application/scim+json".to_owned()),
        (CONTENT_DISPOSITION, format!("attachment; filename=\"{name}.json\"")),
        (CACHE_CONTROL, "no-store".to_owned()),
    ];
    (headers, serde_json::to_string_pretty(answer).unwrap_or_default())
}
