//! People who sign in to the console. SCIM never creates, adopts or changes one.

mod role;
mod standing;

use scim::fold::fold;
use time::OffsetDateTime;

use crate::ids::can_exist;
use crate::pool::run;
use crate::{AccountId, Conn, StoreError, TenantId, instant, milliseconds};

pub use role::Role;
pub use standing::{Decision, Outcome, Standing, decide};

/// An account.
#[derive(Debug, Clone)]
pub struct Account {
    /// Its company.
    pub tenant_id: TenantId,
    /// Its id.
    pub id: AccountId,
    /// The name it signs in with.
    pub email: String,
    /// What it may do.
    pub role: Role,
    /// argon2id, in PHC form.
    pub password_hash: String,
    /// When it was created.
    pub created_at: OffsetDateTime,
    /// When it last signed in.
    pub last_sign_in_at: Option<OffsetDateTime>,
    /// Since when it may not sign in.
    pub disabled_at: Option<OffsetDateTime>,
}

#[derive(sqlx::FromRow)]
struct Row {
    tenant_id: String,
    id: String,
    email: String,
    role: String,
    password_hash: String,
    created_at: i64,
    last_sign_in_at: Option<i64>,
    disabled_at: Option<i64>,
}

impl TryFrom<Row> for Account {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let role =
            Role::parse(&row.role).ok_or(StoreError::Inconsistent { table: "accounts", what: "an unknown role" })?;
        Ok(Self {
            tenant_id: TenantId(row.tenant_id),
            id: AccountId(row.id),
            email: row.email,
            role,
            password_hash: row.password_hash,
            created_at: instant(row.created_at),
            last_sign_in_at: row.last_sign_in_at.map(instant),
            disabled_at: row.disabled_at.map(instant),
        })
    }
}

/// What a new account needs.
pub struct NewAccount {
    /// Its company.
    pub tenant_id: TenantId,
    /// Its id.
    pub id: AccountId,
    /// The name it signs in with.
    pub email: String,
    /// What it may do.
    pub role: Role,
    /// argon2id, in PHC form.
    pub password_hash: String,
}

/// Creates an account. An e-mail address belongs to one account of all companies, since sign-in asks for nothing else.
pub async fn create(conn: &mut Conn<'_>, new: NewAccount, now: OffsetDateTime) -> Result<Account, StoreError> {
    let email = new.email.trim().to_owned();
    let key = fold(&email);
    if !find_for_sign_in(conn, &email).await?.is_empty() {
        return Err(StoreError::Conflict("email"));
    }
    run!(conn, |c| sqlx::query(
        "INSERT INTO accounts (tenant_id, id, email, email_key, role, password_hash, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)"
    )
    .bind(new.tenant_id.as_str())
    .bind(new.id.as_str())
    .bind(email.as_str())
    .bind(key.as_str())
    .bind(new.role.name())
    .bind(new.password_hash.as_str())
    .bind(milliseconds(now))
    .execute(c)
    .await
    .map(|_| ()))
    .map_err(|error| StoreError::unique(error, "email_key", "email"))?;
    Ok(Account {
        tenant_id: new.tenant_id,
        id: new.id,
        email,
        role: new.role,
        password_hash: new.password_hash,
        created_at: now,
        last_sign_in_at: None,
        disabled_at: None,
    })
}

/// The accounts with this e-mail address, disabled ones too.
pub async fn find_for_sign_in(conn: &mut Conn<'_>, email: &str) -> Result<Vec<Account>, StoreError> {
    let key = fold(email.trim());
    if !can_exist(&key) {
        return Ok(Vec::new());
    }
    let rows: Vec<Row> = run!(conn, |c| sqlx::query_as(
        "SELECT tenant_id, id, email, role, password_hash, created_at, last_sign_in_at, disabled_at
         FROM accounts WHERE email_key = $1"
    )
    .bind(key.as_str())
    .fetch_all(c)
    .await)?;
    rows.into_iter().map(Account::try_from).collect()
}

/// One account of a company.
pub async fn get(conn: &mut Conn<'_>, tenant: &TenantId, id: &AccountId) -> Result<Option<Account>, StoreError> {
    let row: Option<Row> = run!(conn, |c| sqlx::query_as(
        "SELECT tenant_id, id, email, role, password_hash, created_at, last_sign_in_at, disabled_at
         FROM accounts WHERE tenant_id = $1 AND id = $2"
    )
    .bind(tenant.as_str())
    .bind(id.as_str())
    .fetch_optional(c)
    .await)?;
    row.map(Account::try_from).transpose()
}

/// All accounts of a company by e-mail address.
pub async fn list(conn: &mut Conn<'_>, tenant: &TenantId) -> Result<Vec<Account>, StoreError> {
    let rows: Vec<Row> = run!(conn, |c| sqlx::query_as(
        "SELECT tenant_id, id, email, role, password_hash, created_at, last_sign_in_at, disabled_at
         FROM accounts WHERE tenant_id = $1 ORDER BY email_key"
    )
    .bind(tenant.as_str())
    .fetch_all(c)
    .await)?;
    rows.into_iter().map(Account::try_from).collect()
}

/// Whether there is any account at all.
pub async fn any(conn: &mut Conn<'_>) -> Result<bool, StoreError> {
    let found: Option<i32> =
        run!(conn, |c| sqlx::query_scalar("SELECT 1 FROM accounts LIMIT 1").fetch_optional(c).await)?;
    Ok(found.is_some())
}

/// Remembers a sign-in, and the password's hash with newer parameters where there is one.
pub async fn signed_in(
    conn: &mut Conn<'_>,
    account: &Account,
    newer_hash: Option<&str>,
    now: OffsetDateTime,
) -> Result<(), StoreError> {
    run!(conn, |c| sqlx::query(
        "UPDATE accounts SET last_sign_in_at = $3,
             password_hash = CASE WHEN password_hash = $4 THEN COALESCE($5, password_hash) ELSE password_hash END
         WHERE tenant_id = $1 AND id = $2"
    )
    .bind(account.tenant_id.as_str())
    .bind(account.id.as_str())
    .bind(milliseconds(now))
    // A password that was changed since the account was read is not undone.
    .bind(account.password_hash.as_str())
    .bind(newer_hash)
    .execute(c)
    .await
    .map(|_| ()))?;
    Ok(())
}

/// Gives the account a new password, lets it sign in again and ends its sessions.
pub async fn recover(conn: &mut Conn<'_>, account: &Account, password_hash: &str) -> Result<(), StoreError> {
    run!(conn, |c| sqlx::query(
        "UPDATE accounts SET password_hash = $3, disabled_at = NULL WHERE tenant_id = $1 AND id = $2"
    )
    .bind(account.tenant_id.as_str())
    .bind(account.id.as_str())
    .bind(password_hash)
    .execute(c)
    .await
    .map(|_| ()))?;
    crate::sessions::end_all(conn, &account.tenant_id, &account.id).await
}

/// Gives the account the password that its owner chose, unless it is another one than when the account was read; says
/// which. Its sessions go on.
pub async fn change_password(conn: &mut Conn<'_>, account: &Account, password_hash: &str) -> Result<bool, StoreError> {
    let changed = run!(conn, |c| sqlx::query(
        "UPDATE accounts SET password_hash = $3 WHERE tenant_id = $1 AND id = $2 AND password_hash = $4"
    )
    .bind(account.tenant_id.as_str())
    .bind(account.id.as_str())
    .bind(password_hash)
    .bind(account.password_hash.as_str())
    .execute(c)
    .await
    .map(|done| done.rows_affected()))?;
    Ok(changed == 1)
}
