//! Groups and who is in them. Members are rows of their own: a change touches the rows it names, whatever the group's size.

use std::collections::HashMap;

use scim::fold::fold;
use scim::patch::MemberChange;
use scim::render::Reference;
use scim::{Document, ResourceKind, Schemas};
use sqlx::AssertSqlSafe;
use sqlx::types::Json;
use time::OffsetDateTime;

use crate::pool::run;
use crate::resources::{Page, Query, Table};
use crate::{Conn, IntegrationId, StoreError, TenantId, filter_sql, instant, milliseconds};

const COLUMNS: &str = "e.id, e.integration_id, e.data, e.created_at, e.updated_at, e.version";

/// One group, without its members.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// Given by us.
    pub id: String,
    /// The integration that created it.
    pub integration_id: IntegrationId,
    /// The attributes.
    pub document: Document,
    /// When it was created.
    pub created_at: OffsetDateTime,
    /// When it or its members last changed.
    pub updated_at: OffsetDateTime,
    /// Counts its changes.
    pub version: i64,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    integration_id: String,
    data: Json<Document>,
    created_at: i64,
    updated_at: i64,
    version: i64,
}

impl From<Row> for Group {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            integration_id: IntegrationId(row.integration_id),
            document: row.data.0,
            created_at: instant(row.created_at),
            updated_at: instant(row.updated_at),
            version: row.version,
        }
    }
}

/// Adds a group. [`StoreError::Conflict`] when the `displayName` is taken.
pub async fn insert(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    group: &Group,
    schemas: &Schemas,
) -> Result<(), StoreError> {
    let name = group.document.shown_name();
    run!(conn, |c| sqlx::query(
        "INSERT INTO groups (tenant_id, id, integration_id, display_name, display_name_key, external_id, data, folded,
             created_at, updated_at, version)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
    )
    .bind(tenant.as_str())
    .bind(group.id.as_str())
    .bind(group.integration_id.as_str())
    .bind(name.as_str())
    .bind(fold(&name))
    .bind(group.document.external_id())
    .bind(Json(&group.document))
    .bind(Json(group.document.folded(ResourceKind::Group, schemas)))
    .bind(milliseconds(group.created_at))
    .bind(milliseconds(group.updated_at))
    .bind(group.version)
    .execute(c)
    .await
    .map(|_| ()))
    .map_err(|error| StoreError::unique(error, "display_name_key", "displayName"))
}

/// Stores a changed group. [`StoreError::Stale`] when the row is no longer the version before it.
pub async fn update(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    group: &Group,
    schemas: &Schemas,
) -> Result<(), StoreError> {
    let name = group.document.shown_name();
    let changed = run!(conn, |c| sqlx::query(
        "UPDATE groups SET display_name = $3, display_name_key = $4, external_id = $5, data = $6, folded = $7,
             updated_at = $8, version = $9
         WHERE tenant_id = $1 AND id = $2 AND version = $9 - 1"
    )
    .bind(tenant.as_str())
    .bind(group.id.as_str())
    .bind(name.as_str())
    .bind(fold(&name))
    .bind(group.document.external_id())
    .bind(Json(&group.document))
    .bind(Json(group.document.folded(ResourceKind::Group, schemas)))
    .bind(milliseconds(group.updated_at))
    .bind(group.version)
    .execute(c)
    .await
    .map(|done| done.rows_affected()))
    .map_err(|error| StoreError::unique(error, "display_name_key", "displayName"))?;
    if changed == 1 { Ok(()) } else { Err(StoreError::Stale) }
}

