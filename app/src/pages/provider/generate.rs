//! The form that makes a token.

use leptos::prelude::*;
use store::integrations::Provider;

use super::address;
use crate::components::{Choice, Field, FieldError, error_summary};

/// How long a token may work: value and words.
pub const LIFETIMES: [(&str, &str); 5] =
    [("365", "1 year"), ("180", "180 days"), ("90", "90 days"), ("30", "30 days"), ("never", "It does not expire")];

/// What is to be made.
#[derive(Debug, Clone, Default)]
pub struct TokenDraft {
    /// The form's key: the same key never issues twice.
    pub request_key: String,
    /// What people call the token.
    pub label: String,
    /// One of [`LIFETIMES`].
    pub lifetime: String,
    /// Networks from which it may be used; empty means from everywhere.
    pub networks: String,
}

impl TokenDraft {
    pub(super) fn view(&self, provider: Provider, active: bool, errors: &[FieldError]) -> AnyView {
        let errors: Vec<FieldError> =
            errors.iter().filter(|error| ["label", "lifetime", "networks"].contains(&error.field)).cloned().collect();
        let label = Field {
            name: "label",
            label: "Name",
            kind: "text",
            value: &self.label,
            hint: Some("By which you recognise it in the list of tokens and in the log."),
            autocomplete: "off",
            ..Field::default()
        };
        let networks = Field {
            name: "networks",
            label: "Allowed addresses (optional)",
            kind: "text",
            value: &self.networks,
            hint: Some("Networks such as 203.0.113.0/24, with commas between. Requests from elsewhere are refused."),
            autocomplete: "off",
            optional: true,
            ..Field::default()
        };
        let lifetime =
            Choice { name: "lifetime", label: "Works for", options: &LIFETIMES, value: &self.lifetime, hint: None };
        let (button, class) = if active { ("Generate another token", "btn") } else { ("Generate token", "btn main") };
        view! {
            {error_summary(&errors)}
            <form method="post" action=format!("{}?tab=provisioning", address(provider))>
                <input type="hidden" name="request_key" value=self.request_key.clone()/>
                <details class="more" open=!errors.is_empty()>
                    <summary>"Name, expiry and allowed addresses"</summary>
                    {label.view(&errors)}{lifetime.view(&errors)}{networks.view(&errors)}
                </details>
                <button class=class type="submit">{button}</button>
            </form>
        }
        .into_any()
    }
}
