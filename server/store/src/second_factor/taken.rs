//! Taking another account's second factor away: its owner lost the phone and the recovery codes.

use super::remove;
use crate::accounts::{self, Account};
use crate::{AccountId, Conn, StoreError, TenantId, sessions};

/// What became of the wish to take one away.
#[derive(Debug, Clone)]
pub enum TakenAway {
    /// It is gone, and the account's sessions have ended.
    Done(Account),
    /// There was none.
    HadNone(Account),
    /// The role of the one who asks does not reach so far; nothing was done.
    NotAllowed,
}

/// Takes it away, on behalf of another account. `None` when there is no such account.
pub async fn take_away(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    id: &AccountId,
    by: &AccountId,
) -> Result<Option<TakenAway>, StoreError> {
    let Some(account) = accounts::get(conn, tenant, id).await? else { return Ok(None) };
    // Asked here and not before: whoever lost the role a moment ago does not use it any more.
    let by = accounts::get(conn, tenant, by).await?.filter(|by| by.disabled_at.is_none());
    if !by.is_some_and(|by| by.role.may_give(account.role)) {
        return Ok(Some(TakenAway::NotAllowed));
    }
    if !remove(conn, tenant, id).await? {
        return Ok(Some(TakenAway::HadNone(account)));
    }
    sessions::end_all(conn, tenant, id).await?;
    Ok(Some(TakenAway::Done(account)))
}
