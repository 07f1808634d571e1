//! Who signs in to the console, and who is invited to.

use leptos::prelude::*;

use super::role_choice::role_choice;
use crate::components::{
    Field, FieldError, Icon, chip, crumbs, error_summary, flash, icon, plain, settings_menu, shown,
};
use crate::shell::Frame;

/// One account in the list.
#[expect(clippy::struct_excessive_bools, reason = "facts that have nothing to do with each other")]
#[derive(Debug, Clone)]
pub struct AccountRow {
    /// Its id.
    pub id: String,
    /// The name it signs in with.
    pub email: String,
    /// Its role's name.
    pub role: &'static str,
    /// Whether it may sign in.
    pub enabled: bool,
    /// When it last signed in.
    pub last_sign_in: String,
    /// Whether it is the visitor's own.
    pub own: bool,
    /// The name of the employee that it is, and whether identity providers call them as was confirmed.
    pub employee: Option<(String, bool)>,
    /// Whether it is asked for a code.
    pub second_factor: bool,
    /// Whether the visitor may change it.
    pub manageable: bool,
}

/// Whether all accounts must have a second factor.
#[derive(Debug, Clone)]
pub struct FactorRequirement {
    /// Since when and by whom, if so.
    pub required: Option<String>,
    /// Accounts that can sign in and have none.
    pub without: usize,
}

/// An invitation that nobody has followed yet.
#[derive(Debug, Clone)]
pub struct InvitationRow {
    /// Its id.
    pub id: String,
    /// Who is invited.
    pub email: String,
    /// The role's name.
    pub role: &'static str,
    /// When and by whom its link was made.
    pub invited: String,
    /// Until when the link works.
    pub expires: String,
    /// Whether the link works no more.
    pub expired: bool,
    /// Of the form that made the link, by which a stale page is known.
    pub seen: String,
    /// Of the form that would make another one.
    pub request_key: String,
    /// Whether the visitor may change it.
    pub manageable: bool,
}

/// Who is to be invited.
#[derive(Debug, Clone, Default)]
pub struct InvitationDraft {
    /// The form's key: the same key never makes a second link.
    pub request_key: String,
    /// What was typed.
    pub email: String,
    /// The role's value.
    pub role: String,
}

/// The lists, and the form that invites.
#[derive(Debug, Clone)]
pub struct AccountsPage {
    /// The company's accounts.
    pub accounts: Vec<AccountRow>,
    /// Whom nobody has heard of yet.
    pub invitations: Vec<InvitationRow>,
    /// The form.
    pub draft: InvitationDraft,
    /// The values of the roles that the visitor may give.
    pub givable: Vec<&'static str>,
    /// What holds for all accounts, for those who decide it.
    pub requirement: Option<FactorRequirement>,
    /// What went otherwise than asked for.
    pub notice: Option<String>,
    /// What is wrong with the form.
    pub errors: Vec<FieldError>,
}

impl AccountsPage {
    pub(super) fn view(&self, frame: &Frame) -> AnyView {
        let notice = self.notice.clone().map(|text| {
            view! { <div class="note warn" role="alert">{icon(&frame.sprite, Icon::Alert)}<span>{text}</span></div> }
        });
        view! {
            <div class="page">
                {settings_menu(frame, "accounts")}
                <main id="main">
                    {crumbs(&[("Settings", "/settings")], "Accounts")}
                    <div class="head"><h1>"Accounts"</h1></div>
                    {flash(frame)}
                    {notice}
                    {self.table(frame)}
                    {self.pending(frame)}
                    {self.form()}
                    {self.requirement.as_ref().map(FactorRequirement::view)}
                </main>
            </div>
        }
        .into_any()
    }

    fn table(&self, frame: &Frame) -> AnyView {
        let row = |row: &AccountRow| {
            let state = if row.enabled {
                chip(&frame.sprite, "ok", Icon::Check, "Enabled")
            } else {
                chip(&frame.sprite, "", Icon::Stop, "Disabled")
            };
            let employee = row.employee.as_ref().map(|(name, is_confirmed)| {
                let doubt = if *is_confirmed { "" } else { ", whose names are to be confirmed" };
                view! { <small>"Employee " {shown(name)} {doubt}</small> }
            });
            let own = row.own.then(|| view! { " " <span class="tag">"You"</span> });
            view! {
                <tr>
                    <th scope="row">{shown(&row.email)}{own}{employee}</th>
                    <td data-label="Role">{row.role}</td>
                    <td data-label="State">{state}{row.second_factor.then(|| view! { <small>"Second factor"</small> })}</td>
                    <td data-label="Last sign-in" class="num">{row.last_sign_in.clone()}</td>
                    <td><div class="actions">{row.actions()}</div></td>
                </tr>
            }
        };
        view! {
            <div class="card flush">
                <table>
                    <caption class="visually-hidden">"Accounts"</caption>
                    <thead><tr>
                        <th scope="col">"Email"</th><th scope="col">"Role"</th><th scope="col">"State"</th>
                        <th scope="col">"Last sign-in"</th><th scope="col"><span class="visually-hidden">"Actions"</span></th>
                    </tr></thead>
                    <tbody>{self.accounts.iter().map(row).collect_view()}</tbody>
                </table>
            </div>
        }
        .into_any()
    }

