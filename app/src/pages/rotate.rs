//! The question before a token is rotated.

use leptos::prelude::*;
use store::integrations::Provider;

use super::provider::{WITHIN, address};
use crate::components::{crumbs, flash, shown};
use crate::shell::Frame;

/// How long the old token may work beside the new one: value, words, and when to choose it.
pub const OVERLAPS: [(&str, &str, &str); 4] = [
    ("24h", "24 hours", "Time to paste the new token. Provisioning does not stop."),
    ("1h", "1 hour", "When you paste it right away."),
    ("7d", "7 days", "When somebody else has to paste it."),
    ("0", "End it now", "When the old token may have leaked. Provisioning stops until the new one is in place."),
];

/// Which token is to be replaced.
#[derive(Debug, Clone)]
pub struct RotatePage {
    /// Its provider.
    pub provider: Provider,
    /// Its id.
    pub token_id: String,
    /// What people call it.
    pub label: String,
    /// First and last letters.
    pub letters: String,
    /// The form's key: the same key never issues twice.
    pub request_key: String,
}

impl RotatePage {
    pub(super) fn view(&self, frame: &Frame) -> AnyView {
        let name = self.provider.name();
        let back = address(self.provider);
        let choice = |(value, words, when): (&'static str, &'static str, &'static str)| {
            let id = format!("overlap-{value}");
            let hint = format!("{id}-hint");
            view! {
                <div class="choice">
                    <input id=id.clone() name="overlap" type="radio" value=value checked={value == "24h"} aria-describedby=hint.clone()/>
                    <label for=id>{words}</label>
                    <p class="hint" id=hint>{when}</p>
                </div>
            }
        };
        view! {
            <main id="main" class="page one">
                {crumbs(&WITHIN, name)}
                {flash(frame)}
                <section class="card question">
                    <h1>"Rotate this token?"</h1>
                    <p><b>{shown(&self.label)}</b> " " <code>{self.letters.clone()}</code></p>
                    <p>"You get a new token, which works at once. Put it in place of the old one in " {name} "."</p>
                    <form method="post" action=format!("{back}/tokens/{}/rotate", self.token_id)>
                        <input type="hidden" name="request_key" value=self.request_key.clone()/>
                        <fieldset class="choices cards"><legend>"Keep the old token for"</legend>{OVERLAPS.map(choice).collect_view()}</fieldset>
                        <div class="actions">
                            <button class="btn main" type="submit">"Rotate token"</button>
                            <a class="btn quiet" href=back.clone()>"Cancel"</a>
                        </div>
                    </form>
                </section>
            </main>
        }
        .into_any()
    }
}
