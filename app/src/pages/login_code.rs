//! The second half of signing in.

use leptos::prelude::*;

use crate::components::Field;

/// The form that asks for a code after the password.
#[derive(Debug, Clone, Default)]
pub struct LoginCodePage {
    /// Why the last code was refused.
    pub refusal: Option<String>,
    /// Whether an app shows codes. Without, there are recovery codes only.
    pub app: bool,
    /// Whether there are passkeys, too.
    pub passkey: bool,
}

impl LoginCodePage {
    pub(super) fn view(&self) -> AnyView {
        let refusal =
            self.refusal.clone().map(|text| view! { <div class="note bad" role="alert"><span>{text}</span></div> });
        let code = Field {
            name: "code",
            label: if self.app { "Code" } else { "Recovery code" },
            kind: "text",
            hint: Some(if self.app {
                "Six digits from your authenticator app, or one of your recovery codes."
            } else {
                "Where you do not have your passkey: one of your recovery codes."
            }),
            autocomplete: "one-time-code",
            autofocus: self.app,
            ..Field::default()
        };
        let passkey = self.passkey.then(|| {
            view! {
                <form method="post" action="/login/code/passkey">
                    <button class="btn main wide" type="submit">"Use a passkey"</button>
                    <noscript><p class="hint">"A passkey needs JavaScript, which is off in this browser. A recovery code works without."</p></noscript>
                </form>
            }
        });
        let (title, class) = match (self.app, self.passkey) {
            (true, false) => ("Enter your code", "btn main wide"),
            _ => ("Confirm it is you", "btn wide"),
        };
        view! {
            <main id="main" class="narrow">
                <p class="brand"><span class="brand-mark" aria-hidden="true"></span>"SpaceIQ"</p>
                <section class="card">
                    <h1>{title}</h1>
                    {refusal}
                    {passkey}
                    <form method="post" action="/login/code">
                        {code.view(&[])}
                        <button class=class type="submit">"Sign in"</button>
                    </form>
                    <form method="post" action="/logout">
                        <button class="btn quiet wide" type="submit">"Start again"</button>
                    </form>
                    <p class="hint">"Lost your phone or key and your recovery codes? An admin of your company can take your second factor away."</p>
                </section>
            </main>
        }
        .into_any()
    }
}
