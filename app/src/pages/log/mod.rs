//! The provisioning log: what was asked of the SCIM endpoint, and what came of it.

mod event;
mod filters;

use leptos::prelude::*;

pub use event::{ChangeRow, EventPage, NoteRow};
pub use filters::LogFilters;

use crate::components::{Icon, chip, empty_state, flash, ignored, log_pager, shown};
use crate::islands::live::Live;
use crate::shell::Frame;

/// Seconds between two questions for newer events.
const FRESH_EVERY: u32 = 5;

/// What came of a request, as its chip shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogOutcome {
    /// Done.
    Success,
    /// Nothing to do.
    Skipped,
    /// Not done.
    Failure,
    /// Not let in.
    Refused,
}

impl LogOutcome {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Success => "Success",
            Self::Skipped => "No change",
            Self::Failure => "Failure",
            Self::Refused => "Refused",
        }
    }

    fn chip(self, sprite: &str) -> AnyView {
        let (kind, icon) = match self {
            Self::Success => ("ok", Icon::Check),
            Self::Skipped => ("", Icon::Check),
            Self::Failure => ("bad", Icon::Alert),
            Self::Refused => ("warn", Icon::Stop),
        };
        chip(sprite, kind, icon, self.word())
    }
}

/// What happened, in words: "Added 3 members to", "Floor 4", and nothing more.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LogWords {
    /// What was done.
    pub done: String,
    /// To whom or what.
    pub subject: Option<String>,
    /// What follows.
    pub rest: String,
    /// The subject's page.
    pub address: Option<String>,
}

impl LogWords {
    /// All of it as text.
    pub fn text(&self) -> String {
        let parts = [self.done.as_str(), self.subject.as_deref().unwrap_or_default(), self.rest.as_str()];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
    }

    pub(in crate::pages) fn view(&self) -> AnyView {
        let subject = self.subject.as_deref().map(|subject| view! { " " {shown(subject)} });
        let rest = (!self.rest.is_empty()).then(|| format!(" {}", self.rest));
        view! { {self.done.clone()} {subject} {rest} }.into_any()
    }
}

/// One line.
#[derive(Debug, Clone)]
pub struct LogRow {
    /// The event's id.
    pub id: String,
    /// When.
    pub at: String,
    /// What happened.
    pub words: LogWords,
    /// More about it: what changed, or why it failed.
    pub summary: Option<String>,
    /// What came of it.
    pub outcome: LogOutcome,
    /// The HTTP status, and the keyword of an error.
    pub status: String,
    /// How it was sent and how long it took.
    pub sent: String,
    /// What was bent to make it fit.
    pub bent: Option<String>,
    /// The token.
    pub token: String,
}

/// The list.
#[expect(clippy::struct_excessive_bools, reason = "each stands for a sentence of its own")]
#[derive(Debug, Clone)]
pub struct LogPage {
    /// What is looked for.
    pub filters: LogFilters,
    /// What of it means nothing here, in sentences.
    pub ignored: Vec<String>,
    /// This page's lines, the newest first.
    pub rows: Vec<LogRow>,
    /// The addresses of the newer and the older page.
    pub newer: Option<String>,
    /// See there.
    pub older: Option<String>,
    /// Where to ask for newer events, on the newest page.
    pub fresh: Option<String>,
    /// Whether any event was ever written down.
    pub ever: bool,
    /// Whether a provider is connected.
    pub connected: bool,
    /// Whether the person may manage integrations.
    pub may_manage: bool,
    /// Whether the person may take the log away as a file.
    pub may_export: bool,
}

impl LogPage {
    pub(super) fn view(&self, frame: &Frame) -> AnyView {
        let body = if self.rows.is_empty() { self.nothing(frame) } else { self.table(frame) };
        view! {
            <main id="main" class="page one log">
                <div class="head"><h1>"Provisioning log"</h1>{self.export()}</div>
                {flash(frame)}
                {self.ever.then(|| self.filters.view())}
                {ignored(&frame.sprite, &self.ignored)}
                {self.fresh()}
                {body}
                {log_pager(self.newer.as_ref(), self.older.as_ref())}
            </main>
        }
        .into_any()
    }

