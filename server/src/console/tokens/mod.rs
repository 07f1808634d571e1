//! The posts of a token's life: made and shown, activated or discarded, rotated, revoked.

mod draft;
mod end;
mod rotate;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use serde_json::json;
use store::audit::{self, Act};
use store::integrations::Provider;
use store::tokens::{self, Issued, NewToken, Status, TokenSecret};
use store::{IntegrationId, StoreError, TokenId};

use draft::Checked;
pub(super) use draft::Draft;
pub(super) use end::{discard, revoke};
pub(super) use rotate::rotate;

use super::conflict;
use super::error::ConsoleError;
use super::page::{Fields, Visitor};
use super::provider::{has_room, named, provisioning, revealing, token_of, with_errors, with_notice};
use crate::state::AppState;

const ALREADY_SHOWN: &str =
    "This form was sent before, and its token was shown then. A token is shown once: generate another one.";
const NOT_PENDING: &str = "This token cannot be activated: it was discarded, or another one was generated after it. \
                           Generate a token and activate that one.";
const TOO_MANY: &str = "Two tokens work already. Revoke one of them first.";

/// The form's key is not one of ours: it was typed by hand.
const MAX_KEY: usize = 100;

/// A key that a form of ours carried.
pub(super) fn checked_key(key: String) -> Result<String, ConsoleError> {
    Some(key).filter(|key| !key.is_empty() && key.len() <= MAX_KEY).ok_or(ConsoleError::BadForm)
}

/// Makes a token and shows it: the only answer that ever holds it.
pub(super) async fn generate(
    State(state): State<AppState>,
    visitor: Visitor,
    Path(key): Path<String>,
    Fields(draft): Fields<Draft>,
) -> Result<Response, ConsoleError> {
    let provider = provisioning(&key)?;
    let request_key = checked_key(draft.request_key.clone())?;
    let checked = match draft.checked(provider, state.store.now()) {
        Ok(checked) => checked,
        Err(errors) => return with_errors(&state, &visitor, provider, (Some(draft.shown()), None), errors).await,
    };
    if !has_room(&state, &visitor, provider).await? {
        return with_notice(&state, &visitor, provider, StatusCode::CONFLICT, TOO_MANY).await;
    }
    match issue(&state, &visitor, request_key, checked).await? {
        Ok(issued) => revealing(&state, &visitor, provider, &issued).await,
        Err(StoreError::Conflict(_)) => {
            with_notice(&state, &visitor, provider, StatusCode::CONFLICT, ALREADY_SHOWN).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn issue(
    state: &AppState,
    visitor: &Visitor,
    request_key: String,
    checked: Checked,
) -> Result<Result<Issued, StoreError>, ConsoleError> {
    let store = &state.store;
    let account = visitor.account()?;
    let (tenant, by, from) = (account.tenant_id.clone(), account.email.clone(), visitor.client.place());
    let (id, integration_id, now) = (TokenId(store.new_id()), IntegrationId(store.new_id()), store.now());
    let secret = TokenSecret::generate(store.random());
    let issued = store
        .write(move |conn| {
            Box::pin(async move {
                let Checked { provider, label, expires_in, networks } = checked;
                let new = NewToken {
                    tenant: &tenant,
                    provider,
                    id,
                    integration_id,
                    label: &label,
                    request_key: &request_key,
                    secret,
                    by: &by,
                    expires_in,
                    allowed_networks: networks.as_deref(),
                };
                let issued = tokens::issue(conn, new, now).await?;
                let detail = json!({ "provider": provider.key(), "token": issued.token.id.as_str(), "from": from });
                let act = Act { actor: &by, action: "token.issue", subject: &label, detail };
                audit::record(conn, &tenant, &act, now).await?;
                Ok(issued)
            })
        })
        .await;
    Ok(issued)
}

#[derive(Deserialize)]
pub(super) struct Pending {
    #[serde(default)]
    token_id: String,
}

pub(super) async fn activate(
    State(state): State<AppState>,
    visitor: Visitor,
    Path(key): Path<String>,
    Fields(pending): Fields<Pending>,
) -> Result<Response, ConsoleError> {
    let provider = named(&key)?;
    let token = token_of(&state, &visitor, provider, &TokenId(pending.token_id)).await?;
    let id = token.id.clone();
    let account = visitor.account()?;
    let (tenant, by, now) = (account.tenant_id.clone(), account.email.clone(), state.store.now());
    let activated = state
        .store
        .write(move |conn| {
            Box::pin(async move {
                let activated = tokens::activate(conn, &tenant, &token.id, &by, now).await?;
                if activated {
                    let detail = json!({ "provider": provider.key(), "token": token.id.as_str() });
                    let act = Act { actor: &by, action: "token.activate", subject: &token.label, detail };
                    audit::record(conn, &tenant, &act, now).await?;
                }
                Ok::<_, StoreError>(activated)
            })
        })
        .await;
    match activated {
        Ok(true) => is_active(&visitor, provider).await,
        Ok(false) => not_pending(&state, &visitor, provider, &id).await,
        Err(StoreError::TooManyTokens) => with_notice(&state, &visitor, provider, StatusCode::CONFLICT, TOO_MANY).await,
        Err(error) => Err(error.into()),
    }
}

async fn is_active(visitor: &Visitor, provider: Provider) -> Result<Response, ConsoleError> {
    let name = provider.name();
    let message = format!("{name} is active: its token works from now on. Next, test the connection in {name}.");
    visitor.go_to("/settings/integrations/provisioning-sso", &message).await
}

/// A form that was sent twice finds what it asked for; any other is told who was faster.
async fn not_pending(
    state: &AppState,
    visitor: &Visitor,
    provider: Provider,
    id: &TokenId,
) -> Result<Response, ConsoleError> {
    let token = token_of(state, visitor, provider, id).await?;
    if token.status(state.store.now()) == Status::Active {
        return is_active(visitor, provider).await;
    }
    let who = conflict::about_token(state, &visitor.account()?.tenant_id, id).await?;
    let notice = format!("{NOT_PENDING} {who}");
    with_notice(state, visitor, provider, StatusCode::CONFLICT, notice.trim_end()).await
}
