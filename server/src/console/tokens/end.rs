//! The end of a token: discarded before it worked, or revoked.

use app::components::FieldError;
use app::pages::Page;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use serde_json::json;
use store::audit::{self, Act};
use store::integrations::Provider;
use store::tokens::{self, Token};
use store::{StoreError, TokenId};

use super::Pending;
use crate::console::conflict;
use crate::console::error::ConsoleError;
use crate::console::page::{Fields, Visitor};
use crate::console::provider::{named, revoke_page, token_of, with_notice};
use crate::state::AppState;

pub(in crate::console) async fn discard(
    State(state): State<AppState>,
    visitor: Visitor,
    Path(key): Path<String>,
    Fields(pending): Fields<Pending>,
) -> Result<Response, ConsoleError> {
    let provider = named(&key)?;
    let token = token_of(&state, &visitor, provider, &TokenId(pending.token_id)).await?;
    let id = token.id.clone();
    if !end(&state, &visitor, provider, token, End::Discard).await? {
        let who = conflict::about_token(&state, &visitor.account()?.tenant_id, &id).await?;
        let notice = format!("Nothing was done: only a token that waits to be activated can be discarded. {who}");
        return with_notice(&state, &visitor, provider, StatusCode::CONFLICT, notice.trim_end()).await;
    }
    let page = app::pages::provider_address(provider);
    visitor.go_to(&page, "The token was discarded. It never worked, and never will.").await
}

#[derive(Deserialize)]
pub(in crate::console) struct Confirmation {
    #[serde(default)]
    confirmation: String,
}

pub(in crate::console) async fn revoke(
    State(state): State<AppState>,
    visitor: Visitor,
    Path((key, id)): Path<(String, String)>,
    Fields(Confirmation { confirmation }): Fields<Confirmation>,
) -> Result<Response, ConsoleError> {
    let provider = named(&key)?;
    let token = token_of(&state, &visitor, provider, &TokenId(id)).await?;
    let mut page = revoke_page(provider, &token, state.store.now());
    if page.works && confirmation.trim() != token.last_four {
        let text = "These are not the last four letters of this token. They stand after the dots above.".to_owned();
        page.errors.push(FieldError { field: "confirmation", text });
        page.typed = confirmation;
        return Ok(visitor.show_with(StatusCode::UNPROCESSABLE_ENTITY, Page::Revoke(page)).await);
    }
    let id = token.id.clone();
    let ended = end(&state, &visitor, provider, token, End::Revoke).await?;
    let message = if ended {
        let name = provider.name();
        format!("The token is revoked: the next request that {name} makes with it is refused.")
    } else {
        let who = conflict::about_token(&state, &visitor.account()?.tenant_id, &id).await?;
        format!("The token does not work any more. It was ended before: {who}")
    };
    visitor.go_to(&app::pages::provider_address(provider), &message).await
}

#[derive(Clone, Copy)]
enum End {
    /// It never worked.
    Discard,
    Revoke,
}

/// Ends a token, once: ending it again changes nothing and is written down nowhere. Says whether this did it.
async fn end(
    state: &AppState,
    visitor: &Visitor,
    provider: Provider,
    token: Token,
    how: End,
) -> Result<bool, ConsoleError> {
    let account = visitor.account()?;
    let (tenant, by, now) = (account.tenant_id.clone(), account.email.clone(), state.store.now());
    let from = visitor.client.place();
    let ended: Result<bool, StoreError> = state
        .store
        .write(move |conn| {
            Box::pin(async move {
                let (ended, action) = match how {
                    End::Discard => (tokens::discard(conn, &tenant, &token.id, &by, now).await?, "token.discard"),
                    End::Revoke => {
                        (tokens::revoke(conn, &tenant, &token.id, &by, "revoked", now).await?, "token.revoke")
                    }
                };
                if ended {
                    let detail = json!({ "provider": provider.key(), "token": token.id.as_str(), "from": from });
                    let act = Act { actor: &by, action, subject: &token.label, detail };
                    audit::record(conn, &tenant, &act, now).await?;
                }
                Ok(ended)
            })
        })
        .await;
    Ok(ended?)
}
