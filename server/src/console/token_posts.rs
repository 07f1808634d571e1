//! The posts of a token's life: made and shown, activated or discarded, revoked.

use axum::extract::{Path, State};
use axum::response::Response;
use serde::Deserialize;
use serde_json::json;
use store::audit::{self, Act};
use store::integrations::Provider;
use store::tokens::{self, Issued, NewToken, TokenSecret};
use store::{IntegrationId, StoreError, TokenId};
use time::Duration;

use super::error::ConsoleError;
use super::page::{Fields, Visitor};
use super::provider::{address, named, revealing, token_of, with_notice};
use crate::state::AppState;

/// How long a token works when nobody says otherwise.
const LIFETIME: Duration = Duration::days(365);

const ALREADY_SHOWN: &str =
    "This form was sent before, and its token was shown then. A token is shown once: generate another one.";
const NOT_PENDING: &str = "This token cannot be activated: it works already, was discarded, or another one was \
                           generated after it. Generate a token and activate that one.";
const TOO_MANY: &str = "Two tokens work already. Revoke one of them, then activate the new one.";

#[derive(Deserialize)]
pub(super) struct Request {
    #[serde(default)]
    request_key: String,
}

#[derive(Deserialize)]
pub(super) struct Pending {
    #[serde(default)]
    token_id: String,
}

/// Makes a token and shows it: the only answer that ever holds it.
pub(super) async fn generate(
    State(state): State<AppState>,
    visitor: Visitor,
    Path(key): Path<String>,
    Fields(request): Fields<Request>,
) -> Result<Response, ConsoleError> {
    let provider = Some(named(&key)?).filter(|provider| provider.provisions()).ok_or(ConsoleError::NotFound)?;
    if request.request_key.is_empty() || request.request_key.len() > 100 {
        return Err(ConsoleError::BadForm);
    }
    match issue(&state, &visitor, provider, request.request_key).await {
        Ok(issued) => revealing(&state, &visitor, provider, &issued).await,
        Err(StoreError::Conflict(_)) => with_notice(&state, &visitor, provider, ALREADY_SHOWN).await,
        Err(error) => Err(error.into()),
    }
}

async fn issue(
    state: &AppState,
    visitor: &Visitor,
    provider: Provider,
    request_key: String,
) -> Result<Issued, StoreError> {
    let store = &state.store;
    let account = visitor.account().map_err(|_| StoreError::Stale)?;
    let (tenant, by) = (account.tenant_id.clone(), account.email.clone());
    let (id, integration_id, now) = (TokenId(store.new_id()), IntegrationId(store.new_id()), store.now());
    let secret = TokenSecret::generate(store.random());
    store
        .write(move |conn| {
            Box::pin(async move {
                let label = format!("{}, {}", provider.name(), app::components::day(now));
                let new = NewToken {
                    tenant: &tenant,
                    provider,
                    id,
                    integration_id,
                    label: &label,
                    request_key: &request_key,
                    secret,
                    by: &by,
                    expires_in: Some(LIFETIME),
                };
                let issued = tokens::issue(conn, new, now).await?;
                let detail = json!({ "provider": provider.key(), "token": issued.token.id.as_str() });
                let act = Act { actor: &by, action: "token.issue", subject: &label, detail };
                audit::record(conn, &tenant, &act, now).await?;
                Ok(issued)
            })
        })
        .await
}

pub(super) async fn activate(
    State(state): State<AppState>,
    visitor: Visitor,
    Path(key): Path<String>,
    Fields(pending): Fields<Pending>,
) -> Result<Response, ConsoleError> {
    let provider = named(&key)?;
    let token = token_of(&state, &visitor, provider, &TokenId(pending.token_id)).await?;
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
        Ok(true) => {
            let name = provider.name();
            let message =
                format!("{name} is active: its token works from now on. Next, test the connection in {name}.");
            visitor.go_to("/settings/integrations/provisioning-sso", &message).await
        }
        Ok(false) => with_notice(&state, &visitor, provider, NOT_PENDING).await,
        Err(StoreError::TooManyTokens) => with_notice(&state, &visitor, provider, TOO_MANY).await,
        Err(error) => Err(error.into()),
    }
}

pub(super) async fn discard(
    State(state): State<AppState>,
    visitor: Visitor,
    Path(key): Path<String>,
    Fields(pending): Fields<Pending>,
) -> Result<Response, ConsoleError> {
    let provider = named(&key)?;
    let id = TokenId(pending.token_id);
    end(&state, &visitor, provider, id, ("token.discard", "discarded")).await?;
    visitor.go_to(&address(provider), "The token was discarded. It never worked, and never will.").await
}

pub(super) async fn revoke(
    State(state): State<AppState>,
    visitor: Visitor,
    Path((key, id)): Path<(String, String)>,
) -> Result<Response, ConsoleError> {
    let provider = named(&key)?;
    end(&state, &visitor, provider, TokenId(id), ("token.revoke", "revoked")).await?;
    let name = provider.name();
    let message = format!("The token is revoked: the next request that {name} makes with it is refused.");
    visitor.go_to(&address(provider), &message).await
}

/// Ends a token, once: ending it again changes nothing and is written down nowhere.
async fn end(
    state: &AppState,
    visitor: &Visitor,
    provider: Provider,
    id: TokenId,
    (action, reason): (&'static str, &'static str),
) -> Result<(), ConsoleError> {
    let token = token_of(state, visitor, provider, &id).await?;
    let account = visitor.account()?;
    let (tenant, by, now) = (account.tenant_id.clone(), account.email.clone(), state.store.now());
    let ended: Result<(), StoreError> = state
        .store
        .write(move |conn| {
            Box::pin(async move {
                if tokens::revoke(conn, &tenant, &token.id, &by, reason, now).await? {
                    let detail = json!({ "provider": provider.key(), "token": token.id.as_str() });
                    let act = Act { actor: &by, action, subject: &token.label, detail };
                    audit::record(conn, &tenant, &act, now).await?;
                }
                Ok(())
            })
        })
        .await;
    Ok(ended?)
}
