//! The frame around every page.

use leptos::config::LeptosOptions;
use leptos::nonce::use_nonce;
use leptos::prelude::*;

use crate::components::{Icon, icon};
use crate::islands::theme::ThemeSwitch;
use crate::pages::Page;

/// Which colours the page has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Theme {
    /// As the system has it.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Theme {
    /// All choices.
    pub const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    /// The word in the cookie.
    pub fn key(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// The choice with this word.
    pub fn parse(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|theme| theme.key() == key)
    }
}

/// Who is signed in.
#[derive(Debug, Clone)]
pub struct Person {
    /// The e-mail address.
    pub email: String,
    /// The company.
    pub company: String,
    /// The role's name.
    pub role: &'static str,
    /// Whether the role manages accounts.
    pub manages_accounts: bool,
    /// Whether the audit log is open to it.
    pub reads_audit: bool,
    /// Notices that were not marked as read.
    pub unread: u64,
}

/// What every page needs beside its own data.
#[derive(Clone)]
pub struct Frame {
    /// Who is signed in, if anyone.
    pub person: Option<Person>,
    /// The colours.
    pub theme: Theme,
    /// The page's path, to come back to.
    pub path: String,
    /// What the last act came to.
    pub flash: Option<String>,
    /// The stylesheet's address.
    pub stylesheet: String,
    /// The icon sprite's address.
    pub sprite: String,
    /// The favicon's address.
    pub favicon: String,
    /// The address of the script that asks for passkeys.
    pub passkey_script: String,
    /// Where the islands are.
    pub options: LeptosOptions,
}

impl Frame {
    /// Whether parts of the page run in the browser. Sign-in, setup and invitations load no script at all, but for the page
    /// that asks for a passkey.
    pub fn has_islands(&self) -> bool {
        self.person.is_some()
    }
}

/// The whole document.
pub fn document(frame: &Frame, page: &Page) -> AnyView {
    let title = format!("{} · SpaceIQ", page.title());
    let theme = frame.theme.key();
    let scripts = frame.has_islands().then(|| {
        let options = frame.options.clone();
        view! { <HydrationScripts options islands=true/> }
    });
    let passkey = page.wants_passkey().then(|| {
        view! { <script src=frame.passkey_script.clone() nonce=use_nonce() defer></script> }
    });
    view! {
        <!DOCTYPE html>
        <html lang="en" data-theme=theme>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="description" content="Provisioning and single sign-on for SpaceIQ"/>
                <title inner_html=escaped(&title)></title>
                <link rel="icon" type="image/svg+xml" href=frame.favicon.clone()/>
                <link rel="stylesheet" href=frame.stylesheet.clone()/>
                {scripts}
                {passkey}
            </head>
            <body>
                <a class="skip" href="#main">"Skip to content"</a>
                {frame.person.as_ref().map(|person| header(frame, person, page))}
                {page.view(frame)}
            </body>
        </html>
    }
    .into_any()
}

/// In a title everything but these two is plain text, the marks that Leptos puts between texts included.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

fn header(frame: &Frame, person: &Person, page: &Page) -> AnyView {
    let item = |section: &'static str, name: &'static str| {
        let on = (page.section() == Some(section)).then_some("page");
        view! { <a href=format!("/{section}") aria-current=on>{name}</a> }
    };
    let audit = person.reads_audit.then(|| item("audit-log", "Audit log"));
    let notices = match person.unread {
        0 => "Notices".to_owned(),
        number => format!("Notices ({number} new)"),
    };
    let initials: String = person.email.chars().take(2).collect::<String>().to_uppercase();
    view! {
        <header class="bar">
            <a class="brand" href="/"><span class="brand-mark" aria-hidden="true"></span>"SpaceIQ"</a>
            <nav class="bar-nav" aria-label="Main">
                {item("employees", "Employees")}{item("groups", "Groups")}{item("provisioning-log", "Provisioning log")}{audit}
            </nav>
            <button class="profile" type="button" popovertarget="profile-menu">
                <span class="avatar" aria-hidden="true">{initials}</span>
                <span class="profile-name">{person.email.clone()}</span>
                {icon(&frame.sprite, Icon::Down)}
            </button>
            <div class="menu" id="profile-menu" popover="auto">
                <p class="menu-head"><b>{person.company.clone()}</b>{person.email.clone()} " · " {person.role}</p>
                <a href="/settings/profile">{icon(&frame.sprite, Icon::User)} "Your account"</a>
                <a href="/settings/notices">{icon(&frame.sprite, Icon::Alert)} {notices}</a>
                <a href="/settings">{icon(&frame.sprite, Icon::Gear)} "Settings"</a>
                <ThemeSwitch current=frame.theme.key().to_owned() from=frame.path.clone()/>
                <form method="post" action="/logout">
                    <button type="submit">{icon(&frame.sprite, Icon::Out)} "Sign out"</button>
                </form>
            </div>
        </header>
    }
    .into_any()
}
