//! Which employee an account is.

use leptos::prelude::*;

use crate::components::{Field, FieldError, crumbs, error_summary, settings_menu, shown};
use crate::shell::Frame;

/// One account, and the employee that it is or may become.
#[derive(Debug, Clone)]
pub struct AccountLinkPage {
    /// The account's id.
    pub id: String,
    /// The name it signs in with.
    pub email: String,
    /// The employee that it is: id and name.
    pub employee: Option<(String, String)>,
    /// What was typed.
    pub typed: String,
    /// What is wrong with it.
    pub errors: Vec<FieldError>,
}

impl AccountLinkPage {
    pub(super) fn view(&self, frame: &Frame) -> AnyView {
        let form = match &self.employee {
            Some((id, name)) => self.linked(id, name),
            None => self.unlinked(),
        };
        view! {
            <div class="page">
                {settings_menu(frame, "accounts")}
                <main id="main">
                    {crumbs(&[("Settings", "/settings"), ("Accounts", "/settings/accounts")], "Employee")}
                    <section class="card question">
                        <h1>"Which employee is this?"</h1>
                        {error_summary(&self.errors)}
                        <p><b><bdi>{self.email.clone()}</bdi></b></p>
                        {form}
                    </section>
                </main>
            </div>
        }
        .into_any()
    }

    fn linked(&self, id: &str, name: &str) -> AnyView {
        view! {
            <p>"This account is " <a href=format!("/employees/{id}")>{shown(name)}</a> ", whose single sign-on leads to it."</p>
            <p class="hint">"When the link ends, the account is signed out everywhere."</p>
            <form method="post" action=format!("/settings/accounts/{}/unlink", self.id)>
                <div class="actions">
                    <button class="btn danger" type="submit">"End the link"</button>
                    <a class="btn quiet" href="/settings/accounts">"Cancel"</a>
                </div>
            </form>
        }
        .into_any()
    }

    fn unlinked(&self) -> AnyView {
        let employee = Field {
            name: "employee",
            label: "User name of the employee",
            kind: "text",
            value: &self.typed,
            hint: Some(
                "Whoever the identity provider says is this employee gets into the console with this account. Make sure that they are one person.",
            ),
            autocomplete: "off",
            ..Field::default()
        };
        view! {
            <form method="post" action=format!("/settings/accounts/{}/link", self.id)>
                {employee.view(&self.errors)}
                <div class="actions">
                    <button class="btn main" type="submit">"Link"</button>
                    <a class="btn quiet" href="/settings/accounts">"Cancel"</a>
                </div>
            </form>
        }
        .into_any()
    }
}
