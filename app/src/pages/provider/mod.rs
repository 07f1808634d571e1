//! A provider's dialog, with its tabs Provisioning and SSO.

mod attributes;
mod generate;
mod guide;
mod health;
mod reveal;
mod sso;
mod token;

use leptos::prelude::*;
use store::integrations::Provider;

pub use attributes::{AttributeDraft, AttributeRow, Attributes, TYPES};
pub use generate::{LIFETIMES, TokenDraft};
pub use health::{Health, HealthState};
pub use reveal::Reveal;
pub use sso::{CertificateLine, MetadataDraft, SsoDraft, SsoRequirement, SsoTab};
pub use token::{TokenCard, TokenState};

use super::integrations::mark;
use crate::components::{BrakeNote, FieldError, Icon, brake_notes, chip, copy_field, crumbs, flash, icon};
use crate::islands::live::Live;
use crate::shell::Frame;

/// How often a page asks what its tokens do.
const LIVE_SECONDS: u32 = 10;

/// The dialog's tabs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tab {
    /// SCIM.
    Provisioning,
    /// SAML.
    Sso,
}

impl Tab {
    /// In addresses.
    pub fn key(self) -> &'static str {
        match self {
            Self::Provisioning => "provisioning",
            Self::Sso => "sso",
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Provisioning => "Provisioning",
            Self::Sso => "SSO",
        }
    }
}

/// The address of a provider's dialog.
pub fn address(provider: Provider) -> String {
    format!("/settings/integrations/provisioning-sso/{}", provider.key())
}

/// What leads to a provider's dialog and the questions behind it.
pub(super) const WITHIN: [(&str, &str); 3] = [
    ("Settings", "/settings"),
    ("Integrations", "/settings/integrations"),
    ("Provisioning & SSO", "/settings/integrations/provisioning-sso"),
];

/// The dialog.
#[derive(Debug, Clone)]
pub struct ProviderPage {
    /// Which provider.
    pub provider: Provider,
    /// Which tab.
    pub tab: Tab,
    /// Whether it is active.
    pub active: bool,
    /// The SCIM base URL.
    pub tenant_url: String,
    /// Why the provider cannot reach that, if it is known.
    pub unreachable: Option<String>,
    /// The token just made.
    pub reveal: Option<Reveal>,
    /// Its brake that waits for a decision.
    pub brakes: Vec<BrakeNote>,
    /// What went otherwise than asked for, or will soon.
    pub notices: Vec<String>,
    /// Its tokens, the newest first.
    pub tokens: Vec<TokenCard>,
    /// The form that makes a token; none while two work already.
    pub draft: Option<TokenDraft>,
    /// How the provisioning goes, of a provider that is active.
    pub health: Option<Health>,
    /// Why the provider's own test fails, and what to do; nothing once one of its requests was answered.
    pub diagnosis: Vec<String>,
    /// The company's own attributes.
    pub attributes: Attributes,
    /// Sign-on.
    pub sso: SsoTab,
    /// What is wrong with the form that was sent.
    pub errors: Vec<FieldError>,
}

impl ProviderPage {
    pub(super) fn title(&self) -> String {
        format!("{} · {}", self.provider.name(), self.tab.name())
    }

    pub(super) fn view(&self, frame: &Frame) -> AnyView {
        let sprite = &frame.sprite;
        let state = if self.active {
            chip(sprite, "ok", Icon::Check, "Active")
        } else {
            chip(sprite, "", Icon::Clock, "Not active")
        };
        let notice = |text: &String| {
            view! { <div class="note warn" role="alert">{icon(sprite, Icon::Alert)}<span>{text.clone()}</span></div> }
        };
        let delete = (self.active && self.reveal.is_none()).then(|| {
            let href = format!("{}/delete", address(self.provider));
            view! { <a class="btn bad" href=href>"Delete"<span class="visually-hidden">" integration"</span></a> }
        });
        let body = match self.tab {
            Tab::Provisioning => self.provisioning(frame),
            Tab::Sso => self.sso.view(self.provider, &self.errors, frame),
        };
        view! {
            <main id="main" class="page one">
                {crumbs(&WITHIN, self.provider.name())}
                <div class="head">
                    <span class=format!("mark {}", self.provider.key()) aria-hidden="true">{mark(sprite, self.provider)}</span>
                    <h1>{self.provider.name()}</h1>{state}{delete}
                </div>
                {self.tabs()}
                {flash(frame)}
                {brake_notes(sprite, &self.brakes)}
                {self.notices.iter().map(notice).collect_view()}
                {body}
            </main>
        }
        .into_any()
    }

