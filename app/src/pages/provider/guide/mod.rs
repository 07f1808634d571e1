//! What to do on the identity provider's side, step by step.
//!
//! A step is words; `**` stands around what is on the provider's screen, `` ` `` around what is to be typed there, and
//! `{url}` where the SCIM address of this company goes.

mod provisioning;
mod sign_on;

use leptos::prelude::*;
use store::integrations::Provider;

/// The steps for one provider.
pub(super) fn guide(provider: Provider, tenant_url: &str) -> AnyView {
    let steps = match provider {
        Provider::Azure => provisioning::AZURE,
        Provider::Okta => provisioning::OKTA,
        Provider::OneLogin => provisioning::ONELOGIN,
        Provider::Google => provisioning::GOOGLE,
        Provider::PingOne => provisioning::PINGONE,
        Provider::Custom => provisioning::CUSTOM,
        // It signs people in and provisions nobody.
        Provider::Adfs => return ().into_any(),
    };
    panel(provider, steps, tenant_url)
}

/// The steps with which a provider is told of us for sign-on.
pub(super) fn sign_on_guide(provider: Provider) -> AnyView {
    let steps = match provider {
        Provider::Azure => sign_on::AZURE,
        Provider::Okta => sign_on::OKTA,
        Provider::OneLogin => sign_on::ONELOGIN,
        Provider::Google => sign_on::GOOGLE,
        Provider::PingOne => sign_on::PINGONE,
        Provider::Adfs => sign_on::ADFS,
        Provider::Custom => sign_on::ANY,
    };
    panel(provider, steps, "")
}

fn panel(provider: Provider, steps: &[&'static str], url: &str) -> AnyView {
    let place = match provider {
        Provider::Azure => "In the Azure portal".to_owned(),
        Provider::Custom => "In your identity provider".to_owned(),
        provider => format!("In {}", provider.name()),
    };
    let steps = steps.iter().map(|step| {
        let parts = parts(step).into_iter().map(|part| part.view(url)).collect_view();
        view! { <li><span>{parts}</span></li> }
    });
    view! { <section class="card" aria-labelledby="guide"><h2 id="guide">{place}</h2><ol class="steps">{steps.collect_view()}</ol></section> }
        .into_any()
}

#[derive(Debug, PartialEq)]
enum Part {
    Words(&'static str),
    Screen(&'static str),
    Typed(&'static str),
}

impl Part {
    fn view(self, url: &str) -> AnyView {
        match self {
            Self::Words(words) => words.into_any(),
            Self::Screen(words) => view! { <b>{words}</b> }.into_any(),
            Self::Typed(text) => view! { <code>{text.replace("{url}", url)}</code> }.into_any(),
        }
    }
}

fn parts(step: &'static str) -> Vec<Part> {
    let mut parts = Vec::new();
    for (outer, text) in step.split("**").enumerate() {
        if outer % 2 == 1 {
            parts.push(Part::Screen(text));
            continue;
        }
        let inner = text.split('`').enumerate();
        parts.extend(inner.map(|(inner, text)| if inner % 2 == 1 { Part::Typed(text) } else { Part::Words(text) }));
    }
    parts.retain(|part| *part != Part::Words(""));
    parts
}

#[cfg(test)]
mod tests {
    use super::{Part, parts, provisioning, sign_on};

    #[test]
    fn marks_become_parts() {
        let step = "Paste `{url}` as **Tenant URL**.";
        let expected = [
            Part::Words("Paste "),
            Part::Typed("{url}"),
            Part::Words(" as "),
            Part::Screen("Tenant URL"),
            Part::Words("."),
        ];
        assert_eq!(parts(step), expected);
    }

    #[test]
    fn every_mark_has_its_other_half() {
        use {provisioning as p, sign_on as s};
        let all = [p::AZURE, p::OKTA, p::ONELOGIN, p::GOOGLE, p::PINGONE, p::CUSTOM];
        let all = all.into_iter().chain([s::AZURE, s::OKTA, s::ONELOGIN, s::GOOGLE, s::PINGONE, s::ADFS, s::ANY]);
        for step in all.flatten() {
            assert!(step.matches("**").count() % 2 == 0 && step.matches('`').count() % 2 == 0, "{step}");
        }
    }
}
