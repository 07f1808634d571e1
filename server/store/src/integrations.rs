//! Providers activated for a company.

use time::OffsetDateTime;

use crate::pool::run;
use crate::{Conn, IntegrationId, StoreError, TenantId, instant, milliseconds};

/// A kind of identity provider; each has a tile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Provider {
    /// Microsoft Entra ID.
    Azure,
    /// Okta.
    Okta,
    /// OneLogin.
    OneLogin,
    /// Google Workspace.
    Google,
    /// `PingOne`.
    PingOne,
    /// Active Directory Federation Services: sign-on only.
    Adfs,
    /// Any other.
    Custom,
}

impl Provider {
    /// In the order of the tiles.
    pub const ALL: [Self; 7] =
        [Self::Azure, Self::Okta, Self::OneLogin, Self::Google, Self::PingOne, Self::Adfs, Self::Custom];

    /// The word in the database, in URLs and on the command line.
    pub fn key(self) -> &'static str {
        match self {
            Self::Azure => "azure",
            Self::Okta => "okta",
            Self::OneLogin => "onelogin",
            Self::Google => "google",
            Self::PingOne => "pingone",
            Self::Adfs => "adfs",
            Self::Custom => "custom",
        }
    }

    /// The provider with this key.
    pub fn parse(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|provider| provider.key() == key)
    }

    /// The name on its tile.
    pub fn name(self) -> &'static str {
        match self {
            Self::Azure => "Azure",
            Self::Okta => "Okta",
            Self::OneLogin => "OneLogin",
            Self::Google => "Google",
            Self::PingOne => "PingOne",
            Self::Adfs => "ADFS",
            Self::Custom => "Custom SAML & SCIM",
        }
    }

    /// Whether it provisions by SCIM.
    pub fn provisions(self) -> bool {
        self != Self::Adfs
    }
}

/// A provider of a company. It exists from the first token on and is active once that was activated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Integration {
    /// Its id.
    pub id: IntegrationId,
    /// Which provider.
    pub provider: Provider,
    /// Since when it is active.
    pub activated_at: Option<OffsetDateTime>,
    /// Who activated it.
    pub activated_by: Option<String>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    provider: String,
    activated_at: Option<i64>,
    activated_by: Option<String>,
}

impl TryFrom<Row> for Integration {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let provider = Provider::parse(&row.provider)
            .ok_or(StoreError::Inconsistent { table: "integrations", what: "an unknown provider" })?;
        Ok(Self {
            id: IntegrationId(row.id),
            provider,
            activated_at: row.activated_at.map(instant),
            activated_by: row.activated_by,
        })
    }
}

/// All integrations of a company.
pub async fn list(conn: &mut Conn<'_>, tenant: &TenantId) -> Result<Vec<Integration>, StoreError> {
    let rows: Vec<Row> = run!(conn, |c| sqlx::query_as(
        "SELECT id, provider, activated_at, activated_by FROM integrations WHERE tenant_id = $1 ORDER BY provider"
    )
    .bind(tenant.as_str())
    .fetch_all(c)
    .await)?;
    rows.into_iter().map(Integration::try_from).collect()
}

/// The company's integration with a provider.
pub async fn find(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    provider: Provider,
) -> Result<Option<Integration>, StoreError> {
    let row: Option<Row> = run!(conn, |c| sqlx::query_as(
        "SELECT id, provider, activated_at, activated_by FROM integrations WHERE tenant_id = $1 AND provider = $2"
    )
    .bind(tenant.as_str())
    .bind(provider.key())
    .fetch_optional(c)
    .await)?;
    row.map(Integration::try_from).transpose()
}

/// The company's integration with a provider, created inactive when there is none. The row is locked, so that what
/// depends on its tokens is decided by one at a time.
pub async fn ensure(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    provider: Provider,
    new_id: IntegrationId,
    now: OffsetDateTime,
) -> Result<Integration, StoreError> {
    run!(conn, |c| sqlx::query(
        "INSERT INTO integrations (tenant_id, id, provider, created_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (tenant_id, provider) DO UPDATE SET provider = excluded.provider"
    )
    .bind(tenant.as_str())
    .bind(new_id.as_str())
    .bind(provider.key())
    .bind(milliseconds(now))
    .execute(c)
    .await
    .map(|_| ()))?;
    find(conn, tenant, provider).await?.ok_or(StoreError::Stale)
}

/// Makes the integration active; it keeps the time and name of the first activation.
pub async fn activate(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    id: &IntegrationId,
    by: &str,
    now: OffsetDateTime,
) -> Result<(), StoreError> {
    run!(conn, |c| sqlx::query(
        "UPDATE integrations SET activated_at = $3, activated_by = $4
         WHERE tenant_id = $1 AND id = $2 AND activated_at IS NULL"
    )
    .bind(tenant.as_str())
    .bind(id.as_str())
    .bind(milliseconds(now))
    .bind(by)
    .execute(c)
    .await
    .map(|_| ()))?;
    Ok(())
}

/// Ends the integration: its tokens are revoked, sign-on is turned off, and it can be activated again. Its row and id
/// stay, since employees and events name it. Says whether it was active and, where `seen` says since when the asker knows
/// it to be, is so still.
pub async fn deactivate(
    conn: &mut Conn<'_>,
    (tenant, id): (&TenantId, &IntegrationId),
    seen: Option<OffsetDateTime>,
    by: &str,
    now: OffsetDateTime,
) -> Result<bool, StoreError> {
    let changed = run!(conn, |c| sqlx::query(
        "UPDATE integrations SET activated_at = NULL, activated_by = NULL
         WHERE tenant_id = $1 AND id = $2 AND activated_at = COALESCE($3, activated_at)"
    )
    .bind(tenant.as_str())
    .bind(id.as_str())
    .bind(seen.map(milliseconds))
    .execute(c)
    .await
    .map(|done| done.rows_affected()))?;
    if changed == 0 {
        return Ok(false);
    }
    run!(conn, |c| sqlx::query(
        "UPDATE scim_tokens SET revoked_at = $3, revoked_by = $4, revoked_reason = 'integration deleted'
         WHERE tenant_id = $1 AND integration_id = $2 AND revoked_at IS NULL"
    )
    .bind(tenant.as_str())
    .bind(id.as_str())
    .bind(milliseconds(now))
    .bind(by)
    .execute(c)
    .await
    .map(|_| ()))?;
    crate::sso::disable(conn, tenant, id).await?;
    Ok(true)
}

/// How many employees and groups an integration provisioned, counted up to a limit each.
pub async fn counts(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    id: &IntegrationId,
    limit: u64,
) -> Result<(u64, u64), StoreError> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let counts: (i64, i64) = run!(conn, |c| {
        sqlx::query_as(
        "SELECT (SELECT count(*) FROM (SELECT 1 FROM employees WHERE tenant_id = $1 AND integration_id = $2 LIMIT $3) e),
                (SELECT count(*) FROM (SELECT 1 FROM groups WHERE tenant_id = $1 AND integration_id = $2 LIMIT $3) g)"
    )
    .bind(tenant.as_str())
    .bind(id.as_str())
    .bind(limit)
    .fetch_one(c)
    .await
    })?;
    Ok((u64::try_from(counts.0).unwrap_or(0), u64::try_from(counts.1).unwrap_or(0)))
}
