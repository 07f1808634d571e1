//! Whether a change can be undone, and how.

use std::collections::BTreeSet;

use scim::Document;
use scim::fold::fold;
use serde_json::{Map, Value};

use super::MAX_MEMBERS;
use super::image::{self, Image};
use crate::deleted_employees::{self, Deleted};
use crate::employees::{self, Employee};
use crate::events::Action;
use crate::groups::{self, Group};
use crate::pool::run;
use crate::texts::Texts;
use crate::{Conn, IntegrationId, StoreError, TenantId};

/// What undoing does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Undo {
    /// Attributes get the values they had; so many members leave, so many come back, so many are gone themselves.
    Change {
        /// The attributes.
        attributes: Vec<String>,
        /// Members that the change had brought.
        leave: usize,
        /// Members that the change had taken.
        join: usize,
        /// Of those it had taken, those who are no employees and groups any more.
        missing: usize,
    },
    /// What was created is deleted.
    Delete,
    /// What was deleted comes back, with so many of its groups or members; so many are gone themselves.
    Restore {
        /// They come back with it.
        with: usize,
        /// They do not.
        missing: usize,
    },
}

/// Why a change cannot be undone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// Nothing was changed.
    NoChange,
    /// What it was about is not there any more.
    Gone,
    /// These attributes have changed again.
    Changed(Vec<String>),
    /// The log keeps only the beginning of this attribute.
    Shortened(String),
    /// Its name has been given to another.
    Taken,
    /// It was about more members than the log keeps.
    TooManyMembers,
}

/// How.
pub(super) enum Plan {
    User {
        before: Employee,
        after: Employee,
        attributes: Vec<String>,
    },
    Group {
        before: Group,
        after: Group,
        attributes: Vec<String>,
        leave: Vec<String>,
        join: Vec<String>,
        missing: usize,
    },
    DeleteUser(Employee),
    DeleteGroup(Group),
    RestoreUser(Deleted, usize),
    RestoreGroup {
        id: String,
        integration: IntegrationId,
        document: Document,
        join: Vec<String>,
        missing: usize,
    },
}

impl Plan {
    pub(super) fn told(&self) -> Undo {
        match self {
            Self::User { attributes, .. } => {
                Undo::Change { attributes: attributes.clone(), leave: 0, join: 0, missing: 0 }
            }
            Self::Group { attributes, leave, join, missing, .. } => {
                Undo::Change { attributes: attributes.clone(), leave: leave.len(), join: join.len(), missing: *missing }
            }
            Self::DeleteUser(_) | Self::DeleteGroup(_) => Undo::Delete,
            Self::RestoreUser(deleted, there) => {
                Undo::Restore { with: *there, missing: deleted.member_of.len().saturating_sub(*there) }
            }
            Self::RestoreGroup { join, missing, .. } => Undo::Restore { with: join.len(), missing: *missing },
        }
    }
}

/// Locks what the event was about and says how to undo it.
pub(super) async fn plan(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    event: &str,
) -> Result<Option<Result<Plan, Refusal>>, StoreError> {
    let Some(image) = image::read(conn, tenant, event).await? else { return Ok(None) };
    let Some(image) = image else { return Ok(Some(Err(Refusal::NoChange))) };
    if let Some(attribute) = image.shortened() {
        return Ok(Some(Err(Refusal::Shortened(attribute.to_owned()))));
    }
    if image.too_many {
        return Ok(Some(Err(Refusal::TooManyMembers)));
    }
    let plan = match (image.is_group, image.action) {
        (false, Action::Created | Action::Restored) => created_user(conn, tenant, image).await?,
        (false, Action::Deleted) => deleted_user(conn, tenant, image).await?,
        (false, _) => changed_user(conn, tenant, image).await?,
        (true, Action::Created) => created_group(conn, tenant, image).await?,
        (true, Action::Deleted) => deleted_group(conn, tenant, image).await?,
        (true, _) => changed_group(conn, tenant, image).await?,
    };
    Ok(Some(plan))
}

async fn created_user(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    image: Image,
) -> Result<Result<Plan, Refusal>, StoreError> {
    let Some(employee) = employees::get_for_delete(conn, tenant, &image.id).await? else {
        return Ok(Err(Refusal::Gone));
    };
    let changed = differing(employee.document.as_map(), &image.after);
    Ok(if changed.is_empty() { Ok(Plan::DeleteUser(employee)) } else { Err(Refusal::Changed(changed)) })
}

async fn deleted_user(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    image: Image,
) -> Result<Result<Plan, Refusal>, StoreError> {
    let Some(deleted) = deleted_employees::get(conn, tenant, &image.id).await? else {
        let is_back = employees::get(conn, tenant, &image.id).await?.is_some();
        return Ok(Err(if is_back { Refusal::Changed(vec!["id".to_owned()]) } else { Refusal::Gone }));
    };
    let changed = differing(deleted.employee.document.as_map(), &image.before);
    if !changed.is_empty() {
        return Ok(Err(Refusal::Changed(changed)));
    }
    if deleted_employees::is_taken(conn, tenant, &deleted.employee.document).await? {
        return Ok(Err(Refusal::Taken));
    }
    let there = groups::lock_all(conn, tenant, &deleted.member_of).await?.len();
    Ok(Ok(Plan::RestoreUser(deleted, there)))
}

async fn changed_user(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    image: Image,
) -> Result<Result<Plan, Refusal>, StoreError> {
    let Some(before) = employees::get_for_update(conn, tenant, &image.id).await? else {
        return Ok(Err(Refusal::Gone));
    };
    Ok(match reversed(&before.document, &image)? {
        Err(changed) => Err(Refusal::Changed(changed)),
        Ok((document, attributes)) => {
            let after = Employee { document, version: before.version + 1, ..before.clone() };
            Ok(Plan::User { before, after, attributes })
        }
    })
}

