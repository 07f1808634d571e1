//! The audit log: acts of accounts, the command line and the system.

use leptos::prelude::*;

use crate::components::{Icon, empty_state, flash, ignored, log_pager, shown, shown_within};
use crate::shell::Frame;

/// One act.
#[derive(Debug, Clone)]
pub struct AuditRow {
    /// Its number in the chain.
    pub number: i64,
    /// When.
    pub at: String,
    /// What was done, in words.
    pub words: String,
    /// To what.
    pub subject: String,
    /// Who did it.
    pub actor: String,
    /// More about it: names and values.
    pub detail: Vec<(String, String)>,
}

/// The list.
#[derive(Debug, Clone)]
pub struct AuditPage {
    /// Whose acts are looked for.
    pub actor: String,
    /// Which action.
    pub action: String,
    /// Values and words of actions.
    pub actions: Vec<(String, String)>,
    /// The first day.
    pub from: String,
    /// The last day.
    pub until: String,
    /// What of it means nothing here, in sentences.
    pub ignored: Vec<String>,
    /// This page's acts, the newest first.
    pub rows: Vec<AuditRow>,
    /// The addresses of the newer and the older page.
    pub newer: Option<String>,
    /// See there.
    pub older: Option<String>,
}

impl AuditPage {
    pub(super) fn view(&self, frame: &Frame) -> AnyView {
        let body = if self.rows.is_empty() {
            let body = view! { <p><a class="btn" href="/audit-log">"Clear filters"</a></p> };
            empty_state(&frame.sprite, Icon::Search, "Nothing matches", body.into_any())
        } else {
            self.table()
        };
        view! {
            <main id="main" class="page one audit">
                <div class="head"><h1>"Audit log"</h1></div>
                {flash(frame)}
                <p class="hint">"Every act of an account, the command line and the system. Each is chained to the one before it: "
                    <code>"spaceiq audit verify"</code>" finds what was changed or removed."</p>
                {self.filters()}
                {ignored(&frame.sprite, &self.ignored)}
                {body}
                {log_pager(self.newer.as_ref(), self.older.as_ref())}
            </main>
        }
        .into_any()
    }

    fn filters(&self) -> AnyView {
        let option = |(value, words): &(String, String)| {
            view! { <option value=value.clone() selected={*value == self.action}>{words.clone()}</option> }
        };
        let day = |name: &'static str, label: &'static str, value: &str| {
            view! { <div class="field"><label for=name>{label}</label><input id=name type="date" name=name value=value.to_owned()/></div> }
        };
        let narrowed = [&self.actor, &self.action, &self.from, &self.until].iter().any(|value| !value.is_empty());
        let clear = narrowed.then(|| view! { <a class="btn quiet" href="/audit-log">"Clear filters"</a> });
        view! {
            <form class="filters" method="get" action="/audit-log" role="search">
                <div class="field"><label for="actor">"Who"</label>
                    <input id="actor" type="search" name="actor" value=self.actor.clone() placeholder="E-mail address, cli or system"/></div>
                <div class="field"><label for="action">"What"</label>
                    <select id="action" name="action">{self.actions.iter().map(option).collect_view()}</select></div>
                {day("from", "From", &self.from)}
                {day("to", "To", &self.until)}
                <div class="actions"><button class="btn" type="submit">"Filter"</button>{clear}</div>
            </form>
        }
        .into_any()
    }

    fn table(&self) -> AnyView {
        let row = |row: &AuditRow| {
            let fact = |(name, value): &(String, String)| view! { <small>{name.clone()} ": " {shown(value)}</small> };
            view! {
                <tr>
                    <th scope="row">{row.words.clone()} {(!row.subject.is_empty()).then(|| view! { " " {shown_within(&row.subject, 80)} })}{row.detail.iter().map(fact).collect_view()}</th>
                    <td data-label="Time" class="num">{row.at.clone()}</td>
                    <td data-label="Who">{shown(&row.actor)}</td>
                    <td data-label="Number" class="num">{row.number}</td>
                </tr>
            }
        };
        view! {
            <div class="card flush">
                <table>
                    <caption class="visually-hidden">"Acts, the newest first"</caption>
                    <thead><tr><th scope="col">"What was done"</th><th scope="col">"Time"</th><th scope="col">"Who"</th><th scope="col">"Number"</th></tr></thead>
                    <tbody>{self.rows.iter().map(row).collect_view()}</tbody>
                </table>
            </div>
        }
        .into_any()
    }
}
