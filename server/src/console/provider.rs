//! A provider's dialog, and the questions before a token is replaced or revoked.

use std::collections::HashMap;

use app::components::{FieldError, day, moment};
use app::pages::{
    AttributeDraft, Page, ProviderPage, Reveal, RevokePage, RotatePage, Tab, TokenCard, TokenDraft, TokenState,
};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use store::integrations::{self, Provider};
use store::tokens::{self, LIVE_TOKENS, Status, Token};
use store::usage::{self, Usage};
use store::{StoreError, TokenId};
use time::{Duration, OffsetDateTime};

use super::error::ConsoleError;
use super::page::{Asked, Visitor};
use super::{connection, custom_attributes};
use crate::state::AppState;

/// From how long before its end on a token is said to expire soon, and the days at which a banner says so again.
const EXPIRES_SOON: Duration = Duration::days(30);

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

async fn page(state: &AppState, visitor: &Visitor, provider: Provider, tab: Tab) -> Result<ProviderPage, ConsoleError> {
    let tenant = &visitor.account()?.tenant_id;
    let now = state.store.now();
    let mut reader = state.store.read().await?;
    let mut conn = reader.conn();
    let integration = integrations::find(&mut conn, tenant, provider).await?;
    let mut tokens = tokens::list(&mut conn, tenant).await?;
    let used = usage::of_tokens(&mut conn, tenant, now - Duration::days(1)).await?;
    let attributes = custom_attributes::shown(&mut conn, tenant).await?;
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
        unreachable: connection::unreachable_from_outside(&state.config.public_url, provider),
        notices: tokens.iter().filter_map(|token| expiry_notice(token, now)).collect(),
        tokens: tokens.iter().map(|token| card(token, &tokens, &used, now)).collect(),
        draft,
        attributes,
        errors: Vec::new(),
    })
}

/// What a token is called when nobody says otherwise.
pub(super) fn default_label(provider: Provider, now: OffsetDateTime) -> String {
    format!("{}, {}", provider.name(), day(now))
}

/// Within 30, 14 and 3 days of its end the words become more urgent.
fn expiry_notice(token: &Token, now: OffsetDateTime) -> Option<String> {
    let at = token.expires_at.filter(|_| token.status(now) == Status::Active)?;
    let left = (at - now).whole_days();
    let urgency = match left {
        ..3 => "Rotate it today: provisioning stops when it ends.",
        3..14 => "Rotate it this week.",
        14..30 => "Rotate it in time.",
        _ => return None,
    };
    Some(format!("The token {} expires on {}. {urgency}", token.label, day(at)))
}

fn letters(token: &Token) -> String {
    format!("{}…{}", token.prefix, token.last_four)
}

fn card(token: &Token, all: &[Token], used: &HashMap<TokenId, Usage>, now: OffsetDateTime) -> TokenCard {
    let seen = token.last_used_at.map(|at| {
        let by = [token.last_used_agent.as_deref().map(client_name), token.last_used_address.clone()];
        let by: Vec<String> = by.into_iter().flatten().filter(|text| !text.is_empty()).collect();
        let by = by.join(", ");
        if by.is_empty() { moment(at) } else { format!("{} · {by}", moment(at)) }
    });
    let today = used.get(&token.id).copied().unwrap_or_default();
    let state = state_of(token, now);
    let successor = token.replaced_by.as_ref().and_then(|id| all.iter().find(|other| other.id == *id));
    TokenCard {
        id: token.id.to_string(),
        label: token.label.clone(),
        letters: letters(token),
        created: format!("{} by {}", day(token.created_at), token.created_by),
        last_used: seen.unwrap_or_else(|| "Never".to_owned()),
        today: match (today.requests, today.failures) {
            (0, _) => "No requests".to_owned(),
            (1, 0) => "1 request".to_owned(),
            (1, _) => "1 request, which failed".to_owned(),
            (requests, 0) => format!("{requests} requests"),
            (requests, failures) => format!("{requests} requests, {failures} failed"),
        },
        expires: match (token.overlap_until, token.expires_at) {
            (Some(at), _) => format!("Replaced; works until {}", moment(at)),
            (None, Some(at)) => day(at),
            (None, None) => "Never".to_owned(),
        },
        networks: token.allowed_networks.clone(),
        superseded: state == TokenState::Overlap && successor.is_some_and(|token| token.last_used_at.is_some()),
        state,
    }
}

/// Names that people know for what clients call themselves.
fn client_name(agent: &str) -> String {
    let known = [("Okta SCIM Client", "Okta"), ("Microsoft", "Microsoft Entra ID"), ("OneLogin", "OneLogin")];
    let name = known.into_iter().find_map(|(start, name)| agent.starts_with(start).then_some(name));
    name.map_or_else(|| agent.to_owned(), str::to_owned)
}

fn state_of(token: &Token, now: OffsetDateTime) -> TokenState {
    match token.status(now) {
        Status::Pending => TokenState::Pending,
        Status::Active if token.expires_at.is_some_and(|at| at - now < EXPIRES_SOON) => TokenState::Expiring,
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
