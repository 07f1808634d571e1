//! What a sign-on that only tries the settings out came to.

use leptos::prelude::*;

use super::rehearsal::ReportLine;
use crate::components::{Icon, chip, shown};
use crate::shell::Frame;

/// The report.
#[derive(Debug, Clone)]
pub struct SignOnTestPage {
    /// The employee who would be signed in, if every check passed.
    pub person: Option<String>,
    /// Check by check.
    pub checks: Vec<ReportLine>,
    /// What the assertion says.
    pub facts: Vec<(&'static str, String)>,
    /// Its attributes and their values.
    pub attributes: Vec<(String, Vec<String>)>,
    /// The message as it came, when a check failed.
    pub message: Option<String>,
    /// Where the settings are.
    pub back: String,
}

impl SignOnTestPage {
    pub(super) fn view(&self, frame: &Frame) -> AnyView {
        let (state, lead) = match &self.person {
            Some(person) => (
                chip(&frame.sprite, "ok", Icon::Check, "Passed"),
                view! { "Every check passed. " <b>{shown(person)}</b> " would be signed in. Nobody was: this was a test." }.into_any(),
            ),
            None => (
                chip(&frame.sprite, "bad", Icon::Alert, "Failed"),
                view! { "One check failed, so nobody could sign in like this. Nothing was changed." }.into_any(),
            ),
        };
        view! {
            <main id="main" class="page one">
                <p class="brand"><span class="brand-mark" aria-hidden="true"></span>"SpaceIQ"</p>
                <div class="head"><h1>"Test sign-on"</h1>{state}</div>
                <p class="lead">{lead}</p>
                <section class="card" aria-labelledby="checks">
                    <h2 id="checks">"Checks"</h2>
                    <ul class="report">{self.checks.iter().map(|line| line.view(&frame.sprite)).collect_view()}</ul>
                    <a class="btn main" href=self.back.clone()>"Back to the settings"</a>
                </section>
                {self.assertion()}
                {self.message()}
            </main>
        }
        .into_any()
    }

    fn assertion(&self) -> Option<AnyView> {
        if self.facts.is_empty() {
            return None;
        }
        let fact = |(name, value): &(&'static str, String)| {
            view! { <div><dt>{*name}</dt><dd class="break">{shown(value)}</dd></div> }
        };
        let attribute = |(name, values): &(String, Vec<String>)| {
            let values = values.iter().map(|value| view! { <div>{shown(value)}</div> }).collect_view();
            view! { <div><dt class="break">{shown(name)}</dt><dd class="break">{values}</dd></div> }
        };
        let attributes = (!self.attributes.is_empty()).then(|| {
            view! {
                <h2>"Attributes"</h2>
                <dl class="attributes">{self.attributes.iter().map(attribute).collect_view()}</dl>
            }
        });
        let card = view! {
            <section class="card sections" aria-labelledby="assertion">
                <h2 id="assertion">"The assertion"</h2>
                <dl class="attributes">{self.facts.iter().map(fact).collect_view()}</dl>
                {attributes}
            </section>
        };
        Some(card.into_any())
    }

    /// Nothing of it was verified, so it is only shown.
    fn message(&self) -> Option<AnyView> {
        let message = self.message.clone()?;
        let card = view! {
            <section class="card" aria-labelledby="message">
                <h2 id="message">"The message as it came"</h2>
                <p class="hint">"Nothing in it can be relied on. It holds personal data: think before you send it to anyone."</p>
                <details class="more">
                    <summary>"Show"</summary>
                    <pre class="raw" tabindex="0"><code>{message}</code></pre>
                </details>
            </section>
        };
        Some(card.into_any())
    }
}
