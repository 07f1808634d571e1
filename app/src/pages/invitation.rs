//! Behind the link of an invitation: the invited person chooses a password.

use leptos::prelude::*;

use crate::components::{Field, FieldError, error_summary, shown};
use crate::shell::Frame;

/// The form; without one, the word that the link does not work.
#[derive(Debug, Clone, Default)]
pub struct InvitationPage {
    /// The form.
    pub form: Option<InvitationForm>,
}

/// An account that waits for its password.
#[derive(Debug, Clone)]
pub struct InvitationForm {
    /// The link's code.
    pub code: String,
    /// Who is invited.
    pub email: String,
    /// To which company.
    pub company: String,
    /// The role's name.
    pub role: &'static str,
    /// What is wrong.
    pub errors: Vec<FieldError>,
}

impl InvitationPage {
    pub(super) fn view(&self, frame: &Frame) -> AnyView {
        let signed_in = frame.person.is_some();
        let (way, words) = if signed_in { ("/", "Go on") } else { ("/login", "Sign in") };
        let body = match &self.form {
            Some(form) => form.view(),
            None => view! {
                <h1>"This invitation does not work"</h1>
                <p>"It was used already, it has expired, or another link took its place. Ask an admin of your company for a new one."</p>
                <p><a class="btn" href=way>{words}</a></p>
            }
            .into_any(),
        };
        view! {
            <main id="main" class="narrow">
                {(!signed_in).then(|| view! { <p class="brand"><span class="brand-mark" aria-hidden="true"></span>"SpaceIQ"</p> })}
                <section class="card">{body}</section>
            </main>
        }
        .into_any()
    }
}

impl InvitationForm {
    fn view(&self) -> AnyView {
        let password = Field {
            name: "password",
            label: "Password",
            kind: "password",
            hint: Some("At least 8 characters; 15 or more are better. A few words make a good one."),
            autocomplete: "new-password",
            autofocus: true,
            ..Field::default()
        };
        view! {
            <h1>"Welcome to SpaceIQ"</h1>
            <p class="lead">"Choose a password for your account at " {shown(&self.company)} "."</p>
            {error_summary(&self.errors)}
            <form method="post" action="/invitation">
                <input type="hidden" name="code" value=self.code.clone()/>
                <div class="field">
                    <label for="email">"Email"</label>
                    <p class="hint" id="email-hint">"You sign in with it. Your role is " {self.role} "."</p>
                    <input id="email" type="email" readonly=true value=self.email.clone() autocomplete="username" aria-describedby="email-hint"/>
                </div>
                {password.view(&self.errors)}
                <button class="btn main wide" type="submit">"Create account"</button>
            </form>
        }
        .into_any()
    }
}
