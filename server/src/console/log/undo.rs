//! Undoing an event.

use app::pages::{LogWords, Page, UndoPage};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use store::StoreError;
use store::events;
use store::undo::{self, Refusal, Undo};

use crate::console::attributes;
use crate::console::error::ConsoleError;
use crate::console::page::{Fields, Visitor};
use crate::log::words;
use crate::state::AppState;

pub(in crate::console) async fn ask_to_undo(
    State(state): State<AppState>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, ConsoleError> {
    let page = view(&state, &visitor, &id).await?;
    Ok(visitor.show(Page::Undo(page)).await)
}

async fn view(state: &AppState, visitor: &Visitor, id: &str) -> Result<UndoPage, ConsoleError> {
    let tenant = visitor.account()?.tenant_id.clone();
    let of = id.to_owned();
    // What is looked at is locked for a moment, which a connection for reading cannot.
    let found: Result<_, StoreError> = state
        .store
        .write(move |conn| {
            Box::pin(async move {
                let event = events::get(conn, &tenant, &of).await?;
                Ok(event.zip(undo::preview(conn, &tenant, &of).await?))
            })
        })
        .await;
    let (event, plan) = found?.ok_or(ConsoleError::NotFound)?;
    let page = UndoPage {
        event: event.id.clone(),
        words: LogWords { address: None, ..words::words(&event) },
        effects: Vec::new(),
        refusal: None,
        notice: None,
        seen: String::new(),
    };
    Ok(match plan {
        Ok(undo) => UndoPage { effects: effects(&undo), seen: spelled(&undo), ..page },
        Err(refusal) => UndoPage { refusal: Some(reason(&refusal)), ..page },
    })
}

/// What will happen, a sentence each.
fn effects(undo: &Undo) -> Vec<String> {
    let members = |count: usize| if count == 1 { "1 member".to_owned() } else { format!("{count} members") };
    let missing = |count: usize| match count {
        0 => None,
        1 => Some("1 of them does not exist any more and stays away.".to_owned()),
        count => Some(format!("{count} of them do not exist any more and stay away.")),
    };
    let sentences = match undo {
        Undo::Change { attributes, leave, join, missing: gone } => vec![
            (!attributes.is_empty()).then(|| format!("These get the values they had before: {}.", listed(attributes))),
            (*leave > 0).then(|| format!("{} whom it added are taken out again.", members(*leave))),
            (*join > 0).then(|| format!("{} whom it removed come back.", members(*join))),
            missing(*gone),
        ],
        Undo::Delete => vec![Some(
            "What was created is deleted. An employee can be restored for 30 days; a group by undoing that in turn."
                .to_owned(),
        )],
        Undo::Restore { with, missing: gone } => vec![
            Some(match with {
                0 => "What was deleted comes back, with the same id.".to_owned(),
                1 => "What was deleted comes back, with the same id and 1 membership.".to_owned(),
                with => format!("What was deleted comes back, with the same id and {with} memberships."),
            }),
            missing(*gone),
        ],
    };
    sentences.into_iter().flatten().collect()
}

fn listed(attributes: &[String]) -> String {
    let named = |name: &String| {
        if name == "active" {
            "Active".to_owned()
        } else if name.starts_with("urn:") {
            // All attributes of an extension stand and fall together.
            match name.rsplit(':').nth(2) {
                Some("enterprise") => "work attributes".to_owned(),
                _ => "your own attributes".to_owned(),
            }
        } else {
            attributes::named(name)
        }
    };
    attributes.iter().map(named).collect::<Vec<_>>().join(", ")
}

/// The effects in a form's field.
fn spelled(undo: &Undo) -> String {
    match undo {
        Undo::Change { attributes, leave, join, missing } => {
            format!("change {} -{leave} +{join} {missing}", attributes.join(" "))
        }
        Undo::Delete => "delete".to_owned(),
        Undo::Restore { with, missing } => format!("restore {with} {missing}"),
    }
}

/// Why it cannot be done, and what to do.
fn reason(refusal: &Refusal) -> String {
    match refusal {
        Refusal::NoChange => "This event changed nothing, so there is nothing to undo.".to_owned(),
        Refusal::Gone => "What it was about is not there any more.".to_owned(),
        Refusal::Changed(names) if names == &["members"] => {
            "Its members have changed again since. Undo the later changes first.".to_owned()
        }
        Refusal::Changed(names) if names == &["id"] => "It was brought back already.".to_owned(),
        Refusal::Changed(names) => format!(
            "These have changed again since: {}. Undo the later changes first, the newest before the others.",
            listed(names)
        ),
        Refusal::Shortened(name) => format!(
            "The log keeps only the beginning of {}, since it is long; so it cannot be given back.",
            listed(std::slice::from_ref(name))
        ),
        Refusal::Taken => "Its name has been given to another. Rename or delete that one first.".to_owned(),
        Refusal::TooManyMembers => format!(
            "It moved more than {} members, of which the log keeps the number only.",
            app::components::grouped(undo::MAX_MEMBERS as u64)
        ),
    }
}

#[derive(Deserialize)]
pub(in crate::console) struct Seen {
    #[serde(default)]
    seen: String,
}

pub(in crate::console) async fn undo(
    State(state): State<AppState>,
    visitor: Visitor,
    Path(id): Path<String>,
    Fields(Seen { seen }): Fields<Seen>,
) -> Result<Response, ConsoleError> {
    if seen.is_empty() {
        return Err(ConsoleError::BadForm);
    }
    let account = visitor.account()?;
    let (tenant, by, store, event) =
        (account.tenant_id.clone(), account.email.clone(), state.store.clone(), id.clone());
    let done: Result<Option<bool>, StoreError> = state
        .store
        .write(move |conn| {
            Box::pin(async move {
                // What the page said is what is done, or nothing.
                let Some(plan) = undo::preview(conn, &tenant, &event).await? else { return Ok(None) };
                if !plan.is_ok_and(|plan| spelled(&plan) == seen) {
                    return Ok(Some(false));
                }
                let done = undo::apply(conn, (&tenant, &event), &by, &store).await?;
                Ok(done.map(|done| done.is_ok()))
            })
        })
        .await;
    match done {
        Ok(Some(true)) => visitor.go_to(&format!("/provisioning-log/{id}"), "The change was undone.").await,
        // A name can be taken between the look and the writing.
        Ok(Some(false)) | Err(StoreError::Conflict(_) | StoreError::UnknownMember(_)) => {
            let notice = "Nothing was done: something changed meanwhile. This is how it stands now.".to_owned();
            let page = UndoPage { notice: Some(notice), ..view(&state, &visitor, &id).await? };
            Ok(visitor.show_with(StatusCode::CONFLICT, Page::Undo(page)).await)
        }
        Ok(None) => Err(ConsoleError::NotFound),
        Err(error) => Err(error.into()),
    }
}
