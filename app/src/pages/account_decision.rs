//! The questions before an account's role or state is changed.

use leptos::prelude::*;

use super::role_choice::role_choice;
use crate::components::{FieldError, Icon, crumbs, error_summary, icon, settings_menu, shown};
use crate::shell::Frame;

/// What is to be decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Question {
    /// Another role.
    Role,
    /// It may no longer sign in.
    Disable,
    /// It may sign in again.
    Enable,
}

/// One question about one account.
#[derive(Debug, Clone)]
pub struct AccountDecisionPage {
    /// What is to be decided.
    pub question: Question,
    /// The account's id.
    pub id: String,
    /// The name it signs in with.
    pub email: String,
    /// The value of the role that is ticked.
    pub role: String,
    /// How the account stands, by which a stale page is known.
    pub seen: String,
    /// Whether it is the visitor's own.
    pub own: bool,
    /// The values of the roles that the visitor may give.
    pub givable: Vec<&'static str>,
    /// What went otherwise than asked for.
    pub notice: Option<String>,
    /// What is wrong with the form.
    pub errors: Vec<FieldError>,
}

impl AccountDecisionPage {
    pub(super) fn title(&self) -> &'static str {
        match self.question {
            Question::Role => "Change role",
            Question::Disable => "Disable account",
            Question::Enable => "Enable account",
        }
    }

    pub(super) fn view(&self, frame: &Frame) -> AnyView {
        let (title, verb) = match self.question {
            Question::Role => ("Change the role?", "role"),
            Question::Disable => ("Disable this account?", "disable"),
            Question::Enable => ("Enable this account?", "enable"),
        };
        let notice = self.notice.clone().map(|text| {
            view! { <div class="note warn" role="alert">{icon(&frame.sprite, Icon::Alert)}<span>{text}</span></div> }
        });
        view! {
            <div class="page">
                {settings_menu(frame, "accounts")}
                <main id="main">
                    {crumbs(&[("Settings", "/settings"), ("Accounts", "/settings/accounts")], self.title())}
                    <section class="card question">
                        <h1>{title}</h1>
                        {notice}
                        {error_summary(&self.errors)}
                        <p><b>{shown(&self.email)}</b></p>
                        {self.consequence()}
                        <form method="post" action=format!("/settings/accounts/{}/{verb}", self.id)>
                            <input type="hidden" name="seen" value=self.seen.clone()/>
                            {(self.question == Question::Role).then(|| role_choice(&self.givable, &self.role, &self.errors))}
                            <div class="actions">
                                {self.button()}
                                <a class="btn quiet" href="/settings/accounts">"Cancel"</a>
                            </div>
                        </form>
                    </section>
                </main>
            </div>
        }
        .into_any()
    }

    fn consequence(&self) -> AnyView {
        let text = match (self.question, self.own) {
            (Question::Role, false) => "The new role holds from their next click on.",
            (Question::Role, true) => "This is your own account: the new role holds from your next click on.",
            (Question::Disable, false) => {
                "They are signed out at once and cannot sign in again until you enable the account. Tokens that they made go on working."
            }
            (Question::Disable, true) => {
                "This is your own account: you are signed out at once, and only another admin can enable it again. Tokens that you made go on working."
            }
            (Question::Enable, _) => "They can sign in again with the password they had.",
        };
        view! { <p>{text}</p> }.into_any()
    }

    fn button(&self) -> AnyView {
        match self.question {
            Question::Role => view! { <button class="btn main" type="submit">"Change role"</button> }.into_any(),
            Question::Disable => view! { <button class="btn danger" type="submit">"Disable"</button> }.into_any(),
            Question::Enable => view! { <button class="btn main" type="submit">"Enable"</button> }.into_any(),
        }
    }
}
