//! One event: what changed, what was sent and answered, and what to do about it.

use app::components::{day, moment, second};
use app::pages::{ChangeRow, EventPage, NoteRow, Page};
use axum::extract::{Path, State};
use axum::response::{Redirect, Response};
use serde_json::json;
use store::StoreError;
use store::audit::{self, Act};
use store::events::{self, Event, Kept};
use store::tokens::{Status, Token};
use store::undo;
use time::OffsetDateTime;

use super::{Known, outcome};
use crate::console::error::ConsoleError;
use crate::console::page::Visitor;
use crate::log::{fix, mask, words};
use crate::state::AppState;

pub(in crate::console) async fn event(
    State(state): State<AppState>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, ConsoleError> {
    show(&state, &visitor, &id, false).await
}

/// Whoever comes to the address of the form.
pub(in crate::console) async fn back(Path(id): Path<String>) -> Redirect {
    let id: String = id.chars().filter(|letter| letter.is_ascii_alphanumeric() || *letter == '-').collect();
    Redirect::to(&format!("/provisioning-log/{id}"))
}

/// The same with personal data, after it was written down who looked at it.
pub(in crate::console) async fn reveal(
    State(state): State<AppState>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, ConsoleError> {
    let account = visitor.account()?.clone();
    let (event_id, now) = (id.clone(), state.store.now());
    let found: Result<bool, StoreError> = state
        .store
        .write(move |conn| {
            Box::pin(async move {
                let found = events::get(conn, &account.tenant_id, &event_id).await?.is_some();
                if found {
                    let act =
                        Act { actor: &account.email, action: "events.reveal", subject: &event_id, detail: json!({}) };
                    audit::record(conn, &account.tenant_id, &act, now).await?;
                }
                Ok(found)
            })
        })
        .await;
    if !found? {
        return Err(ConsoleError::NotFound);
    }
    show(&state, &visitor, &id, true).await
}

async fn show(state: &AppState, visitor: &Visitor, id: &str, revealed: bool) -> Result<Response, ConsoleError> {
    let tenant = &visitor.account()?.tenant_id;
    let mut reader = state.store.read().await?;
    let mut conn = reader.conn();
    let event = events::get(&mut conn, tenant, id).await?.ok_or(ConsoleError::NotFound)?;
    let known = Known::of(&mut conn, tenant).await?;
    drop(reader);
    let body = |kept: &Option<Kept>| kept.as_ref().map(|kept| body(kept, revealed));
    let change = |change: &events::Change| ChangeRow {
        attribute: change.attribute.clone(),
        before: change.before.clone(),
        after: change.after.clone(),
    };
    let note = |note: &scim::Note| NoteRow {
        done: words::note_word(note.kind),
        attribute: note.attribute.clone(),
        why: note.detail.clone(),
    };
    let page = EventPage {
        id: event.id.clone(),
        words: words::words(&event),
        outcome: outcome(event.outcome),
        detail: event.exchange.detail.clone(),
        fix: fix::steps(&event),
        facts: facts(&event, &known, state.store.now()),
        correlated: event.exchange.correlation_id.as_deref().map(correlated),
        changes: event.changes.iter().map(change).collect(),
        notes: event.notes.0.iter().map(note).collect(),
        request: body(&event.exchange.request),
        response: body(&event.exchange.response),
        revealed,
        may_reveal: visitor.may_manage(),
        may_undo: visitor.may_manage() && undo::can_be_undone(&event),
    };
    Ok(visitor.show(Page::Event(page)).await)
}

fn correlated(id: &str) -> String {
    format!("/provisioning-log?{}", serde_urlencoded::to_string([("correlation", id)]).unwrap_or_default())
}

fn body(kept: &Kept, revealed: bool) -> (String, Option<String>) {
    if kept.text.is_empty() {
        let size = kept.size.unwrap_or_default();
        return (String::new(), Some(format!("{size} bytes that are no JSON were sent. They are not kept.")));
    }
    let text = if revealed { mask::open(&kept.text) } else { mask::masked(&kept.text) };
    (text, kept.size.map(|size| format!("Shortened: it was {size} bytes long.")))
}

fn facts(event: &Event, known: &Known, now: OffsetDateTime) -> Vec<(&'static str, String)> {
    let exchange = &event.exchange;
    let request = [exchange.method.as_deref(), exchange.path.as_deref()];
    let request = request.into_iter().flatten().collect::<Vec<_>>().join(" ");
    let all = [
        ("Time", Some(second(event.at))),
        ("Status", Some(words::status(event)).filter(|status| !status.is_empty())),
        ("Repeated", (event.repeats > 1).then(|| format!("{} times within a second or so", event.repeats))),
        ("Duration", exchange.duration_us.map(words::duration)),
        ("Provider", known.provider(event).map(str::to_owned)),
        ("Token", Some(token(event, known, now))),
        ("Request", Some(request).filter(|request| !request.is_empty())),
        ("Client", exchange.client.clone()),
        ("Address", exchange.address.clone()),
        ("Correlation id", exchange.correlation_id.clone()),
        (if event.kind.as_deref() == Some("Group") { "Group id" } else { "Id" }, event.resource_id.clone()),
        ("Event", Some(event.id.clone())),
    ];
    all.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
}

/// The token, and why it does not work if it does not.
fn token(event: &Event, known: &Known, now: OffsetDateTime) -> String {
    let letters = known.letters(event);
    let Some(token) = known.token(event) else { return letters };
    let state = match token.status(now) {
        Status::Active | Status::Overlap => String::new(),
        Status::Pending => ", never activated".to_owned(),
        Status::Expired => token.expires_at.map(|at| format!(", expired on {}", day(at))).unwrap_or_default(),
        Status::Revoked => revoked(token),
    };
    format!("{} ({letters}){state}", token.label)
}

fn revoked(token: &Token) -> String {
    let at = token.revoked_at.or(token.overlap_until).map(|at| format!(" on {}", moment(at))).unwrap_or_default();
    let by = token.revoked_by.as_deref().map(|by| format!(" by {by}")).unwrap_or_default();
    format!(", revoked{at}{by}")
}
