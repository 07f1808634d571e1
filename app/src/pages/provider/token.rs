//! One token in the list of them.

use leptos::prelude::*;
use store::integrations::Provider;

use super::address;
use crate::components::{Icon, chip, plain, shown};

/// What a token can do, for its chip.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenState {
    /// It was shown and waits to be activated.
    Pending,
    /// It works.
    Active,
    /// It works, and its time is nearly over.
    Expiring,
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
    /// What it did within a day.
    pub today: String,
    /// Until when it works.
    pub expires: String,
    /// From where it may be used, if not from everywhere.
    pub networks: Option<String>,
    /// Whether it is being replaced and the new one was seen: nothing needs it any more.
    pub superseded: bool,
}

impl TokenCard {
    pub(super) fn view(&self, provider: Provider, sprite: &str) -> AnyView {
        let (kind, symbol, state) = match self.state {
            TokenState::Pending => ("", Icon::Clock, "Not activated"),
            TokenState::Active => ("ok", Icon::Check, "Active"),
            TokenState::Expiring => ("warn", Icon::Alert, "Expires soon"),
            TokenState::Overlap => ("warn", Icon::Clock, "Being replaced"),
            TokenState::Expired => ("bad", Icon::Stop, "Expired"),
            TokenState::Revoked => ("bad", Icon::Stop, "Revoked"),
        };
        let fact = |name: &'static str, text: &str| {
            let text = text.to_owned();
            view! { <div><dt>{name}</dt><dd>{text}</dd></div> }
        };
        let superseded = self.superseded.then(|| {
            let text = format!("{} uses the new token. The old one is not needed any more: end it.", provider.name());
            view! { <p class="note ok">{text}</p> }
        });
        view! {
            <div class="token">
                <div><h3>{shown(&self.label)}</h3><code>{self.letters.clone()}</code></div>
                <div class="actions">{self.actions(provider)}</div>
                {superseded}
                <dl>
                    <div><dt>"Status"</dt><dd>{chip(sprite, kind, symbol, state)}</dd></div>
                    {fact("Last used", &self.last_used)}
                    {fact("Last 24 hours", &self.today)}
                    {fact("Expires", &self.expires)}
                    {fact("Created", &self.created)}
                    {self.networks.as_ref().map(|networks| fact("Allowed addresses", networks))}
                </dl>
            </div>
        }
        .into_any()
    }

    fn actions(&self, provider: Provider) -> AnyView {
        let link = |verb: &'static str, words: &'static str, class: &'static str| {
            let href = format!("{}/tokens/{}/{verb}", address(provider), self.id);
            view! { <a class=class href=href>{words}<span class="visually-hidden">" " {plain(&self.label)}</span></a> }
        };
        match self.state {
            TokenState::Active | TokenState::Expiring => {
                view! { {link("rotate", "Rotate", "btn")}{link("revoke", "Revoke", "btn bad")} }.into_any()
            }
            TokenState::Overlap => link("revoke", "End overlap now", "btn bad").into_any(),
            TokenState::Pending => link("revoke", "Revoke", "btn bad").into_any(),
            TokenState::Expired | TokenState::Revoked => ().into_any(),
        }
    }
}
