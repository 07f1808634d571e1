//! One-time links to an account of one's own.

use scim::fold::fold;
use time::OffsetDateTime;

use crate::accounts::{self, Account, NewAccount, Role};
use crate::one_time_code::hash;
use crate::pool::run;
use crate::{AccountId, Conn, InvitationId, StoreError, TenantId, instant, milliseconds};

/// An invitation that nobody has followed yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// The company.
    pub tenant_id: TenantId,
    /// Its id.
    pub id: InvitationId,
    /// Who is invited.
    pub email: String,
    /// What the account may do.
    pub role: Role,
    /// Of the form that made the present link.
    pub request_key: String,
    /// Who made the present link.
    pub invited_by: String,
    /// When.
    pub created_at: OffsetDateTime,
    /// From then on the link does not work.
    pub expires_at: OffsetDateTime,
}

#[derive(sqlx::FromRow)]
struct Row {
    tenant_id: String,
    id: String,
    email: String,
    role: String,
    request_key: String,
    invited_by: String,
    created_at: i64,
    expires_at: i64,
}

impl TryFrom<Row> for Invitation {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let role =
            Role::parse(&row.role).ok_or(StoreError::Inconsistent { table: "invitations", what: "an unknown role" })?;
        Ok(Self {
            tenant_id: TenantId(row.tenant_id),
            id: InvitationId(row.id),
            email: row.email,
            role,
            request_key: row.request_key,
            invited_by: row.invited_by,
            created_at: instant(row.created_at),
            expires_at: instant(row.expires_at),
        })
    }
}

/// A link that is made.
pub struct NewLink<'a> {
    /// Its code. Only a hash of it is stored.
    pub code: &'a str,
    /// The form's key: the same key never makes a second link.
    pub request_key: &'a str,
    /// Who asks.
    pub by: &'a str,
    /// From then on it does not work.
    pub expires_at: OffsetDateTime,
}

