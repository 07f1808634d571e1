//! The tab SSO of a provider's dialog.

pub(super) mod metadata;
pub(super) mod people;
pub(super) mod require;

use app::components::{FieldError, day};
use app::pages::{CertificateLine, MetadataDraft, Page, SsoDraft, SsoRequirement, SsoTab, Tab, provider_address};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{Redirect, Response};
use serde::Deserialize;
use store::accounts::Role;
use store::integrations::{Integration, Provider};
use store::sso::{self, MatchBy, Settings};
use store::{Conn, IntegrationId, StoreError, TenantId};
use time::OffsetDateTime;

use super::error::ConsoleError;
use super::page::{Fields, Visitor};
use super::provider::{self, named};
use crate::config::Config;
use crate::sso::address::Addresses;
use crate::sso::certificate::Certificate;
use crate::sso::expiry;
use crate::sso::setup::{self, Draft, NO_WAY_IN, Saved, Saver};
use crate::state::AppState;

/// The tab as it is stored.
pub(super) async fn tab(
    conn: &mut Conn<'_>,
    (tenant, provider): (&TenantId, Provider),
    integration: Option<&Integration>,
    config: &Config,
    now: OffsetDateTime,
) -> Result<SsoTab, StoreError> {
    let settings = match integration {
        Some(integration) => sso::find(conn, tenant, &integration.id).await?,
        None => None,
    };
    let requirement = match &settings {
        Some(settings) => require::card(conn, tenant, settings, now).await?,
        None => SsoRequirement::default(),
    };
    let addresses = Addresses::new(config, &sso::instance_id(tenant, provider));
    let certificates = settings.as_ref().map(|settings| certificates(settings, now)).unwrap_or_default();
    Ok(SsoTab {
        enabled: settings.as_ref().is_some_and(|settings| settings.enabled),
        callback_url: addresses.callback(),
        audience: addresses.audience(),
        metadata_url: addresses.metadata(),
        login_url: settings.as_ref().and_then(|settings| settings.redirect_url.is_some().then(|| addresses.login())),
        certificates,
        draft: settings.map_or_else(empty, |settings| shown(&settings)),
        metadata: MetadataDraft::default(),
        requirement,
    })
}

fn empty() -> SsoDraft {
    SsoDraft { match_by: MatchBy::UserName.key().to_owned(), allow_unsolicited: true, ..SsoDraft::default() }
}

fn shown(settings: &Settings) -> SsoDraft {
    let pem = |der: &[u8]| Certificate::from_der(der.to_vec()).map(|known| known.to_pem()).unwrap_or_default();
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    SsoDraft {
        issuer: settings.issuer.clone(),
        certificate: pem(&settings.certificate),
        next_certificate: settings.next_certificate.as_deref().map(pem).unwrap_or_default(),
        redirect_url: text(&settings.redirect_url),
        portal_url: text(&settings.portal_url),
        logout_url: text(&settings.logout_url),
        attribute: text(&settings.attribute),
        match_by: settings.match_by.key().to_owned(),
        allow_unsolicited: settings.allow_unsolicited,
    }
}

fn certificates(settings: &Settings, now: OffsetDateTime) -> Vec<CertificateLine> {
    let ders = [("In use", Some(&settings.certificate)), ("Next", settings.next_certificate.as_ref())];
    ders.into_iter()
        .filter_map(|(name, der)| Some((name, Certificate::from_der(der?.clone()).ok()?)))
        .map(|(name, certificate)| CertificateLine {
            name,
            fingerprint: certificate.fingerprint(),
            until: day(certificate.not_after),
            expired: certificate.not_after <= now,
        })
        .collect()
}

/// What the page says above everything else while sign-on is on and the newest certificate ends soon.
pub(super) fn expiry_notice(settings: &Settings, now: OffsetDateTime) -> Option<String> {
    let last = expiry::last_end(settings)?;
    let what =
        "Get the new one from your identity provider and paste it into Next X.509 Certificate before it changes.";
    if last <= now {
        return Some(format!("The X.509 certificate for sign-on expired on {}. {what}", day(last)));
    }
    let within = expiry::within(last, now)?;
    Some(format!("The X.509 certificate for sign-on expires within {within} days, on {}. {what}", day(last)))
}

/// To the tab, when a form's own address is opened.
pub(super) async fn back(Path(key): Path<String>) -> Result<Redirect, ConsoleError> {
    Ok(Redirect::to(&address(named(&key)?)))
}

