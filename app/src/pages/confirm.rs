//! The password is asked for again before something that matters.

use leptos::prelude::*;

use crate::components::{Field, FieldError, flash};
use crate::shell::Frame;

/// The form.
#[derive(Debug, Clone, Default)]
pub struct ConfirmPage {
    /// The page to come back to.
    pub next: String,
    /// What is wrong.
    pub errors: Vec<FieldError>,
}

impl ConfirmPage {
    pub(super) fn view(&self, frame: &Frame) -> AnyView {
        let password = Field {
            name: "password",
            label: "Password",
            kind: "password",
            autocomplete: "current-password",
            autofocus: true,
            ..Field::default()
        };
        view! {
            <main id="main" class="narrow">
                {flash(frame)}
                <section class="card">
                    <h1>"Confirm it is you"</h1>
                    <p class="lead">"You signed in a while ago. What you are about to change matters, so enter your password again. It then holds for 10 minutes."</p>
                    <form method="post" action="/confirm">
                        <input type="hidden" name="next" value=self.next.clone()/>
                        {password.view(&self.errors)}
                        <button class="btn main wide" type="submit">"Confirm"</button>
                    </form>
                </section>
            </main>
        }
        .into_any()
    }
}
