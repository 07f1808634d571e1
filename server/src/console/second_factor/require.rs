//! Whether a company's accounts must have one: admins say so.

use axum::extract::State;
use axum::response::{Redirect, Response};
use serde::Deserialize;
use serde_json::json;
use store::audit::{self, Act};
use store::{StoreError, second_factor};

use crate::console::accounts::ADDRESS;
use crate::console::error::ConsoleError;
use crate::console::page::{Fields, Visitor};
use crate::state::AppState;

#[derive(Deserialize)]
pub(in crate::console) struct Sent {
    #[serde(default)]
    required: String,
}

pub(in crate::console) async fn back() -> Redirect {
    Redirect::to(ADDRESS)
}

pub(in crate::console) async fn decide(
    State(state): State<AppState>,
    visitor: Visitor,
    Fields(sent): Fields<Sent>,
) -> Result<Response, ConsoleError> {
    let wanted = match sent.required.as_str() {
        "yes" => true,
        "no" => false,
        _ => return Err(ConsoleError::BadForm),
    };
    let (account, now) = (visitor.account()?.clone(), state.store.now());
    let company = visitor.company()?.to_owned();
    let changed: Result<bool, StoreError> = state
        .store
        .write(move |conn| {
            Box::pin(async move {
                let (tenant, by) = (&account.tenant_id, &account.email);
                let (changed, action) = if wanted {
                    (second_factor::require(conn, tenant, by, now).await?, "second_factor.require")
                } else {
                    (second_factor::lift(conn, tenant).await?, "second_factor.optional")
                };
                if changed {
                    let act = Act { actor: by, action, subject: &company, detail: json!({}) };
                    audit::record(conn, tenant, &act, now).await?;
                }
                Ok(changed)
            })
        })
        .await;
    let text = match (changed?, wanted) {
        (true, true) => "A second factor is required. Whoever has none sets one up at their next click.",
        (true, false) => "A second factor is not required any more.",
        (false, true) => "A second factor was required already.",
        (false, false) => "A second factor was not required.",
    };
    visitor.go_to(ADDRESS, text).await
}
