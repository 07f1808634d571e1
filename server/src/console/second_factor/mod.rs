//! The visitor's own second factor: set up, renewed, turned off.

mod change;
mod passkeys;
mod present;
pub(super) mod require;
mod set_up;
mod verify;

use app::components::{FieldError, moment};
use app::pages::{CodesLeft, Page, PasskeyRow, RecoveryCodesPage, SecondFactorPage, SecondFactorState};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{Redirect, Response};
use store::passkeys::{self as stored, Passkey};
use store::second_factor::{self, SecondFactor};

pub(super) use change::{renew, turn_off};
pub(super) use passkeys::{add as add_passkey, ask as ask_for_passkey, remove as remove_passkey};
pub(super) use present::{asked, question, verify_passkey};
pub(super) use set_up::{begin, confirm};
pub(super) use verify::verify;

use super::error::ConsoleError;
use super::page::Visitor;
use super::session::{STAMP, Stamp};
use crate::passkeys::Passkeys;
use crate::state::AppState;
use crate::totp;

pub(super) const ADDRESS: &str = "/settings/profile/second-factor";

/// What is open to those who have yet to do what their company requires.
pub(super) const SETTING_UP: [&str; 4] = [
    ADDRESS,
    "/settings/profile/second-factor/begin",
    "/settings/profile/second-factor/passkeys",
    "/settings/profile/second-factor/passkeys/add",
];

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
    let asked = second_factor::asked(&mut conn, tenant, id).await?;
    let codes_left = second_factor::count_codes(&mut conn, tenant, id).await?;
    let known = stored::list(&mut conn, tenant, id).await?;
    let required = second_factor::requirement(&mut conn, tenant).await?.is_some();
    drop(reader);
    let codes = found.as_ref().filter(|_| asked.is_some());
    let codes = codes.map(|factor| CodesLeft { left: codes_left, seen: version(factor) });
    let app = match found {
        Some(factor) => app_state(state, visitor, &factor).await?,
        None => SecondFactorState::Off,
    };
    let here = state.passkeys.as_ref().map(Passkeys::host);
    let passkeys = known.into_iter().map(|known| row(known, here)).collect();
    let page = SecondFactorPage { app, passkeys, passkeys_work: here.is_some(), codes, required, notice, errors };
    Ok(visitor.show_with(status, Page::SecondFactor(page)).await)
}

fn row(known: Passkey, here: Option<&str>) -> PasskeyRow {
    PasskeyRow {
        elsewhere: (here != Some(known.host.as_str())).then_some(known.host),
        id: known.credential_id,
        name: known.name,
        added: moment(known.created_at),
        used: known.last_used_at.map(moment),
    }
}

async fn app_state(
    state: &AppState,
    visitor: &Visitor,
    factor: &SecondFactor,
) -> Result<SecondFactorState, ConsoleError> {
    if let Some(at) = factor.confirmed_at {
        return Ok(SecondFactorState::On { since: moment(at) });
    }
    // A secret that waits is shown to nobody who merely found the browser open.
    let stamp = visitor.session.get::<Stamp>(STAMP).await?;
    if !factor.waits() || !stamp.is_some_and(|stamp| stamp.is_recent(state.store.now())) {
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
