//! What is decided about accounts: the role, and whether one may sign in.

use super::{Account, Role, get, list};
use crate::pool::run;
use crate::{AccountId, Conn, StoreError, TenantId, milliseconds, sessions, sso, tenants};
use time::OffsetDateTime;

/// What can be changed about an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// What it may do.
    pub role: Role,
    /// Whether it may sign in.
    pub enabled: bool,
}

impl Standing {
    fn is_acting_admin(self) -> bool {
        self.role == Role::Admin && self.enabled
    }
}

impl Account {
    /// Its role, and whether it may sign in.
    pub fn standing(&self) -> Standing {
        Standing { role: self.role, enabled: self.disabled_at.is_none() }
    }
}

/// A change as the one who asks for it understands it.
#[derive(Debug, Clone)]
pub struct Decision {
    /// Who asks; nobody's account when it is the command line, which may do everything.
    pub by: Option<AccountId>,
    /// What the page showed.
    pub seen: Standing,
    /// What is to be.
    pub wanted: Standing,
}

/// What a decision came to.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// It was carried out.
    Done(Account),
    /// It was so already: the form was sent twice, or two admins decided the same.
    Already(Account),
    /// Someone changed the account since the page was shown; nothing was done.
    Changed(Account),
    /// The role of the one who asks does not reach so far; nothing was done.
    NotAllowed,
    /// It would leave the company without an admin who can sign in; nothing was done.
    LastAdmin(Account),
    /// While single sign-on is required, this admin's password is the way in without it; nothing was done.
    BreakGlass(Account),
}

/// Carries a decision out. `None` when there is no such account. An account that may no longer sign in loses its
/// sessions.
pub async fn decide(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    id: &AccountId,
    Decision { by, seen, wanted }: Decision,
    now: OffsetDateTime,
) -> Result<Option<Outcome>, StoreError> {
    // Two admins who demote each other at once: the second waits here, and then counts what the first left.
    tenants::lock(conn, tenant).await?;
    let Some(mut account) = get(conn, tenant, id).await? else { return Ok(None) };
    let standing = account.standing();
    // Asked here and not before: whoever lost the role a moment ago does not use it any more.
    if let Some(by) = by {
        let role = get(conn, tenant, &by).await?.filter(|by| by.standing().enabled).map(|by| by.role);
        if !role.is_some_and(|role| role.may_give(standing.role) && role.may_give(wanted.role)) {
            return Ok(Some(Outcome::NotAllowed));
        }
    }
    if standing == wanted {
        return Ok(Some(Outcome::Already(account)));
    }
    if standing != seen {
        return Ok(Some(Outcome::Changed(account)));
    }
    if standing.is_acting_admin() && !wanted.is_acting_admin() {
        if sso::requirement(conn, tenant).await?.is_some_and(|requirement| requirement.break_glass == *id) {
            return Ok(Some(Outcome::BreakGlass(account)));
        }
        let all = list(conn, tenant).await?;
        if !all.iter().any(|other| other.id != *id && other.standing().is_acting_admin()) {
            return Ok(Some(Outcome::LastAdmin(account)));
        }
    }
    account.role = wanted.role;
    account.disabled_at = if wanted.enabled { None } else { account.disabled_at.or(Some(now)) };
    store(conn, &account).await?;
    if !wanted.enabled {
        sessions::end_all(conn, tenant, id).await?;
    }
    Ok(Some(Outcome::Done(account)))
}

async fn store(conn: &mut Conn<'_>, account: &Account) -> Result<(), StoreError> {
    run!(conn, |c| sqlx::query("UPDATE accounts SET role = $3, disabled_at = $4 WHERE tenant_id = $1 AND id = $2")
        .bind(account.tenant_id.as_str())
        .bind(account.id.as_str())
        .bind(account.role.name())
        .bind(account.disabled_at.map(milliseconds))
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(())
}
