//! Taking another account's second factor away.

use app::pages::{FactorAwayPage, Page};
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use serde_json::json;
use store::audit::{self, Act};
use store::second_factor::{self, TakenAway};
use store::{AccountId, StoreError};

use super::ADDRESS;
use super::standing::named;
use crate::console::error::ConsoleError;
use crate::console::page::Visitor;
use crate::console::second_factor::ADDRESS as OWN;
use crate::state::AppState;

pub(in crate::console) async fn ask_to_take_factor(
    State(state): State<AppState>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, ConsoleError> {
    let account = named(&state, &visitor, &AccountId(id)).await?;
    if account.id == visitor.account()?.id {
        return Ok(Redirect::to(OWN).into_response());
    }
    let (id, email) = (account.id.to_string(), account.email);
    Ok(visitor.show(Page::FactorAway(FactorAwayPage { id, email })).await)
}

pub(in crate::console) async fn take_factor(
    State(state): State<AppState>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, ConsoleError> {
    let (by, id, now) = (visitor.account()?.clone(), AccountId(id), state.store.now());
    if by.id == id {
        return Ok(Redirect::to(OWN).into_response());
    }
    let taken: Result<Option<TakenAway>, StoreError> = state
        .store
        .write(move |conn| {
            Box::pin(async move {
                let tenant = &by.tenant_id;
                let taken = second_factor::take_away(conn, tenant, &id, &by.id).await?;
                if let Some(TakenAway::Done(account)) = &taken {
                    let (actor, subject) = (&by.email, &account.email);
                    let act = Act { actor, action: "second_factor.take_away", subject, detail: json!({}) };
                    audit::record(conn, tenant, &act, now).await?;
                }
                Ok(taken)
            })
        })
        .await;
    let text = match taken?.ok_or(ConsoleError::NotFound)? {
        TakenAway::Done(account) => {
            format!("{} signs in with the password alone now, and its sessions have ended.", account.email)
        }
        TakenAway::HadNone(account) => format!("{} has no second factor.", account.email),
        TakenAway::NotAllowed => return Err(ConsoleError::BeyondOwnRole),
    };
    visitor.go_to(ADDRESS, &text).await
}
