//! A provider's dialog, with its tabs Provisioning and SSO.

use leptos::prelude::*;
use store::integrations::Provider;

use super::integrations::mark;
use crate::components::{Icon, chip, copy_field, crumbs, flash, icon};
use crate::shell::Frame;

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

/// A token that was just made: the only page that holds its secret.
#[derive(Clone)]
pub struct Reveal {
    /// The secret.
    pub secret: String,
    /// The token's id.
    pub token_id: String,
    /// Until when it works.
    pub expires: String,
}

impl std::fmt::Debug for Reveal {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Reveal")
    }
}

/// What a token can do, for its chip.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenState {
    /// It was shown and waits to be activated.
    Pending,
    /// It works.
    Active,
    /// It works until another has taken over.
    Overlap,
    /// Its time is over.
    Expired,
    /// It was revoked.
    Revoked,
}

/// A token in the list.
#[derive(Debug, Clone)]
pub struct TokenCard {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub label: String,
    /// First and last letters.
    pub letters: String,
    /// What it can do.
    pub state: TokenState,
    /// When and by whom it was made.
    pub created: String,
    /// When, from where and by whom it was last used.
    pub last_used: String,
    /// Until when it works.
    pub expires: String,
}

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
    /// The token just made.
    pub reveal: Option<Reveal>,
    /// What went otherwise than asked for.
    pub notice: Option<&'static str>,
    /// Its tokens, the newest first.
    pub tokens: Vec<TokenCard>,
    /// The key of the form that makes a token.
    pub request_key: String,
    /// Whether another token may be made.
    pub may_generate: bool,
}

impl ProviderPage {
    pub(super) fn title(&self) -> String {
        format!("{} · {}", self.provider.name(), self.tab.name())
    }

    fn address(&self) -> String {
        format!("/settings/integrations/provisioning-sso/{}", self.provider.key())
    }

    pub(super) fn view(&self, frame: &Frame) -> AnyView {
        let sprite = &frame.sprite;
        let within = [
            ("Settings", "/settings"),
            ("Integrations", "/settings/integrations"),
            ("Provisioning & SSO", "/settings/integrations/provisioning-sso"),
        ];
        let state = if self.active {
            chip(sprite, "ok", Icon::Check, "Active")
        } else {
            chip(sprite, "", Icon::Clock, "Not active")
        };
        let notice = self.notice.map(|text| {
            view! { <div class="note warn" role="alert">{icon(sprite, Icon::Alert)}<span>{text}</span></div> }
        });
        let body = match self.tab {
            Tab::Provisioning => self.provisioning(frame),
            Tab::Sso => sso(),
        };
        view! {
            <main id="main" class="page one">
                {crumbs(&within, self.provider.name())}
                <div class="head">
                    <span class=format!("mark {}", self.provider.key()) aria-hidden="true">{mark(sprite, self.provider)}</span>
                    <h1>{self.provider.name()}</h1>{state}
                </div>
                {self.tabs()}
                {flash(frame)}
                {notice}
                {body}
            </main>
        }
        .into_any()
    }

    fn tabs(&self) -> AnyView {
        let tabs: &[Tab] = if self.provider.provisions() { &[Tab::Provisioning, Tab::Sso] } else { &[Tab::Sso] };
        let tab = |tab: &Tab| {
            let on = (*tab == self.tab).then_some("page");
            view! { <a href=format!("{}?tab={}", self.address(), tab.key()) aria-current=on>{tab.name()}</a> }
        };
        view! { <nav class="tabs" aria-label=self.provider.name()>{tabs.iter().map(tab).collect_view()}</nav> }
            .into_any()
    }

    fn provisioning(&self, frame: &Frame) -> AnyView {
        let first = match &self.reveal {
            Some(reveal) => self.revealed(reveal, frame),
            None => self.connection(),
        };
        view! {
            <div class="split">
                <div>{first}{self.token_list(frame)}</div>
                <aside>{self.guide()}</aside>
            </div>
        }
        .into_any()
    }

    /// Shown once, in the answer to the form that asked for it.
    fn revealed(&self, reveal: &Reveal, frame: &Frame) -> AnyView {
        let name = if self.provider == Provider::Azure { "Secret Token" } else { "API token" };
        let hint = view! { {self.provider.name()} " calls it " <b>{name}</b> ". " {reveal.expires.clone()} };
        let id = reveal.token_id.clone();
        view! {
            <section class="card" aria-labelledby="new-token">
                <h2 id="new-token">"New SCIM Bearer Token"</h2>
                <div class="note warn">{icon(&frame.sprite, Icon::Alert)}
                    <span><b>"Copy it now."</b> " It is shown this once, and starts to work when you press Activate."</span></div>
                {copy_field("tenant-url", "Tenant URL", &self.tenant_url, None)}
                {copy_field("scim-token", "SCIM Bearer Token", &reveal.secret, Some(hint.into_any()))}
                <div class="actions">
                    <form method="post" action=format!("{}/activate", self.address())>
                        <input type="hidden" name="token_id" value=id.clone()/>
                        <button class="btn main" type="submit">"Activate"</button>
                    </form>
                    <form method="post" action=format!("{}/discard", self.address())>
                        <input type="hidden" name="token_id" value=id/>
                        <button class="btn quiet" type="submit">"Discard"</button>
                    </form>
                </div>
            </section>
        }
        .into_any()
    }

