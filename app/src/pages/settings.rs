//! Settings, and within them the areas of Integrations.

use leptos::prelude::*;

use crate::components::{Icon, crumbs, flash, icon, settings_menu};
use crate::shell::Frame;

/// Which part of the settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SettingsSection {
    /// `/settings`.
    Overview,
    /// `/settings/integrations`.
    Integrations,
}

/// The settings.
#[derive(Debug, Clone)]
pub struct SettingsPage {
    /// Which part.
    pub section: SettingsSection,
    /// How many integrations are active.
    pub active: usize,
    /// Whether the person may manage integrations.
    pub may_manage: bool,
}

impl SettingsPage {
    pub(super) fn title(&self) -> &'static str {
        match self.section {
            SettingsSection::Overview => "Settings",
            SettingsSection::Integrations => "Integrations",
        }
    }

    pub(super) fn view(&self, frame: &Frame) -> AnyView {
        let (menu, body) = match self.section {
            SettingsSection::Overview => ("", overview(frame)),
            SettingsSection::Integrations => ("integrations", self.areas(frame)),
        };
        view! { <div class="page">{settings_menu(frame, menu)}<main id="main">{flash(frame)}{body}</main></div> }
            .into_any()
    }

    fn areas(&self, frame: &Frame) -> AnyView {
        let state = match self.active {
            0 => "None is active yet.".to_owned(),
            1 => "One is active.".to_owned(),
            number => format!("{number} are active."),
        };
        let action = if self.may_manage {
            view! { <a class="btn go" href="/settings/integrations/third-party">"READ MORE"<span class="visually-hidden">" about Third Party Integrations"</span></a> }.into_any()
        } else {
            view! { <p class="hint">"Only the roles Admin and IT may open them."</p> }.into_any()
        };
        view! {
            {crumbs(&[("Settings", "/settings")], "Integrations")}
            <div class="head"><h1>"Integrations"</h1></div>
            <section class="card area">
                <div class="tile-head"><span class="mark plain">{icon(&frame.sprite, Icon::Puzzle)}</span><h2>"Third Party Integrations"</h2></div>
                <p>"Provision employees and groups from your identity provider, and let people sign in with it. " {state}</p>
                {action}
            </section>
        }
        .into_any()
    }
}

fn overview(frame: &Frame) -> AnyView {
    let tile = |href: &'static str, symbol: Icon, name: &'static str, text: &'static str| {
        view! {
            <li class="tile">
                <div class="tile-head"><span class="mark plain">{icon(&frame.sprite, symbol)}</span><h2>{name}</h2></div>
                <p>{text}</p>
                <div class="tile-foot"><span></span><a class="btn" href=href>"Open"<span class="visually-hidden">" " {name}</span></a></div>
            </li>
        }
    };
    let integrations = "Connect the systems that your company works with.";
    let accounts = "Invite people to this console, and say what they may do.";
    let manages_accounts = frame.person.as_ref().is_some_and(|person| person.manages_accounts);
    view! {
        <div class="head"><h1>"Settings"</h1></div>
        <ul class="tiles">
            {tile("/settings/integrations", Icon::Puzzle, "Integrations", integrations)}
            {manages_accounts.then(|| tile("/settings/accounts", Icon::People, "Accounts", accounts))}
            {tile("/settings/profile", Icon::User, "Your account", "Your password, and where you are signed in.")}
            {tile("/settings/notices", Icon::Alert, "Notices", "Sign-ins from new places, and changes that concern you.")}
        </ul>
    }
    .into_any()
}
