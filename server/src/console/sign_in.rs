//! Sign in and out.

use app::pages::{LoginPage, Page};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use serde_json::json;
use store::accounts::{self, Account};
use store::audit::{self, Act};
use store::{notices, sign_in_places};

use super::client::browser_name;
use super::credentials;
use super::error::ConsoleError;
use super::identity::local_path;
use super::page::{Asked, Fields, Visitor};
use super::session::{By, STAMP, Stamp};
use super::sso::require::other_way;
use super::{login_code, second_factor};
use crate::sso::end_employee_session;
use crate::state::AppState;

pub(super) const AFTER_SIGN_IN: &str = "/employees";
const REFUSED: &str =
    "E-mail address and password do not belong to an account that can sign in. Check both and try again.";

const OTHER_WAY: &str = "Your company signs in through its identity provider, so this password signs nobody in here.";

#[derive(Default, Deserialize)]
pub(super) struct Wanted {
    #[serde(default)]
    next: String,
}

pub(super) async fn form(
    State(state): State<AppState>,
    visitor: Visitor,
    Asked(wanted): Asked<Wanted>,
) -> Result<Response, ConsoleError> {
    let next = wanted.next;
    if visitor.account().is_ok() {
        return Ok(Redirect::to(local_path(&next).unwrap_or(AFTER_SIGN_IN)).into_response());
    }
    if login_code::half_of(&visitor).await?.is_some() {
        return Ok(Redirect::to(login_code::ADDRESS).into_response());
    }
    let mut reader = state.store.read().await?;
    let not_set_up = !accounts::any(&mut reader.conn()).await?;
    drop(reader);
    Ok(visitor.show(Page::Login(LoginPage { next, not_set_up, ..LoginPage::default() })).await)
}

#[derive(Deserialize)]
pub(super) struct Credentials {
    #[serde(default)]
    email: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    next: String,
}

/// An unknown address, a wrong password and a disabled account are refused in the same words and after the same work.
pub(super) async fn submit(
    State(state): State<AppState>,
    visitor: Visitor,
    Fields(sent): Fields<Credentials>,
) -> Result<Response, ConsoleError> {
    let mut reader = state.store.read().await?;
    let found = accounts::find_for_sign_in(&mut reader.conn(), &sent.email).await?;
    drop(reader);
    let account = found.into_iter().find(|account| account.disabled_at.is_none());
    let hash = account.as_ref().map(|account| account.password_hash.clone());
    let verdict = credentials::verify(&state, &visitor.client, &sent.email, sent.password, hash).await?;
    let refusal = verdict.refusal(REFUSED);
    let Some(account) = account.filter(|_| refusal.is_none()) else {
        let page = LoginPage { email: sent.email, next: sent.next, refusal, ..LoginPage::default() };
        return Ok(verdict.mark(visitor.show_with(StatusCode::UNPROCESSABLE_ENTITY, Page::Login(page)).await));
    };
    if let Some(sign_on) = other_way(&state, &account).await? {
        let refusal = Some(OTHER_WAY.to_owned());
        let page = LoginPage { email: sent.email, refusal, sign_on: Some(sign_on), ..LoginPage::default() };
        return Ok(visitor.show_with(StatusCode::FORBIDDEN, Page::Login(page)).await);
    }
    let next = local_path(&sent.next);
    if second_factor::asked(&state, &account).await?.is_some() {
        return login_code::begin(&state, &visitor, &account, next).await;
    }
    begin(&state, &visitor, account, By::Password).await?;
    Ok(Redirect::to(next.unwrap_or(AFTER_SIGN_IN)).into_response())
}

/// Leaves what the browser's session was before, and gives it a new id: one that a stranger may know signs nobody in.
pub(super) async fn anew(visitor: &Visitor) -> Result<(), ConsoleError> {
    if visitor.session.id().is_some() {
        visitor.session.cycle_id().await?;
        visitor.session.clear().await;
    }
    Ok(())
}

/// Begins a session.
pub(crate) async fn begin(state: &AppState, visitor: &Visitor, account: Account, by: By) -> Result<(), ConsoleError> {
    anew(visitor).await?;
    let Visitor { session, client, .. } = visitor;
    let (now, mut detail) = (state.store.now(), by.detail());
    let (integration, until, shown) = match by {
        By::Password | By::SecondFactor | By::Passkey => (None, None, true),
        By::SingleSignOn { integration, until, anew } => (Some(integration.0), until, anew),
    };
    let stamp = Stamp {
        tenant: account.tenant_id.0.clone(),
        account: account.id.0.clone(),
        signed_in_at: now,
        seen_at: now,
        confirmed_at: shown.then_some(now),
        integration,
        until,
        address: client.shown_address(),
        agent: client.agent.clone(),
    };
    let (address, browser, from) = (client.address, browser_name(&client.agent), client.place());
    state
        .store
        .write(move |conn| {
            Box::pin(async move {
                let is_new = sign_in_places::remember(conn, &account, (address, &browser), now).await?;
                accounts::signed_in(conn, &account, None, now).await?;
                detail["from"] = json!(from);
                if is_new {
                    detail[notices::NEW_PLACE] = json!(true);
                }
                let act = Act { actor: &account.email, action: notices::SIGN_IN, subject: &account.email, detail };
                audit::record(conn, &account.tenant_id, &act, now).await
            })
        })
        .await?;
    session.insert(STAMP, stamp).await?;
    Ok(())
}

/// Whoever came through an identity provider has a session for their own record beside this one: it ends as well.
pub(super) async fn leave(
    State(state): State<AppState>,
    visitor: Visitor,
    headers: HeaderMap,
) -> Result<Response, ConsoleError> {
    visitor.session.flush().await?;
    let mut response = Redirect::to("/login").into_response();
    end_employee_session(&state, &headers, &mut response).await?;
    Ok(response)
}
