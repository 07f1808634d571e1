//! The Integrations screen.

use app::components::moment;
use app::pages::{CATEGORIES, Category, IntegrationsPage, Page, Tile};
use axum::extract::{Path, State};
use axum::response::Response;
use scim::fold::fold;
use serde::Deserialize;
use store::integrations::{self, Integration, Provider};
use store::tokens::{self, Token};

use super::error::ConsoleError;
use super::page::{Asked, Visitor};
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
    drop(reader);
    let tiles = Provider::ALL
        .into_iter()
        .filter(|_| has_tiles(category))
        .filter(|provider| matches(*provider, &search))
        .map(|provider| tile(&state, provider, &known, &tokens))
        .collect();
    Ok(visitor.show(Page::Integrations(IntegrationsPage { category, search, tiles })).await)
}

fn has_tiles(category: Option<Category>) -> bool {
    category.is_none_or(|category| category.key == PROVISIONING)
}

fn matches(provider: Provider, search: &str) -> bool {
    let wanted = fold(search.trim());
    [provider.name(), provider.key(), app::pages::kind(provider)].into_iter().any(|text| fold(text).contains(&wanted))
}

fn tile(state: &AppState, provider: Provider, known: &[Integration], tokens: &[Token]) -> Tile {
    let integration = known.iter().find(|known| known.provider == provider && known.activated_at.is_some());
    let summary = integration.map(|integration| {
        let of = tokens.iter().filter(|token| token.integration_id == integration.id);
        match of.filter_map(|token| token.last_used_at).max() {
            Some(at) => format!("Last contact {}.", moment(at)),
            None => format!("Waiting for the first call from {}.", provider.name()),
        }
    });
    Tile { provider, active: integration.is_some(), summary, request_key: state.store.new_id() }
}
