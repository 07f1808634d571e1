//! What an admin set up for a provider.

use sha2::{Digest, Sha256};
use time::OffsetDateTime;

use super::MatchBy;
use crate::ids::can_exist;
use crate::integrations::Provider;
use crate::pool::run;
use crate::{Conn, IntegrationId, StoreError, TenantId, instant, milliseconds};

/// A provider's settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The company.
    pub tenant_id: TenantId,
    /// The provider's integration.
    pub integration_id: IntegrationId,
    /// Whether anyone may sign in.
    pub enabled: bool,
    /// SAML Issuer URL.
    pub issuer: String,
    /// X.509 certificate, DER.
    pub certificate: Vec<u8>,
    /// The certificate that follows, or went before, DER.
    pub next_certificate: Option<Vec<u8>>,
    /// SAML Redirect URL: where our requests go.
    pub redirect_url: Option<String>,
    /// Where people find the application at the identity provider.
    pub portal_url: Option<String>,
    /// Where people go when they sign out.
    pub logout_url: Option<String>,
    /// Whether sign-on may begin at the identity provider.
    pub allow_unsolicited: bool,
    /// The attribute that names the employee; the NameID without it.
    pub attribute: Option<String>,
    /// What of an employee it must equal.
    pub match_by: MatchBy,
    /// When it was last saved.
    pub saved_at: OffsetDateTime,
    /// Who saved it.
    pub saved_by: String,
}

#[derive(sqlx::FromRow)]
struct Row {
    tenant_id: String,
    integration_id: String,
    enabled: bool,
    issuer: String,
    certificate: Vec<u8>,
    next_certificate: Option<Vec<u8>>,
    redirect_url: Option<String>,
    portal_url: Option<String>,
    logout_url: Option<String>,
    allow_unsolicited: bool,
    attribute: Option<String>,
    match_by: String,
    saved_at: i64,
    saved_by: String,
}

impl TryFrom<Row> for Settings {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let match_by = MatchBy::parse(&row.match_by)
            .ok_or(StoreError::Inconsistent { table: "sso_settings", what: "an unknown way to match" })?;
        Ok(Self {
            tenant_id: TenantId(row.tenant_id),
            integration_id: IntegrationId(row.integration_id),
            enabled: row.enabled,
            issuer: row.issuer,
            certificate: row.certificate,
            next_certificate: row.next_certificate,
            redirect_url: row.redirect_url,
            portal_url: row.portal_url,
            logout_url: row.logout_url,
            allow_unsolicited: row.allow_unsolicited,
            attribute: row.attribute,
            match_by,
            saved_at: instant(row.saved_at),
            saved_by: row.saved_by,
        })
    }
}

/// The id in a provider's SAML addresses. It follows from company and provider, so that the addresses can be shown
/// before anything is saved: the identity provider asks for them first. It is no secret.
pub fn instance_id(tenant: &TenantId, provider: Provider) -> String {
    let digest = Sha256::new().chain_update("saml instance\0").chain_update(tenant.as_str()).chain_update("\0");
    let digest = digest.chain_update(provider.key()).finalize();
    digest[..16].iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

const COLUMNS: &str =
    "tenant_id, integration_id, enabled, issuer, certificate, next_certificate, redirect_url, portal_url,
    logout_url, allow_unsolicited, attribute, match_by, saved_at, saved_by";

/// The settings of a company's integration.
pub async fn find(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    integration: &IntegrationId,
) -> Result<Option<Settings>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM sso_settings WHERE tenant_id = $1 AND integration_id = $2");
    let row: Option<Row> = run!(conn, |c| sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(tenant.as_str())
        .bind(integration.as_str())
        .fetch_optional(c)
        .await)?;
    row.map(Settings::try_from).transpose()
}

/// The settings that an address names: it says of which company.
pub async fn find_by_instance(conn: &mut Conn<'_>, instance_id: &str) -> Result<Option<Settings>, StoreError> {
    if !can_exist(instance_id) {
        return Ok(None);
    }
    let sql = format!("SELECT {COLUMNS} FROM sso_settings WHERE instance_id = $1");
    let row: Option<Row> =
        run!(conn, |c| sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(instance_id).fetch_optional(c).await)?;
    row.map(Settings::try_from).transpose()
}

/// All of a company's settings.
pub async fn list(conn: &mut Conn<'_>, tenant: &TenantId) -> Result<Vec<Settings>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM sso_settings WHERE tenant_id = $1 ORDER BY integration_id");
    let rows: Vec<Row> =
        run!(conn, |c| sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(tenant.as_str()).fetch_all(c).await)?;
    rows.into_iter().map(Settings::try_from).collect()
}

/// Stores settings in the place of those before. A test that passed says nothing of the new ones.
pub async fn save(conn: &mut Conn<'_>, provider: Provider, settings: &Settings) -> Result<(), StoreError> {
    run!(conn, |c| {
        sqlx::query(
        "INSERT INTO sso_settings (tenant_id, integration_id, enabled, issuer, certificate, next_certificate,
             redirect_url, portal_url, logout_url, allow_unsolicited, attribute, match_by, saved_at, saved_by, instance_id)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
         ON CONFLICT (tenant_id, integration_id) DO UPDATE SET enabled = excluded.enabled, issuer = excluded.issuer,
             certificate = excluded.certificate, next_certificate = excluded.next_certificate,
             redirect_url = excluded.redirect_url, portal_url = excluded.portal_url, logout_url = excluded.logout_url,
             allow_unsolicited = excluded.allow_unsolicited, attribute = excluded.attribute,
             match_by = excluded.match_by, saved_at = excluded.saved_at, saved_by = excluded.saved_by,
             tested_at = NULL"
    )
    .bind(settings.tenant_id.as_str())
    .bind(settings.integration_id.as_str())
    .bind(settings.enabled)
    .bind(settings.issuer.as_str())
    .bind(settings.certificate.as_slice())
    .bind(settings.next_certificate.as_deref())
    .bind(settings.redirect_url.as_deref())
    .bind(settings.portal_url.as_deref())
    .bind(settings.logout_url.as_deref())
    .bind(settings.allow_unsolicited)
    .bind(settings.attribute.as_deref())
    .bind(settings.match_by.key())
    .bind(milliseconds(settings.saved_at))
    .bind(settings.saved_by.as_str())
    .bind(instance_id(&settings.tenant_id, provider))
    .execute(c)
    .await
    .map(|_| ())
    })?;
    Ok(())
}

/// Turns sign-on off: nobody gets in any more, whoever is in is out, and nobody is required to come this way. The settings
/// stay. Says whether it was on.
pub async fn disable(conn: &mut Conn<'_>, tenant: &TenantId, integration: &IntegrationId) -> Result<bool, StoreError> {
    let changed = run!(conn, |c| sqlx::query(
        "UPDATE sso_settings SET enabled = FALSE WHERE tenant_id = $1 AND integration_id = $2 AND enabled = TRUE"
    )
    .bind(tenant.as_str())
    .bind(integration.as_str())
    .execute(c)
    .await
    .map(|done| done.rows_affected()))?;
    for table in ["sessions", "employee_sessions", "sso_requests", "sso_requirements"] {
        let sql = format!("DELETE FROM {table} WHERE tenant_id = $1 AND integration_id = $2");
        run!(conn, |c| sqlx::query(sqlx::AssertSqlSafe(sql))
            .bind(tenant.as_str())
            .bind(integration.as_str())
            .execute(c)
            .await
            .map(|_| ()))?;
    }
    Ok(changed == 1)
}
