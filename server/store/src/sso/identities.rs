//! What an identity provider must say about a person for their account's link to open the console.
//!
//! An employee's names come from SCIM, and settings of sign-on from whoever manages integrations; neither may give
//! accounts. So what led to an employee when the link was confirmed is kept, and nothing else opens the account.

use scim::Document;
use time::OffsetDateTime;

use super::{MatchBy, Settings, list};
use crate::pool::run;
use crate::{AccountId, Conn, IntegrationId, StoreError, TenantId, milliseconds};

/// A name of a person, and who has to say it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The provider.
    pub integration_id: IntegrationId,
    /// The name, as the employee has it.
    pub name: String,
    /// SAML Issuer URL.
    pub issuer: String,
    /// The attribute in which it is said; the NameID without it.
    pub attribute: Option<String>,
    /// What of the employee it is.
    pub match_by: MatchBy,
}

/// What speaks for a link, or against it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trust {
    /// It was confirmed with what the identity provider says now.
    Confirmed,
    /// It was never confirmed for this provider, or not since somebody who may not give accounts changed its certificate.
    Unconfirmed,
    /// The issuer, or what of an assertion names the employee, is another one than when it was confirmed.
    OtherSource,
    /// The identity provider says another name than the one that was confirmed.
    OtherName,
}

impl Trust {
    /// Why the link opens nothing, for the audit log.
    pub fn words(self) -> &'static str {
        match self {
            Self::Confirmed => "The link is confirmed.",
            Self::Unconfirmed => "The link was not confirmed for this provider and its certificates.",
            Self::OtherSource => "The issuer, or what names the employee, was changed since the link was confirmed.",
            Self::OtherName => "The employee was confirmed under another name than the identity provider says.",
        }
    }
}

/// What the identity providers that people sign in through would say about an employee, as things stand.
pub async fn identities_of(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    document: &Document,
) -> Result<Vec<Identity>, StoreError> {
    let enabled = list(conn, tenant).await?.into_iter().filter(|settings| settings.enabled);
    Ok(enabled.flat_map(|settings| said(&settings, document)).collect())
}

fn said(settings: &Settings, document: &Document) -> Vec<Identity> {
    let mut names = settings.match_by.values(document);
    names.sort_unstable();
    names.dedup();
    let identity = |name: &str| Identity {
        integration_id: settings.integration_id.clone(),
        name: name.to_owned(),
        issuer: settings.issuer.clone(),
        attribute: settings.attribute.clone(),
        match_by: settings.match_by,
    };
    names.into_iter().map(identity).collect()
}

/// Puts these in the place of what was confirmed of an account's link.
pub async fn confirm(
    conn: &mut Conn<'_>,
    (tenant, account): (&TenantId, &AccountId),
    identities: &[Identity],
    (by, now): (&str, OffsetDateTime),
) -> Result<(), StoreError> {
    run!(conn, |c| sqlx::query("DELETE FROM linked_identities WHERE tenant_id = $1 AND account_id = $2")
        .bind(tenant.as_str())
        .bind(account.as_str())
        .execute(c)
        .await
        .map(|_| ()))?;
    for identity in identities {
        run!(conn, |c| sqlx::query(
            "INSERT INTO linked_identities (tenant_id, account_id, integration_id, name, issuer, attribute, match_by,
                 confirmed_at, confirmed_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
        )
        .bind(tenant.as_str())
        .bind(account.as_str())
        .bind(identity.integration_id.as_str())
        .bind(identity.name.as_str())
        .bind(identity.issuer.as_str())
        .bind(identity.attribute.as_deref())
        .bind(identity.match_by.key())
        .bind(milliseconds(now))
        .bind(by)
        .execute(c)
        .await
        .map(|_| ()))?;
    }
    Ok(())
}

#[derive(sqlx::FromRow)]
struct Row {
    integration_id: String,
    name: String,
    issuer: String,
    attribute: Option<String>,
    match_by: String,
}

/// What was confirmed of an account's link.
pub async fn confirmed(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    account: &AccountId,
) -> Result<Vec<Identity>, StoreError> {
    let rows: Vec<Row> = run!(conn, |c| sqlx::query_as(
        "SELECT integration_id, name, issuer, attribute, match_by FROM linked_identities
         WHERE tenant_id = $1 AND account_id = $2 ORDER BY integration_id, name"
    )
    .bind(tenant.as_str())
    .bind(account.as_str())
    .fetch_all(c)
    .await)?;
    let identity = |row: Row| {
        let match_by = MatchBy::parse(&row.match_by)
            .ok_or(StoreError::Inconsistent { table: "linked_identities", what: "an unknown way to match" })?;
        let integration_id = IntegrationId(row.integration_id);
        Ok(Identity { integration_id, name: row.name, issuer: row.issuer, attribute: row.attribute, match_by })
    };
    rows.into_iter().map(identity).collect()
}

/// Whether a name that was verified under these settings opens the account of a link.
pub async fn trust(
    conn: &mut Conn<'_>,
    settings: &Settings,
    account: &AccountId,
    name: &str,
) -> Result<Trust, StoreError> {
    let known = confirmed(conn, &settings.tenant_id, account).await?;
    Ok(judge(&known, settings, |own| settings.match_by.same(own, name)))
}

fn judge(known: &[Identity], settings: &Settings, is_said: impl Fn(&str) -> bool) -> Trust {
    let known: Vec<_> = known.iter().filter(|known| known.integration_id == settings.integration_id).collect();
    if known.is_empty() {
        return Trust::Unconfirmed;
    }
    let source = |known: &Identity| {
        known.issuer == settings.issuer && known.attribute == settings.attribute && known.match_by == settings.match_by
    };
    if !known.iter().any(|known| source(known)) {
        return Trust::OtherSource;
    }
    if known.iter().any(|known| source(known) && is_said(&known.name)) { Trust::Confirmed } else { Trust::OtherName }
}

/// Where people sign in who are named otherwise now than when an account's link was confirmed, and what speaks against it.
pub async fn doubts(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    account: &AccountId,
    document: &Document,
) -> Result<Vec<(IntegrationId, Trust)>, StoreError> {
    let known = confirmed(conn, tenant, account).await?;
    let mut doubts = Vec::new();
    for settings in list(conn, tenant).await?.into_iter().filter(|settings| settings.enabled) {
        let names = settings.match_by.values(document);
        let trust = judge(&known, &settings, |own| names.iter().any(|name| settings.match_by.same(own, name)));
        if trust != Trust::Confirmed {
            doubts.push((settings.integration_id, trust));
        }
    }
    Ok(doubts)
}

/// Forgets what was confirmed with a provider: whoever may not give accounts gave it another key to sign with. The
/// sessions that rest on it end.
pub async fn forget_identities(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    integration: &IntegrationId,
) -> Result<u64, StoreError> {
    let mut forgotten = 0;
    for table in ["sessions", "linked_identities"] {
        let sql = format!("DELETE FROM {table} WHERE tenant_id = $1 AND integration_id = $2");
        forgotten = run!(conn, |c| sqlx::query(sqlx::AssertSqlSafe(sql))
            .bind(tenant.as_str())
            .bind(integration.as_str())
            .execute(c)
            .await
            .map(|done| done.rows_affected()))?;
    }
    Ok(forgotten)
}
