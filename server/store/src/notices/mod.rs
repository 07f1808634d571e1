//! What accounts are told of. A notice says that an act of the audit log concerns an account; it is made where acts are
//! written down, in the same transaction, so that none is lost and none tells of what was rolled back.

mod outbox;

use scim::fold::fold;
use time::OffsetDateTime;

use crate::audit::{Act, Entry};
use crate::pool::run;
use crate::{AccountId, Conn, StoreError, TenantId, instant, milliseconds};

pub use outbox::{Due, claim, due, give_up, give_up_older, purge, sent};

/// Who is told of an act.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// The account that it was done to.
    Itself,
    /// Every admin of the company who can sign in.
    Admins,
    /// Both.
    Both,
}

/// The acts that somebody is told of. Of sign-ins only those from a new place, which their detail says.
pub const ACTS: [(&str, Told); 29] = [
    (SIGN_IN, Told::Itself),
    ("account.password", Told::Itself),
    ("account.role", Told::Itself),
    ("account.disable", Told::Itself),
    ("account.enable", Told::Itself),
    ("account.recover", Told::Itself),
    ("second_factor.set_up", Told::Itself),
    ("second_factor.off", Told::Itself),
    ("second_factor.passkey_add", Told::Itself),
    ("second_factor.passkey_remove", Told::Itself),
    ("second_factor.take_away", Told::Both),
    ("second_factor.recovery_code", Told::Itself),
    ("second_factor.codes", Told::Itself),
    ("second_factor.require", Told::Admins),
    ("second_factor.optional", Told::Admins),
    ("integration.delete", Told::Admins),
    ("token.issue", Told::Admins),
    ("token.rotate", Told::Admins),
    ("token.revoke", Told::Admins),
    ("token.reported", Told::Admins),
    ("sso.set", Told::Admins),
    ("sso.disable", Told::Admins),
    ("sso.require", Told::Admins),
    ("sso.optional", Told::Admins),
    ("sso.break_glass", Told::Both),
    ("sso.link", Told::Both),
    ("sso.unlink", Told::Both),
    ("sso.certificate_ends", Told::Admins),
    ("brake.pull", Told::Admins),
];

/// A sign-in to the console.
pub const SIGN_IN: &str = "account.sign_in";
/// What the detail of a sign-in says of one from a new place.
pub const NEW_PLACE: &str = "new_place";

/// A notice, for the account that it is for.
#[derive(Debug, Clone, PartialEq)]
pub struct Notice {
    /// What it tells of.
    pub act: Entry,
    /// Whether it was marked as read.
    pub is_read: bool,
}

/// Makes the notices of an act that was just written down under this number.
pub(crate) async fn of_act(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    act: &Act<'_>,
    (seq, now): (i64, OffsetDateTime),
) -> Result<(), StoreError> {
    let Some((_, told)) = ACTS.iter().find(|(action, _)| *action == act.action) else { return Ok(()) };
    if act.action == SIGN_IN && act.detail[NEW_PLACE] != true {
        return Ok(());
    }
    let itself = if *told == Told::Admins { String::new() } else { fold(act.subject.trim()) };
    run!(conn, |c| sqlx::query(
        "INSERT INTO notices (tenant_id, account_id, seq, at, due_at)
         SELECT tenant_id, id, $2, $3, $3 FROM accounts
         WHERE tenant_id = $1 AND (email_key = $4 OR ($5 = 1 AND role = 'admin' AND disabled_at IS NULL))"
    )
    .bind(tenant.as_str())
    .bind(seq)
    .bind(milliseconds(now))
    .bind(itself)
    .bind(i64::from(*told != Told::Itself))
    .execute(c)
    .await
    .map(|_| ()))?;
    Ok(())
}

type Row = (i64, i64, String, String, String, String, Option<i64>);

/// The latest notices of an account, the newest first.
pub async fn latest(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    account: &AccountId,
    limit: i64,
) -> Result<Vec<Notice>, StoreError> {
    let rows: Vec<Row> = run!(conn, |c| sqlx::query_as(
        "SELECT e.seq, e.at, e.actor, e.action, e.subject, CAST(e.detail AS TEXT), n.read_at
         FROM notices n JOIN audit_events e ON e.tenant_id = n.tenant_id AND e.seq = n.seq
         WHERE n.tenant_id = $1 AND n.account_id = $2 ORDER BY n.seq DESC LIMIT $3"
    )
    .bind(tenant.as_str())
    .bind(account.as_str())
    .bind(limit)
    .fetch_all(c)
    .await)?;
    Ok(rows.into_iter().map(notice).collect())
}

fn notice((seq, at, actor, action, subject, detail, read_at): Row) -> Notice {
    let detail = serde_json::from_str(&detail).unwrap_or_default();
    Notice { act: Entry { seq, at: instant(at), actor, action, subject, detail }, is_read: read_at.is_some() }
}

/// How many of an account's notices were not marked as read.
pub async fn unread(conn: &mut Conn<'_>, tenant: &TenantId, account: &AccountId) -> Result<u64, StoreError> {
    let count: i64 = run!(conn, |c| sqlx::query_scalar(
        "SELECT count(*) FROM notices WHERE tenant_id = $1 AND account_id = $2 AND read_at IS NULL"
    )
    .bind(tenant.as_str())
    .bind(account.as_str())
    .fetch_one(c)
    .await)?;
    Ok(count.unsigned_abs())
}

/// Marks an account's notices as read, up to the newest one that it was shown.
pub async fn mark_read(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    account: &AccountId,
    newest: i64,
    now: OffsetDateTime,
) -> Result<(), StoreError> {
    run!(conn, |c| sqlx::query(
        "UPDATE notices SET read_at = $4 WHERE tenant_id = $1 AND account_id = $2 AND seq <= $3 AND read_at IS NULL"
    )
    .bind(tenant.as_str())
    .bind(account.as_str())
    .bind(newest)
    .bind(milliseconds(now))
    .execute(c)
    .await
    .map(|_| ()))?;
    Ok(())
}
