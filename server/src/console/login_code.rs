//! The second half of signing in: a code after the password. Until it was given the session opens nothing but this.

use app::pages::{LoginCodePage, Page};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use store::accounts::{self, Account};
use store::{AccountId, TenantId};

use super::error::ConsoleError;
use super::page::{Fields, Visitor};
use super::second_factor;
use super::session::{By, HALF, Half};
use super::sign_in::{self, AFTER_SIGN_IN};
use crate::state::AppState;

pub(super) const ADDRESS: &str = "/login/code";
/// The same for every code that does not sign in, whatever is wrong with it.
pub(super) const REFUSED: &str =
    "This code does not sign you in. Each code works once: wait for the next one in your app, or use a recovery code.";

/// The password was right. What follows is a session of its own, which ends after ten minutes.
pub(super) async fn begin(
    state: &AppState,
    visitor: &Visitor,
    account: &Account,
    next: Option<&str>,
) -> Result<Response, ConsoleError> {
    sign_in::anew(visitor).await?;
    let half = Half {
        tenant: account.tenant_id.0.clone(),
        account: account.id.0.clone(),
        begun_at: state.store.now(),
        next: next.map(str::to_owned),
    };
    visitor.session.insert(HALF, half).await?;
    Ok(Redirect::to(ADDRESS).into_response())
}

/// Who owes a code in this browser.
pub(super) async fn half_of(visitor: &Visitor) -> Result<Option<Half>, ConsoleError> {
    Ok(visitor.session.get::<Half>(HALF).await?)
}

pub(super) async fn form(visitor: Visitor) -> Result<Response, ConsoleError> {
    match half_of(&visitor).await? {
        Some(_) => Ok(visitor.show(Page::LoginCode(LoginCodePage::default())).await),
        // Who is signed in is led on from there.
        None => Ok(Redirect::to("/login").into_response()),
    }
}

#[derive(Deserialize)]
pub(super) struct Sent {
    #[serde(default)]
    code: String,
}

pub(super) async fn submit(
    State(state): State<AppState>,
    visitor: Visitor,
    Fields(sent): Fields<Sent>,
) -> Result<Response, ConsoleError> {
    let Some(half) = half_of(&visitor).await? else { return Ok(Redirect::to("/login").into_response()) };
    let (tenant, id) = (TenantId(half.tenant), AccountId(half.account));
    let mut reader = state.store.read().await?;
    let account = accounts::get(&mut reader.conn(), &tenant, &id).await?;
    drop(reader);
    let Some(account) = account.filter(|account| account.disabled_at.is_none()) else {
        return Ok(Redirect::to("/login").into_response());
    };
    let verdict = second_factor::verify(&state, &visitor.client, &account, sent.code).await?;
    if let Some(refusal) = verdict.refusal(REFUSED) {
        let page = Page::LoginCode(LoginCodePage { refusal: Some(refusal) });
        return Ok(verdict.mark(visitor.show_with(StatusCode::UNPROCESSABLE_ENTITY, page).await));
    }
    sign_in::begin(&state, &visitor, account, By::SecondFactor).await?;
    Ok(Redirect::to(half.next.as_deref().unwrap_or(AFTER_SIGN_IN)).into_response())
}
