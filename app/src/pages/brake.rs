//! An integration that disabled or deleted too many at once: who is affected, and the two ways on.

use leptos::prelude::*;
use store::integrations::Provider;

use super::provider::{WITHIN, address};
use crate::components::{Icon, chip, crumbs, flash, icon, shown};
use crate::shell::Frame;

/// Somebody who left.
#[derive(Debug, Clone)]
pub struct BrakePerson {
    /// The name at the time.
    pub name: String,
    /// The page about them, if there is one.
    pub address: Option<String>,
    /// Deleted, not only disabled.
    pub deleted: bool,
    /// When.
    pub at: String,
    /// What came of restoring them.
    pub outcome: Option<BrakeOutcome>,
}

/// What came of restoring somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BrakeOutcome {
    /// They are back.
    Restored,
    /// Their user name has been given to another.
    Taken,
    /// There is nothing left to restore.
    Gone,
}

/// Where the decision stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BrakeState {
    /// Nobody has decided yet.
    Waiting,
    /// Restoring goes on: who decided, and when.
    Restoring(String),
    /// It is done: what was decided, by whom, and when.
    Done(String),
}

/// The brake.
#[derive(Debug, Clone)]
pub struct BrakePage {
    /// Which provider.
    pub provider: Provider,
    /// The brake's id, by which a stale page is known.
    pub id: String,
    /// What happened, in words.
    pub text: String,
    /// Where the decision stands.
    pub state: BrakeState,
    /// Some of those who are affected, in the order in which they left.
    pub people: Vec<BrakePerson>,
    /// The address of the next of them.
    pub next: Option<String>,
    /// The address of the first of them, when these are not they.
    pub first: Option<String>,
    /// What went otherwise than asked for.
    pub notice: Option<String>,
}

impl BrakePage {
    pub(super) fn view(&self, frame: &Frame) -> AnyView {
        let sprite = &frame.sprite;
        let notice = self.notice.clone().map(|text| {
            view! { <div class="note warn" role="alert">{icon(sprite, Icon::Alert)}<span>{text}</span></div> }
        });
        view! {
            <main id="main" class="page one">
                {crumbs(&WITHIN, self.provider.name())}
                <div class="head"><h1>"Brake"</h1>{self.chip(sprite)}</div>
                {flash(frame)}
                {notice}
                <section class="card"><h2>"What happened"</h2><p>{self.text.clone()}</p>{self.decision()}</section>
                {self.people(sprite)}
                <p><a href=address(self.provider)>{format!("Back to {}", self.provider.name())}</a></p>
            </main>
        }
        .into_any()
    }

    fn chip(&self, sprite: &str) -> AnyView {
        match self.state {
            BrakeState::Waiting => chip(sprite, "warn", Icon::Alert, "Waits for a decision"),
            BrakeState::Restoring(_) => chip(sprite, "", Icon::Clock, "Restoring"),
            BrakeState::Done(_) => chip(sprite, "ok", Icon::Check, "Decided"),
        }
    }

    fn decision(&self) -> AnyView {
        let name = self.provider.name();
        let text = match &self.state {
            BrakeState::Restoring(text) | BrakeState::Done(text) => text.clone(),
            BrakeState::Waiting => return self.question(name),
        };
        view! { <p>{text}</p> }.into_any()
    }

    fn question(&self, name: &'static str) -> AnyView {
        let action = format!("{}/brake", address(self.provider));
        let answer = |decision: &'static str, class: &'static str, words: &'static str| {
            view! {
                <form method="post" action=action.clone()>
                    <input type="hidden" name="brake" value=self.id.clone()/>
                    <input type="hidden" name="decision" value=decision/>
                    <button class=class type="submit">{words}</button>
                </form>
            }
        };
        view! {
            <p>"Their access ended, as " {name} " asked, and " {name} " is answered accordingly. Nothing was erased: whoever was deleted is kept until you decide."</p>
            <p>"If it was a mistake, first correct it in " {name} " or stop provisioning there: it would do the same again with its next cycle."</p>
            <div class="actions">
                {answer("restore", "btn main", "Restore all")}
                {answer("confirm", "btn", "It was meant so")}
            </div>
            <p class="hint">"Whoever was deleted can be restored one by one for 30 days, whatever you choose."</p>
        }
        .into_any()
    }

    fn people(&self, sprite: &str) -> AnyView {
        let row = |person: &BrakePerson| {
            let name = match person.address.clone() {
                Some(address) => view! { <a href=address>{shown(&person.name)}</a> }.into_any(),
                None => shown(&person.name),
            };
            let done = if person.deleted { "Deleted" } else { "Disabled" };
            let outcome = match (person.outcome, person.deleted) {
                (Some(outcome), _) => outcome.chip(sprite),
                (None, true) => view! { "Kept" }.into_any(),
                (None, false) => view! { "Inactive" }.into_any(),
            };
            view! {
                <tr>
                    <th scope="row">{name}</th>
                    <td data-label="What">{done}</td>
                    <td data-label="When" class="num">{person.at.clone()}</td>
                    <td data-label="Now">{outcome}</td>
                </tr>
            }
        };
        let first = self.first.clone().map(|address| view! { <a class="btn" href=address>"First"</a> });
        let next = self.next.clone().map(|address| view! { <a class="btn" rel="next" href=address>"Next"</a> });
        view! {
            <h2>"Who is affected"</h2>
            <div class="card flush">
                <table>
                    <caption class="visually-hidden">"Who was disabled or deleted, in the order in which it happened"</caption>
                    <thead><tr><th scope="col">"Name"</th><th scope="col">"What"</th><th scope="col">"When"</th><th scope="col">"Now"</th></tr></thead>
                    <tbody>{self.people.iter().map(row).collect_view()}</tbody>
                </table>
            </div>
            <nav class="pager" aria-label="Pages"><p></p><div>{first}{next}</div></nav>
        }
        .into_any()
    }
}

impl BrakeOutcome {
    fn chip(self, sprite: &str) -> AnyView {
        match self {
            Self::Restored => chip(sprite, "ok", Icon::Check, "Restored"),
            Self::Taken => chip(sprite, "warn", Icon::Alert, "Not restored: someone has this user name"),
            Self::Gone => chip(sprite, "", Icon::Stop, "No longer kept"),
        }
    }
}