/// Invites someone. [`StoreError::Conflict`] names what is taken: `request`, when the form was sent before; `email`,
/// when there is an account with this address; `invitation`, when the address was invited already.
pub async fn create(
    conn: &mut Conn<'_>,
    (tenant, id): (&TenantId, &InvitationId),
    (email, role): (&str, Role),
    link: &NewLink<'_>,
    now: OffsetDateTime,
) -> Result<(), StoreError> {
    if request_was_sent(conn, tenant, link.request_key).await? {
        return Err(StoreError::Conflict("request"));
    }
    let email = email.trim();
    if !accounts::find_for_sign_in(conn, email).await?.is_empty() {
        return Err(StoreError::Conflict("email"));
    }
    run!(conn, |c| sqlx::query(
        "INSERT INTO invitations
             (tenant_id, id, email, email_key, role, code_hash, request_key, invited_by, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
    )
    .bind(tenant.as_str())
    .bind(id.as_str())
    .bind(email)
    .bind(fold(email))
    .bind(role.name())
    .bind(hash(link.code))
    .bind(link.request_key)
    .bind(link.by)
    .bind(milliseconds(now))
    .bind(milliseconds(link.expires_at))
    .execute(c)
    .await
    .map(|_| ()))
    .map_err(|error| match StoreError::unique(error, "email_key", "invitation") {
        StoreError::Database(error) => StoreError::unique(error, "request_key", "request"),
        known => known,
    })
}

async fn request_was_sent(conn: &mut Conn<'_>, tenant: &TenantId, request_key: &str) -> Result<bool, StoreError> {
    let found: Option<i32> =
        run!(conn, |c| sqlx::query_scalar("SELECT 1 FROM invitations WHERE tenant_id = $1 AND request_key = $2")
            .bind(tenant.as_str())
            .bind(request_key)
            .fetch_optional(c)
            .await)?;
    Ok(found.is_some())
}

/// Makes a new link, which ends the old one. `None` when the invitation is not what the page showed: it was followed or
/// withdrawn, or another link was made since. [`StoreError::Conflict`] when the form was sent before.
pub async fn renew(
    conn: &mut Conn<'_>,
    (tenant, id): (&TenantId, &InvitationId),
    seen: &str,
    link: &NewLink<'_>,
    now: OffsetDateTime,
) -> Result<Option<Invitation>, StoreError> {
    if request_was_sent(conn, tenant, link.request_key).await? {
        return Err(StoreError::Conflict("request"));
    }
    let row: Option<Row> = run!(conn, |c| sqlx::query_as(
        "UPDATE invitations SET code_hash = $4, request_key = $5, invited_by = $6, created_at = $7, expires_at = $8
         WHERE tenant_id = $1 AND id = $2 AND request_key = $3
         RETURNING tenant_id, id, email, role, request_key, invited_by, created_at, expires_at"
    )
    .bind(tenant.as_str())
    .bind(id.as_str())
    .bind(seen)
    .bind(hash(link.code))
    .bind(link.request_key)
    .bind(link.by)
    .bind(milliseconds(now))
    .bind(milliseconds(link.expires_at))
    .fetch_optional(c)
    .await)
    .map_err(|error| StoreError::unique(error, "request_key", "request"))?;
    row.map(Invitation::try_from).transpose()
}

/// Ends an invitation that nobody has followed. `None` when it is not what the page showed.
pub async fn withdraw(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    id: &InvitationId,
    seen: &str,
) -> Result<Option<Invitation>, StoreError> {
    let row: Option<Row> = run!(conn, |c| sqlx::query_as(
        "DELETE FROM invitations WHERE tenant_id = $1 AND id = $2 AND request_key = $3
         RETURNING tenant_id, id, email, role, request_key, invited_by, created_at, expires_at"
    )
    .bind(tenant.as_str())
    .bind(id.as_str())
    .bind(seen)
    .fetch_optional(c)
    .await)?;
    row.map(Invitation::try_from).transpose()
}

/// Whom a company has invited, by e-mail address; those whose link has expired too.
pub async fn list(conn: &mut Conn<'_>, tenant: &TenantId) -> Result<Vec<Invitation>, StoreError> {
    let rows: Vec<Row> = run!(conn, |c| sqlx::query_as(
        "SELECT tenant_id, id, email, role, request_key, invited_by, created_at, expires_at
         FROM invitations WHERE tenant_id = $1 ORDER BY email_key"
    )
    .bind(tenant.as_str())
    .fetch_all(c)
    .await)?;
    rows.into_iter().map(Invitation::try_from).collect()
}

/// The invitation whose link has this code, unless it has expired.
pub async fn find(conn: &mut Conn<'_>, code: &str, now: OffsetDateTime) -> Result<Option<Invitation>, StoreError> {
    let row: Option<Row> = run!(conn, |c| sqlx::query_as(
        "SELECT tenant_id, id, email, role, request_key, invited_by, created_at, expires_at
         FROM invitations WHERE code_hash = $1 AND expires_at > $2"
    )
    .bind(hash(code))
    .bind(milliseconds(now))
    .fetch_optional(c)
    .await)?;
    row.map(Invitation::try_from).transpose()
}

/// Uses the link up and creates the account. `None` when the link does not work: of two who follow it at once, one
/// deletes its row and the other finds none. [`StoreError::Conflict`] when the address has got an account meanwhile.
pub async fn accept(
    conn: &mut Conn<'_>,
    code: &str,
    id: AccountId,
    password_hash: String,
    now: OffsetDateTime,
) -> Result<Option<(Account, Invitation)>, StoreError> {
    let row: Option<Row> = run!(conn, |c| sqlx::query_as(
        "DELETE FROM invitations WHERE code_hash = $1 AND expires_at > $2
         RETURNING tenant_id, id, email, role, request_key, invited_by, created_at, expires_at"
    )
    .bind(hash(code))
    .bind(milliseconds(now))
    .fetch_optional(c)
    .await)?;
    let Some(invitation) = row.map(Invitation::try_from).transpose()? else { return Ok(None) };
    let new = NewAccount {
        tenant_id: invitation.tenant_id.clone(),
        id,
        email: invitation.email.clone(),
        role: invitation.role,
        password_hash,
    };
    let account = accounts::create(conn, new, now).await?;
    Ok(Some((account, invitation)))
}

/// Removes what expired before then.
pub async fn purge(conn: &mut Conn<'_>, before: OffsetDateTime) -> Result<(), StoreError> {
    run!(conn, |c| sqlx::query("DELETE FROM invitations WHERE expires_at <= $1")
        .bind(milliseconds(before))
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(())
}
