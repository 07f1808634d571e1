//! What happened to someone or something, in words.

use std::collections::HashMap;

use app::components::{TimelineChange, TimelineEvent, moment};
use store::events::{self, Action, Event, Filter, Outcome, Place};
use store::integrations::Integration;
use store::{Conn, StoreError, TenantId, TokenId, tokens};

use super::attributes;
use super::listing::provider_name;

/// Events shown.
const SHOWN: usize = 30;

/// Events as a page shows them.
pub(super) struct Timeline {
    /// The newest first.
    pub(super) shown: Vec<TimelineEvent>,
    /// Whether there are older ones.
    pub(super) more: bool,
}

/// Who can have done something.
struct Doers<'a> {
    integrations: &'a [Integration],
    tokens: HashMap<TokenId, String>,
}

impl<'a> Doers<'a> {
    async fn read(conn: &mut Conn<'_>, tenant: &TenantId, integrations: &'a [Integration]) -> Result<Self, StoreError> {
        let tokens = tokens::list(conn, tenant).await?.into_iter().map(|token| (token.id, token.label)).collect();
        Ok(Self { integrations, tokens })
    }

    /// The provider and its token, or someone in the console.
    fn name(&self, event: &Event) -> String {
        let provider = event.integration_id.as_ref().map(|id| provider_name(self.integrations, id));
        match (event.token_id.as_ref().and_then(|id| self.tokens.get(id)), provider) {
            (Some(token), Some(provider)) => format!("{provider} (token {token})"),
            (None, Some(_)) if event.token_id.is_none() => "someone in the console".to_owned(),
            (_, provider) => provider.unwrap_or("your identity provider").to_owned(),
        }
    }
}

/// The events of a resource.
pub(super) async fn of(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    id: &str,
    integrations: &[Integration],
) -> Result<Timeline, StoreError> {
    let filter = Filter { resource: Some(id.to_owned()), ..Filter::default() };
    let page = events::page(conn, tenant, &filter, &Place::Newest, SHOWN, false).await?;
    let doers = Doers::read(conn, tenant, integrations).await?;
    Ok(Timeline { shown: page.events.iter().map(|event| shown(event, &doers)).collect(), more: page.more })
}

/// When, and by whom, someone was last disabled.
pub(super) async fn last_disabled(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    id: &str,
    integrations: &[Integration],
) -> Result<Option<String>, StoreError> {
    let filter = Filter {
        resource: Some(id.to_owned()),
        action: Some(Action::Disabled),
        outcomes: vec![Outcome::Success],
        ..Filter::default()
    };
    let page = events::page(conn, tenant, &filter, &Place::Newest, 1, false).await?;
    let Some(event) = page.events.first() else { return Ok(None) };
    let doers = Doers::read(conn, tenant, integrations).await?;
    Ok(Some(format!("Deactivated on {} by {}.", moment(event.at), doers.name(event))))
}

fn shown(event: &Event, doers: &Doers<'_>) -> TimelineEvent {
    let failed = matches!(event.outcome, Outcome::Failure | Outcome::Refused);
    let notes = event.notes.0.iter().map(|note| format!("{}: {}", note.attribute, note.detail));
    // Everything is new in what was created, and stands on the page already.
    let changes = if matches!(event.action, Action::Created | Action::Restored) {
        Vec::new()
    } else {
        event.changes.iter().map(change).collect()
    };
    TimelineEvent {
        id: event.id.clone(),
        at: moment(event.at),
        done: if failed { "A request failed, sent" } else { done(event.action) },
        by: doers.name(event),
        bad: failed || event.action == Action::Disabled,
        changes,
        notes: members(event.members).into_iter().chain(event.exchange.detail.clone()).chain(notes).collect(),
    }
}

fn done(action: Action) -> &'static str {
    match action {
        Action::Created => "Created",
        Action::Updated => "Updated",
        Action::Disabled => "Disabled",
        Action::Enabled => "Enabled again",
        Action::Deleted => "Deleted",
        Action::Restored => "Restored",
        Action::Read => "Read",
        Action::Unchanged => "Sent without a change",
        Action::Other | Action::Uncounted => "Asked",
    }
}

fn change(change: &events::Change) -> TimelineChange {
    let label = if change.attribute == "active" { "Active".to_owned() } else { attributes::named(&change.attribute) };
    TimelineChange { label, before: change.before.clone(), after: change.after.clone() }
}

/// Who joined and left a group, as numbers.
fn members((added, removed): (i64, i64)) -> Option<String> {
    let words = |count: i64, verb: &str| match count {
        0 => None,
        1 => Some(format!("1 member {verb}")),
        count => Some(format!("{count} members {verb}")),
    };
    let both: Vec<String> = [words(added, "added"), words(removed, "removed")].into_iter().flatten().collect();
    (!both.is_empty()).then(|| format!("{}.", both.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::members;

    #[test]
    fn members_come_and_go_in_words() {
        assert_eq!(members((0, 0)), None);
        assert_eq!(members((1, 0)).as_deref(), Some("1 member added."));
        assert_eq!(members((5, 2)).as_deref(), Some("5 members added, 2 members removed."));
    }
}
