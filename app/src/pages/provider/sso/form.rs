//! The form for what the identity provider says of itself.

use leptos::prelude::*;
use store::integrations::Provider;

use super::super::address;
use super::{CertificateLine, SsoTab};
use crate::components::{Area, Choice, Field, FieldError, Icon, chip, error_summary, tick};
use crate::shell::Frame;

/// What of an employee the identity provider's name must equal: value and words.
const MATCHES: [(&str, &str); 3] =
    [("user_name", "User name"), ("email", "Email, any of them"), ("external_id", "External id")];

/// The words that providers' own guides use.
pub(super) struct Labels {
    pub(super) issuer: &'static str,
    pub(super) callback: &'static str,
    pub(super) audience: &'static str,
    pub(super) redirect: &'static str,
    pub(super) portal: &'static str,
}

pub(super) fn labels(provider: Provider) -> Labels {
    let (issuer, redirect) = match provider {
        Provider::Azure | Provider::OneLogin | Provider::Custom => ("SAML Issuer URL", "SAML Redirect URL"),
        Provider::Okta | Provider::Adfs => ("SAML Identity Provider Issuer", "SAML Redirect URL"),
        Provider::Google => ("SAML Endpoint URL", "SSO Redirect URL"),
        Provider::PingOne => ("SAML Identity Provider Issuer URL", "SAML Redirect URL"),
    };
    let callback = match provider {
        Provider::Okta => "SAML Single Sign On URL (read-only)",
        _ => "SAML CallBack Endpoint URL (read-only)",
    };
    let portal = match provider {
        Provider::Azure => "Azure Portal URL (optional)",
        _ => "Portal URL (optional)",
    };
    Labels { issuer, callback, audience: "SAML Audience URI (read-only)", redirect, portal }
}

impl SsoTab {
    /// What the identity provider gives.
    pub(super) fn theirs(&self, provider: Provider, errors: &[FieldError], frame: &Frame) -> AnyView {
        let labels = labels(provider);
        let text = |name, label, value, hint, optional| Field {
            name,
            label,
            kind: "text",
            value,
            hint,
            autocomplete: "off",
            optional,
            ..Field::default()
        };
        let issuer = text(
            "issuer",
            labels.issuer,
            &self.draft.issuer,
            Some("The identity provider's identifier, exactly as it shows it."),
            false,
        );
        let redirect = text(
            "redirect_url",
            labels.redirect,
            &self.draft.redirect_url,
            Some("The identity provider's login address. Without it, people start at the identity provider."),
            true,
        );
        let portal = text("portal_url", labels.portal, &self.draft.portal_url, None, true);
        let logout = text("logout_url", "Logout Redirect (optional)", &self.draft.logout_url, None, true);
        let logout = matches!(provider, Provider::OneLogin | Provider::Okta).then(|| logout.view(errors));
        let certificate = Area {
            name: "certificate",
            label: "X.509 Certificate",
            value: &self.draft.certificate,
            hint: "Certificate (Base64), from -----BEGIN CERTIFICATE----- to the end. Only what it signs is accepted.",
            optional: false,
        };
        let next = Area {
            name: "next_certificate",
            label: "Next X.509 Certificate (optional)",
            value: &self.draft.next_certificate,
            hint: "While the identity provider changes its certificate, either one is accepted.",
            optional: true,
        };
        let save = match (self.enabled, provider) {
            (true, _) => "Save",
            (false, Provider::Okta) => "Save and Activate",
            (false, _) => "Activate",
        };
        view! {
            <section class="card" aria-labelledby="identity-provider">
                <h2 id="identity-provider">"What the identity provider gives you"</h2>
                {error_summary(errors)}
                {self.metadata.view(provider, errors)}
                <form method="post" action=format!("{}/sso", address(provider))>
                    {issuer.view(errors)}
                    {certificate.view(errors)}
                    {self.certificates(frame)}
                    {redirect.view(errors)}{portal.view(errors)}{logout}
                    <details class="more" open=!errors.is_empty()>
                        <summary>"Who is who, and changing certificates"</summary>
                        {self.matching(errors)}
                        {tick("allow_unsolicited", "Sign-on may begin at the identity provider", self.draft.allow_unsolicited)}
                        {next.view(errors)}
                    </details>
                    <button class="btn main" type="submit">{save}</button>
                </form>
            </section>
        }
        .into_any()
    }

    fn matching(&self, errors: &[FieldError]) -> AnyView {
        let match_by = Choice {
            name: "match_by",
            label: "The name in the assertion is the employee's",
            options: &MATCHES,
            value: &self.draft.match_by,
            hint: Some("It must be that of exactly one active employee. Nobody is created by signing in."),
        };
        let attribute = Field {
            name: "attribute",
            label: "Attribute instead of NameID (optional)",
            kind: "text",
            value: &self.draft.attribute,
            hint: Some("The name of the attribute that says who it is, when the NameID does not."),
            autocomplete: "off",
            optional: true,
            ..Field::default()
        };
        view! { {match_by.view(errors)}{attribute.view(errors)} }.into_any()
    }

    fn certificates(&self, frame: &Frame) -> Option<AnyView> {
        let line = |line: &CertificateLine| {
            let state = if line.expired {
                chip(&frame.sprite, "bad", Icon::Alert, format!("Expired on {}", line.until))
            } else {
                chip(&frame.sprite, "ok", Icon::Check, format!("Until {}", line.until))
            };
            view! { <div><dt>{line.name}</dt><dd>{state}<code class="fingerprint">{line.fingerprint.clone()}</code></dd></div> }
        };
        let lines = self.certificates.iter().map(line).collect_view();
        (!self.certificates.is_empty()).then(|| {
            view! { <dl class="attributes" aria-label="Certificates: end and SHA-256 fingerprint">{lines}</dl> }
                .into_any()
        })
    }
}
