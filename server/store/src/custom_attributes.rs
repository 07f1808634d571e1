//! A company's own attributes.

use std::borrow::Cow;

use scim::Schemas;
use scim::fold::fold;
use scim::schema::CustomAttribute;
use sqlx::types::Json;

use crate::pool::run;
use crate::tokens::TokenContext;
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
pub async fn schemas(conn: &mut Conn<'_>, tenant: &TenantId) -> Result<Cow<'static, Schemas>, StoreError> {
    let custom = list(conn, tenant).await?;
    Ok(if custom.is_empty() { Cow::Borrowed(Schemas::standard()) } else { Cow::Owned(Schemas::with_custom(&custom)) })
}

/// The schemas of a token's company, as they were when the token was accepted or later. Most companies have no
/// attributes of their own, and need not be asked for them.
pub async fn schemas_for(conn: &mut Conn<'_>, context: &TokenContext) -> Result<Cow<'static, Schemas>, StoreError> {
    if context.custom_attributes {
        schemas(conn, &context.tenant_id).await
    } else {
        Ok(Cow::Borrowed(Schemas::standard()))
    }
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
