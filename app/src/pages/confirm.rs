//! The password is asked for again before something that matters. The page holds the form that was sent.

use leptos::prelude::*;

use crate::components::{Field, FieldError, PasskeyAct, flash, passkey_button, signs_in_as};
use crate::shell::Frame;

/// The question, and the form that waits for its answer.
#[derive(Debug, Clone, Default)]
pub struct ConfirmPage {
    /// Where the form goes. Opened as a page, it is where the form was filled in.
    pub action: String,
    /// What was filled in.
    pub fields: Vec<(String, String)>,
    /// Whether a code is asked for, too; `Some(false)`: a recovery code, where there are passkeys and no app.
    pub code: Option<bool>,
    /// What the browser is told to ask a passkey for, as JSON.
    pub passkey: Option<String>,
    /// What is wrong with the password, or the code.
    pub errors: Vec<FieldError>,
    /// Where the person signs in anew, when it was an identity provider that let them in.
    pub sign_on: Option<String>,
}

impl ConfirmPage {
    /// The question about a form.
    pub fn new(action: String, fields: Vec<(String, String)>, code: Option<bool>) -> Self {
        Self { action, fields, code, ..Self::default() }
    }

    pub(super) fn view(&self, frame: &Frame) -> AnyView {
        let password = Field {
            name: "confirm_password",
            label: "Password",
            kind: "password",
            autocomplete: "current-password",
            autofocus: true,
            ..Field::default()
        };
        let code = |app: bool| Field {
            name: "confirm_code",
            label: if app { "Code" } else { "Recovery code" },
            kind: "text",
            hint: Some(if app {
                "Six digits from your authenticator app, or one of your recovery codes."
            } else {
                "Where you do not have your passkey: one of your recovery codes."
            }),
            autocomplete: "one-time-code",
            ..Field::default()
        };
        let kept = |(name, value): &(String, String)| {
            view! { <input type="hidden" name=name.clone() value=value.clone()/> }
        };
        let lead = if self.sign_on.is_some() {
            "What you are about to change matters, and your identity provider may have known this browser for days. Enter your account's password to go on; nothing was changed yet."
        } else {
            "You entered your password more than 10 minutes ago, and what you are about to change matters. Enter it again to go on; nothing was changed yet."
        };
        let passkey = self.passkey.as_ref().map(|options| {
            let button = ("btn main", "Confirm with a passkey");
            view! { <div class="field">{passkey_button(PasskeyAct::Get, "confirm_passkey", options, button)}</div> }
        });
        let class = if self.passkey.is_some() && self.code == Some(false) { "btn" } else { "btn main" };
        // The page with the form stays open meanwhile.
        let anew = self.sign_on.clone().map(|address| {
            view! {
                <p>"Or "<a href=address target="_blank" rel="noopener">"sign in anew at your identity provider"</a>
                    " in another tab, and then come back here."</p>
                <button class="btn" type="submit" formnovalidate>"I have signed in anew"</button>
            }
        });
        view! {
            <main id="main" class="narrow">
                {flash(frame)}
                <section class="card">
                    <h1>"Confirm it is you"</h1>
                    <p class="lead">{lead}</p>
                    <form method="post" action=self.action.clone()>
                        {self.fields.iter().map(kept).collect_view()}
                        {signs_in_as(frame)}
                        {password.view(&self.errors)}
                        {passkey}
                        {self.code.map(|app| code(app).view(&self.errors))}
                        <div class="actions">
                            <button class=class type="submit">"Confirm and go on"</button>
                            <a class="btn quiet" href=self.action.clone()>"Cancel"</a>
                        </div>
                        {anew}
                    </form>
                </section>
            </main>
        }
        .into_any()
    }
}
