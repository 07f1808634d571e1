//! How a provider's provisioning goes.

use leptos::prelude::*;
use store::integrations::Provider;

use super::address;
use crate::components::{Chart, Icon, chip};
use crate::islands::live::Live;

/// How often the card is asked for again. Its numbers are written down every ten seconds.
const LIVE_SECONDS: u32 = 15;

/// How it goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HealthState {
    /// Nothing came yet.
    Waiting,
    /// Requests come and are answered.
    Healthy,
    /// Nothing came for longer than usual.
    Quiet,
    /// Requests fail, or none can succeed.
    Failing,
}

impl HealthState {
    /// In a word, an icon and a colour.
    pub fn chip(self, sprite: &str) -> AnyView {
        match self {
            Self::Waiting => chip(sprite, "", Icon::Clock, "Waiting for the first call"),
            Self::Healthy => chip(sprite, "ok", Icon::Check, "Healthy"),
            Self::Quiet => chip(sprite, "warn", Icon::Moon, "Quiet"),
            Self::Failing => chip(sprite, "bad", Icon::Alert, "Failing"),
        }
    }
}

/// How it goes, with the numbers.
#[derive(Debug, Clone)]
pub struct Health {
    /// How it goes.
    pub state: HealthState,
    /// Why, and what to do.
    pub text: String,
    /// When the provider last called.
    pub last: String,
    /// When it is expected next.
    pub next: String,
    /// How many employees it provisioned.
    pub employees: String,
    /// How many groups.
    pub groups: String,
    /// Requests over a day and over two weeks.
    pub charts: [Chart; 2],
}

impl Health {
    pub(super) fn card(&self, provider: Provider, sprite: &str) -> AnyView {
        let live = format!("{}/health", address(provider));
        let now = self.view(sprite);
        view! {
            <section class="card" aria-labelledby="health">
                <h2 id="health">"Sync health"</h2>
                <Live address=live seconds=LIVE_SECONDS>{now}</Live>
            </section>
        }
        .into_any()
    }

    /// What is in the card: also an answer of its own, for a page that keeps it up to date.
    pub fn view(&self, sprite: &str) -> AnyView {
        let fact = |name: &'static str, text: &str| {
            let text = text.to_owned();
            view! { <div><dt>{name}</dt><dd>{text}</dd></div> }
        };
        view! {
            <p>{self.state.chip(sprite)}</p>
            <p>{self.text.clone()}</p>
            <dl class="facts">
                {fact("Last contact", &self.last)}
                {fact("Next expected", &self.next)}
                {fact("Employees", &self.employees)}
                {fact("Groups", &self.groups)}
            </dl>
            {self.charts.iter().map(Chart::view).collect_view()}
            <ul class="legend"><li>"Requests"</li><li class="bad">"Failed"</li></ul>
        }
        .into_any()
    }
}
