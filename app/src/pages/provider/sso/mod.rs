//! The tab SSO: what the identity provider wants to know, and what it says of itself.

mod form;
mod metadata;
mod require;

use leptos::prelude::*;
use store::integrations::Provider;

use super::address;
use super::guide::sign_on_guide;
use crate::components::{FieldError, Icon, chip, copy_field};
use crate::shell::Frame;
use form::labels;
pub use metadata::MetadataDraft;
pub use require::SsoRequirement;

/// What was typed, or is stored.
#[derive(Debug, Clone, Default)]
pub struct SsoDraft {
    /// SAML Issuer URL.
    pub issuer: String,
    /// X.509 Certificate.
    pub certificate: String,
    /// Next X.509 Certificate.
    pub next_certificate: String,
    /// SAML Redirect URL.
    pub redirect_url: String,
    /// Portal URL.
    pub portal_url: String,
    /// Logout Redirect.
    pub logout_url: String,
    /// The attribute that names the employee.
    pub attribute: String,
    /// What it must equal.
    pub match_by: String,
    /// Whether sign-on may begin at the identity provider.
    pub allow_unsolicited: bool,
}

/// A certificate that is stored.
#[derive(Debug, Clone)]
pub struct CertificateLine {
    /// Which of the two.
    pub name: &'static str,
    /// SHA-256.
    pub fingerprint: String,
    /// The day on which it ends.
    pub until: String,
    /// Whether that day has passed.
    pub expired: bool,
}

/// The tab.
#[derive(Debug, Clone, Default)]
pub struct SsoTab {
    /// Whether anyone may sign in.
    pub enabled: bool,
    /// SAML CallBack Endpoint URL.
    pub callback_url: String,
    /// SAML Audience URI.
    pub audience: String,
    /// Where our metadata is.
    pub metadata_url: String,
    /// Where sign-on begins on our side, if it can.
    pub login_url: Option<String>,
    /// The certificates that are stored.
    pub certificates: Vec<CertificateLine>,
    /// The form.
    pub draft: SsoDraft,
    /// The form for metadata.
    pub metadata: MetadataDraft,
    /// Trying it out, and requiring it.
    pub requirement: SsoRequirement,
}

impl SsoTab {
    pub(super) fn view(&self, provider: Provider, errors: &[FieldError], frame: &Frame) -> AnyView {
        view! {
            <div class="split">
                <div>{self.ours(provider, frame)}{self.theirs(provider, errors, frame)}</div>
                <aside>{sign_on_guide(provider)}{self.requirement.view(provider, errors, frame)}{self.off(provider)}</aside>
            </div>
        }
        .into_any()
    }

    /// What is pasted at the identity provider.
    fn ours(&self, provider: Provider, frame: &Frame) -> AnyView {
        let labels = labels(provider);
        let state = if self.enabled {
            chip(&frame.sprite, "ok", Icon::Check, "Sign-on is on")
        } else {
            chip(&frame.sprite, "", Icon::Clock, "Sign-on is off")
        };
        let login = self.login_url.as_ref().map(|url| copy_field("login-url", "Sign-on URL", url, None));
        view! {
            <section class="card" aria-labelledby="service">
                <div class="head"><h2 id="service">"Give these to the identity provider"</h2>{state}</div>
                {copy_field("callback-url", labels.callback, &self.callback_url, None)}
                {copy_field("audience", labels.audience, &self.audience, None)}
                {login}
                <p class="hint"><a href=self.metadata_url.clone()>"Service provider metadata"</a>
                    " has the same, for identity providers that read it from a file or an address."</p>
                <p class="hint"><a href=format!("{}/sso/people", address(provider))>"Who could not sign in"</a>
                    " lists employees whom no assertion would name."</p>
            </section>
        }
        .into_any()
    }

    fn off(&self, provider: Provider) -> Option<AnyView> {
        self.enabled.then(|| {
            view! {
                <section class="card" aria-labelledby="turn-off">
                    <h2 id="turn-off">"Turn sign-on off"</h2>
                    <p class="hint">"Employees who signed in through it are signed out at once. The settings and the addresses are kept, and provisioning goes on."</p>
                    <form method="post" action=format!("{}/sso/disable", address(provider))>
                        <button class="btn bad" type="submit">"Turn sign-on off"</button>
                    </form>
                </section>
            }
            .into_any()
        })
    }
}
