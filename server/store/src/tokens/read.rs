//! Tokens as people see them in lists.

use super::Token;
use crate::pool::run;
use crate::{Conn, IntegrationId, StoreError, TenantId, TokenId, instant};

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    integration_id: String,
    label: String,
    prefix: String,
    last_four: String,
    created_by: String,
    created_at: i64,
    activated_at: Option<i64>,
    expires_at: Option<i64>,
    replaced_by: Option<String>,
    overlap_until: Option<i64>,
    revoked_at: Option<i64>,
    revoked_by: Option<String>,
    last_used_at: Option<i64>,
    last_used_address: Option<String>,
    last_used_agent: Option<String>,
    allowed_networks: Option<String>,
}

impl From<Row> for Token {
    fn from(row: Row) -> Self {
        Self {
            id: TokenId(row.id),
            integration_id: IntegrationId(row.integration_id),
            label: row.label,
            prefix: row.prefix,
            last_four: row.last_four,
            created_by: row.created_by,
            created_at: instant(row.created_at),
            activated_at: row.activated_at.map(instant),
            expires_at: row.expires_at.map(instant),
            replaced_by: row.replaced_by.map(TokenId),
            overlap_until: row.overlap_until.map(instant),
            revoked_at: row.revoked_at.map(instant),
            revoked_by: row.revoked_by,
            last_used_at: row.last_used_at.map(instant),
            last_used_address: row.last_used_address,
            last_used_agent: row.last_used_agent,
            allowed_networks: row.allowed_networks,
        }
    }
}

/// All tokens of a company, the newest first; those discarded before they worked are left out.
pub async fn list(conn: &mut Conn<'_>, tenant: &TenantId) -> Result<Vec<Token>, StoreError> {
    let rows: Vec<Row> = run!(conn, |c| {
        sqlx::query_as(
        "SELECT id, integration_id, label, prefix, last_four, created_by, created_at, activated_at, expires_at,
             replaced_by, overlap_until, revoked_at, revoked_by, last_used_at, last_used_address, last_used_agent,
             allowed_networks
         FROM scim_tokens WHERE tenant_id = $1 AND purpose = 'client' AND (activated_at IS NOT NULL OR revoked_at IS NULL)
         ORDER BY created_at DESC, id DESC"
    )
    .bind(tenant.as_str())
    .fetch_all(c)
    .await
    })?;
    Ok(rows.into_iter().map(Token::from).collect())
}

/// One token of a company.
pub async fn get(conn: &mut Conn<'_>, tenant: &TenantId, id: &TokenId) -> Result<Option<Token>, StoreError> {
    let row: Option<Row> = run!(conn, |c| sqlx::query_as(
        "SELECT id, integration_id, label, prefix, last_four, created_by, created_at, activated_at, expires_at,
             replaced_by, overlap_until, revoked_at, revoked_by, last_used_at, last_used_address, last_used_agent,
             allowed_networks
         FROM scim_tokens WHERE tenant_id = $1 AND id = $2 AND purpose = 'client'"
    )
    .bind(tenant.as_str())
    .bind(id.as_str())
    .fetch_optional(c)
    .await)?;
    Ok(row.map(Token::from))
}
