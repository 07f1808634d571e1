//! Sign in.

use leptos::prelude::*;

use crate::components::Field;

/// The sign-in form.
#[derive(Debug, Clone, Default)]
pub struct LoginPage {
    /// What was typed before.
    pub email: String,
    /// Why the last try was refused, as far as a stranger may know.
    pub refusal: Option<String>,
    /// Where the account's company signs in instead.
    pub sign_on: Option<String>,
    /// The page to come back to.
    pub next: String,
    /// Whether there is no account at all yet.
    pub not_set_up: bool,
}

impl LoginPage {
    pub(super) fn view(&self) -> AnyView {
        let refusal =
            self.refusal.clone().map(|text| view! { <div class="note bad" role="alert"><span>{text}</span></div> });
        let sign_on = self.sign_on.clone().map(|href| {
            view! { <p><a class="btn main wide" href=href rel="noreferrer">"Go to single sign-on"</a></p> }
        });
        let not_set_up = self.not_set_up.then(|| {
            view! {
                <div class="note"><span>"There is no account yet. Open the setup link that the server printed when it started."</span></div>
            }
        });
        let email = Field {
            name: "email",
            label: "Email",
            kind: "email",
            value: &self.email,
            autocomplete: "username",
            autofocus: true,
            ..Field::default()
        };
        let password = Field {
            name: "password",
            label: "Password",
            kind: "password",
            autocomplete: "current-password",
            ..Field::default()
        };
        view! {
            <main id="main" class="narrow">
                <p class="brand"><span class="brand-mark" aria-hidden="true"></span>"SpaceIQ"</p>
                <section class="card">
                    <h1>"Sign in"</h1>
                    {not_set_up}
                    {refusal}
                    {sign_on}
                    <form method="post" action="/login">
                        <input type="hidden" name="next" value=self.next.clone()/>
                        {email.view(&[])}
                        {password.view(&[])}
                        <button class="btn main wide" type="submit">"Sign in"</button>
                    </form>
                </section>
            </main>
        }
        .into_any()
    }
}
