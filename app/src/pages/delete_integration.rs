//! The question before an integration is deleted.

use leptos::prelude::*;
use store::integrations::Provider;

use super::provider::{WITHIN, address};
use crate::components::{Icon, crumbs, icon};
use crate::shell::Frame;

/// Which integration, and what it would leave behind.
#[derive(Debug, Clone)]
pub struct DeleteIntegrationPage {
    /// Its provider.
    pub provider: Provider,
    /// Its employees, in words.
    pub employees: String,
    /// Since when it is active, by which a stale page is known.
    pub seen: String,
}

impl DeleteIntegrationPage {
    pub(super) fn view(&self, frame: &Frame) -> AnyView {
        let name = self.provider.name();
        let back = address(self.provider);
        let choice = |value: &'static str, words: &'static str, what: &'static str| {
            let id = format!("employees-{value}");
            let hint = format!("{id}-hint");
            view! {
                <div class="choice">
                    <input id=id.clone() name="employees" type="radio" value=value checked={value == "keep"} aria-describedby=hint.clone()/>
                    <label for=id>{words}</label>
                    <p class="hint" id=hint>{what}</p>
                </div>
            }
        };
        view! {
            <main id="main" class="page one">
                {crumbs(&WITHIN, name)}
                <section class="card question">
                    <h1>"Delete this integration?"</h1>
                    <div class="note warn">{icon(&frame.sprite, Icon::Alert)}
                        <span>"All tokens of " {name} " are revoked at once: its next request is answered 401. The tile returns to Available."</span></div>
                    <form method="post" action=format!("{back}/delete")>
                        <input type="hidden" name="seen" value=self.seen.clone()/>
                        <fieldset class="choices cards">
                            <legend>{self.employees.clone()} " Choose what happens to them."</legend>
                            {choice("keep", "Keep them as they are", "They stay active. A provider that you connect later finds them by userName and goes on.")}
                            {choice("deactivate", "Deactivate them", "They become inactive and stay readable. Whoever is provisioned again becomes active again.")}
                        </fieldset>
                        <div class="actions">
                            <button class="btn danger" type="submit">"Yes"</button>
                            <a class="btn quiet" href=back.clone()>"No, keep it"</a>
                        </div>
                    </form>
                </section>
            </main>
        }
        .into_any()
    }
}
