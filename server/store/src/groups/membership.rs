//! Reading who is in which group.

use std::collections::HashMap;

use scim::ResourceKind;
use scim::render::Reference;
use sqlx::AssertSqlSafe;

use crate::pool::run;
use crate::texts::Texts;
use crate::{Conn, StoreError, TenantId};

/// The members of each of these groups, by id.
pub async fn members_of(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    groups: &[&str],
) -> Result<HashMap<String, Vec<Reference>>, StoreError> {
    let texts = Texts::new(groups);
    let named = conn.is_one_of("m.group_id", "$2", &texts);
    let sql = format!(
        "SELECT m.group_id, m.member_kind, m.member_id FROM group_members m WHERE m.tenant_id = $1 AND {named}
         ORDER BY m.group_id, m.member_id"
    );
    let rows: Vec<(String, String, String)> = run!(conn, |c| sqlx::query_as(AssertSqlSafe(sql))
        .persistent(texts.is_short())
        .bind(tenant.as_str())
        .bind(&texts)
        .fetch_all(c)
        .await)?;
    let mut members: HashMap<String, Vec<Reference>> = HashMap::new();
    for (group, kind, id) in rows {
        let kind = if kind == "Group" { ResourceKind::Group } else { ResourceKind::User };
        members.entry(group).or_default().push(Reference { kind, id, display: None });
    }
    Ok(members)
}

/// The groups that each of these people or groups belongs to, by id.
pub async fn groups_of(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    members: &[&str],
) -> Result<HashMap<String, Vec<Reference>>, StoreError> {
    let texts = Texts::new(members);
    let named = conn.is_one_of("m.member_id", "$2", &texts);
    let sql = format!(
        // SQLite keeps to the order of a cross join: first the memberships, then their groups.
        "SELECT m.member_id, g.id, g.display_name FROM group_members m CROSS JOIN groups g
         WHERE m.tenant_id = $1 AND {named} AND g.tenant_id = $1 AND g.id = m.group_id
         ORDER BY m.member_id, g.display_name_key"
    );
    let rows: Vec<(String, String, String)> = run!(conn, |c| sqlx::query_as(AssertSqlSafe(sql))
        .bind(tenant.as_str())
        .persistent(texts.is_short())
        .bind(&texts)
        .fetch_all(c)
        .await)?;
    let mut groups: HashMap<String, Vec<Reference>> = HashMap::new();
    for (member, id, display) in rows {
        groups.entry(member).or_default().push(Reference { kind: ResourceKind::Group, id, display: Some(display) });
    }
    Ok(groups)
}

/// The groups that are members of a group: id and name, in the order of their ids.
pub async fn groups_in(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    group: &str,
    limit: i64,
) -> Result<Vec<(String, String)>, StoreError> {
    // Groups within groups are few, and members are kept by id: an index of their own leads to them.
    Ok(run!(conn, |c| {
        sqlx::query_as(
        "SELECT g.id, g.display_name FROM group_members m CROSS JOIN groups g
         WHERE m.tenant_id = $1 AND m.group_id = $2 AND m.member_kind = 'Group' AND g.tenant_id = $1 AND g.id = m.member_id
         ORDER BY m.member_id LIMIT $3"
    )
    .bind(tenant.as_str())
    .bind(group)
    .bind(limit)
    .fetch_all(c)
    .await
    })?)
}

/// The ids of some members of a group.
pub async fn some_members(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    group: &str,
    limit: usize,
) -> Result<Vec<String>, StoreError> {
    Ok(run!(conn, |c| sqlx::query_scalar(
        "SELECT member_id FROM group_members WHERE tenant_id = $1 AND group_id = $2 ORDER BY member_id LIMIT $3"
    )
    .bind(tenant.as_str())
    .bind(group)
    .bind(i64::try_from(limit).unwrap_or(i64::MAX))
    .fetch_all(c)
    .await)?)
}

/// How many members a group has, counted up to a limit: a large group need not be counted whole.
pub async fn count_members(conn: &mut Conn<'_>, tenant: &TenantId, group: &str, limit: i64) -> Result<i64, StoreError> {
    // Where the limit is a parameter PostgreSQL expects many rows, and plans the statement anew for each; without an order
    // it may read through other groups' members, hoping to meet enough of this one's.
    let sql = format!(
        "SELECT count(*) FROM (SELECT 1 FROM group_members WHERE tenant_id = $1 AND group_id = $2
             ORDER BY member_id LIMIT {limit}) AS counted"
    );
    Ok(run!(conn, |c| sqlx::query_scalar(AssertSqlSafe(sql)).bind(tenant.as_str()).bind(group).fetch_one(c).await)?)
}