fn address(provider: Provider) -> String {
    format!("{}?tab={}", provider_address(provider), Tab::Sso.key())
}

#[derive(Deserialize)]
pub(super) struct Sent {
    #[serde(default)]
    issuer: String,
    #[serde(default)]
    certificate: String,
    #[serde(default)]
    next_certificate: String,
    #[serde(default)]
    redirect_url: String,
    #[serde(default)]
    portal_url: String,
    #[serde(default)]
    logout_url: String,
    #[serde(default)]
    attribute: String,
    #[serde(default)]
    match_by: String,
    #[serde(default)]
    allow_unsolicited: String,
}

impl From<Sent> for Draft {
    fn from(sent: Sent) -> Self {
        Self {
            issuer: sent.issuer,
            certificate: sent.certificate,
            next_certificate: sent.next_certificate,
            redirect_url: sent.redirect_url,
            portal_url: sent.portal_url,
            logout_url: sent.logout_url,
            attribute: sent.attribute,
            match_by: sent.match_by,
            allow_unsolicited: !sent.allow_unsolicited.is_empty(),
        }
    }
}

pub(super) async fn save(
    State(state): State<AppState>,
    visitor: Visitor,
    Path(key): Path<String>,
    Fields(sent): Fields<Sent>,
) -> Result<Response, ConsoleError> {
    let provider = named(&key)?;
    let (draft, now) = (Draft::from(sent), state.store.now());
    let checked = match draft.checked(now) {
        Ok(checked) => checked,
        Err(problems) => return with_errors(&state, &visitor, provider, draft, &problems).await,
    };
    let account = visitor.account()?;
    let (tenant, by, new_id) = (account.tenant_id.clone(), account.email.clone(), IntegrationId(state.store.new_id()));
    let from = visitor.client.place();
    let gives_accounts = Role::ALL.into_iter().all(|role| account.role.may_give(role));
    let saved: Result<Saved, StoreError> = state
        .store
        .write(move |conn| {
            Box::pin(async move {
                let saver = Saver { name: &by, from: &from, gives_accounts };
                setup::save(conn, (&tenant, provider), new_id, checked, (saver, now)).await
            })
        })
        .await;
    let next = match saved? {
        Saved::NoWayIn => return with_errors(&state, &visitor, provider, draft, &[NO_WAY_IN]).await,
        Saved::Required => "Single sign-on is required: test it now, while everybody is still signed in.",
        Saved::Done => "Try it with one person before you tell everybody.",
    };
    let message = format!("Sign-on with {} is on. {next}", provider.name());
    visitor.go_to(&address(provider), &message).await
}

pub(super) async fn disable(
    State(state): State<AppState>,
    visitor: Visitor,
    Path(key): Path<String>,
) -> Result<Response, ConsoleError> {
    let provider = named(&key)?;
    let account = visitor.account()?;
    let (tenant, by, now) = (account.tenant_id.clone(), account.email.clone(), state.store.now());
    let from = visitor.client.place();
    let was_on: Result<bool, StoreError> = state
        .store
        .write(move |conn| Box::pin(async move { setup::disable(conn, (&tenant, provider), (&by, &from), now).await }))
        .await;
    let message = if was_on? {
        "Sign-on is off. Whoever was signed in through it is signed out; the settings are kept."
    } else {
        "Sign-on was off already."
    };
    visitor.go_to(&address(provider), message).await
}

/// The tab with a form that was not taken: what was typed is kept.
async fn with_errors(
    state: &AppState,
    visitor: &Visitor,
    provider: Provider,
    draft: Draft,
    problems: &[setup::FieldProblem],
) -> Result<Response, ConsoleError> {
    let mut page = provider::page(state, visitor, provider, Tab::Sso).await?;
    page.sso.draft = SsoDraft {
        issuer: draft.issuer,
        certificate: draft.certificate,
        next_certificate: draft.next_certificate,
        redirect_url: draft.redirect_url,
        portal_url: draft.portal_url,
        logout_url: draft.logout_url,
        attribute: draft.attribute,
        match_by: draft.match_by,
        allow_unsolicited: draft.allow_unsolicited,
    };
    page.errors = problems.iter().map(|(field, text)| FieldError { field, text: (*text).to_owned() }).collect();
    Ok(visitor.show_with(StatusCode::UNPROCESSABLE_ENTITY, Page::Provider(page)).await)
}
