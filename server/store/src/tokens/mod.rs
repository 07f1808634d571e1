//! SCIM tokens: issued, activated, rotated, revoked, and presented.

mod secret;

use time::{Duration, OffsetDateTime};

pub use secret::{PREFIX, TokenDigest, TokenSecret};

use crate::integrations::{self, Provider};
use crate::pool::run;
use crate::{Conn, IntegrationId, StoreError, TenantId, TokenId, instant, milliseconds};

/// Tokens of one integration that may work at the same time: the one in use and the one that takes over.
pub const LIVE_TOKENS: usize = 2;

/// What a token can do now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// It was shown and never activated; it does not work.
    Pending,
    /// It works.
    Active,
    /// It was replaced and works until its overlap ends.
    Overlap,
    /// Its time is over.
    Expired,
    /// It was revoked, or its overlap ended.
    Revoked,
}

impl Status {
    /// The word in `token list --json`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Active => "active",
            Self::Overlap => "overlap",
            Self::Expired => "expired",
            Self::Revoked => "revoked",
        }
    }

    /// Whether requests with it are accepted.
    pub fn is_live(self) -> bool {
        matches!(self, Self::Active | Self::Overlap)
    }
}

/// A token's row. It does not hold the secret: [`Issued`] does, once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Its id.
    pub id: TokenId,
    /// Which integration it belongs to.
    pub integration_id: IntegrationId,
    /// What people call it.
    pub label: String,
    /// Its first letters.
    pub prefix: String,
    /// Its last four letters.
    pub last_four: String,
    /// Who issued it: an account's e-mail address, or `cli`.
    pub created_by: String,
    /// When.
    pub created_at: OffsetDateTime,
    /// Since when it works.
    pub activated_at: Option<OffsetDateTime>,
    /// Until when; `None` means for ever.
    pub expires_at: Option<OffsetDateTime>,
    /// The token that takes over from it.
    pub replaced_by: Option<TokenId>,
    /// Until when it works beside the one that takes over.
    pub overlap_until: Option<OffsetDateTime>,
    /// When it was revoked.
    pub revoked_at: Option<OffsetDateTime>,
    /// Who revoked it.
    pub revoked_by: Option<String>,
    /// When it was last presented, to the minute.
    pub last_used_at: Option<OffsetDateTime>,
    /// From which address.
    pub last_used_address: Option<String>,
    /// By which client, in its own words.
    pub last_used_agent: Option<String>,
}

impl Token {
    /// What it can do at this time.
    pub fn status(&self, now: OffsetDateTime) -> Status {
        let over = |until: Option<OffsetDateTime>| until.is_some_and(|until| until <= now);
        if self.revoked_at.is_some() || over(self.overlap_until) {
            Status::Revoked
        } else if over(self.expires_at) {
            Status::Expired
        } else if self.activated_at.is_none() {
            Status::Pending
        } else if self.overlap_until.is_some() {
            Status::Overlap
        } else {
            Status::Active
        }
    }
}

/// A token that was just made: the only value that holds its secret.
#[derive(Debug)]
pub struct Issued {
    /// Its row.
    pub token: Token,
    /// To be shown once.
    pub secret: TokenSecret,
}

/// What a new token needs.
pub struct NewToken<'a> {
    /// The company.
    pub tenant: &'a TenantId,
    /// The provider it is for.
    pub provider: Provider,
    /// Its id.
    pub id: TokenId,
    /// An id for the integration, if there is none yet.
    pub integration_id: IntegrationId,
    /// What people call it.
    pub label: &'a str,
    /// The form's key: the same key never issues twice.
    pub request_key: &'a str,
    /// Its secret.
    pub secret: TokenSecret,
    /// Who asks.
    pub by: &'a str,
    /// How long it works.
    pub expires_in: Option<Duration>,
}

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
        }
    }
}

/// Makes a token that does not work yet: see [`activate`].
///
/// A token of the same integration that is still pending is discarded: only the one shown last can be activated.
/// [`StoreError::Conflict`] when the form's key was used before.
pub async fn issue(conn: &mut Conn<'_>, new: NewToken<'_>, now: OffsetDateTime) -> Result<Issued, StoreError> {
    let integration = integrations::ensure(conn, new.tenant, new.provider, new.integration_id, now).await?;
    let digest = new.secret.digest();
    let expires_at = new.expires_in.map(|duration| now + duration);
    run!(conn, |c| sqlx::query(
        "UPDATE scim_tokens SET revoked_at = $3, revoked_by = $4, revoked_reason = 'discarded'
         WHERE tenant_id = $1 AND integration_id = $2 AND activated_at IS NULL AND revoked_at IS NULL"
    )
    .bind(new.tenant.as_str())
    .bind(integration.id.as_str())
    .bind(milliseconds(now))
    .bind(new.by)
    .execute(c)
    .await
    .map(|_| ()))?;
    run!(conn, |c| sqlx::query(
        "INSERT INTO scim_tokens (tenant_id, id, integration_id, label, digest, prefix, last_four, request_key,
             created_by, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
    )
    .bind(new.tenant.as_str())
    .bind(new.id.as_str())
    .bind(integration.id.as_str())
    .bind(new.label)
    .bind(digest.as_slice())
    .bind(new.secret.shown_prefix())
    .bind(new.secret.last_four())
    .bind(new.request_key)
    .bind(new.by)
    .bind(milliseconds(now))
    .bind(expires_at.map(milliseconds))
    .execute(c)
    .await
    .map(|_| ()))
    .map_err(|error| StoreError::unique(error, "request_key", "request"))?;
    let token = get(conn, new.tenant, &new.id).await?.ok_or(StoreError::Stale)?;
    Ok(Issued { token, secret: new.secret })
}

