//! The question before a token is revoked.

use leptos::prelude::*;
use store::integrations::Provider;

use super::provider::{WITHIN, address};
use crate::components::{Field, FieldError, crumbs, flash, shown};
use crate::shell::Frame;

/// Which token, and what stops.
#[derive(Debug, Clone)]
pub struct RevokePage {
    /// Its provider.
    pub provider: Provider,
    /// Its id.
    pub token_id: String,
    /// What people call it.
    pub label: String,
    /// First and last letters.
    pub letters: String,
    /// Whether requests with it are accepted now.
    pub works: bool,
    /// What was typed before.
    pub typed: String,
    /// What is wrong with it.
    pub errors: Vec<FieldError>,
}

impl RevokePage {
    pub(super) fn view(&self, frame: &Frame) -> AnyView {
        let name = self.provider.name();
        let back = address(self.provider);
        let consequence = if self.works {
            format!(
                "The next request that {name} makes with it is answered 401, and {name} stops provisioning until it has another token. Employees and groups stay as they are."
            )
        } else {
            "It does not work now, and never will.".to_owned()
        };
        // Only what stops something is asked for twice.
        let confirmation = self.works.then(|| {
            let field = Field {
                name: "confirmation",
                label: "To confirm, type the last four letters of the token",
                kind: "text",
                value: &self.typed,
                autocomplete: "off",
                ..Field::default()
            };
            field.view(&self.errors)
        });
        view! {
            <main id="main" class="page one">
                {crumbs(&WITHIN, name)}
                {flash(frame)}
                <section class="card question">
                    <h1>"Revoke this token?"</h1>
                    <p><b>{shown(&self.label)}</b> " " <code>{self.letters.clone()}</code></p>
                    <p>{consequence} " This cannot be undone."</p>
                    <form method="post" action=format!("{back}/tokens/{}/revoke", self.token_id)>
                        {confirmation}
                        <div class="actions">
                            <button class="btn danger" type="submit">"Revoke token"</button>
                            <a class="btn quiet" href=back.clone()>"Keep it"</a>
                        </div>
                    </form>
                </section>
            </main>
        }
        .into_any()
    }
}