async fn created_group(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    image: Image,
) -> Result<Result<Plan, Refusal>, StoreError> {
    let Some(group) = groups::get_for_delete(conn, tenant, &image.id).await? else { return Ok(Err(Refusal::Gone)) };
    let mut changed = differing(group.document.as_map(), &image.after);
    let members: BTreeSet<String> =
        groups::some_members(conn, tenant, &image.id, MAX_MEMBERS + 1).await?.into_iter().collect();
    if members != image.joined.into_iter().collect() {
        changed.push("members".to_owned());
    }
    Ok(if changed.is_empty() { Ok(Plan::DeleteGroup(group)) } else { Err(Refusal::Changed(changed)) })
}

async fn deleted_group(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    image: Image,
) -> Result<Result<Plan, Refusal>, StoreError> {
    if groups::get(conn, tenant, &image.id).await?.is_some() {
        return Ok(Err(Refusal::Changed(vec!["id".to_owned()])));
    }
    let document = document(image.before)?;
    let taken: Option<String> =
        run!(conn, |c| sqlx::query_scalar("SELECT id FROM groups WHERE tenant_id = $1 AND display_name_key = $2")
            .bind(tenant.as_str())
            .bind(fold(&document.shown_name()))
            .fetch_optional(c)
            .await)?;
    if taken.is_some() {
        return Ok(Err(Refusal::Taken));
    }
    let join = existing(conn, tenant, &image.left).await?;
    let missing = image.left.len() - join.len();
    Ok(Ok(Plan::RestoreGroup { id: image.id, integration: image.integration, document, join, missing }))
}

async fn changed_group(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    image: Image,
) -> Result<Result<Plan, Refusal>, StoreError> {
    let Some(before) = groups::get_for_update(conn, tenant, &image.id).await? else { return Ok(Err(Refusal::Gone)) };
    let (document, attributes) = match reversed(&before.document, &image)? {
        Err(changed) => return Ok(Err(Refusal::Changed(changed))),
        Ok(reversed) => reversed,
    };
    let leave = among(conn, tenant, &image.id, &image.joined).await?;
    let stayed = among(conn, tenant, &image.id, &image.left).await?;
    let wanted: Vec<String> = image.left.into_iter().filter(|id| !stayed.contains(id)).collect();
    let join = existing(conn, tenant, &wanted).await?;
    let missing = wanted.len() - join.len();
    if attributes.is_empty() && leave.is_empty() && join.is_empty() {
        return Ok(Err(Refusal::Changed(vec!["members".to_owned()])));
    }
    let after = Group { document, version: before.version + 1, ..before.clone() };
    Ok(Ok(Plan::Group { before, after, attributes, leave, join, missing }))
}

/// The attributes in which two images differ.
fn differing(one: &Map<String, Value>, other: &Map<String, Value>) -> Vec<String> {
    let names: BTreeSet<&String> = one.keys().chain(other.keys()).collect();
    names.into_iter().filter(|name| one.get(*name) != other.get(*name)).cloned().collect()
}

type Reversed = Result<(Document, Vec<String>), Vec<String>>;

/// The document with what the event changed as it was before; or the attributes that are no longer what it made them.
fn reversed(current: &Document, image: &Image) -> Result<Reversed, StoreError> {
    let mut map = current.as_map().clone();
    let names: BTreeSet<&String> = image.before.keys().chain(image.after.keys()).collect();
    let changed: Vec<String> =
        names.iter().filter(|name| map.get(**name) != image.after.get(**name)).map(|name| (*name).clone()).collect();
    if !changed.is_empty() {
        return Ok(Err(changed));
    }
    for name in &names {
        match image.before.get(*name) {
            Some(value) => map.insert((*name).clone(), value.clone()),
            None => map.remove(*name),
        };
    }
    Ok(Ok((document(map)?, names.into_iter().cloned().collect())))
}

fn document(map: Map<String, Value>) -> Result<Document, StoreError> {
    serde_json::from_value(Value::Object(map))
        .map_err(|_| StoreError::Inconsistent { table: "provisioning_events", what: "an image that is no document" })
}

/// Those who are members of a group.
async fn among(conn: &mut Conn<'_>, tenant: &TenantId, group: &str, ids: &[String]) -> Result<Vec<String>, StoreError> {
    let texts = Texts::new(ids);
    let named = conn.is_one_of("member_id", "$3", &texts);
    let sql = format!("SELECT member_id FROM group_members WHERE tenant_id = $1 AND group_id = $2 AND {named}");
    Ok(run!(conn, |c| sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
        .bind(tenant.as_str())
        .bind(group)
        .bind(&texts)
        .fetch_all(c)
        .await)?)
}

/// Those who are employees or groups of the company.
async fn existing(conn: &mut Conn<'_>, tenant: &TenantId, ids: &[String]) -> Result<Vec<String>, StoreError> {
    let texts = Texts::new(ids);
    let named = conn.is_one_of("id", "$2", &texts);
    let mut found: Vec<String> = Vec::new();
    for table in ["employees", "groups"] {
        let sql = format!("SELECT id FROM {table} WHERE tenant_id = $1 AND {named}");
        let rows: Vec<String> = run!(conn, |c| sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
            .bind(tenant.as_str())
            .bind(&texts)
            .fetch_all(c)
            .await)?;
        found.extend(rows);
    }
    Ok(found)
}
