//! Rotation: a new token takes over from a live one.

use serde_json::json;
use time::{Duration, OffsetDateTime};

use super::issue::lock_integration;
use super::{Issued, NewToken, Status, TokenSecret, activate, get, issue, replace};
use crate::audit::{self, Act};
use crate::{Conn, StoreError, TenantId, TokenId, integrations};

/// What a rotation needs.
pub struct Rotation<'a> {
    /// The company.
    pub tenant: &'a TenantId,
    /// The token to be replaced.
    pub old: &'a TokenId,
    /// The new token's id.
    pub id: TokenId,
    /// The form's key: the same key never rotates twice.
    pub request_key: &'a str,
    /// The new token's secret.
    pub secret: TokenSecret,
    /// Who asks.
    pub by: &'a str,
    /// From where, for people; empty for the command line.
    pub from: &'a str,
    /// How long the old token works beside the new one.
    pub overlap: Duration,
}

/// Makes a token that works at once, with the name, lifetime and networks of the old one, which ends with the overlap.
/// `None` when the old one does not work or is being replaced already.
///
/// [`StoreError::TooManyTokens`] when the integration has another live token; [`StoreError::Conflict`] when the form's
/// key was used before.
pub async fn rotate(
    conn: &mut Conn<'_>,
    rotation: Rotation<'_>,
    now: OffsetDateTime,
) -> Result<Option<Issued>, StoreError> {
    let Rotation { tenant, old, id, request_key, secret, by, from, overlap } = rotation;
    let Some(known) = get(conn, tenant, old).await? else { return Ok(None) };
    // Of two rotations at once the second waits here, and then finds the token replaced.
    lock_integration(conn, tenant, &known.integration_id).await?;
    let Some(old) = get(conn, tenant, old).await?.filter(|old| old.status(now) == Status::Active) else {
        // A form sent twice meets a token that its first sending has replaced.
        return Ok(None);
    };
    let all = integrations::list(conn, tenant).await?;
    let known = all.into_iter().find(|known| known.id == old.integration_id);
    let integration =
        known.ok_or(StoreError::Inconsistent { table: "scim_tokens", what: "a token without an integration" })?;
    let new = NewToken {
        tenant,
        provider: integration.provider,
        id,
        integration_id: integration.id,
        label: &old.label,
        request_key,
        secret,
        by,
        expires_in: old.expires_at.map(|expires_at| expires_at - old.created_at),
        allowed_networks: old.allowed_networks.as_deref(),
    };
    let issued = issue(conn, new, now).await?;
    activate(conn, tenant, &issued.token.id, by, now).await?;
    replace(conn, tenant, &old.id, &issued.token.id, overlap, now).await?;
    let detail = json!({
        "overlap_seconds": overlap.whole_seconds(),
        "new": issued.token.id.as_str(),
        "provider": integration.provider.key(),
        "from": from,
    });
    let act = Act { actor: by, action: "token.rotate", subject: &old.label, detail };
    audit::record(conn, tenant, &act, now).await?;
    let token = get(conn, tenant, &issued.token.id).await?.ok_or(StoreError::Stale)?;
    Ok(Some(Issued { token, ..issued }))
}
