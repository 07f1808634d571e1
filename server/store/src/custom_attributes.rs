//! A company's own attributes.

use scim::Schemas;
use scim::fold::fold;
use scim::schema::CustomAttribute;
use sqlx::types::Json;

use crate::pool::run;
use crate::{Conn, StoreError, TenantId, tenants};

/// The company's attributes in their order.
pub async fn list(conn: &mut Conn<'_>, tenant: &TenantId) -> Result<Vec<CustomAttribute>, StoreError> {
    let rows: Vec<(Json<CustomAttribute>,)> = run!(conn, |c| sqlx::query_as(
        "SELECT definition FROM custom_attributes WHERE tenant_id = $1 ORDER BY position, name_key"
    )
    .bind(tenant.as_str())
    .fetch_all(c)
    .await)?;
    Ok(rows.into_iter().map(|(Json(attribute),)| attribute).collect())
}

/// The company's schemas.
pub async fn schemas(conn: &mut Conn<'_>, tenant: &TenantId) -> Result<Schemas, StoreError> {
    let custom = list(conn, tenant).await?;
    Ok(if custom.is_empty() { Schemas::standard().clone() } else { Schemas::with_custom(&custom) })
}

/// Puts these attributes in the place of those the company had.
pub async fn replace(conn: &mut Conn<'_>, tenant: &TenantId, attributes: &[CustomAttribute]) -> Result<(), StoreError> {
    tenants::lock(conn, tenant).await?;
    run!(conn, |c| sqlx::query("DELETE FROM custom_attributes WHERE tenant_id = $1")
        .bind(tenant.as_str())
        .execute(c)
        .await
        .map(|_| ()))?;
    for (position, attribute) in (0_i64..).zip(attributes) {
        run!(conn, |c| sqlx::query(
            "INSERT INTO custom_attributes (tenant_id, name_key, position, definition) VALUES ($1, $2, $3, $4)"
        )
        .bind(tenant.as_str())
        .bind(fold(&attribute.name))
        .bind(position)
        .bind(Json(attribute))
        .execute(c)
        .await
        .map(|_| ()))
        .map_err(|error| StoreError::unique(error, "custom_attributes", "name"))?;
    }
    Ok(())
}
