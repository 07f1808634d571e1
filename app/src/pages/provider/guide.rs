//! What to do on the identity provider's side, step by step.

use leptos::prelude::*;
use store::integrations::Provider;

/// A step: words, and in between what stands on the provider's screen (bold) or is to be typed there (code).
type Step = Vec<Part>;

enum Part {
    Words(&'static str),
    Screen(&'static str),
    Typed(String),
}

use Part::{Screen as S, Typed as T, Words as W};

/// The steps for one provider.
pub(super) fn guide(provider: Provider, tenant_url: &str) -> AnyView {
    let steps = match provider {
        Provider::Azure => azure(tenant_url),
        Provider::Okta => okta(tenant_url),
        Provider::OneLogin => onelogin(tenant_url),
        Provider::Google => google(tenant_url),
        Provider::PingOne => pingone(tenant_url),
        Provider::Custom => custom(tenant_url),
        // It signs people in and provisions nobody.
        Provider::Adfs => return ().into_any(),
    };
    let place = match provider {
        Provider::Azure => "In the Azure portal".to_owned(),
        Provider::Custom => "In your identity provider".to_owned(),
        provider => format!("In {}", provider.name()),
    };
    panel(place, steps)
}

/// The steps with which a provider is told of us for sign-on.
pub(super) fn sign_on_guide(provider: Provider) -> AnyView {
    match provider {
        Provider::Azure => panel("In the Azure portal".to_owned(), azure_sign_on()),
        _ => panel("In your identity provider".to_owned(), any_sign_on()),
    }
}

fn panel(place: String, steps: Vec<Step>) -> AnyView {
    let part = |part: Part| match part {
        W(words) => words.into_any(),
        S(words) => view! { <b>{words}</b> }.into_any(),
        T(text) => view! { <code>{text}</code> }.into_any(),
    };
    let steps = steps.into_iter().map(|step| {
        let parts: Vec<AnyView> = step.into_iter().map(part).collect();
        view! { <li><span>{parts}</span></li> }
    });
    view! { <section class="card" aria-labelledby="guide"><h2 id="guide">{place}</h2><ol class="steps">{steps.collect_view()}</ol></section> }
        .into_any()
}

fn azure_sign_on() -> Vec<Step> {
    vec![
        vec![
            W("Open "),
            S("Enterprise applications"),
            W(", your application, "),
            S("Single sign-on"),
            W(" and choose "),
            S("SAML"),
            W("."),
        ],
        vec![
            W("In "),
            S("Basic SAML Configuration"),
            W(" paste the SAML Audience URI as "),
            S("Identifier"),
            W(" and the SAML CallBack Endpoint URL as "),
            S("Reply URL"),
            W("."),
        ],
        vec![
            W("In "),
            S("Attributes & Claims"),
            W(" let "),
            S("Unique User Identifier"),
            W(" be what employees have here as user name; "),
            T("user.userprincipalname".to_owned()),
            W(" is usual."),
        ],
        vec![
            W("In "),
            S("SAML Certificates"),
            W(" download "),
            S("Certificate (Base64)"),
            W(" and paste it here. Any "),
            S("Signing Option"),
            W(" will do, with SHA-256."),
        ],
        vec![
            W("Below it, "),
            S("Login URL"),
            W(" is the SAML Redirect URL here and "),
            S("Azure AD Identifier"),
            W(" the SAML Issuer URL."),
        ],
        vec![W("Assign one person, press "), S("Activate"), W(" here, and let that person try it.")],
    ]
}

fn any_sign_on() -> Vec<Step> {
    vec![
        vec![W("Create a SAML 2.0 application.")],
        vec![W("Its entity ID or audience is the SAML Audience URI, its ACS or single sign-on URL the callback URL.")],
        vec![
            W("The "),
            S("NameID"),
            W(" must be what employees have here as user name; or choose another value in the form."),
        ],
        vec![W("Let it sign the assertion, the response or both, with SHA-256. Leave encryption off.")],
        vec![W("Paste its issuer, its login address and its certificate here, and let one person try it.")],
    ]
}

fn azure(url: &str) -> Vec<Step> {
    vec![
        vec![
            W("Open "),
            S("Enterprise applications"),
            W(", "),
            S("New application"),
            W(", "),
            S("Create your own application"),
            W(" and choose the non-gallery kind."),
        ],
        vec![W("Open "), S("Provisioning"), W(" and set "), S("Provisioning Mode"), W(" to "), S("Automatic"), W(".")],
        vec![
            W("Paste "),
            T(url.to_owned()),
            W(" as "),
            S("Tenant URL"),
            W(", and the SCIM Bearer Token as "),
            S("Secret Token"),
            W("."),
        ],
        vec![W("Press "), S("Activate"), W(" here, then "), S("Test Connection"), W(" there, and save.")],
        vec![
            W("Under "),
            S("Users and groups"),
            W(" assign one person first. People who hold only "),
            S("Default Access"),
            W(" are skipped."),
        ],
        vec![
            W("Set "),
            S("Provisioning Status"),
            W(" to "),
            S("On"),
            W(". The first cycle takes longest; later ones run about every 40 minutes."),
        ],
    ]
}

fn okta(url: &str) -> Vec<Step> {
    vec![
        vec![
            W("In the application's "),
            S("General"),
            W(" tab turn on SCIM provisioning, then open "),
            S("Provisioning"),
            W(" and "),
            S("Integration"),
            W("."),
        ],
        vec![
            W("Enter "),
            T(url.to_owned()),
            W(" as "),
            S("SCIM connector base URL"),
            W(" and "),
            T("userName".to_owned()),
            W(" as the unique identifier field."),
        ],
        vec![
            W("Tick pushing new users, profile updates and groups; choose "),
            S("HTTP Header"),
            W(" and paste the SCIM Bearer Token."),
        ],
        vec![W("Press "), S("Activate"), W(" here, then "), S("Test Connector Configuration"), W(" there, and save.")],
        vec![
            W("Under "),
            S("To App"),
            W(" enable creating, updating and deactivating users, and assign one person first."),
        ],
    ]
}

fn onelogin(url: &str) -> Vec<Step> {
    vec![
        vec![W("Add the application "), S("SCIM Provisioner with SAML (SCIM v2 Enterprise)"), W(".")],
        vec![
            W("Under "),
            S("Configuration"),
            W(" enter "),
            T(url.to_owned()),
            W(" as "),
            S("SCIM Base URL"),
            W(" and paste the SCIM Bearer Token."),
        ],
        vec![W("Press "), S("Activate"), W(" here, then "), S("Enable"), W(" beside API Connection there.")],
        vec![
            W("Under "),
            S("Provisioning"),
            W(" turn on the workflow. For people who leave, choose "),
            S("Suspend"),
            W(" to keep their records or "),
            S("Delete"),
            W(" to remove them."),
        ],
        vec![W("Assign one person first and watch them arrive under Employees.")],
    ]
}

fn google(url: &str) -> Vec<Step> {
    vec![
        vec![
            W("In the Admin console open "),
            S("Apps"),
            W(", "),
            S("Web and mobile apps"),
            W(", and the application."),
        ],
        vec![
            W("Under "),
            S("Autoprovisioning"),
            W(" paste the SCIM Bearer Token as access token, and "),
            T(url.to_owned()),
            W(" as endpoint URL."),
        ],
        vec![W("Press "), S("Activate"), W(" here before you continue there.")],
        vec![W("Map the attributes, choose whom to provision, and turn autoprovisioning on.")],
    ]
}

fn pingone(url: &str) -> Vec<Step> {
    vec![
        vec![
            W("Open "),
            S("Integrations"),
            W(", "),
            S("Provisioning"),
            W(", and add a connection of the type "),
            S("SCIM Outbound"),
            W("."),
        ],
        vec![
            W("Enter "),
            T(url.to_owned()),
            W(" as "),
            S("SCIM Base URL"),
            W(", choose "),
            S("OAuth 2 Bearer Token"),
            W(" and paste the SCIM Bearer Token."),
        ],
        vec![W("Press "), S("Activate"), W(" here, then "), S("Test Connection"), W(" there, and save.")],
        vec![
            W("Keep "),
            T("userName eq \"%s\"".to_owned()),
            W(" as user filter, add a rule, and start with one person."),
        ],
    ]
}

fn custom(url: &str) -> Vec<Step> {
    vec![
        vec![W("Add a SCIM 2.0 application, or turn on provisioning for the one you have.")],
        vec![W("Enter "), T(url.to_owned()), W(" as its SCIM base URL.")],
        vec![W("Choose the bearer token (HTTP header) as its way to authenticate, and paste the SCIM Bearer Token.")],
        vec![W("Match people by "), T("userName".to_owned()), W(".")],
        vec![W("Press "), S("Activate"), W(" here, test the connection there, and assign one person first.")],
    ]
}
