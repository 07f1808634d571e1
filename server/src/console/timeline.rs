//! What happened to someone or something, in words.

use app::components::{TimelineEvent, moment};
use store::events::{self, Event};
use store::integrations::Integration;
use store::{Conn, StoreError, TenantId};

/// Events shown.
const SHOWN: usize = 50;

/// Events as a page shows them.
pub(super) struct Timeline {
    /// The newest first.
    pub(super) shown: Vec<TimelineEvent>,
    /// Whether there are older ones.
    pub(super) more: bool,
}

impl Timeline {
    /// When and by whom access was taken away.
    pub(super) fn last_disabled(&self) -> Option<String> {
        let event = self.shown.iter().find(|event| event.bad)?;
        Some(format!("Deactivated on {} by {}.", event.at, event.by))
    }
}

/// The events of a resource.
pub(super) async fn of(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    id: &str,
    _known: &[Integration],
) -> Result<Timeline, StoreError> {
    let limit = i64::try_from(SHOWN).unwrap_or(i64::MAX).saturating_add(1);
    let mut events = events::of_resource(conn, tenant, id, limit).await?;
    let more = events.len() > SHOWN;
    events.truncate(SHOWN);
    Ok(Timeline { shown: events.iter().map(shown).collect(), more })
}

fn shown(event: &Event) -> TimelineEvent {
    TimelineEvent {
        id: String::new(),
        at: moment(event.at),
        done: match event.action.as_str() {
            "created" => "Created",
            "updated" => "Updated",
            "disabled" => "Disabled",
            "enabled" => "Enabled again",
            "deleted" => "Deleted",
            _ => "Sent without a change",
        },
        by: "your identity provider".to_owned(),
        bad: event.action == "disabled",
        changes: Vec::new(),
        notes: event.notes.0.iter().map(|note| format!("{}: {}", note.attribute, note.detail)).collect(),
    }
}
