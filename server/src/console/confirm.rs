//! The password is asked for again before something that matters.

use app::components::FieldError;
use app::pages::{ConfirmPage, Page};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use serde_json::json;
use store::audit::{self, Act};

use super::credentials;
use super::error::ConsoleError;
use super::identity::local_path;
use super::page::{Asked, Fields, Visitor};
use super::session::{STAMP, Stamp};
use crate::state::AppState;

const WITHOUT_NEXT: &str = "/settings/profile";
const WRONG: &str = "This is not the password of your account.";

#[derive(Default, Deserialize)]
pub(super) struct Wanted {
    #[serde(default)]
    next: String,
}

pub(super) async fn form(visitor: Visitor, Asked(wanted): Asked<Wanted>) -> Response {
    visitor.show(Page::Confirm(ConfirmPage { next: wanted.next, errors: Vec::new() })).await
}

#[derive(Deserialize)]
pub(super) struct Sent {
    #[serde(default)]
    password: String,
    #[serde(default)]
    next: String,
}

pub(super) async fn submit(
    State(state): State<AppState>,
    visitor: Visitor,
    Fields(sent): Fields<Sent>,
) -> Result<Response, ConsoleError> {
    let account = visitor.account()?.clone();
    let hash = Some(account.password_hash);
    let verdict = credentials::verify(&state, &visitor.client, &account.email, sent.password, hash).await;
    if let Some(text) = verdict.refusal(WRONG) {
        let page = ConfirmPage { next: sent.next, errors: vec![FieldError { field: "password", text }] };
        let response = visitor.show_with(StatusCode::UNPROCESSABLE_ENTITY, Page::Confirm(page)).await;
        return Ok(verdict.mark(response));
    }
    let now = state.store.now();
    let (tenant, email) = (account.tenant_id, account.email);
    state
        .store
        .write(move |conn| {
            Box::pin(async move {
                let act = Act { actor: &email, action: "account.confirm", subject: &email, detail: json!({}) };
                audit::record(conn, &tenant, &act, now).await
            })
        })
        .await?;
    if let Some(stamp) = visitor.session.get::<Stamp>(STAMP).await? {
        // OWASP ASVS 5.0, 7.2.4: a new id at every authentication, at this one too.
        visitor.session.cycle_id().await?;
        visitor.session.insert(STAMP, Stamp { confirmed_at: Some(now), ..stamp }).await?;
    }
    let next = local_path(&sent.next).unwrap_or(WITHOUT_NEXT);
    visitor.go_to(next, "Your password is confirmed. You can go on for 10 minutes.").await
}
