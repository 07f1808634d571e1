//! The Integrations screen.

use app::components::moment;
use app::pages::{CATEGORIES, Category, HealthState, IntegrationsPage, Page, Tile};
use axum::extract::{Path, State};
use axum::response::Response;
use scim::fold::fold;
use serde::Deserialize;
use store::integrations::{self, Integration, Provider};
use store::tokens::{self, Token};

use super::error::ConsoleError;
use super::page::{Asked, Visitor};
use super::{brake, health};
use crate::state::AppState;

/// Stands for all categories in the address.
const ALL: &str = "third-party";
/// The only category with tiles.
const PROVISIONING: &str = "provisioning-sso";

#[derive(Default, Deserialize)]
pub(super) struct Search {
    #[serde(default)]
    q: String,
}

pub(super) async fn screen(
    State(state): State<AppState>,
    visitor: Visitor,
    Path(key): Path<String>,
    Asked(search): Asked<Search>,
) -> Result<Response, ConsoleError> {
    let category = CATEGORIES.into_iter().find(|category| category.key == key);
    if category.is_none() && key != ALL {
        return Err(ConsoleError::NotFound);
    }
    let search = search.q;
    let tenant = &visitor.account()?.tenant_id;
    let mut reader = state.store.read().await?;
    let mut conn = reader.conn();
    let known = integrations::list(&mut conn, tenant).await?;
    let tokens = tokens::list(&mut conn, tenant).await?;
    let mut tiles = Vec::new();
    for provider in Provider::ALL.into_iter().filter(|provider| has_tiles(category) && matches(*provider, &search)) {
        let integration = known.iter().find(|known| known.provider == provider && known.activated_at.is_some());
        let health = match integration.filter(|_| provider.provisions()) {
            Some(integration) => Some(health::brief(&mut conn, tenant, integration, &tokens, state.store.now()).await?),
            None => None,
        };
        tiles.push(tile(&state, provider, integration, health, &tokens));
    }
    let brakes = brake::notes(&mut conn, tenant, &known, true).await?;
    drop(reader);
    Ok(visitor.show(Page::Integrations(IntegrationsPage { category, search, brakes, tiles })).await)
}

fn has_tiles(category: Option<Category>) -> bool {
    category.is_none_or(|category| category.key == PROVISIONING)
}

fn matches(provider: Provider, search: &str) -> bool {
    let wanted = fold(search.trim());
    [provider.name(), provider.key(), app::pages::kind(provider)].into_iter().any(|text| fold(text).contains(&wanted))
}

fn tile(
    state: &AppState,
    provider: Provider,
    integration: Option<&Integration>,
    health: Option<HealthState>,
    tokens: &[Token],
) -> Tile {
    let summary = integration.map(|integration| {
        let of = tokens.iter().filter(|token| token.integration_id == integration.id);
        match of.filter_map(|token| token.last_used_at).max() {
            Some(at) => format!("Last contact {}.", moment(at)),
            None => format!("Waiting for the first call from {}.", provider.name()),
        }
    });
    Tile { provider, active: integration.is_some(), health, summary, request_key: state.store.new_id() }
}