    fn tabs(&self) -> AnyView {
        let tabs: &[Tab] = if self.provider.provisions() { &[Tab::Provisioning, Tab::Sso] } else { &[Tab::Sso] };
        let tab = |tab: &Tab| {
            let on = (*tab == self.tab).then_some("page");
            view! { <a href=format!("{}?tab={}", address(self.provider), tab.key()) aria-current=on>{tab.name()}</a> }
        };
        view! { <nav class="tabs" aria-label=self.provider.name()>{tabs.iter().map(tab).collect_view()}</nav> }
            .into_any()
    }

    /// While a token is shown, nothing else asks for attention.
    fn provisioning(&self, frame: &Frame) -> AnyView {
        let first = match &self.reveal {
            Some(reveal) => reveal.view(self.provider, &self.tenant_url, frame),
            None => {
                view! { {self.connection(frame)}{self.diagnosed()}{self.token_list(frame)}{self.attributes.view(self.provider, &self.errors)} }
                    .into_any()
            }
        };
        let health = self
            .health
            .as_ref()
            .filter(|_| self.reveal.is_none())
            .map(|health| health.card(self.provider, &frame.sprite));
        view! { <div class="split"><div>{first}</div><aside>{health}{guide::guide(self.provider, &self.tenant_url)}</aside></div> }
            .into_any()
    }

    fn connection(&self, frame: &Frame) -> AnyView {
        let text = if self.active {
            "The token is not shown again. If you no longer have it, generate another one, put it in place of the old one, and revoke the old one."
        } else {
            "Generate a token, copy it, and press Activate."
        };
        let generate = match &self.draft {
            Some(draft) => draft.view(self.provider, self.active, &self.errors),
            None => view! { <p class="hint">"Two tokens work already; revoke one before you generate another."</p> }
                .into_any(),
        };
        let warning = self.unreachable.clone().map(|text| {
            view! { <div class="note warn">{icon(&frame.sprite, Icon::Alert)}<span>{text}</span></div> }
        });
        view! {
            <section class="card" aria-labelledby="connection">
                <h2 id="connection">"Connection"</h2>
                {copy_field("tenant-url", "Tenant URL", &self.tenant_url, None)}
                {warning}
                {self.active.then(|| self.test())}
                <h3>"SCIM Bearer Token"</h3>
                <p class="hint">{text}</p>
                {generate}
            </section>
        }
        .into_any()
    }

    fn test(&self) -> AnyView {
        let hint = format!("Asks the Tenant URL what {} asks first, from this server.", self.provider.name());
        view! {
            <form method="post" action=format!("{}/test", address(self.provider)) class="test">
                <button class="btn" type="submit" aria-describedby="test-hint">"Test connection"</button>
                <p class="hint" id="test-hint">{hint}</p>
            </form>
            <div class="test">
                <div class="actions">
                    <a class="btn" href=format!("{}/rehearsal", address(self.provider))>"Rehearse"</a>
                    <a class="btn" href=format!("{}/check", address(self.provider))>"Check"</a>
                </div>
                <p class="hint">"Play what it will do with people who do not exist, or compare this endpoint with the rules."</p>
            </div>
        }
        .into_any()
    }

    fn diagnosed(&self) -> Option<AnyView> {
        if self.diagnosis.is_empty() {
            return None;
        }
        let items = self.diagnosis.iter().map(|text| view! { <li>{text.clone()}</li> }).collect_view();
        let card = view! {
            <section class="card" aria-labelledby="diagnosis">
                <h2 id="diagnosis">{format!("If the test in {} fails", self.provider.name())}</h2>
                <ul class="diagnosis">{items}</ul>
            </section>
        };
        Some(card.into_any())
    }

    fn token_list(&self, frame: &Frame) -> Option<AnyView> {
        if self.tokens.is_empty() {
            return None;
        }
        let cards = token_cards(&self.tokens, self.provider, &frame.sprite);
        let live = format!("{}/tokens", address(self.provider));
        let list = view! {
            <section class="card" aria-labelledby="tokens">
                <h2 id="tokens">"Tokens"</h2>
                <Live address=live seconds=LIVE_SECONDS>{cards}</Live>
            </section>
        };
        Some(list.into_any())
    }
}

/// The tokens of a provider, each with what it does now.
pub fn token_cards(tokens: &[TokenCard], provider: Provider, sprite: &str) -> AnyView {
    tokens.iter().map(|token| token.view(provider, sprite)).collect_view().into_any()
}