/// Makes a pending token work, and its integration active. Says whether it was pending.
///
/// [`StoreError::TooManyTokens`] when two work already.
pub async fn activate(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    id: &TokenId,
    by: &str,
    now: OffsetDateTime,
) -> Result<bool, StoreError> {
    let Some(token) = get(conn, tenant, id).await?.filter(|token| token.status(now) == Status::Pending) else {
        return Ok(false);
    };
    lock_integration(conn, tenant, &token.integration_id).await?;
    let live = list(conn, tenant).await?;
    let live = live.iter().filter(|other| other.integration_id == token.integration_id && other.status(now).is_live());
    if live.count() >= LIVE_TOKENS {
        return Err(StoreError::TooManyTokens);
    }
    run!(conn, |c| sqlx::query(
        "UPDATE scim_tokens SET activated_at = $3 WHERE tenant_id = $1 AND id = $2 AND activated_at IS NULL"
    )
    .bind(tenant.as_str())
    .bind(id.as_str())
    .bind(milliseconds(now))
    .execute(c)
    .await
    .map(|_| ()))?;
    integrations::activate(conn, tenant, &token.integration_id, by, now).await?;
    Ok(true)
}

async fn lock_integration(conn: &mut Conn<'_>, tenant: &TenantId, id: &IntegrationId) -> Result<(), StoreError> {
    run!(conn, |c| sqlx::query("UPDATE integrations SET provider = provider WHERE tenant_id = $1 AND id = $2")
        .bind(tenant.as_str())
        .bind(id.as_str())
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(())
}

/// Says which token takes over from a live one, and until when the old one works beside it.
pub async fn replace(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    old: &TokenId,
    new: &TokenId,
    overlap: Duration,
    now: OffsetDateTime,
) -> Result<(), StoreError> {
    run!(conn, |c| sqlx::query(
        "UPDATE scim_tokens SET replaced_by = $3, overlap_until = $4 WHERE tenant_id = $1 AND id = $2"
    )
    .bind(tenant.as_str())
    .bind(old.as_str())
    .bind(new.as_str())
    .bind(milliseconds(now + overlap))
    .execute(c)
    .await
    .map(|_| ()))?;
    Ok(())
}

/// Ends a token, from the next request on. Says whether it was not ended before.
pub async fn revoke(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    id: &TokenId,
    by: &str,
    reason: &str,
    now: OffsetDateTime,
) -> Result<bool, StoreError> {
    let changed = run!(conn, |c| sqlx::query(
        "UPDATE scim_tokens SET revoked_at = $3, revoked_by = $4, revoked_reason = $5
         WHERE tenant_id = $1 AND id = $2 AND revoked_at IS NULL"
    )
    .bind(tenant.as_str())
    .bind(id.as_str())
    .bind(milliseconds(now))
    .bind(by)
    .bind(reason)
    .execute(c)
    .await
    .map(|done| done.rows_affected()))?;
    Ok(changed == 1)
}

/// All tokens of a company, the newest first; those discarded before they worked are left out.
pub async fn list(conn: &mut Conn<'_>, tenant: &TenantId) -> Result<Vec<Token>, StoreError> {
    let rows: Vec<Row> = run!(conn, |c| sqlx::query_as(
        "SELECT id, integration_id, label, prefix, last_four, created_by, created_at, activated_at, expires_at,
             replaced_by, overlap_until, revoked_at, revoked_by, last_used_at, last_used_address, last_used_agent
         FROM scim_tokens WHERE tenant_id = $1 AND (activated_at IS NOT NULL OR revoked_at IS NULL)
         ORDER BY created_at DESC, id DESC"
    )
    .bind(tenant.as_str())
    .fetch_all(c)
    .await)?;
    Ok(rows.into_iter().map(Token::from).collect())
}

/// One token of a company.
pub async fn get(conn: &mut Conn<'_>, tenant: &TenantId, id: &TokenId) -> Result<Option<Token>, StoreError> {
    let row: Option<Row> = run!(conn, |c| sqlx::query_as(
        "SELECT id, integration_id, label, prefix, last_four, created_by, created_at, activated_at, expires_at,
             replaced_by, overlap_until, revoked_at, revoked_by, last_used_at, last_used_address, last_used_agent
         FROM scim_tokens WHERE tenant_id = $1 AND id = $2"
    )
    .bind(tenant.as_str())
    .bind(id.as_str())
    .fetch_optional(c)
    .await)?;
    Ok(row.map(Token::from))
}

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
}

/// The context of the live token with this digest.
pub async fn authenticate(
    conn: &mut Conn<'_>,
    digest: &TokenDigest,
    now: OffsetDateTime,
) -> Result<Option<TokenContext>, StoreError> {
    let row: Option<(String, String, String, Option<i64>)> = run!(conn, |c| sqlx::query_as(
        "SELECT tenant_id, integration_id, id, last_used_at FROM scim_tokens
         WHERE digest = $1 AND activated_at IS NOT NULL AND revoked_at IS NULL
             AND (expires_at IS NULL OR expires_at > $2) AND (overlap_until IS NULL OR overlap_until > $2)"
    )
    .bind(digest.as_slice())
    .bind(milliseconds(now))
    .fetch_optional(c)
    .await)?;
    Ok(row.map(|(tenant, integration, token, last_used_at)| TokenContext {
        tenant_id: TenantId(tenant),
        integration_id: IntegrationId(integration),
        token_id: TokenId(token),
        last_used_at: last_used_at.map(instant),
    }))
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
