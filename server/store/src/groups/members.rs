//! Changing who is in which group.

use std::collections::HashSet;

use scim::ResourceKind;
use scim::patch::MemberChange;
use sqlx::AssertSqlSafe;
use time::OffsetDateTime;

use crate::pool::run;
use crate::texts::Texts;
use crate::{Conn, StoreError, TenantId, milliseconds};

/// Changes the members; says who came and who went. [`StoreError::UnknownMember`] when an id to be added
/// is neither an employee nor a group of the company; nothing of the transaction is to be kept then.
pub async fn change_members(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    group: &str,
    change: &MemberChange,
    now: OffsetDateTime,
) -> Result<Moved, StoreError> {
    Ok(match change {
        MemberChange::Add(ids) => {
            Moved { added: add_members(conn, tenant, group, ids, now).await?, removed: Vec::new() }
        }
        MemberChange::Remove(ids) => {
            let named = conn.is_one_of("member_id", "$3", &Texts::new(ids));
            Moved { added: Vec::new(), removed: remove_members(conn, tenant, group, ids, &named).await? }
        }
        MemberChange::ReplaceAll(ids) => {
            let others = conn.is_none_of("member_id", "$3");
            let removed = remove_members(conn, tenant, group, ids, &others).await?;
            Moved { added: add_members(conn, tenant, group, ids, now).await?, removed }
        }
    })
}

/// Whom a change brought to a group, and whom it took.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Moved {
    /// Who were no members before.
    pub added: Vec<String>,
    /// Who are none any more.
    pub removed: Vec<String>,
}

impl Moved {
    /// Whether nobody came or went.
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.removed.is_empty()
    }

    /// Adds what another change did afterwards.
    pub fn extend(&mut self, later: Self) {
        self.added.extend(later.added);
        self.removed.extend(later.removed);
    }
}

async fn add_members(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    group: &str,
    ids: &[String],
    now: OffsetDateTime,
) -> Result<Vec<String>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let texts = Texts::new(ids);
    let distinct = ids.iter().map(String::as_str).collect::<HashSet<&str>>().len();
    let named = conn.is_one_of("e.id", "$2", &texts);
    let stays = conn.for_reference();
    let mut added: Vec<String> = Vec::new();
    for (table, kind) in [("employees", ResourceKind::User), ("groups", ResourceKind::Group)] {
        let sql = format!(
            "INSERT INTO group_members (tenant_id, group_id, member_id, member_kind, added_at)
             SELECT $1, $3, e.id, $4, $5 FROM {table} e WHERE e.tenant_id = $1 AND {named}{stays} ON CONFLICT DO NOTHING
             RETURNING member_id"
        );
        let rows: Vec<String> = run!(conn, |c| sqlx::query_scalar(AssertSqlSafe(sql))
            .bind(tenant.as_str())
            .persistent(texts.is_short())
            .bind(&texts)
            .bind(group)
            .bind(kind.name())
            .bind(milliseconds(now))
            .fetch_all(c)
            .await)?;
        added.extend(rows);
        // As many rows as there are ids: nobody is missing, and an id names one thing only.
        if added.len() == distinct {
            return Ok(added);
        }
    }
    // Asked afterwards: what was deleted meanwhile has not become a member.
    // A count, since a look-up is what each id costs: from `NOT EXISTS` PostgreSQL may make a join, and in a group that
    // just grew it takes the worst one.
    let each = conn.each_text("$2");
    let missing = format!(
        "SELECT j.value FROM {each} WHERE 0 =
             (SELECT count(*) FROM group_members m WHERE m.tenant_id = $1 AND m.group_id = $3 AND m.member_id = j.value)
         LIMIT 1"
    );
    let missing: Option<String> = run!(conn, |c| sqlx::query_scalar(AssertSqlSafe(missing))
        .bind(tenant.as_str())
        .persistent(texts.is_short())
        .bind(&texts)
        .bind(group)
        .fetch_optional(c)
        .await)?;
    missing.map_or(Ok(added), |id| Err(StoreError::UnknownMember(id)))
}

async fn remove_members(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    group: &str,
    ids: &[String],
    which: &str,
) -> Result<Vec<String>, StoreError> {
    let texts = Texts::new(ids);
    let sql =
        format!("DELETE FROM group_members WHERE tenant_id = $1 AND group_id = $2 AND {which} RETURNING member_id");
    Ok(run!(conn, |c| sqlx::query_scalar(AssertSqlSafe(sql))
        .bind(tenant.as_str())
        .bind(group)
        .persistent(texts.is_short())
        .bind(&texts)
        .fetch_all(c)
        .await)?)
}

/// Locks the groups that someone belongs to, in the order of their ids.
pub(crate) async fn lock_groups_of(conn: &mut Conn<'_>, tenant: &TenantId, member: &str) -> Result<(), StoreError> {
    let sql = format!(
        "SELECT id FROM groups WHERE tenant_id = $1 AND id IN
             (SELECT group_id FROM group_members WHERE tenant_id = $1 AND member_id = $2)
         ORDER BY id{}",
        conn.for_update()
    );
    let _: Vec<(String,)> =
        run!(conn, |c| sqlx::query_as(AssertSqlSafe(sql)).bind(tenant.as_str()).bind(member).fetch_all(c).await)?;
    Ok(())
}

/// Locks these groups, in the order of their ids; says which of them there are.
pub(crate) async fn lock_all(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    groups: &[String],
) -> Result<Vec<String>, StoreError> {
    let texts = Texts::new(groups);
    let named = conn.is_one_of("id", "$2", &texts);
    let sql = format!("SELECT id FROM groups WHERE tenant_id = $1 AND {named} ORDER BY id{}", conn.for_update());
    Ok(run!(conn, |c| sqlx::query_scalar(AssertSqlSafe(sql)).bind(tenant.as_str()).bind(&texts).fetch_all(c).await)?)
}

/// Puts someone who is back into groups that are locked; each of them counts as changed.
pub(crate) async fn rejoin(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    member: &str,
    groups: &[String],
    now: OffsetDateTime,
) -> Result<(), StoreError> {
    for group in groups {
        let added = add_members(conn, tenant, group, &[member.to_owned()], now).await?;
        if added.is_empty() {
            continue;
        }
        run!(conn, |c| sqlx::query(
            "UPDATE groups SET version = version + 1, updated_at = $3 WHERE tenant_id = $1 AND id = $2"
        )
        .bind(tenant.as_str())
        .bind(group.as_str())
        .bind(milliseconds(now))
        .execute(c)
        .await
        .map(|_| ()))?;
    }
    Ok(())
}

/// Takes someone who is deleted out of all groups; each of them counts as changed.
pub(crate) async fn forget_member(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    member: &str,
    now: OffsetDateTime,
) -> Result<(), StoreError> {
    run!(conn, |c| sqlx::query(
        "UPDATE groups SET version = version + 1, updated_at = $3 WHERE tenant_id = $1 AND id IN
             (SELECT group_id FROM group_members WHERE tenant_id = $1 AND member_id = $2)"
    )
    .bind(tenant.as_str())
    .bind(member)
    .bind(milliseconds(now))
    .execute(c)
    .await
    .map(|_| ()))?;
    run!(conn, |c| sqlx::query("DELETE FROM group_members WHERE tenant_id = $1 AND member_id = $2")
        .bind(tenant.as_str())
        .bind(member)
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(())
}
