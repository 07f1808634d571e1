//! The second half of signing in: a code or a passkey after the password. Until it was given the session opens nothing but this.

use app::pages::{LoginCodePage, LoginPasskeyPage, Page};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use store::accounts::{self, Account};
use store::{AccountId, TenantId, sso};

use super::credentials::Verdict;
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
/// The same for every passkey that does not sign in.
const PASSKEY_REFUSED: &str =
    "This passkey does not sign you in, or its answer came too late. Try again, or use a recovery code.";
const NO_PASSKEY: &str =
    "None of your passkeys was made for the address under which the console is opened now. Use a recovery code.";

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

/// The account that owes a code in this browser. `None` when nobody does, or may any more: it was disabled, or its company
/// wants it to come through its identity provider.
async fn owed(state: &AppState, visitor: &Visitor) -> Result<Option<(Half, Account)>, ConsoleError> {
    let Some(half) = half_of(visitor).await? else { return Ok(None) };
    let (tenant, id) = (TenantId(half.tenant.clone()), AccountId(half.account.clone()));
    let mut reader = state.store.read().await?;
    let account = accounts::get(&mut reader.conn(), &tenant, &id).await?;
    if sso::is_shut_out(&mut reader.conn(), &tenant, &id).await? {
        return Ok(None);
    }
    Ok(account.filter(|account| account.disabled_at.is_none()).map(|account| (half, account)))
}

/// Who is signed in is led on from there.
fn to_login() -> Response {
    Redirect::to("/login").into_response()
}

pub(super) async fn form(State(state): State<AppState>, visitor: Visitor) -> Result<Response, ConsoleError> {
    if half_of(&visitor).await?.is_none() {
        return Ok(to_login());
    }
    // Of an account that was disabled meanwhile nothing is told.
    let page = match owed(&state, &visitor).await? {
        Some((_, account)) => page(&state, &account, None).await?,
        None => LoginCodePage { app: true, ..LoginCodePage::default() },
    };
    Ok(visitor.show(Page::LoginCode(page)).await)
}

async fn page(state: &AppState, account: &Account, refusal: Option<String>) -> Result<LoginCodePage, ConsoleError> {
    let asked = second_factor::asked(state, account).await?;
    let passkey = asked.is_some_and(|asked| asked.passkey) && state.passkeys.is_some();
    Ok(LoginCodePage { refusal, app: asked.is_none_or(|asked| asked.app), passkey })
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
    let Some((half, account)) = owed(&state, &visitor).await? else { return Ok(to_login()) };
    let verdict = second_factor::verify(&state, &visitor.client, &account, sent.code).await?;
    if let Some(refusal) = verdict.refusal(REFUSED) {
        let page = page(&state, &account, Some(refusal)).await?;
        let shown = visitor.show_with(StatusCode::UNPROCESSABLE_ENTITY, Page::LoginCode(page)).await;
        return Ok(verdict.mark(shown));
    }
    sign_in::begin(&state, &visitor, account, By::SecondFactor).await?;
    Ok(Redirect::to(half.next.as_deref().unwrap_or(AFTER_SIGN_IN)).into_response())
}

/// To the question for a code, from where a passkey is asked for.
pub(super) async fn back() -> Redirect {
    Redirect::to(ADDRESS)
}

#[derive(Deserialize)]
pub(super) struct Answered {
    /// What the authenticator answered; empty while nothing was asked.
    #[serde(default)]
    answer: String,
}

/// Asks for a passkey, and looks at the answer. Each page holds a question of its own.
pub(super) async fn passkey(
    State(state): State<AppState>,
    visitor: Visitor,
    Fields(sent): Fields<Answered>,
) -> Result<Response, ConsoleError> {
    let Some((half, account)) = owed(&state, &visitor).await? else { return Ok(to_login()) };
    let verdict = if sent.answer.is_empty() {
        None
    } else {
        Some(second_factor::verify_passkey(&state, &visitor, &account, &sent.answer).await?)
    };
    if verdict == Some(Verdict::Right) {
        sign_in::begin(&state, &visitor, account, By::Passkey).await?;
        return Ok(Redirect::to(half.next.as_deref().unwrap_or(AFTER_SIGN_IN)).into_response());
    }
    let Some(options) = second_factor::question(&state, &visitor, &account).await? else {
        let page = page(&state, &account, Some(NO_PASSKEY.to_owned())).await?;
        return Ok(visitor.show_with(StatusCode::UNPROCESSABLE_ENTITY, Page::LoginCode(page)).await);
    };
    let refusal = verdict.and_then(|verdict| verdict.refusal(PASSKEY_REFUSED));
    let page = Page::LoginPasskey(LoginPasskeyPage { refusal, options });
    match verdict {
        None => Ok(visitor.show(page).await),
        Some(verdict) => Ok(verdict.mark(visitor.show_with(StatusCode::UNPROCESSABLE_ENTITY, page).await)),
    }
}
