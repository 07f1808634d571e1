//! What an event kept of before and after.

use serde_json::{Map, Value};

use super::MAX_MEMBERS;
use crate::events::{Action, MAX_KEPT, MEMBERS, Outcome};
use crate::ids::can_exist;
use crate::pool::run;
use crate::{Conn, IntegrationId, StoreError, TenantId};

/// The actions that change something.
pub(super) const CHANGES: [Action; 6] =
    [Action::Created, Action::Updated, Action::Disabled, Action::Enabled, Action::Deleted, Action::Restored];

/// An event that changed something.
pub(super) struct Image {
    pub(super) action: Action,
    pub(super) is_group: bool,
    pub(super) id: String,
    pub(super) integration: IntegrationId,
    /// The attributes that differ, as they were and as they became.
    pub(super) before: Map<String, Value>,
    pub(super) after: Map<String, Value>,
    /// Who came and who left, on balance.
    pub(super) joined: Vec<String>,
    pub(super) left: Vec<String>,
    /// More came or left than are known.
    pub(super) too_many: bool,
}

#[derive(sqlx::FromRow)]
struct Row {
    action: String,
    outcome: String,
    resource_type: Option<String>,
    resource_id: Option<String>,
    integration_id: Option<String>,
    before: Option<String>,
    after: Option<String>,
    members_added: i64,
    members_removed: i64,
}

/// The image of an event; an inner `None` when it changed nothing.
pub(super) async fn read(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    event: &str,
) -> Result<Option<Option<Image>>, StoreError> {
    if !can_exist(event) {
        return Ok(None);
    }
    let row: Option<Row> = run!(conn, |c| sqlx::query_as(
        "SELECT action, outcome, resource_type, resource_id, integration_id, before, after, members_added,
             members_removed
         FROM provisioning_events WHERE tenant_id = $1 AND id = $2"
    )
    .bind(tenant.as_str())
    .bind(event)
    .fetch_optional(c)
    .await)?;
    Ok(row.map(image))
}

fn image(row: Row) -> Option<Image> {
    let action = Action::parse(&row.action)?;
    if row.outcome != Outcome::Success.name() || !CHANGES.contains(&action) {
        return None;
    }
    let (mut before, mut after) = (object(row.before.as_deref()), object(row.after.as_deref()));
    let (removed, added) = (members(&mut before), members(&mut after));
    let limit = i64::try_from(MAX_MEMBERS).unwrap_or(i64::MAX);
    Some(Image {
        action,
        is_group: row.resource_type.as_deref() == Some("Group"),
        id: row.resource_id?,
        integration: IntegrationId(row.integration_id?),
        joined: added.iter().filter(|id| !removed.contains(id)).cloned().collect(),
        left: removed.iter().filter(|id| !added.contains(id)).cloned().collect(),
        too_many: row.members_added > limit
            || row.members_removed > limit
            // From before members were kept.
            || (added.is_empty() && row.members_added > 0)
            || (removed.is_empty() && row.members_removed > 0),
        before,
        after,
    })
}

fn object(text: Option<&str>) -> Map<String, Value> {
    text.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
}

fn members(image: &mut Map<String, Value>) -> Vec<String> {
    let ids = image.remove(MEMBERS);
    ids.and_then(|ids| serde_json::from_value(ids).ok()).unwrap_or_default()
}

impl Image {
    /// An attribute of which the event keeps the beginning only.
    pub(super) fn shortened(&self) -> Option<&str> {
        let all = self.before.iter().chain(&self.after);
        all.into_iter().find(|(_, value)| is_cut(value)).map(|(name, _)| name.as_str())
    }
}

fn is_cut(value: &Value) -> bool {
    match value {
        Value::String(text) => text.chars().nth(MAX_KEPT).is_some(),
        Value::Array(items) => items.iter().any(is_cut),
        Value::Object(object) => object.values().any(is_cut),
        _ => false,
    }
}
