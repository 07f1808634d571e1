//! A provider's dialog, and the question before a token is revoked.

use app::components::{day, moment};
use app::pages::{Page, ProviderPage, Reveal, RevokePage, Tab, TokenCard, TokenState};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use store::integrations::{self, Provider};
use store::tokens::{self, LIVE_TOKENS, Status, Token};
use store::{StoreError, TokenId};
use time::OffsetDateTime;

use super::error::ConsoleError;
use super::page::{Asked, Visitor};
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

/// The address of a provider's dialog.
pub(super) fn address(provider: Provider) -> String {
    format!("/settings/integrations/provisioning-sso/{}", provider.key())
}

pub(super) async fn dialog(
    State(state): State<AppState>,
    visitor: Visitor,
    Path(key): Path<String>,
    Asked(chosen): Asked<Chosen>,
) -> Result<Response, ConsoleError> {
    let provider = named(&key)?;
    let sso = chosen.tab == Tab::Sso.key();
    let tab = if sso || !provider.provisions() { Tab::Sso } else { Tab::Provisioning };
    let page = page(&state, &visitor, provider, tab).await?;
    Ok(visitor.show(Page::Provider(page)).await)
}

/// The dialog with something to say about what was asked for.
pub(super) async fn with_notice(
    state: &AppState,
    visitor: &Visitor,
    provider: Provider,
    notice: &'static str,
) -> Result<Response, ConsoleError> {
    let page = ProviderPage { notice: Some(notice), ..page(state, visitor, provider, Tab::Provisioning).await? };
    Ok(visitor.show_with(StatusCode::CONFLICT, Page::Provider(page)).await)
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
    let reveal = Reveal { secret: issued.secret.expose().to_owned(), token_id: issued.token.id.to_string(), expires };
    let page = ProviderPage { reveal: Some(reveal), ..page(state, visitor, provider, Tab::Provisioning).await? };
    Ok(visitor.show(Page::Provider(page)).await)
}

async fn page(state: &AppState, visitor: &Visitor, provider: Provider, tab: Tab) -> Result<ProviderPage, ConsoleError> {
    let tenant = &visitor.account()?.tenant_id;
    let mut reader = state.store.read().await?;
    let mut conn = reader.conn();
    let integration = integrations::find(&mut conn, tenant, provider).await?;
    let mut tokens = tokens::list(&mut conn, tenant).await?;
    drop(reader);
    let now = state.store.now();
    tokens.retain(|token| integration.as_ref().is_some_and(|integration| integration.id == token.integration_id));
    let live = tokens.iter().filter(|token| token.status(now).is_live()).count();
    Ok(ProviderPage {
        provider,
        tab,
        active: integration.is_some_and(|integration| integration.activated_at.is_some()),
        tenant_url: state.config.scim_url(),
        reveal: None,
        notice: None,
        tokens: tokens.iter().map(|token| card(token, now)).collect(),
        request_key: state.store.new_id(),
        may_generate: live < LIVE_TOKENS,
    })
}

fn letters(token: &Token) -> String {
    format!("{}…{}", token.prefix, token.last_four)
}

fn card(token: &Token, now: OffsetDateTime) -> TokenCard {
    let used = token.last_used_at.map(|at| {
        let by = [token.last_used_agent.as_deref(), token.last_used_address.as_deref()];
        let by: Vec<&str> = by.into_iter().flatten().filter(|text| !text.is_empty()).collect();
        [moment(at).as_str(), &by.join(", ")].join(" · ").trim_end_matches([' ', '·']).to_owned()
    });
    TokenCard {
        id: token.id.to_string(),
        label: token.label.clone(),
        letters: letters(token),
        state: state_of(token.status(now)),
        created: format!("{} by {}", day(token.created_at), token.created_by),
        last_used: used.unwrap_or_else(|| "Never".to_owned()),
        expires: match (token.overlap_until, token.expires_at) {
            (Some(at), _) => format!("Replaced; works until {}", moment(at)),
            (None, Some(at)) => day(at),
            (None, None) => "Never".to_owned(),
        },
    }
}

fn state_of(status: Status) -> TokenState {
    match status {
        Status::Pending => TokenState::Pending,
        Status::Active => TokenState::Active,
        Status::Overlap => TokenState::Overlap,
        Status::Expired => TokenState::Expired,
        Status::Revoked => TokenState::Revoked,
    }
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

pub(super) async fn ask_to_revoke(
    State(state): State<AppState>,
    visitor: Visitor,
    Path((key, id)): Path<(String, String)>,
) -> Result<Response, ConsoleError> {
    let provider = named(&key)?;
    let token = token_of(&state, &visitor, provider, &TokenId(id)).await?;
    let page = RevokePage {
        provider,
        letters: letters(&token),
        works: token.status(state.store.now()).is_live(),
        token_id: token.id.0,
        label: token.label,
    };
    Ok(visitor.show(Page::Revoke(page)).await)
}
