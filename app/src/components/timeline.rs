//! What happened to someone or something, the newest first, with before and after.

use leptos::prelude::*;

use super::{shown, shown_within};

/// Letters of a value before or after.
const LETTERS: usize = 80;
/// Attributes that one event shows; the rest is in the log.
const CHANGES: usize = 8;

/// One attribute that changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimelineChange {
    /// Its name for people.
    pub label: String,
    /// What it was.
    pub before: Option<String>,
    /// What it is.
    pub after: Option<String>,
}

/// One event.
#[derive(Debug, Clone)]
pub struct TimelineEvent {
    /// Its id in the provisioning log.
    pub id: String,
    /// When.
    pub at: String,
    /// What was done, in words.
    pub done: &'static str,
    /// By whom, in words.
    pub by: String,
    /// Whether it took access away.
    pub bad: bool,
    /// What changed.
    pub changes: Vec<TimelineChange>,
    /// What else there is to say.
    pub notes: Vec<String>,
}

/// The list of events.
pub fn timeline(events: &[TimelineEvent], more: Option<String>) -> AnyView {
    if events.is_empty() {
        return view! { <p class="hint">"Nothing is written down of it any more."</p> }.into_any();
    }
    let more = more.map(|address| view! { <p><a href=address>"All of it in the provisioning log"</a></p> });
    view! { <ol class="events">{events.iter().map(TimelineEvent::view).collect_view()}</ol>{more} }.into_any()
}

impl TimelineEvent {
    fn view(&self) -> AnyView {
        let rest = self.changes.len().saturating_sub(CHANGES);
        let rest = (rest > 0).then(|| view! { <li class="hint">{format!("and {rest} more")}</li> });
        let changes = (!self.changes.is_empty()).then(|| {
            let lines = self.changes.iter().take(CHANGES).map(TimelineChange::view).collect_view();
            view! { <ul class="plain diff">{lines}{rest}</ul> }
        });
        let note = |note: &String| view! { <p class="hint">{shown(note)}</p> };
        view! {
            <li class=self.bad.then_some("bad")>
                <span class="num">{self.at.clone()}</span>
                <div><a href=format!("/provisioning-log/{}", self.id)>{self.done}</a>" by "{shown(&self.by)}</div>
                {changes}
                {self.notes.iter().map(note).collect_view()}
            </li>
        }
        .into_any()
    }
}

impl TimelineChange {
    fn view(&self) -> AnyView {
        let before = self.before.as_ref().map(|text| {
            view! { <del><span class="visually-hidden">"before "</span>{shown_within(text, LETTERS)}</del>" " }
        });
        let after = match &self.after {
            Some(text) => {
                view! { <ins><span class="visually-hidden">"after "</span>{shown_within(text, LETTERS)}</ins> }
                    .into_any()
            }
            None => view! { <span class="muted">"removed"</span> }.into_any(),
        };
        view! { <li><b>{shown(&self.label)}</b>" "{before}{after}</li> }.into_any()
    }
}