    fn pending(&self, frame: &Frame) -> Option<AnyView> {
        if self.invitations.is_empty() {
            return None;
        }
        let rows = self.invitations.iter().map(|row| row.view(frame)).collect_view();
        let table = view! {
            <section aria-labelledby="invitations">
                <h2 id="invitations">"Invitations"</h2>
                <div class="card flush">
                    <table>
                        <caption class="visually-hidden">"Invitations that nobody has followed yet"</caption>
                        <thead><tr>
                            <th scope="col">"Email"</th><th scope="col">"Role"</th><th scope="col">"Link"</th>
                            <th scope="col">"Invited"</th><th scope="col"><span class="visually-hidden">"Actions"</span></th>
                        </tr></thead>
                        <tbody>{rows}</tbody>
                    </table>
                </div>
            </section>
        };
        Some(table.into_any())
    }

    fn form(&self) -> AnyView {
        let email = Field {
            name: "email",
            label: "Email",
            kind: "email",
            value: &self.draft.email,
            hint: Some("They sign in with it."),
            autocomplete: "off",
            ..Field::default()
        };
        let roles = role_choice(&self.givable, &self.draft.role, &self.errors);
        view! {
            <section class="card" aria-labelledby="invite">
                <h2 id="invite">"Invite someone"</h2>
                <p class="hint">"You get a link to send to them. It works once, for 72 hours."</p>
                {error_summary(&self.errors)}
                <form method="post" action="/settings/accounts">
                    <input type="hidden" name="request_key" value=self.draft.request_key.clone()/>
                    {email.view(&self.errors)}
                    {roles}
                    <button class="btn main" type="submit">"Invite"</button>
                </form>
            </section>
        }
        .into_any()
    }
}

impl AccountRow {
    fn actions(&self) -> Option<AnyView> {
        if !self.manageable {
            return None;
        }
        let link = |verb: &'static str, words: &'static str, class: &'static str| {
            let href = format!("/settings/accounts/{}/{verb}", self.id);
            view! { <a class=class href=href>{words}<span class="visually-hidden">" " {plain(&self.email)}</span></a> }
        };
        let other = if self.enabled { link("disable", "Disable", "btn bad") } else { link("enable", "Enable", "btn") };
        let employee = match &self.employee {
            Some((_, true)) => "Unlink",
            Some((_, false)) => "Confirm",
            None => "Link",
        };
        let factor = (self.second_factor && !self.own).then(|| link("second-factor", "Take away factor", "btn"));
        Some(view! { {link("role", "Change role", "btn")}{link("link", employee, "btn")}{factor}{other} }.into_any())
    }
}

impl FactorRequirement {
    fn view(&self) -> AnyView {
        let without = match self.without {
            0 => "Everybody who can sign in has one.".to_owned(),
            1 => "One account that can sign in has none.".to_owned(),
            number => format!("{number} accounts that can sign in have none."),
        };
        let (now, value, class, button) = match &self.required {
            Some(since) => (format!("It is required, {since}."), "no", "btn bad", "Require no second factor"),
            None => (
                "Whoever has none is led to set one up and can open nothing else before.".to_owned(),
                "yes",
                "btn main",
                "Require a second factor",
            ),
        };
        view! {
            <section class="card" aria-labelledby="second-factor">
                <h2 id="second-factor">"Second factor"</h2>
                <p>{now} " " {without}</p>
                <p class="hint">"Single sign-on is not asked for it: that is for the identity provider to do."</p>
                <form method="post" action="/settings/accounts/second-factor">
                    <input type="hidden" name="required" value=value/>
                    <button class=class type="submit">{button}</button>
                </form>
            </section>
        }
        .into_any()
    }
}

impl InvitationRow {
    fn view(&self, frame: &Frame) -> AnyView {
        let state = if self.expired {
            chip(&frame.sprite, "bad", Icon::Stop, "Expired")
        } else {
            chip(&frame.sprite, "", Icon::Clock, "Pending")
        };
        let form = |verb: &'static str, words: &'static str, class: &'static str| {
            let action = format!("/settings/accounts/invitations/{}/{verb}", self.id);
            view! {
                <form method="post" action=action>
                    <input type="hidden" name="email" value=self.email.clone()/>
                    <input type="hidden" name="seen" value=self.seen.clone()/>
                    <input type="hidden" name="request_key" value=self.request_key.clone()/>
                    <button class=class type="submit">{words}<span class="visually-hidden">" " {plain(&self.email)}</span></button>
                </form>
            }
        };
        view! {
            <tr>
                <th scope="row">{shown(&self.email)}</th>
                <td data-label="Role">{self.role}</td>
                <td data-label="Link">{state}<small>{self.expires.clone()}</small></td>
                <td data-label="Invited">{self.invited.clone()}</td>
                <td><div class="actions">{self.manageable.then(|| view! { {form("renew", "New link", "btn")}{form("withdraw", "Withdraw", "btn bad")} })}</div></td>
            </tr>
        }
        .into_any()
    }
}
