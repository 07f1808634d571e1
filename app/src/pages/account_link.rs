//! Which employee an account is.

use leptos::prelude::*;

use crate::components::{Field, FieldError, Icon, crumbs, error_summary, icon, settings_menu, shown};
use crate::shell::Frame;

/// A name under which an identity provider knows somebody.
#[derive(Debug, Clone)]
pub struct LinkedName {
    /// The provider's name.
    pub provider: &'static str,
    /// Its issuer.
    pub issuer: String,
    /// What it says.
    pub name: String,
}

/// One account, and the employee that it is or may become.
#[derive(Debug, Clone)]
pub struct AccountLinkPage {
    /// The account's id.
    pub id: String,
    /// The name it signs in with.
    pub email: String,
    /// The employee that it is: id and name.
    pub employee: Option<(String, String)>,
    /// The names that open the account.
    pub confirmed: Vec<LinkedName>,
    /// The names that the employee has now.
    pub present: Vec<LinkedName>,
    /// What the form that confirms them is about; empty when there is nothing to confirm.
    pub seen: String,
    /// What went otherwise than asked for.
    pub notice: Option<&'static str>,
    /// What was typed.
    pub typed: String,
    /// What is wrong with it.
    pub errors: Vec<FieldError>,
}

impl AccountLinkPage {
    pub(super) fn view(&self, frame: &Frame) -> AnyView {
        let form = match &self.employee {
            Some((id, name)) => self.linked(frame, id, name),
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

    fn linked(&self, frame: &Frame, id: &str, name: &str) -> AnyView {
        let notice = self.notice.map(|text| {
            view! { <div class="note warn" role="alert">{icon(&frame.sprite, Icon::Alert)}<span>{text}</span></div> }
        });
        view! {
            {notice}
            <p>"This account is " <a href=format!("/employees/{id}")>{shown(name)}</a> ", whose single sign-on leads to it."</p>
            {self.names(frame)}
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

    fn names(&self, frame: &Frame) -> AnyView {
        let list = |names: &[LinkedName]| {
            let line = |one: &LinkedName| {
                view! { <li><b>{shown(&one.name)}</b> ", from " {one.provider} " (" {shown(&one.issuer)} ")"</li> }
            };
            view! { <ul class="plain">{names.iter().map(line).collect_view()}</ul> }
        };
        let opens = if self.confirmed.is_empty() {
            view! { <p>"It opens for nobody yet: no name was confirmed."</p> }.into_any()
        } else {
            view! { <p>"It opens for whom an identity provider calls"</p>{list(&self.confirmed)} }.into_any()
        };
        let confirm = (!self.seen.is_empty()).then(|| {
            view! {
                <div class="note warn">{icon(&frame.sprite, Icon::Alert)}<span>"The employee's names or the settings of sign-on are others now. Confirm them only if this is still the same person."</span></div>
                {if self.present.is_empty() {
                    view! { <p>"Now no identity provider has a name for this employee."</p> }.into_any()
                } else {
                    view! { <p>"Now the names are"</p>{list(&self.present)} }.into_any()
                }}
                <form method="post" action=format!("/settings/accounts/{}/link", self.id)>
                    <input type="hidden" name="seen" value=self.seen.clone()/>
                    <div class="actions"><button class="btn main" type="submit">"Confirm these names"</button></div>
                </form>
            }
        });
        view! { {opens}{confirm} }.into_any()
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
