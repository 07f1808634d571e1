//! Settings, and the areas of Integrations.

use app::pages::{Page, SettingsPage, SettingsSection};
use axum::extract::State;
use axum::response::Response;
use store::integrations;

use super::error::ConsoleError;
use super::page::Visitor;
use crate::state::AppState;

pub(super) async fn overview(State(state): State<AppState>, visitor: Visitor) -> Result<Response, ConsoleError> {
    show(&state, &visitor, SettingsSection::Overview).await
}

pub(super) async fn areas(State(state): State<AppState>, visitor: Visitor) -> Result<Response, ConsoleError> {
    show(&state, &visitor, SettingsSection::Integrations).await
}

async fn show(state: &AppState, visitor: &Visitor, section: SettingsSection) -> Result<Response, ConsoleError> {
    let tenant = &visitor.account()?.tenant_id;
    let mut reader = state.store.read().await?;
    let all = integrations::list(&mut reader.conn(), tenant).await?;
    drop(reader);
    let active = all.iter().filter(|integration| integration.activated_at.is_some()).count();
    Ok(visitor.show(Page::Settings(SettingsPage { section, active, may_manage: visitor.may_manage() })).await)
}
