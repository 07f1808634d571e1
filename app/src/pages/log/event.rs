//! One event of the provisioning log.

use leptos::prelude::*;

use super::{LogOutcome, LogWords};
use crate::components::{Icon, crumbs, flash, icon, marked_lines, plain, shown_in_full};
use crate::shell::Frame;

/// An attribute before and after.
#[derive(Debug, Clone)]
pub struct ChangeRow {
    /// Its name.
    pub attribute: String,
    /// What it was.
    pub before: Option<String>,
    /// What it is.
    pub after: Option<String>,
}

/// Something that was bent to make it fit.
#[derive(Debug, Clone)]
pub struct NoteRow {
    /// What was done to it.
    pub done: &'static str,
    /// The attribute.
    pub attribute: String,
    /// Why.
    pub why: String,
}

/// The event.
#[derive(Debug, Clone)]
pub struct EventPage {
    /// Its id.
    pub id: String,
    /// What happened.
    pub words: LogWords,
    /// What came of it.
    pub outcome: LogOutcome,
    /// Why it failed, in the words that the client was told.
    pub detail: Option<String>,
    /// What to do about it.
    pub fix: Vec<String>,
    /// Names and values of what is known about it.
    pub facts: Vec<(&'static str, String)>,
    /// Other events with the same correlation id.
    pub correlated: Option<String>,
    /// What changed.
    pub changes: Vec<ChangeRow>,
    /// What was bent.
    pub notes: Vec<NoteRow>,
    /// The request's body, and what is to be said of its length.
    pub request: Option<(String, Option<String>)>,
    /// The answer's.
    pub response: Option<(String, Option<String>)>,
    /// Whether personal data is shown.
    pub revealed: bool,
    /// Whether the person may see it.
    pub may_reveal: bool,
    /// Whether it changed something that may be undone.
    pub may_undo: bool,
}

impl EventPage {
    pub(in crate::pages) fn view(&self, frame: &Frame) -> AnyView {
        let subject = self.words.address.clone().map(|address| {
            view! { <a class="btn" href=address>"Open"<span class="visually-hidden">" what it was about"</span></a> }
        });
        let undo = self.may_undo.then(|| {
            let href = format!("/provisioning-log/{}/undo", self.id);
            view! { <a class="btn" href=href>"Undo"<span class="visually-hidden">" this change"</span></a> }
        });
        view! {
            <main id="main" class="page one event">
                {crumbs(&[("Provisioning log", "/provisioning-log")], "Event")}
                <div class="head"><h1>{self.words.view()}</h1>{self.outcome.chip(&frame.sprite)}{subject}{undo}</div>
                {flash(frame)}
                {self.problem(frame)}
                <div class="split">
                    <div>{self.changes()}{self.notes()}{self.bodies(frame)}</div>
                    <aside>{self.facts()}</aside>
                </div>
            </main>
        }
        .into_any()
    }

    fn problem(&self, frame: &Frame) -> Option<AnyView> {
        if self.detail.is_none() && self.fix.is_empty() {
            return None;
        }
        let detail = self.detail.as_deref().map(|detail| view! { <p>{shown_in_full(detail)}</p> });
        let step = |step: &String| view! { <li>{step.clone()}</li> };
        let fix = (!self.fix.is_empty()).then(|| {
            view! { <h2>"How to fix"</h2><ul>{self.fix.iter().map(step).collect_view()}</ul> }
        });
        Some(
            view! { <section class="note warn">{icon(&frame.sprite, Icon::Alert)}<div>{detail}{fix}</div></section> }
                .into_any(),
        )
    }

    fn facts(&self) -> AnyView {
        let fact = |(name, value): &(&'static str, String)| view! { <div><dt>{*name}</dt><dd>{shown_in_full(value)}</dd></div> };
        let correlated = self
            .correlated
            .clone()
            .map(|address| view! { <p><a href=address>"All events with this correlation id"</a></p> });
        view! {
            <section class="card"><h2>"Details"</h2><dl class="attributes">{self.facts.iter().map(fact).collect_view()}</dl>{correlated}</section>
        }
        .into_any()
    }

    fn changes(&self) -> Option<AnyView> {
        if self.changes.is_empty() {
            return None;
        }
        let row = |row: &ChangeRow| {
            let before = row.before.as_deref().map(|value| view! { <del>{shown_in_full(value)}</del> });
            let after = row.after.as_deref().map(|value| view! { <ins>{shown_in_full(value)}</ins> });
            let none = || view! { <span class="muted">"empty"</span> };
            view! {
                <tr>
                    <th scope="row"><code>{plain(&row.attribute)}</code></th>
                    <td data-label="Before">{before.is_none().then(none)}{before}</td>
                    <td data-label="After">{after.is_none().then(none)}{after}</td>
                </tr>
            }
        };
        Some(
            view! {
                <section class="card"><h2>"Changed attributes"</h2>
                    <table class="diff">
                        <caption class="visually-hidden">"Attributes before and after"</caption>
                        <thead><tr><th scope="col">"Attribute"</th><th scope="col">"Before"</th><th scope="col">"After"</th></tr></thead>
                        <tbody>{self.changes.iter().map(row).collect_view()}</tbody>
                    </table>
                </section>
            }
            .into_any(),
        )
    }

    fn notes(&self) -> Option<AnyView> {
        if self.notes.is_empty() {
            return None;
        }
        let note = |note: &NoteRow| {
            view! { <div><dt>{note.done} " " <code>{plain(&note.attribute)}</code></dt><dd>{shown_in_full(&note.why)}</dd></div> }
        };
        Some(
            view! {
                <section class="card"><h2>"Coerced or ignored"</h2>
                    <dl class="attributes">{self.notes.iter().map(note).collect_view()}</dl></section>
            }
            .into_any(),
        )
    }

    fn bodies(&self, frame: &Frame) -> Option<AnyView> {
        if self.request.is_none() && self.response.is_none() {
            return None;
        }
        let body = |title: &'static str, label: &'static str, body: &Option<(String, Option<String>)>| {
            let (text, note) = body.clone()?;
            let note = note.map(|note| view! { <p class="hint">{note}</p> });
            let code = (!text.is_empty()).then(|| {
                view! { <pre class="code wrap" tabindex="0" role="region" aria-label=label>{marked_lines(&text)}</pre> }
            });
            Some(view! { <h3>{title}</h3>{note}{code} })
        };
        Some(
            view! {
                <section class="card"><h2>"Request and response"</h2>
                    {self.reveal(frame)}
                    {body("What was sent", "Request body", &self.request)}
                    {body("What we answered", "Response body", &self.response)}
                </section>
            }
            .into_any(),
        )
    }

    fn reveal(&self, frame: &Frame) -> AnyView {
        if self.revealed {
            let text = "Personal data is shown on this page only. That you looked at it is in the audit log.";
            return view! { <div class="note ok" role="status">{icon(&frame.sprite, Icon::Check)}<span>{text}</span></div> }.into_any();
        }
        if !self.may_reveal {
            return view! { <p class="hint">"Personal data is masked. The roles Admin and IT may show it."</p> }
                .into_any();
        }
        view! {
            <form method="post" action=format!("/provisioning-log/{}/reveal", self.id)>
                <p class="hint">"Personal data is masked. Showing it is written to the audit log."</p>
                <p><button class="btn" type="submit">"Show personal data"</button></p>
            </form>
        }
        .into_any()
    }
}
