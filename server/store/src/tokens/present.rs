//! Tokens as clients present them.

use time::OffsetDateTime;

use super::TokenDigest;
use crate::pool::run;
use crate::{Conn, IntegrationId, StoreError, TenantId, TokenId, instant, milliseconds};

/// Whom an accepted token speaks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenContext {
    /// The company. Nothing else in a request selects it.
    pub tenant_id: TenantId,
    /// The integration.
    pub integration_id: IntegrationId,
    /// The token.
    pub token_id: TokenId,
    /// When its use was last written down.
    pub last_used_at: Option<OffsetDateTime>,
    /// The networks from which it may be presented, with commas between; `None` means from everywhere.
    pub allowed_networks: Option<String>,
    /// Whether the company has attributes of its own.
    pub custom_attributes: bool,
    /// Whether the console tries the connection with it: see [`super::begin_trial`].
    pub is_trial: bool,
}

/// Tenant, integration, token, last use, networks, purpose, whether there are custom attributes.
type Row = (String, String, String, Option<i64>, Option<String>, String, bool);

/// The context of the live token with this digest.
pub async fn authenticate(
    conn: &mut Conn<'_>,
    digest: &TokenDigest,
    now: OffsetDateTime,
) -> Result<Option<TokenContext>, StoreError> {
    let row: Option<Row> = run!(conn, |c| sqlx::query_as(
        "SELECT tenant_id, integration_id, id, last_used_at, allowed_networks, purpose,
             EXISTS (SELECT 1 FROM custom_attributes c WHERE c.tenant_id = scim_tokens.tenant_id)
         FROM scim_tokens WHERE digest = $1 AND activated_at IS NOT NULL AND revoked_at IS NULL
             AND (expires_at IS NULL OR expires_at > $2) AND (overlap_until IS NULL OR overlap_until > $2)"
    )
    .bind(digest.as_slice())
    .bind(milliseconds(now))
    .fetch_optional(c)
    .await)?;
    Ok(row.map(|(tenant, integration, token, last_used_at, networks, purpose, custom_attributes)| TokenContext {
        tenant_id: TenantId(tenant),
        integration_id: IntegrationId(integration),
        token_id: TokenId(token),
        last_used_at: last_used_at.map(instant),
        allowed_networks: networks,
        custom_attributes,
        is_trial: purpose == "test",
    }))
}

/// Whose the token with this digest is or was: live or not.
pub async fn owner_of(
    conn: &mut Conn<'_>,
    digest: &TokenDigest,
) -> Result<Option<(TenantId, IntegrationId, TokenId)>, StoreError> {
    let row: Option<(String, String, String)> = run!(conn, |c| sqlx::query_as(
        "SELECT tenant_id, integration_id, id FROM scim_tokens WHERE digest = $1 AND purpose = 'client'"
    )
    .bind(digest.as_slice())
    .fetch_optional(c)
    .await)?;
    Ok(row.map(|(tenant, integration, token)| (TenantId(tenant), IntegrationId(integration), TokenId(token))))
}

/// Writes down that a token was used.
pub async fn touch(
    conn: &mut Conn<'_>,
    context: &TokenContext,
    address: &str,
    agent: &str,
    now: OffsetDateTime,
) -> Result<(), StoreError> {
    run!(conn, |c| sqlx::query(
        "UPDATE scim_tokens SET last_used_at = $3, last_used_address = $4, last_used_agent = $5
         WHERE tenant_id = $1 AND id = $2"
    )
    .bind(context.tenant_id.as_str())
    .bind(context.token_id.as_str())
    .bind(milliseconds(now))
    .bind(address)
    .bind(agent)
    .execute(c)
    .await
    .map(|_| ()))?;
    Ok(())
}
