//! The Integrations screen: categories at the left, Active and Available.

use leptos::prelude::*;
use store::integrations::Provider;

use super::provider::HealthState;
use crate::components::{BrakeNote, Icon, brake_notes, chip, crumbs, empty_state, flash};
use crate::shell::Frame;

/// A category of the left menu.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Category {
    /// In addresses.
    pub key: &'static str,
    /// In the menu.
    pub name: &'static str,
}

/// The original's categories. Only the first has tiles here.
pub const CATEGORIES: [Category; 7] = [
    Category { key: "provisioning-sso", name: "Provisioning & SSO" },
    Category { key: "employee-import", name: "Employee Import" },
    Category { key: "employee-export", name: "Employee Export" },
    Category { key: "meeting-rooms", name: "Meeting Rooms" },
    Category { key: "ticketing", name: "Ticketing" },
    Category { key: "sensor-wifi-badge", name: "Sensor, Wi-Fi, and Badge Systems" },
    Category { key: "general", name: "General Integrations" },
];

/// A provider's tile.
#[derive(Debug, Clone)]
pub struct Tile {
    /// Which provider.
    pub provider: Provider,
    /// Whether it is active.
    pub active: bool,
    /// How its provisioning goes.
    pub health: Option<HealthState>,
    /// What it has done, in words.
    pub summary: Option<String>,
    /// The key of its form: pressing the button twice issues one token.
    pub request_key: String,
}

/// The screen.
#[derive(Debug, Clone)]
pub struct IntegrationsPage {
    /// The category; none shows all tiles.
    pub category: Option<Category>,
    /// What is looked for.
    pub search: String,
    /// Brakes that wait for a decision.
    pub brakes: Vec<BrakeNote>,
    /// The tiles that match.
    pub tiles: Vec<Tile>,
}

impl IntegrationsPage {
    pub(super) fn title(&self) -> &'static str {
        self.category.map_or("Third Party Integrations", |category| category.name)
    }

    fn address(&self) -> String {
        format!("/settings/integrations/{}", self.category.map_or("third-party", |category| category.key))
    }

    pub(super) fn view(&self, frame: &Frame) -> AnyView {
        let mut within = vec![("Settings", "/settings"), ("Integrations", "/settings/integrations")];
        if self.category.is_some() {
            within.push(("Third Party Integrations", "/settings/integrations/third-party"));
        }
        view! {
            <div class="page">
                {self.menu()}
                <main id="main">
                    {crumbs(&within, self.title())}
                    <div class="head"><h1>{self.title()}</h1></div>
                    {flash(frame)}
                    {brake_notes(&frame.sprite, &self.brakes)}
                    <form class="search" method="get" action=self.address() role="search">
                        <label class="visually-hidden" for="search">"Search"</label>
                        <input id="search" type="search" name="q" placeholder="Search integrations" value=self.search.clone()/>
                        <button class="btn" type="submit">"Search"</button>
                    </form>
                    {self.lists(frame)}
                </main>
            </div>
        }
        .into_any()
    }

    fn menu(&self) -> AnyView {
        let item = |category: Category| {
            let on = (self.category == Some(category)).then_some("page");
            let tiles = if category.key == "provisioning-sso" { Provider::ALL.len() } else { 0 };
            view! {
                <a href=format!("/settings/integrations/{}", category.key) aria-current=on>
                    {category.name}<span class="count" aria-hidden="true">{tiles}</span>
                </a>
            }
        };
        view! {
            <nav class="side" aria-label="Integrations"><h2>"Third Party Integrations"</h2>{CATEGORIES.map(item).collect_view()}</nav>
        }
        .into_any()
    }

    fn lists(&self, frame: &Frame) -> AnyView {
        if self.tiles.is_empty() {
            return self.nothing(frame);
        }
        let list = |active: bool, nothing: &'static str| {
            let tiles: Vec<AnyView> =
                self.tiles.iter().filter(|tile| tile.active == active).map(|tile| tile.view(frame)).collect();
            if tiles.is_empty() {
                view! { <p class="hint">{nothing}</p> }.into_any()
            } else {
                view! { <ul class="tiles">{tiles}</ul> }.into_any()
            }
        };
        view! {
            <section aria-labelledby="active"><h2 id="active">"Active"</h2>{list(true, "None is active yet. Activate one below.")}</section>
            <section aria-labelledby="available"><h2 id="available">"Available"</h2>{list(false, "All that match are active.")}</section>
        }
        .into_any()
    }

    fn nothing(&self, frame: &Frame) -> AnyView {
        if self.search.is_empty() {
            let body = view! {
                <p>"This edition connects identity providers only; they are under "
                    <a href="/settings/integrations/provisioning-sso">"Provisioning & SSO"</a> "."</p>
            };
            return empty_state(&frame.sprite, Icon::Puzzle, "Nothing in this category", body.into_any());
        }
        let body = view! { <p><a href=self.address()>"Show all"</a></p> };
        empty_state(&frame.sprite, Icon::Search, "No integration matches", body.into_any())
    }
}

impl Tile {
    fn view(&self, frame: &Frame) -> AnyView {
        let provider = self.provider;
        let page = format!("/settings/integrations/provisioning-sso/{}", provider.key());
        let hidden = view! { <span class="visually-hidden">" " {provider.name()}</span> };
        let action = if self.active {
            view! { <a class="btn" href=page>"Configure" {hidden}</a> }.into_any()
        } else if provider.provisions() {
            view! {
                <form method="post" action=format!("{page}?tab=provisioning")>
                    <input type="hidden" name="request_key" value=self.request_key.clone()/>
                    <button class="btn go" type="submit">"Activate" {hidden}</button>
                </form>
            }
            .into_any()
        } else {
            view! { <a class="btn go" href=format!("{page}?tab=sso")>"Activate" {hidden}</a> }.into_any()
        };
        let state = match self.health {
            Some(health) => Some(health.chip(&frame.sprite)),
            None => self.active.then(|| chip(&frame.sprite, "ok", Icon::Check, "Active")),
        };
        let text = self.summary.clone().unwrap_or_else(|| about(provider).to_owned());
        view! {
            <li class="tile">
                <div class="tile-head"><span class=format!("mark {}", provider.key()) aria-hidden="true">{mark(&frame.sprite, provider)}</span>
                    <div><h3>{provider.name()}</h3><p class="hint">{kind(provider)}</p></div></div>
                <p>{text}</p>
                <div class="tile-foot"><span>{state}</span>{action}</div>
            </li>
        }
        .into_any()
    }
}

/// A mark of our own in place of anyone's logo.
pub(super) fn mark(sprite: &str, provider: Provider) -> AnyView {
    let href = format!("{sprite}#mark-{}", provider.key());
    view! { <svg class="icon" focusable="false"><use href=href></use></svg> }.into_any()
}

/// What stands below a provider's name.
pub fn kind(provider: Provider) -> &'static str {
    match provider {
        Provider::Azure => "Microsoft Entra ID",
        Provider::Adfs => "SAML only",
        Provider::Custom => "Any provider",
        _ => "SCIM and SAML",
    }
}

fn about(provider: Provider) -> &'static str {
    match provider {
        Provider::Azure => "Create, update and disable employees and groups from Azure AD.",
        Provider::Okta => "Create, update and deactivate employees from Okta, and push groups.",
        Provider::OneLogin => "Provision employees and groups from OneLogin.",
        Provider::Google => "Provision employees from Google Workspace.",
        Provider::PingOne => "Provision employees and groups from PingOne.",
        Provider::Adfs => "Sign in with Active Directory Federation Services.",
        Provider::Custom => "For identity providers without a tile of their own.",
    }
}
