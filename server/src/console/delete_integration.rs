//! An integration is deleted: its tokens end, and its employees stay as they are or become inactive.

use app::pages::{DeleteIntegrationPage, Page};
use axum::extract::{Path, State};
use axum::response::Response;
use serde::Deserialize;
use serde_json::json;
use store::audit::{self, Act};
use store::integrations::{self, Integration, Provider};
use store::{IntegrationId, StoreError, TenantId, employees, offboarding};

use super::error::ConsoleError;
use super::page::{Fields, Visitor};
use super::provider::named;
use crate::state::AppState;

/// The active integration that an address names.
async fn active(state: &AppState, tenant: &TenantId, provider: Provider) -> Result<Integration, ConsoleError> {
    let mut reader = state.store.read().await?;
    let found = integrations::find(&mut reader.conn(), tenant, provider).await?;
    found.filter(|integration| integration.activated_at.is_some()).ok_or(ConsoleError::NotFound)
}

pub(super) async fn ask(
    State(state): State<AppState>,
    visitor: Visitor,
    Path(key): Path<String>,
) -> Result<Response, ConsoleError> {
    let provider = named(&key)?;
    let tenant = &visitor.account()?.tenant_id;
    let integration = active(&state, tenant, provider).await?;
    let mut reader = state.store.read().await?;
    let number = employees::count_of(&mut reader.conn(), tenant, &integration.id).await?;
    drop(reader);
    let name = provider.name();
    let employees = match number {
        0 => format!("{name} has provisioned no employees."),
        1 => format!("One employee came from {name}."),
        number => format!("{} employees came from {name}.", app::components::grouped(number)),
    };
    Ok(visitor.show(Page::DeleteIntegration(DeleteIntegrationPage { provider, employees })).await)
}

#[derive(Deserialize)]
pub(super) struct Answer {
    #[serde(default)]
    employees: String,
}

pub(super) async fn delete(
    State(state): State<AppState>,
    visitor: Visitor,
    Path(key): Path<String>,
    Fields(answer): Fields<Answer>,
) -> Result<Response, ConsoleError> {
    let provider = named(&key)?;
    let deactivate = match answer.employees.as_str() {
        "keep" => false,
        "deactivate" => true,
        _ => return Err(ConsoleError::BadForm),
    };
    let integration = active(&state, &visitor.account()?.tenant_id, provider).await?;
    let ended = end(&state, &visitor, provider, integration.id, deactivate).await?;
    let name = provider.name();
    let what = if deactivate {
        format!("{ended} of its employees were deactivated")
    } else {
        "its employees stay as they are".to_owned()
    };
    let message = format!("The integration with {name} is deleted: its tokens are revoked, and {what}.");
    visitor.go_to("/settings/integrations/provisioning-sso", &message).await
}

/// How many employees were deactivated.
async fn end(
    state: &AppState,
    visitor: &Visitor,
    provider: Provider,
    id: IntegrationId,
    deactivate: bool,
) -> Result<u64, ConsoleError> {
    let account = visitor.account()?;
    let store = state.store.clone();
    let (tenant, by, now) = (account.tenant_id.clone(), account.email.clone(), store.now());
    let ended: Result<u64, StoreError> = state
        .store
        .write(move |conn| {
            Box::pin(async move {
                integrations::deactivate(conn, &tenant, &id, &by, now).await?;
                let ended = if deactivate { offboarding::deactivate_all(conn, &tenant, &id, &store).await? } else { 0 };
                let detail =
                    json!({ "employees": if deactivate { "deactivated" } else { "kept" }, "deactivated": ended });
                let act = Act { actor: &by, action: "integration.delete", subject: provider.key(), detail };
                audit::record(conn, &tenant, &act, now).await?;
                Ok(ended)
            })
        })
        .await;
    Ok(ended?)
}
