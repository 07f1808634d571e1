//! An integration is deleted: its tokens end, and its employees stay as they are or become inactive.

use app::pages::{DeleteIntegrationPage, Page};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use serde_json::json;
use store::audit::{self, Act};
use store::integrations::{self, Integration, Provider};
use store::{StoreError, TenantId, employees, offboarding};
use time::OffsetDateTime;

use super::conflict;
use super::error::ConsoleError;
use super::page::{Fields, Visitor};
use super::provider::{named, with_notice};
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
    let seen = integration.activated_at.map(spelled).unwrap_or_default();
    Ok(visitor.show(Page::DeleteIntegration(DeleteIntegrationPage { provider, employees, seen })).await)
}

#[derive(Deserialize)]
pub(super) struct Answer {
    #[serde(default)]
    employees: String,
    /// Since when the integration was active on the page; by this a page that is out of date is known.
    #[serde(default)]
    seen: String,
}

fn spelled(activated_at: OffsetDateTime) -> String {
    activated_at.unix_timestamp_nanos().to_string()
}

fn read(spelled: &str) -> Option<OffsetDateTime> {
    OffsetDateTime::from_unix_timestamp_nanos(spelled.parse().ok()?).ok()
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
    let seen = read(&answer.seen);
    let Some(ended) = end(&state, &visitor, provider, seen, deactivate).await? else {
        return deleted_before(&state, &visitor, provider).await;
    };
    let name = provider.name();
    let what = if deactivate {
        format!("{ended} of its employees were deactivated")
    } else {
        "its employees stay as they are".to_owned()
    };
    let message = format!("The integration with {name} is deleted: its tokens are revoked, and {what}.");
    visitor.go_to("/settings/integrations/provisioning-sso", &message).await
}

/// The dialog as it is now, and who was faster.
async fn deleted_before(state: &AppState, visitor: &Visitor, provider: Provider) -> Result<Response, ConsoleError> {
    let tenant = &visitor.account()?.tenant_id;
    let who = conflict::last(state, tenant, provider.key(), &["integration.delete"]).await?.unwrap_or_default();
    let notice = format!("Nothing was done: your page was out of date. {who}");
    with_notice(state, visitor, provider, StatusCode::CONFLICT, notice.trim_end()).await
}

/// How many employees were deactivated; `None` when the integration is not what the page showed.
async fn end(
    state: &AppState,
    visitor: &Visitor,
    provider: Provider,
    seen: Option<OffsetDateTime>,
    deactivate: bool,
) -> Result<Option<u64>, ConsoleError> {
    let account = visitor.account()?;
    let store = state.store.clone();
    let (tenant, by, now) = (account.tenant_id.clone(), account.email.clone(), store.now());
    let from = visitor.client.place();
    let ended: Result<Option<u64>, StoreError> = state
        .store
        .write(move |conn| {
            Box::pin(async move {
                let Some(Integration { id, .. }) = integrations::find(conn, &tenant, provider).await? else {
                    return Ok(None);
                };
                if !integrations::deactivate(conn, (&tenant, &id), seen, &by, now).await? {
                    return Ok(None);
                }
                let ended = if deactivate { offboarding::deactivate_all(conn, &tenant, &id, &store).await? } else { 0 };
                let employees = if deactivate { "deactivated" } else { "kept" };
                let detail = json!({ "employees": employees, "deactivated": ended, "from": from });
                let act = Act { actor: &by, action: "integration.delete", subject: provider.key(), detail };
                audit::record(conn, &tenant, &act, now).await?;
                Ok(Some(ended))
            })
        })
        .await;
    Ok(ended?)
}
