//! Events in words.

use app::pages::LogWords;
use store::events::{Action, Event, Outcome};

/// What happened: "Added 3 members to Floor 4".
pub(crate) fn words(event: &Event) -> LogWords {
    let address = address(event);
    match event.outcome {
        Outcome::Success => LogWords { address, ..done(event) },
        Outcome::Skipped => LogWords {
            done: "Sent".to_owned(),
            subject: Some(subject(event)),
            rest: "without a change".to_owned(),
            address,
        },
        Outcome::Failure => LogWords { address, ..failed(event) },
        Outcome::Refused => refused(event),
    }
}

/// The page of what the event is about, where there can be one.
fn address(event: &Event) -> Option<String> {
    let id = event
        .resource_id
        .as_deref()
        .filter(|_| event.action != Action::Deleted || event.outcome != Outcome::Success)?;
    // What a client made up as an id is no address of ours.
    let is_id = id.len() == 36 && id.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
    match event.kind.as_deref().filter(|_| is_id) {
        Some("User") => Some(format!("/employees/{id}")),
        Some("Group") => Some(format!("/groups/{id}")),
        _ => None,
    }
}

/// Its name, or what else it is known by.
fn subject(event: &Event) -> String {
    let kind = match event.kind.as_deref() {
        Some("User") => "user",
        Some("Group") => "group",
        _ => "resource",
    };
    match (event.subject.is_empty(), &event.resource_id) {
        (false, _) => event.subject.clone(),
        (true, Some(id)) => format!("{kind} {id}"),
        (true, None) => format!("a {kind}"),
    }
}

fn members(count: i64) -> String {
    if count == 1 { "1 member".to_owned() } else { format!("{count} members") }
}

fn done(event: &Event) -> LogWords {
    let words = |done: String, rest: &str| LogWords {
        done,
        subject: Some(subject(event)),
        rest: rest.to_owned(),
        address: None,
    };
    match (event.action, event.members) {
        (Action::Created, (0, _)) => words("Created".to_owned(), ""),
        (Action::Created, (added, _)) => words("Created".to_owned(), &format!("with {}", members(added))),
        (Action::Updated, (0, 0)) => words("Updated".to_owned(), ""),
        (Action::Updated, (added, 0)) => words(format!("Added {} to", members(added)), ""),
        (Action::Updated, (0, removed)) => words(format!("Removed {} from", members(removed)), ""),
        (Action::Updated, (added, removed)) => {
            words(format!("Added {} to", members(added)), &format!("and removed {removed}"))
        }
        (Action::Disabled, _) => words("Disabled".to_owned(), ""),
        (Action::Enabled, _) => words("Enabled".to_owned(), "again"),
        (Action::Deleted, _) => words("Deleted".to_owned(), ""),
        (Action::Restored, _) => words("Restored".to_owned(), ""),
        _ => words("Answered a request about".to_owned(), ""),
    }
}

fn failed(event: &Event) -> LogWords {
    let verb = match event.action {
        Action::Created => "create",
        Action::Updated => "update",
        Action::Disabled => "disable",
        Action::Enabled => "enable",
        Action::Deleted => "delete",
        Action::Restored => "restore",
        Action::Read if event.resource_id.is_some() => "read",
        Action::Read | Action::Unchanged | Action::Other | Action::Uncounted => {
            let exchange = &event.exchange;
            let request = [exchange.method.as_deref(), exchange.path.as_deref()];
            let request = request.into_iter().flatten().collect::<Vec<_>>().join(" ");
            return LogWords { done: "Could not answer".to_owned(), subject: Some(request), ..LogWords::default() };
        }
    };
    LogWords { done: format!("Could not {verb}"), subject: Some(subject(event)), ..LogWords::default() }
}

fn refused(event: &Event) -> LogWords {
    let count = event.repeats;
    if event.action == Action::Uncounted {
        let text = if count == 1 { "1 more request".to_owned() } else { format!("{count} more requests") };
        return LogWords { done: format!("Refused or failed at once: {text}, only counted"), ..LogWords::default() };
    }
    let done = if count == 1 { "Refused a request from".to_owned() } else { format!("Refused {count} requests from") };
    let from = event.exchange.address.clone().unwrap_or_else(|| "an unknown address".to_owned());
    LogWords { done, subject: Some(from), ..LogWords::default() }
}

/// More about it, in a line: what changed, or why it failed.
pub(crate) fn summary(event: &Event) -> Option<String> {
    if matches!(event.outcome, Outcome::Failure | Outcome::Refused) {
        return event.exchange.detail.clone();
    }
    if !matches!(event.action, Action::Updated | Action::Disabled | Action::Enabled) {
        return None;
    }
    let value = |value: &Option<String>| {
        value
            .as_ref()
            .map_or_else(|| "empty".to_owned(), |value| format!("“{}”", value.chars().take(60).collect::<String>()))
    };
    let told = event.changes.iter().filter(|change| event.action == Action::Updated || change.attribute != "active");
    let mut told: Vec<String> = told
        .map(|change| format!("{}: {} → {}", change.attribute, value(&change.before), value(&change.after)))
        .collect();
    let more = told.len().saturating_sub(2);
    told.truncate(2);
    if more > 0 {
        told.push(format!("and {more} more"));
    }
    (!told.is_empty()).then(|| told.join("; "))
}

