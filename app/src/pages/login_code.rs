//! The second half of signing in.

use leptos::prelude::*;

use crate::components::Field;

/// The form that asks for a code after the password.
#[derive(Debug, Clone, Default)]
pub struct LoginCodePage {
    /// Why the last code was refused.
    pub refusal: Option<String>,
}

impl LoginCodePage {
    pub(super) fn view(&self) -> AnyView {
        let refusal =
            self.refusal.clone().map(|text| view! { <div class="note bad" role="alert"><span>{text}</span></div> });
        let code = Field {
            name: "code",
            label: "Code",
            kind: "text",
            hint: Some("Six digits from your authenticator app, or one of your recovery codes."),
            autocomplete: "one-time-code",
            autofocus: true,
            ..Field::default()
        };
        view! {
            <main id="main" class="narrow">
                <p class="brand"><span class="brand-mark" aria-hidden="true"></span>"SpaceIQ"</p>
                <section class="card">
                    <h1>"Enter your code"</h1>
                    {refusal}
                    <form method="post" action="/login/code">
                        {code.view(&[])}
                        <button class="btn main wide" type="submit">"Sign in"</button>
                    </form>
                    <form method="post" action="/logout">
                        <button class="btn quiet wide" type="submit">"Start again"</button>
                    </form>
                    <p class="hint">"Lost your phone and your recovery codes? An admin of your company can take your second factor away."</p>
                </section>
            </main>
        }
        .into_any()
    }
}