    fn connection(&self) -> AnyView {
        let (text, button) = if self.active {
            (
                "The token is not shown again. If you no longer have it, generate another one, put it in place of the old one, and revoke the old one.",
                "Generate another token",
            )
        } else {
            ("Generate a token, copy it, and press Activate.", "Generate token")
        };
        let generate = if self.may_generate {
            view! {
                <form method="post" action=format!("{}?tab=provisioning", self.address())>
                    <input type="hidden" name="request_key" value=self.request_key.clone()/>
                    <button class=if self.active { "btn" } else { "btn main" } type="submit">{button}</button>
                </form>
            }
            .into_any()
        } else {
            view! { <p class="hint">"Two tokens work already; revoke one before you generate another."</p> }.into_any()
        };
        view! {
            <section class="card" aria-labelledby="connection">
                <h2 id="connection">"Connection"</h2>
                {copy_field("tenant-url", "Tenant URL", &self.tenant_url, None)}
                <h3>"SCIM Bearer Token"</h3>
                <p class="hint">{text}</p>
                {generate}
            </section>
        }
        .into_any()
    }

    fn token_list(&self, frame: &Frame) -> Option<AnyView> {
        if self.tokens.is_empty() {
            return None;
        }
        let cards: Vec<AnyView> = self.tokens.iter().map(|token| self.token(token, frame)).collect();
        let list =
            view! { <section class="card" aria-labelledby="tokens"><h2 id="tokens">"Tokens"</h2>{cards}</section> };
        Some(list.into_any())
    }

    fn token(&self, token: &TokenCard, frame: &Frame) -> AnyView {
        let (kind, symbol, state) = match token.state {
            TokenState::Pending => ("", Icon::Clock, "Not activated"),
            TokenState::Active => ("ok", Icon::Check, "Active"),
            TokenState::Overlap => ("warn", Icon::Clock, "Being replaced"),
            TokenState::Expired => ("bad", Icon::Stop, "Expired"),
            TokenState::Revoked => ("bad", Icon::Stop, "Revoked"),
        };
        let ended = matches!(token.state, TokenState::Expired | TokenState::Revoked);
        let revoke = (!ended).then(|| {
            let href = format!("{}/tokens/{}/revoke", self.address(), token.id);
            view! { <a class="btn bad" href=href>"Revoke"<span class="visually-hidden">" " {token.label.clone()}</span></a> }
        });
        view! {
            <div class="token">
                <div><h3>{token.label.clone()}</h3><code>{token.letters.clone()}</code></div>
                <div>{revoke}</div>
                <dl>
                    <div><dt>"Status"</dt><dd>{chip(&frame.sprite, kind, symbol, state)}</dd></div>
                    <div><dt>"Last used"</dt><dd>{token.last_used.clone()}</dd></div>
                    <div><dt>"Expires"</dt><dd>{token.expires.clone()}</dd></div>
                    <div><dt>"Created"</dt><dd>{token.created.clone()}</dd></div>
                </dl>
            </div>
        }
        .into_any()
    }

    fn guide(&self) -> AnyView {
        let steps: Vec<AnyView> = match self.provider {
            Provider::Azure => azure_steps(),
            _ => general_steps(self.provider.name()),
        };
        let place = if self.provider == Provider::Azure {
            "In the Azure portal".to_owned()
        } else {
            format!("In {}", self.provider.name())
        };
        view! { <section class="card" aria-labelledby="guide"><h2 id="guide">{place}</h2><ol class="steps">{steps}</ol></section> }
            .into_any()
    }
}

fn azure_steps() -> Vec<AnyView> {
    vec![
        view! { <li><span>"Open " <b>"Enterprise applications"</b> ", then " <b>"New application"</b> " and " <b>"Create your own application"</b> "."</span></li> }.into_any(),
        view! { <li><span>"Open " <b>"Provisioning"</b> " and set " <b>"Provisioning Mode"</b> " to " <b>"Automatic"</b> "."</span></li> }.into_any(),
        view! { <li><span>"Paste " <b>"Tenant URL"</b> ", and the SCIM Bearer Token as " <b>"Secret Token"</b> "."</span></li> }.into_any(),
        view! { <li><span>"Press " <b>"Activate"</b> " here, then " <b>"Test Connection"</b> " there, and save."</span></li> }.into_any(),
        view! { <li><span>"Under " <b>"Users and groups"</b> " assign one person first. People who hold only " <b>"Default Access"</b> " are skipped."</span></li> }.into_any(),
        view! { <li><span>"Set " <b>"Provisioning Status"</b> " to " <b>"On"</b> ". The first cycle takes longest; later ones run about every 40 minutes."</span></li> }.into_any(),
    ]
}

fn general_steps(name: &'static str) -> Vec<AnyView> {
    vec![
        view! { <li><span>"Add a SCIM 2.0 application to " {name} "."</span></li> }.into_any(),
        view! { <li><span>"Enter " <b>"Tenant URL"</b> " as its SCIM base URL."</span></li> }.into_any(),
        view! { <li><span>"Choose the bearer token (HTTP header) as its way to authenticate, and paste the SCIM Bearer Token."</span></li> }.into_any(),
        view! { <li><span>"Press " <b>"Activate"</b> " here, test the connection there, and assign one person first."</span></li> }.into_any(),
    ]
}

fn sso() -> AnyView {
    view! {
        <section class="card"><h2>"Single sign-on"</h2>
            <p>"Sign-on with SAML is not part of this version yet. Provisioning works without it."</p></section>
    }
    .into_any()
}
