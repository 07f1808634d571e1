//! Groups and who is in them. Members are rows of their own: a change touches the rows it names, whatever the group's size.

mod members;
mod membership;

use scim::fold::fold;
use scim::{Document, ResourceKind, Schemas};
use sqlx::AssertSqlSafe;
use sqlx::types::Json;
use time::OffsetDateTime;

pub use members::{Moved, change_members};
pub(crate) use members::{forget_member, lock_all, lock_groups_of, rejoin};
pub use membership::{count_members, groups_in, groups_of, members_of, some_members};

use crate::ids::can_exist;
use crate::listing::{self, Listed, Wanted};
use crate::pool::run;
use crate::resources::{Page, Query, Table};
use crate::{Conn, IntegrationId, StoreError, TenantId, Walks, filter_sql, instant, milliseconds, words};

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

impl listing::Row for Row {
    fn id(&self) -> &str {
        &self.id
    }

    fn updated_at(&self) -> i64 {
        self.updated_at
    }
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
             created_at, updated_at, version, words_version)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"
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
    .bind(words::VERSION)
    .execute(c)
    .await
    .map(|_| ()))
    .map_err(|error| StoreError::unique(error, "display_name_key", "displayName"))?;
    words::replace(conn, tenant, (Table::Groups, &group.id), &words::of_group(&group.document)).await
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
             updated_at = $8, version = $9, words_version = $10
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
    .bind(words::VERSION)
    .execute(c)
    .await
    .map(|done| done.rows_affected()))
    .map_err(|error| StoreError::unique(error, "display_name_key", "displayName"))?;
    if changed != 1 {
        return Err(StoreError::Stale);
    }
    words::replace(conn, tenant, (Table::Groups, &group.id), &words::of_group(&group.document)).await
}

/// Counts a change of a group's members, which leaves its own attributes as they are. [`StoreError::Stale`] as from
/// [`update`].
pub async fn touch(conn: &mut Conn<'_>, tenant: &TenantId, group: &Group) -> Result<(), StoreError> {
    let changed = run!(conn, |c| sqlx::query(
        "UPDATE groups SET updated_at = $3, version = $4 WHERE tenant_id = $1 AND id = $2 AND version = $4 - 1"
    )
    .bind(tenant.as_str())
    .bind(group.id.as_str())
    .bind(milliseconds(group.updated_at))
    .bind(group.version)
    .execute(c)
    .await
    .map(|done| done.rows_affected()))?;
    if changed == 1 { Ok(()) } else { Err(StoreError::Stale) }
}

/// Removes a group and its memberships, in both directions. Says whether there was one.
pub async fn delete(conn: &mut Conn<'_>, tenant: &TenantId, id: &str, now: OffsetDateTime) -> Result<bool, StoreError> {
    if get_for_delete(conn, tenant, id).await?.is_none() {
        return Ok(false);
    }
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
    if !can_exist(id) {
        return Ok(None);
    }
    let row: Option<Row> = run!(conn, |c| {
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
    let lock = conn.for_update();
    get_locked(conn, tenant, id, lock).await
}

/// One group that is about to be deleted, locked together with the groups it belongs to.
///
/// Everyone locks groups before their members, and groups in the order of their ids, so that nobody waits in a circle.
pub async fn get_for_delete(conn: &mut Conn<'_>, tenant: &TenantId, id: &str) -> Result<Option<Group>, StoreError> {
    if !can_exist(id) {
        return Ok(None);
    }
    lock_groups_of(conn, tenant, id).await?;
    let lock = conn.for_delete();
    get_locked(conn, tenant, id, lock).await
}

async fn get_locked(conn: &mut Conn<'_>, tenant: &TenantId, id: &str, lock: &str) -> Result<Option<Group>, StoreError> {
    if !can_exist(id) {
        return Ok(None);
    }
    let sql = format!(
        "SELECT id, integration_id, data, created_at, updated_at, version FROM groups WHERE tenant_id = $1 AND id = $2{lock}"
    );
    let row: Option<Row> =
        run!(conn, |c| sqlx::query_as(AssertSqlSafe(sql)).bind(tenant.as_str()).bind(id).fetch_optional(c).await)?;
    Ok(row.map(Group::from))
}

/// The group of a name, in whatever case.
pub async fn find_by_name(conn: &mut Conn<'_>, tenant: &TenantId, name: &str) -> Result<Option<Group>, StoreError> {
    if !can_exist(name) {
        return Ok(None);
    }
    let row: Option<Row> = run!(conn, |c| sqlx::query_as(
        "SELECT id, integration_id, data, created_at, updated_at, version FROM groups
         WHERE tenant_id = $1 AND display_name_key = $2"
    )
    .bind(tenant.as_str())
    .bind(fold(name))
    .fetch_optional(c)
    .await)?;
    Ok(row.map(Group::from))
}

/// The groups that match; `walks` as in [`crate::employees::query`].
pub async fn query(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    query: &Query,
    walks: Option<&Walks>,
) -> Result<Page<Group>, StoreError> {
    let page: Page<Row> = filter_sql::page(conn, tenant, (Table::Groups, COLUMNS), query, walks).await?;
    Ok(Page { total: page.total, more: page.more, items: page.items.into_iter().map(Group::from).collect() })
}

/// A page of groups, for the console.
pub async fn list(conn: &mut Conn<'_>, tenant: &TenantId, wanted: &Wanted) -> Result<Listed<Group>, StoreError> {
    let page: Listed<Row> = listing::page(conn, tenant, (Table::Groups, COLUMNS), wanted).await?;
    Ok(page.map(Group::from))
}

/// Writes the words that rows from before there were any lack. Says whether there may be others.
pub(crate) async fn index_some(conn: &mut Conn<'_>, limit: i64) -> Result<bool, StoreError> {
    let rows: Vec<(String, String)> = run!(conn, |c| sqlx::query_as(
        "SELECT tenant_id, id FROM groups WHERE words_version = 0 ORDER BY tenant_id, id LIMIT $1"
    )
    .bind(limit)
    .fetch_all(c)
    .await)?;
    for (tenant, id) in &rows {
        let tenant = TenantId(tenant.clone());
        let Some(group) = get_for_update(conn, &tenant, id).await? else { continue };
        words::replace(conn, &tenant, (Table::Groups, id), &words::of_group(&group.document)).await?;
        run!(conn, |c| sqlx::query("UPDATE groups SET words_version = $3 WHERE tenant_id = $1 AND id = $2")
            .bind(tenant.as_str())
            .bind(id.as_str())
            .bind(words::VERSION)
            .execute(c)
            .await
            .map(|_| ()))?;
    }
    Ok(!rows.is_empty())
}
