//! A new token takes over from a live one, which works on for as long as the admin chose.

use app::pages::OVERLAPS;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use store::tokens::{self, Rotation, TokenSecret};
use store::{StoreError, TokenId};
use time::Duration;

use super::{ALREADY_SHOWN, TOO_MANY, checked_key};
use crate::console::conflict;
use crate::console::error::ConsoleError;
use crate::console::page::{Fields, Visitor};
use crate::console::provider::{provisioning, revealing, token_of, with_notice};
use crate::state::AppState;

const NOT_ACTIVE: &str = "Nothing was done: only a token that works and is not being replaced can be rotated.";

#[derive(Deserialize)]
pub(in crate::console) struct Chosen {
    #[serde(default)]
    request_key: String,
    #[serde(default)]
    overlap: String,
}

pub(in crate::console) async fn rotate(
    State(state): State<AppState>,
    visitor: Visitor,
    Path((key, id)): Path<(String, String)>,
    Fields(chosen): Fields<Chosen>,
) -> Result<Response, ConsoleError> {
    let provider = provisioning(&key)?;
    let old = token_of(&state, &visitor, provider, &TokenId(id)).await?;
    let request_key = checked_key(chosen.request_key)?;
    let overlap = duration(&chosen.overlap).ok_or(ConsoleError::BadForm)?;
    let account = visitor.account()?;
    let store = &state.store;
    let (tenant, by, now) = (account.tenant_id.clone(), account.email.clone(), store.now());
    let (rotated_id, from) = (old.id.clone(), visitor.client.place());
    let (id, secret) = (TokenId(store.new_id()), TokenSecret::generate(store.random()));
    let rotated = store
        .write(move |conn| {
            Box::pin(async move {
                let rotation = Rotation {
                    tenant: &tenant,
                    old: &old.id,
                    id,
                    request_key: &request_key,
                    secret,
                    by: &by,
                    from: &from,
                    overlap,
                };
                tokens::rotate(conn, rotation, now).await
            })
        })
        .await;
    match rotated {
        Ok(Some(issued)) => revealing(&state, &visitor, provider, &issued).await,
        Ok(None) => {
            let who = conflict::about_token(&state, &account.tenant_id, &rotated_id).await?;
            let notice = format!("{NOT_ACTIVE} {who}");
            with_notice(&state, &visitor, provider, StatusCode::CONFLICT, notice.trim_end()).await
        }
        Err(StoreError::Conflict(_)) => {
            with_notice(&state, &visitor, provider, StatusCode::CONFLICT, ALREADY_SHOWN).await
        }
        Err(StoreError::TooManyTokens) => with_notice(&state, &visitor, provider, StatusCode::CONFLICT, TOO_MANY).await,
        Err(error) => Err(error.into()),
    }
}

/// One of the choices of the form.
fn duration(value: &str) -> Option<Duration> {
    OVERLAPS.iter().find(|(known, ..)| *known == value)?;
    let hours = match value {
        "1h" => 1,
        "24h" => 24,
        "7d" => 168,
        _ => 0,
    };
    Some(Duration::hours(hours))
}
