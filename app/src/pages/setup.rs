//! The first start: a company and its first admin.

use leptos::prelude::*;

use crate::components::{Field, FieldError, error_summary};

/// The setup form; without a code, the word that there is nothing to set up by this link.
#[derive(Debug, Clone, Default)]
pub struct SetupPage {
    /// The link's code.
    pub code: Option<String>,
    /// What was typed before.
    pub company: String,
    /// What was typed before.
    pub email: String,
    /// What is wrong.
    pub errors: Vec<FieldError>,
}

impl SetupPage {
    pub(super) fn view(&self) -> AnyView {
        let body = match &self.code {
            Some(code) => self.form(code),
            None => view! {
                <h1>"This setup link does not work"</h1>
                <p>"It was used already, it has expired, or it is incomplete. While there is no account, the server prints a new link each time it starts."</p>
                <p><a class="btn" href="/login">"Sign in"</a></p>
            }
            .into_any(),
        };
        view! {
            <main id="main" class="narrow">
                <p class="brand"><span class="brand-mark" aria-hidden="true"></span>"SpaceIQ"</p>
                <section class="card">{body}</section>
            </main>
        }
        .into_any()
    }

    fn form(&self, code: &str) -> AnyView {
        let company = Field {
            name: "company",
            label: "Company name",
            kind: "text",
            value: &self.company,
            autocomplete: "organization",
            autofocus: true,
            ..Field::default()
        };
        let email = Field {
            name: "email",
            label: "Email",
            kind: "email",
            value: &self.email,
            hint: Some("You sign in with it."),
            autocomplete: "username",
            ..Field::default()
        };
        let password = Field {
            name: "password",
            label: "Password",
            kind: "password",
            hint: Some("At least 8 characters; 15 or more are better. A few words make a good one."),
            autocomplete: "new-password",
            ..Field::default()
        };
        view! {
            <h1>"Set up SpaceIQ"</h1>
            <p class="lead">"Name your company and create the first admin."</p>
            {error_summary(&self.errors)}
            <form method="post" action="/setup">
                <input type="hidden" name="code" value=code.to_owned()/>
                {company.view(&self.errors)}
                {email.view(&self.errors)}
                {password.view(&self.errors)}
                <button class="btn main wide" type="submit">"Create account"</button>
            </form>
        }
        .into_any()
    }
}
