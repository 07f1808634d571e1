//! Trying sign-on out, and requiring it.

use leptos::prelude::*;
use store::integrations::Provider;

use super::super::address;
use crate::components::{FieldError, Icon, chip};
use crate::shell::Frame;

/// How far a company is on the way to sign-on for everybody.
#[derive(Debug, Clone, Default)]
pub struct SsoRequirement {
    /// Whether a test can begin.
    pub testable: bool,
    /// When a test last passed with the settings as they are, in words.
    pub tested: Option<String>,
    /// Whether that is so recent that sign-on can be required.
    pub proven: bool,
    /// Since when it is required, by whom, and who gets in without it, if it is required through this provider.
    pub required: Option<(String, String)>,
    /// The admins who can be chosen: id and address.
    pub admins: Vec<(String, String)>,
    /// The one who is chosen.
    pub chosen: String,
}

impl SsoRequirement {
    pub(super) fn view(&self, provider: Provider, errors: &[FieldError], frame: &Frame) -> Option<AnyView> {
        if !self.testable && self.required.is_none() {
            return None;
        }
        let tested = match &self.tested {
            Some(at) => chip(&frame.sprite, "ok", Icon::Check, format!("Passed on {at}")),
            None => chip(&frame.sprite, "", Icon::Clock, "Not tested yet"),
        };
        let test = self.testable.then(|| {
            view! {
                <p>"Signs you in at the identity provider and shows everything it says, check by check. Nobody is signed in here."</p>
                <p>{tested}</p>
                <p><a class="btn" href=format!("{}/sso/test", address(provider))>"Test sign-on"</a></p>
            }
        });
        let card = view! {
            <section class="card" aria-labelledby="test-sign-on">
                <h2 id="test-sign-on">"Test sign-on"</h2>
                {test}
                {self.requirement(provider, errors)}
            </section>
        };
        Some(card.into_any())
    }

    fn requirement(&self, provider: Provider, errors: &[FieldError]) -> AnyView {
        if let Some((since, break_glass)) = &self.required {
            return view! {
                <h3>"Single sign-on is required"</h3>
                <p class="hint">{since.clone()}</p>
                <p>"Passwords of accounts sign nobody in but " <b><bdi>{break_glass.clone()}</bdi></b>", the way in when the identity provider is out of order."</p>
                <form method="post" action=format!("{}/sso/optional", address(provider))>
                    <button class="btn bad" type="submit">"Let passwords sign in again"</button>
                </form>
            }
            .into_any();
        }
        if !self.proven {
            return view! {
                <h3>"Require single sign-on"</h3>
                <p class="hint">"Within ten minutes after a test has passed, you can require everybody in your company to sign in to this console through the identity provider."</p>
            }
            .into_any();
        }
        let error = errors.iter().find(|error| error.field == "break_glass").map(|error| error.text.clone());
        let option = |(id, email): &(String, String)| {
            view! { <option value=id.clone() selected={*id == self.chosen}>{email.clone()}</option> }
        };
        view! {
            <h3>"Require single sign-on"</h3>
            <p class="hint" id="break_glass-hint">"From then on passwords sign nobody in but one admin, and sessions that began by password end: yours, too, unless you are that admin. Accounts that are not linked to an employee cannot sign in at all."</p>
            <form method="post" action=format!("{}/sso/required", address(provider))>
                <div class="field">
                    <label for="break_glass">"Admin whose password goes on working"</label>
                    <select id="break_glass" name="break_glass" aria-describedby="break_glass-hint" aria-invalid=error.is_some().then_some("true")>
                        {self.admins.iter().map(option).collect_view()}
                    </select>
                    {error.map(|text| view! { <p class="error" id="break_glass-error">{text}</p> })}
                </div>
                <button class="btn" type="submit">"Require single sign-on"</button>
            </form>
        }
        .into_any()
    }
}
