//! The visitor's own second factor: set up, renewed, turned off.

mod change;
pub(super) mod require;
mod set_up;
mod verify;

use app::components::{FieldError, moment};
use app::pages::{Page, RecoveryCodesPage, SecondFactorPage, SecondFactorState};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{Redirect, Response};
use store::second_factor::{self, SecondFactor};

pub(super) use change::{renew, turn_off};
pub(super) use set_up::{begin, confirm};
pub(super) use verify::{is_asked_for, verify};

use super::error::ConsoleError;
use super::page::Visitor;
use super::session::{STAMP, Stamp};
use crate::state::AppState;
use crate::totp;

pub(super) const ADDRESS: &str = "/settings/profile/second-factor";

/// What is open to those who have yet to do what their company requires.
pub(super) const SETTING_UP: [&str; 2] = [ADDRESS, "/settings/profile/second-factor/begin"];

pub(super) async fn page(State(state): State<AppState>, visitor: Visitor) -> Result<Response, ConsoleError> {
    show(&state, &visitor, StatusCode::OK, None, Vec::new()).await
}

/// To the page, when a form's own address is opened: by the choice of colours on its answer, or from the history.
pub(super) async fn back() -> Redirect {
    Redirect::to(ADDRESS)
}

async fn show(
    state: &AppState,
    visitor: &Visitor,
    status: StatusCode,
    notice: Option<String>,
    errors: Vec<FieldError>,
) -> Result<Response, ConsoleError> {
    let account = visitor.account()?;
    let (tenant, id) = (&account.tenant_id, &account.id);
    let mut reader = state.store.read().await?;
    let mut conn = reader.conn();
    let found = second_factor::find(&mut conn, tenant, id).await?;
    let codes_left = second_factor::count_codes(&mut conn, tenant, id).await?;
    let required = second_factor::requirement(&mut conn, tenant).await?.is_some();
    drop(reader);
    let shown = match found {
        Some(factor) => shown(state, visitor, factor, codes_left).await?,
        None => SecondFactorState::Off,
    };
    let page = SecondFactorPage { state: shown, required, notice, errors };
    Ok(visitor.show_with(status, Page::SecondFactor(page)).await)
}

async fn shown(
    state: &AppState,
    visitor: &Visitor,
    factor: SecondFactor,
    codes_left: i64,
) -> Result<SecondFactorState, ConsoleError> {
    if let Some(at) = factor.confirmed_at {
        let seen = version(&factor);
        return Ok(SecondFactorState::On { since: moment(at), codes_left, seen });
    }
    // A secret that waits is shown to nobody who merely found the browser open.
    let stamp = visitor.session.get::<Stamp>(STAMP).await?;
    if !stamp.is_some_and(|stamp| stamp.is_recent(state.store.now())) {
        return Ok(SecondFactorState::Off);
    }
    let address = totp::address(&factor.secret, &visitor.account()?.email);
    Ok(SecondFactorState::SettingUp { address, secret: totp::spelled(&factor.secret) })
}

/// Of the recovery codes, by which a stale form is known.
fn version(factor: &SecondFactor) -> String {
    (factor.codes_at.unix_timestamp_nanos() / 1_000_000).to_string()
}

/// The only page that ever holds the codes.
async fn reveal(visitor: &Visitor, codes: Vec<String>, just_set_up: bool) -> Response {
    visitor.show(Page::RecoveryCodes(RecoveryCodesPage { codes, just_set_up })).await
}
