//! New recovery codes, and no second factor any more.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value, json};
use store::accounts::Account;
use store::audit::{self, Act};
use store::second_factor::{self, RECOVERY_CODES};
use store::sessions::{self, SessionHash};
use store::{Conn, StoreError};
use time::{Duration, OffsetDateTime};

use super::present::asked;
use super::{ADDRESS, reveal, show};
use crate::console::error::ConsoleError;
use crate::console::page::{Fields, Visitor};
use crate::console::profile::present;
use crate::state::AppState;
use crate::totp;

const SHOWN_BEFORE: &str = "Nothing was changed: this form was sent before, or its page is out of date. Recovery codes are shown once: renew them if you do not have them.";

pub(super) fn new_codes(state: &AppState) -> Vec<String> {
    (0..RECOVERY_CODES).map(|_| totp::new_recovery_code(state.store.random())).collect()
}

pub(super) fn stored(codes: &[String]) -> Vec<String> {
    codes.iter().map(|code| totp::plain_recovery_code(code)).collect()
}

/// What a session may do hangs on how it was begun: those from before do not go on.
pub(super) async fn record_and_end_others(
    conn: &mut Conn<'_>,
    account: &Account,
    (action, mut detail): (&str, Value),
    kept: &SessionHash,
    now: OffsetDateTime,
) -> Result<(), StoreError> {
    let ended = sessions::end_others(conn, &account.tenant_id, &account.id, kept).await?;
    detail["sessions_ended"] = json!(ended);
    let act = Act { actor: &account.email, action, subject: &account.email, detail };
    audit::record(conn, &account.tenant_id, &act, now).await
}

#[derive(Deserialize)]
pub(in crate::console) struct Renewal {
    #[serde(default)]
    seen: String,
}

/// Makes new recovery codes, which end the old ones.
pub(in crate::console) async fn renew(
    State(state): State<AppState>,
    visitor: Visitor,
    Fields(renewal): Fields<Renewal>,
) -> Result<Response, ConsoleError> {
    let (account, now) = (visitor.account()?.clone(), state.store.now());
    let seen = renewal.seen.parse().map_err(|_| ConsoleError::BadForm)?;
    let seen = OffsetDateTime::UNIX_EPOCH.checked_add(Duration::milliseconds(seen)).ok_or(ConsoleError::BadForm)?;
    let codes = new_codes(&state);
    let plain = stored(&codes);
    let renewed: Result<bool, StoreError> = state
        .store
        .write(move |conn| {
            Box::pin(async move {
                let place = (&account.tenant_id, &account.id);
                let renewed = second_factor::renew_codes(conn, place, seen, &plain, now).await?;
                if renewed {
                    let (actor, subject) = (&account.email, &account.email);
                    let act = Act { actor, action: "second_factor.codes", subject, detail: json!({}) };
                    audit::record(conn, &account.tenant_id, &act, now).await?;
                }
                Ok(renewed)
            })
        })
        .await;
    if renewed? {
        return Ok(reveal(&visitor, codes, false).await);
    }
    shown_before(&state, &visitor).await
}

/// The page, to a form that comes again or too late.
pub(super) async fn shown_before(state: &AppState, visitor: &Visitor) -> Result<Response, ConsoleError> {
    show(state, visitor, StatusCode::CONFLICT, Some(SHOWN_BEFORE.to_owned()), Vec::new()).await
}

/// Ends the app; passkeys go on.
pub(in crate::console) async fn turn_off(
    State(state): State<AppState>,
    visitor: Visitor,
) -> Result<Response, ConsoleError> {
    let (account, kept, now) = (visitor.account()?.clone(), present(&visitor)?, state.store.now());
    let ended: Result<bool, StoreError> = state
        .store
        .write(move |conn| {
            Box::pin(async move {
                let ended = second_factor::remove_app(conn, &account.tenant_id, &account.id).await?;
                if ended {
                    record_and_end_others(conn, &account, ("second_factor.off", json!({})), &kept, now).await?;
                }
                Ok(ended)
            })
        })
        .await;
    if !ended? {
        return visitor.go_to(ADDRESS, "You have no authenticator app.").await;
    }
    visitor.session.cycle_id().await?;
    let text = match asked(&state, visitor.account()?).await? {
        None => "Your second factor is off, and your other sessions have ended.",
        Some(_) => "The app is off, and your other sessions have ended. Your passkeys are asked for as before.",
    };
    visitor.go_to(ADDRESS, text).await
}