    /// The place where newer events announce themselves. It is kept free, so that nothing moves.
    fn fresh(&self) -> Option<AnyView> {
        let address = self.fresh.clone()?;
        let live = view! { <div class="fresh" role="status"><Live address=address seconds=FRESH_EVERY>""</Live></div> };
        Some(live.into_any())
    }

    fn export(&self) -> Option<AnyView> {
        if !self.may_export || self.rows.is_empty() {
            return None;
        }
        let hidden = |(name, value): (&'static str, String)| view! { <input type="hidden" name=name value=value/> };
        let form = view! {
            <form method="post" action="/provisioning-log/export" class="actions">
                {self.filters.pairs().into_iter().map(hidden).collect_view()}
                <button class="btn" type="submit" name="format" value="csv">"Export CSV"</button>
                <button class="btn" type="submit" name="format" value="ndjson">"Export NDJSON"</button>
            </form>
        };
        Some(form.into_any())
    }

    fn nothing(&self, frame: &Frame) -> AnyView {
        if self.ever {
            let body = view! { <p>"No event matches these filters. Events are kept for a limited time."</p>
            <p><a class="btn" href="/provisioning-log">"Clear filters"</a></p> };
            return empty_state(&frame.sprite, Icon::Search, "Nothing matches", body.into_any());
        }
        let body = if self.connected {
            view! { <p>"Waiting for the first request. In Azure, press Test Connection, then set Provisioning Status to On; what it sends appears here within seconds."</p> }.into_any()
        } else if self.may_manage {
            view! {
                <p>"Everything that your identity provider sends will be listed here. Connect it first."</p>
                <p><a class="btn main" href="/settings/integrations/provisioning-sso">"Connect an identity provider"</a></p>
            }
            .into_any()
        } else {
            view! { <p>"Everything that your identity provider sends will be listed here. Someone with the role Admin or IT can connect it."</p> }.into_any()
        };
        empty_state(&frame.sprite, Icon::Clock, "No events yet", body)
    }

    fn table(&self, frame: &Frame) -> AnyView {
        let row = |row: &LogRow| row.view(&frame.sprite);
        view! {
            <div class="card flush">
                <table>
                    <caption class="visually-hidden">"Provisioning events, the newest first"</caption>
                    <thead><tr>
                        <th scope="col">"What happened"</th><th scope="col">"Time"</th><th scope="col">"Outcome"</th>
                        <th scope="col">"Request"</th><th scope="col">"Token"</th>
                    </tr></thead>
                    <tbody>{self.rows.iter().map(row).collect_view()}</tbody>
                </table>
            </div>
        }
        .into_any()
    }
}

impl LogRow {
    fn view(&self, sprite: &str) -> AnyView {
        let summary = self.summary.as_deref().map(|text| view! { <small>{shown(text)}</small> });
        let bent = self.bent.as_deref().map(|text| view! { <small>{shown(text)}</small> });
        let status = (!self.status.is_empty()).then(|| view! { <small class="num">{self.status.clone()}</small> });
        view! {
            <tr>
                <th scope="row"><a href=format!("/provisioning-log/{}", self.id)>{self.words.view()}</a>{summary}</th>
                <td data-label="Time" class="num">{self.at.clone()}</td>
                <td data-label="Outcome">{self.outcome.chip(sprite)}{status}</td>
                <td data-label="Request" class="num">{self.sent.clone()}{bent}</td>
                <td data-label="Token">{shown(&self.token)}</td>
            </tr>
        }
        .into_any()
    }
}

/// That there are newer events: a link, so that nothing moves under a hand that is about to press.
pub fn fresh(count: i64, limit: i64, address: &str) -> AnyView {
    let text = match count {
        1 => "1 new event, show".to_owned(),
        count if count >= limit => format!("{limit} or more new events, show"),
        count => format!("{count} new events, show"),
    };
    view! { <a class="btn" href=address.to_owned()>{text}</a> }.into_any()
}
