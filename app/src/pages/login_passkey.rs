//! The second half of signing in, with a passkey.

use leptos::prelude::*;

use crate::components::{PasskeyAct, passkey_button};

/// The page that asks the browser for a passkey.
#[derive(Debug, Clone)]
pub struct LoginPasskeyPage {
    /// Why the last one was refused.
    pub refusal: Option<String>,
    /// What the browser is told, as JSON.
    pub options: String,
}

impl LoginPasskeyPage {
    pub(super) fn view(&self) -> AnyView {
        let refusal =
            self.refusal.clone().map(|text| view! { <div class="note bad" role="alert"><span>{text}</span></div> });
        // Whoever came here pressed a button for it. After a refusal they press another one.
        let at_once = self.refusal.is_none().then_some("");
        view! {
            <main id="main" class="narrow">
                <p class="brand"><span class="brand-mark" aria-hidden="true"></span>"SpaceIQ"</p>
                <section class="card">
                    <h1>"Use your passkey"</h1>
                    {refusal}
                    <p>"Your browser asks for it now: unlock your device, or touch your key."</p>
                    <form method="post" action="/login/code/passkey" data-at-once=at_once>
                        {passkey_button(PasskeyAct::Get, "answer", &self.options, ("btn main wide", "Use passkey"))}
                    </form>
                    <p><a href="/login/code">"Use a code instead"</a></p>
                </section>
            </main>
        }
        .into_any()
    }
}
