//! A provider's dialog, and the questions before a token is replaced or revoked.

use app::components::{FieldError, day};
use app::pages::{AttributeDraft, Page, ProviderPage, Reveal, RevokePage, RotatePage, Tab, TokenDraft, token_cards};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{Redirect, Response};
use serde::Deserialize;
use store::integrations::{self, Provider};
use store::tokens::{self, LIVE_TOKENS, Token};
use store::usage;
use store::{StoreError, TokenId};
use time::{Duration, OffsetDateTime};

use super::diagnosis::{diagnosis, last_refusal};
use super::error::ConsoleError;
use super::page::{Asked, Visitor, fragment};
use super::token_card::{card, expiry_notice, letters};
use super::{brake, connection, custom_attributes, health, sso};
use crate::assets;
use crate::state::AppState;

#[derive(Default, Deserialize)]
pub(super) struct Chosen {
    #[serde(default)]
    tab: String,
}

/// The provider that an address names.
pub(super) fn named(key: &str) -> Result<Provider, ConsoleError> {
    Provider::parse(key).ok_or(ConsoleError::NotFound)
}

/// The provider that an address names, if it provisions.
pub(super) fn provisioning(key: &str) -> Result<Provider, ConsoleError> {
    Some(named(key)?).filter(|provider| provider.provisions()).ok_or(ConsoleError::NotFound)
}

pub(super) async fn dialog(
    State(state): State<AppState>,
    visitor: Visitor,
    Path(key): Path<String>,
    Asked(chosen): Asked<Chosen>,
) -> Result<Response, ConsoleError> {
    let provider = named(&key)?;
    let sso = chosen.tab == Tab::Sso.key() || !provider.provisions();
    let tab = if sso { Tab::Sso } else { Tab::Provisioning };
    let page = page(&state, &visitor, provider, tab).await?;
    Ok(visitor.show(Page::Provider(page)).await)
}

/// To the dialog, when a form's own address is opened: by the choice of colours on its answer, or from the history.
pub(super) async fn back(Path(key): Path<String>) -> Result<Redirect, ConsoleError> {
    Ok(Redirect::to(&app::pages::provider_address(named(&key)?)))
}

/// The dialog with something to say about what was asked for.
pub(super) async fn with_notice(
    state: &AppState,
    visitor: &Visitor,
    provider: Provider,
    status: StatusCode,
    notice: &str,
) -> Result<Response, ConsoleError> {
    let mut page = page(state, visitor, provider, Tab::Provisioning).await?;
    page.notices.insert(0, notice.to_owned());
    Ok(visitor.show_with(status, Page::Provider(page)).await)
}

/// The dialog with a form that was not taken: what was typed is kept.
pub(super) async fn with_errors(
    state: &AppState,
    visitor: &Visitor,
    provider: Provider,
    (token, attribute): (Option<TokenDraft>, Option<AttributeDraft>),
    errors: Vec<FieldError>,
) -> Result<Response, ConsoleError> {
    let mut page = page(state, visitor, provider, Tab::Provisioning).await?;
    page.draft = page.draft.map(|draft| token.unwrap_or(draft));
    page.attributes.draft = attribute.unwrap_or(page.attributes.draft);
    page.errors = errors;
    Ok(visitor.show_with(StatusCode::UNPROCESSABLE_ENTITY, Page::Provider(page)).await)
}

/// The dialog with a token that was just made.
pub(super) async fn revealing(
    state: &AppState,
    visitor: &Visitor,
    provider: Provider,
    issued: &tokens::Issued,
) -> Result<Response, ConsoleError> {
    let expires = match issued.token.expires_at {
        Some(at) => format!("Valid until {}.", day(at)),
        None => "It does not expire.".to_owned(),
    };
    let reveal = Reveal {
        secret: issued.secret.expose().to_owned(),
        token_id: issued.token.id.to_string(),
        expires,
        works: issued.token.activated_at.is_some(),
    };
    let page = ProviderPage { reveal: Some(reveal), ..page(state, visitor, provider, Tab::Provisioning).await? };
    Ok(visitor.show(Page::Provider(page)).await)
}