/// What was bent to make it fit, in a few words.
pub(crate) fn bent(event: &Event) -> Option<String> {
    let notes = &event.notes.0;
    let first = notes.first()?;
    let attribute: String = first.attribute.chars().take(40).collect();
    let done = note_word(first.kind).to_lowercase();
    Some(if notes.len() == 1 {
        format!("{done} {attribute}")
    } else {
        format!("{done} {attribute} and {} more", notes.len() - 1)
    })
}

/// What was done to an attribute, in a word.
pub(crate) fn note_word(kind: scim::NoteKind) -> &'static str {
    match kind {
        scim::NoteKind::Coerced => "Coerced",
        scim::NoteKind::CreatedOnAbsent => "Created",
        scim::NoteKind::Ignored => "Ignored",
        scim::NoteKind::NoEffect => "No effect of",
    }
}

/// Microseconds as people say them.
pub(crate) fn duration(microseconds: i64) -> String {
    match microseconds {
        ..1_000 => format!("{microseconds} µs"),
        1_000..10_000_000 => format!("{} ms", microseconds / 1_000),
        _ => format!("{} s", microseconds / 1_000_000),
    }
}

/// The status and, of an error, its keyword.
pub(crate) fn status(event: &Event) -> String {
    let status = event.exchange.status.map(|status| status.to_string());
    [status, event.exchange.scim_type.clone()].into_iter().flatten().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use store::events::Exchange;
    use time::OffsetDateTime;

    use super::*;

    fn event(action: Action, outcome: Outcome, members: (i64, i64)) -> Event {
        Event {
            id: String::new(),
            at: OffsetDateTime::UNIX_EPOCH,
            action,
            outcome,
            kind: Some("Group".to_owned()),
            resource_id: Some("01a20d82-406c-75a6-9bba-71afc730bf92".to_owned()),
            subject: "Floor 4".to_owned(),
            token_id: None,
            integration_id: None,
            repeats: 1,
            members,
            changes: Vec::new(),
            notes: scim::Notes::default(),
            exchange: Exchange {
                method: Some("POST".to_owned()),
                path: Some("/scim/Bulk".to_owned()),
                ..Exchange::default()
            },
        }
    }

    #[test]
    fn every_event_has_words() {
        let said = |action, outcome, members| words(&event(action, outcome, members)).text();
        for (action, outcome, members, text) in [
            (Action::Created, Outcome::Success, (0, 0), "Created Floor 4"),
            (Action::Created, Outcome::Success, (2, 0), "Created Floor 4 with 2 members"),
            (Action::Updated, Outcome::Success, (0, 0), "Updated Floor 4"),
            (Action::Updated, Outcome::Success, (1, 0), "Added 1 member to Floor 4"),
            (Action::Updated, Outcome::Success, (0, 3), "Removed 3 members from Floor 4"),
            (Action::Updated, Outcome::Success, (3, 1), "Added 3 members to Floor 4 and removed 1"),
            (Action::Disabled, Outcome::Success, (0, 0), "Disabled Floor 4"),
            (Action::Enabled, Outcome::Success, (0, 0), "Enabled Floor 4 again"),
            (Action::Deleted, Outcome::Success, (0, 0), "Deleted Floor 4"),
            (Action::Restored, Outcome::Success, (0, 0), "Restored Floor 4"),
            (Action::Unchanged, Outcome::Skipped, (0, 0), "Sent Floor 4 without a change"),
            (Action::Deleted, Outcome::Failure, (0, 0), "Could not delete Floor 4"),
            (Action::Read, Outcome::Failure, (0, 0), "Could not read Floor 4"),
            (Action::Other, Outcome::Failure, (0, 0), "Could not answer POST /scim/Bulk"),
            (Action::Other, Outcome::Refused, (0, 0), "Refused a request from an unknown address"),
            (Action::Uncounted, Outcome::Refused, (0, 0), "Refused or failed at once: 1 more request, only counted"),
        ] {
            assert_eq!(said(action, outcome, members), text);
        }
        let nameless = Event { subject: String::new(), ..event(Action::Updated, Outcome::Failure, (0, 0)) };
        assert_eq!(words(&nameless).text(), "Could not update group 01a20d82-406c-75a6-9bba-71afc730bf92");
        assert_eq!([5, 1_500, 12_000_000].map(duration), ["5 µs", "1 ms", "12 s"].map(str::to_owned));
    }

    #[test]
    fn only_what_can_be_an_id_of_ours_becomes_a_link() {
        let updated = event(Action::Updated, Outcome::Success, (0, 0));
        assert_eq!(words(&updated).address.as_deref(), Some("/groups/01a20d82-406c-75a6-9bba-71afc730bf92"));
        let hostile = Event { resource_id: Some("../../logout".to_owned()), ..updated.clone() };
        assert_eq!(words(&hostile).address, None);
        assert_eq!(words(&Event { action: Action::Deleted, ..updated }).address, None, "it is gone");
    }
}