/// Removes a group and its memberships, in both directions. Says whether there was one.
pub async fn delete(conn: &mut Conn<'_>, tenant: &TenantId, id: &str, now: OffsetDateTime) -> Result<bool, StoreError> {
    forget_member(conn, tenant, id, now).await?;
    let deleted = run!(conn, |c| sqlx::query("DELETE FROM groups WHERE tenant_id = $1 AND id = $2")
        .bind(tenant.as_str())
        .bind(id)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(deleted == 1)
}

/// One group.
pub async fn get(conn: &mut Conn<'_>, tenant: &TenantId, id: &str) -> Result<Option<Group>, StoreError> {
    let row: Option<Row> =
        run!(conn, |c| {
            sqlx::query_as(
        "SELECT id, integration_id, data, created_at, updated_at, version FROM groups WHERE tenant_id = $1 AND id = $2"
    )
    .bind(tenant.as_str())
    .bind(id)
    .fetch_optional(c)
    .await
        })?;
    Ok(row.map(Group::from))
}

/// One group, locked until the transaction ends: changes of its members follow one another.
pub async fn get_for_update(conn: &mut Conn<'_>, tenant: &TenantId, id: &str) -> Result<Option<Group>, StoreError> {
    let sql = format!(
        "SELECT id, integration_id, data, created_at, updated_at, version FROM groups WHERE tenant_id = $1 AND id = $2{}",
        conn.for_update()
    );
    let row: Option<Row> =
        run!(conn, |c| sqlx::query_as(AssertSqlSafe(sql)).bind(tenant.as_str()).bind(id).fetch_optional(c).await)?;
    Ok(row.map(Group::from))
}

/// The groups that match.
pub async fn query(conn: &mut Conn<'_>, tenant: &TenantId, query: &Query) -> Result<Page<Group>, StoreError> {
    let page: Page<Row> = filter_sql::page(conn, tenant, Table::Groups, COLUMNS, query).await?;
    Ok(Page { total: page.total, more: page.more, items: page.items.into_iter().map(Group::from).collect() })
}

/// Changes the members; says how many rows were added and removed. [`StoreError::UnknownMember`] when an id to be added
/// is neither an employee nor a group of the company.
pub async fn change_members(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    group: &str,
    change: &MemberChange,
    now: OffsetDateTime,
) -> Result<u64, StoreError> {
    match change {
        MemberChange::Add(ids) => add_members(conn, tenant, group, ids, now).await,
        MemberChange::Remove(ids) => remove_members(conn, tenant, group, ids, "IN").await,
        MemberChange::ReplaceAll(ids) => {
            let removed = remove_members(conn, tenant, group, ids, "NOT IN").await?;
            Ok(removed + add_members(conn, tenant, group, ids, now).await?)
        }
    }
}

async fn add_members(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    group: &str,
    ids: &[String],
    now: OffsetDateTime,
) -> Result<u64, StoreError> {
    if ids.is_empty() {
        return Ok(0);
    }
    let each = conn.each_text("$2");
    let unknown = format!(
        "SELECT j.value FROM {each}
         WHERE NOT EXISTS (SELECT 1 FROM employees e WHERE e.tenant_id = $1 AND e.id = j.value)
             AND NOT EXISTS (SELECT 1 FROM groups g WHERE g.tenant_id = $1 AND g.id = j.value)
         LIMIT 1"
    );
    let unknown: Option<String> = run!(conn, |c| sqlx::query_scalar(AssertSqlSafe(unknown))
        .bind(tenant.as_str())
        .bind(Json(ids))
        .fetch_optional(c)
        .await)?;
    if let Some(id) = unknown {
        return Err(StoreError::UnknownMember(id));
    }
    let mut added = 0;
    for (table, kind) in [("employees", ResourceKind::User), ("groups", ResourceKind::Group)] {
        let sql = format!(
            "INSERT INTO group_members (tenant_id, group_id, member_id, member_kind, added_at)
             SELECT $1, $3, e.id, $4, $5 FROM {each} JOIN {table} e ON e.tenant_id = $1 AND e.id = j.value WHERE TRUE
             ON CONFLICT DO NOTHING"
        );
        added += run!(conn, |c| sqlx::query(AssertSqlSafe(sql))
            .bind(tenant.as_str())
            .bind(Json(ids))
            .bind(group)
            .bind(kind.name())
            .bind(milliseconds(now))
            .execute(c)
            .await
            .map(|done| done.rows_affected()))?;
    }
    Ok(added)
}

async fn remove_members(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    group: &str,
    ids: &[String],
    which: &str,
) -> Result<u64, StoreError> {
    let each = conn.each_text("$3");
    let sql = format!(
        "DELETE FROM group_members WHERE tenant_id = $1 AND group_id = $2 AND member_id {which} (SELECT j.value FROM {each})"
    );
    Ok(run!(conn, |c| sqlx::query(AssertSqlSafe(sql))
        .bind(tenant.as_str())
        .bind(group)
        .bind(Json(ids))
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?)
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

/// The members of each of these groups, by id.
pub async fn members_of(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    groups: &[&str],
) -> Result<HashMap<String, Vec<Reference>>, StoreError> {
    let each = conn.each_text("$2");
    let sql = format!(
        "SELECT m.group_id, m.member_kind, m.member_id
         FROM {each} JOIN group_members m ON m.tenant_id = $1 AND m.group_id = j.value
         ORDER BY m.group_id, m.member_id"
    );
    let rows: Vec<(String, String, String)> =
        run!(conn, |c| sqlx::query_as(AssertSqlSafe(sql)).bind(tenant.as_str()).bind(Json(groups)).fetch_all(c).await)?;
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
    let each = conn.each_text("$2");
    let sql = format!(
        "SELECT m.member_id, g.id, g.display_name
         FROM {each} JOIN group_members m ON m.tenant_id = $1 AND m.member_id = j.value
             JOIN groups g ON g.tenant_id = m.tenant_id AND g.id = m.group_id
         ORDER BY m.member_id, g.display_name_key"
    );
    let rows: Vec<(String, String, String)> = run!(conn, |c| sqlx::query_as(AssertSqlSafe(sql))
        .bind(tenant.as_str())
        .bind(Json(members))
        .fetch_all(c)
        .await)?;
    let mut groups: HashMap<String, Vec<Reference>> = HashMap::new();
    for (member, id, display) in rows {
        groups.entry(member).or_default().push(Reference { kind: ResourceKind::Group, id, display: Some(display) });
    }
    Ok(groups)
}

/// How many members a group has, counted up to a limit: a large group need not be counted whole.
pub async fn count_members(conn: &mut Conn<'_>, tenant: &TenantId, group: &str, limit: i64) -> Result<i64, StoreError> {
    Ok(run!(conn, |c| sqlx::query_scalar(
        "SELECT count(*) FROM (SELECT 1 FROM group_members WHERE tenant_id = $1 AND group_id = $2 LIMIT $3) AS counted"
    )
    .bind(tenant.as_str())
    .bind(group)
    .bind(limit)
    .fetch_one(c)
    .await)?)
}