pub(super) async fn page(
    state: &AppState,
    visitor: &Visitor,
    provider: Provider,
    tab: Tab,
) -> Result<ProviderPage, ConsoleError> {
    let tenant = &visitor.account()?.tenant_id;
    let now = state.store.now();
    let mut reader = state.store.read().await?;
    let mut conn = reader.conn();
    let integration = integrations::find(&mut conn, tenant, provider).await?;
    let mut tokens = tokens::list(&mut conn, tenant).await?;
    let used = usage::of_tokens(&mut conn, tenant, now - Duration::days(1)).await?;
    let attributes = custom_attributes::shown(&mut conn, tenant).await?;
    let health = health::of(&mut conn, tenant, integration.as_ref(), &tokens, now).await?;
    let refusal = match &integration {
        Some(integration) => last_refusal(&mut conn, tenant, &integration.id, now).await?,
        None => None,
    };
    let sso = sso::tab(&mut conn, (tenant, provider), integration.as_ref(), &state.config, now).await?;
    let sso_notice = match &integration {
        Some(integration) => store::sso::find(&mut conn, tenant, &integration.id).await?,
        None => None,
    };
    let sso_notice = sso_notice.and_then(|settings| sso::expiry_notice(&settings, now));
    let known: Vec<_> = integration.iter().cloned().collect();
    let brakes = brake::notes(&mut conn, tenant, &known, true).await?;
    drop(reader);
    tokens.retain(|token| integration.as_ref().is_some_and(|integration| integration.id == token.integration_id));
    let live = tokens.iter().filter(|token| token.status(now).is_live()).count();
    let draft = (live < LIVE_TOKENS).then(|| TokenDraft {
        request_key: state.store.new_id(),
        label: default_label(provider, now),
        lifetime: "365".to_owned(),
        networks: String::new(),
    });
    Ok(ProviderPage {
        provider,
        tab,
        active: integration.is_some_and(|integration| integration.activated_at.is_some()),
        tenant_url: state.config.scim_url(),
        reveal: None,
        brakes,
        unreachable: connection::unreachable_from_outside(&state.config.public_url, provider),
        diagnosis: diagnosis(provider, &tokens, refusal.as_ref(), &state.config.scim_url(), now),
        notices: tokens.iter().filter_map(|token| expiry_notice(token, now)).chain(sso_notice).collect(),
        tokens: tokens.iter().map(|token| card(token, &tokens, &used, now)).collect(),
        draft,
        health: health.filter(|_| provider.provisions()),
        attributes,
        sso,
        errors: Vec::new(),
    })
}

/// Whether one more of the provider's tokens may work.
pub(super) async fn has_room(state: &AppState, visitor: &Visitor, provider: Provider) -> Result<bool, ConsoleError> {
    Ok(page(state, visitor, provider, Tab::Provisioning).await?.draft.is_some())
}

/// The tokens alone, for the page that shows them already.
pub(super) async fn tokens_now(
    State(state): State<AppState>,
    visitor: Visitor,
    Path(key): Path<String>,
) -> Result<Response, ConsoleError> {
    let provider = provisioning(&key)?;
    let tokens = page(&state, &visitor, provider, Tab::Provisioning).await?.tokens;
    let sprite = assets::address("icons.svg");
    Ok(fragment(move || token_cards(&tokens, provider, &sprite)).await)
}

/// What a token is called when nobody says otherwise.
pub(super) fn default_label(provider: Provider, now: OffsetDateTime) -> String {
    format!("{}, {}", provider.name(), day(now))
}

/// The token that an address names, if it is this provider's.
pub(super) async fn token_of(
    state: &AppState,
    visitor: &Visitor,
    provider: Provider,
    id: &TokenId,
) -> Result<Token, ConsoleError> {
    let tenant = &visitor.account()?.tenant_id;
    let mut reader = state.store.read().await?;
    let mut conn = reader.conn();
    let integration = integrations::find(&mut conn, tenant, provider).await?.ok_or(ConsoleError::NotFound)?;
    let token: Result<Option<Token>, StoreError> = tokens::get(&mut conn, tenant, id).await;
    token?.filter(|token| token.integration_id == integration.id).ok_or(ConsoleError::NotFound)
}

pub(super) async fn ask_to_rotate(
    State(state): State<AppState>,
    visitor: Visitor,
    Path((key, id)): Path<(String, String)>,
) -> Result<Response, ConsoleError> {
    let provider = provisioning(&key)?;
    let token = token_of(&state, &visitor, provider, &TokenId(id)).await?;
    let page = RotatePage {
        provider,
        letters: letters(&token),
        token_id: token.id.0,
        label: token.label,
        request_key: state.store.new_id(),
    };
    Ok(visitor.show(Page::Rotate(page)).await)
}

pub(super) async fn ask_to_revoke(
    State(state): State<AppState>,
    visitor: Visitor,
    Path((key, id)): Path<(String, String)>,
) -> Result<Response, ConsoleError> {
    let provider = named(&key)?;
    let token = token_of(&state, &visitor, provider, &TokenId(id)).await?;
    let page = revoke_page(provider, &token, state.store.now());
    Ok(visitor.show(Page::Revoke(page)).await)
}

/// The question about one token.
pub(super) fn revoke_page(provider: Provider, token: &Token, now: OffsetDateTime) -> RevokePage {
    RevokePage {
        provider,
        letters: letters(token),
        works: token.status(now).is_live(),
        token_id: token.id.0.clone(),
        label: token.label.clone(),
        typed: String::new(),
        errors: Vec::new(),
    }
}
