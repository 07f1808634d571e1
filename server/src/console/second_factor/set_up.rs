//! From a secret to a second factor that is asked for.

use app::components::FieldError;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::json;
use store::accounts::Account;
use store::attempts::{self, Begun};
use store::second_factor::{self, SecondFactor};
use store::sessions::SessionHash;
use store::{Conn, StoreError};

use super::change::{new_codes, record_and_end_others, shown_before, stored};
use super::{ADDRESS, reveal, show};
use crate::console::client::Client;
use crate::console::credentials::Verdict;
use crate::console::error::ConsoleError;
use crate::console::page::{Fields, Visitor};
use crate::console::profile::present;
use crate::state::AppState;
use crate::totp;

const WRONG: &str =
    "This is not the code of this moment. Check that your device has the right time, and enter the next one.";

/// Makes a secret, which waits for a code.
pub(in crate::console) async fn begin(
    State(state): State<AppState>,
    visitor: Visitor,
) -> Result<Response, ConsoleError> {
    let (account, now) = (visitor.account()?.clone(), state.store.now());
    let secret = totp::new_secret(state.store.random());
    let begun: Result<bool, StoreError> = state
        .store
        .write(move |conn| {
            Box::pin(async move { second_factor::begin(conn, (&account.tenant_id, &account.id), &secret, now).await })
        })
        .await;
    if begun? {
        return Ok(super::back().await.into_response());
    }
    visitor.go_to(ADDRESS, "You have an app already. Turn it off first to set up another one.").await
}

#[derive(Deserialize)]
pub(in crate::console) struct Sent {
    #[serde(default)]
    code: String,
}

/// What a code for the new secret came to.
enum Confirmed {
    /// It is the first factor: recovery codes belong to it.
    Done,
    /// There are passkeys, and recovery codes with them.
    Another,
    /// Nothing waits: the form was sent twice, or it was set up elsewhere.
    NothingWaits,
    Refused(Verdict),
}

/// All that confirming needs, so that it can move into the transaction.
struct Presented {
    account: Account,
    client: Client,
    code: String,
    /// As they are stored.
    recovery_codes: Vec<String>,
    kept: SessionHash,
}

/// A code shows that the app has the secret: from now on it is asked for.
pub(in crate::console) async fn confirm(
    State(state): State<AppState>,
    visitor: Visitor,
    Fields(sent): Fields<Sent>,
) -> Result<Response, ConsoleError> {
    let codes = new_codes(&state);
    let presented = Presented {
        account: visitor.account()?.clone(),
        client: visitor.client.clone(),
        code: sent.code,
        recovery_codes: stored(&codes),
        kept: present(&visitor)?,
    };
    let now = state.store.now();
    let confirmed =
        state.store.write(move |conn| Box::pin(async move { confirm_in(conn, presented, now).await })).await;
    match confirmed? {
        Confirmed::Done => {
            // OWASP ASVS 5.0, 7.2.4: a new id at every authentication, at this one too.
            visitor.session.cycle_id().await?;
            Ok(reveal(&visitor, codes, true).await)
        }
        Confirmed::Another => {
            visitor.session.cycle_id().await?;
            visitor.go_to(ADDRESS, "The app is set up, and your other sessions have ended.").await
        }
        Confirmed::NothingWaits => shown_before(&state, &visitor).await,
        Confirmed::Refused(verdict) => {
            let text = verdict.refusal(WRONG).unwrap_or_default();
            let errors = vec![FieldError { field: "code", text }];
            Ok(verdict.mark(show(&state, &visitor, StatusCode::UNPROCESSABLE_ENTITY, None, errors).await?))
        }
    }
}

async fn confirm_in(
    conn: &mut Conn<'_>,
    Presented { account, client, code, recovery_codes, kept }: Presented,
    now: time::OffsetDateTime,
) -> Result<Confirmed, StoreError> {
    let place = (&account.tenant_id, &account.id);
    let waiting = second_factor::find(conn, place.0, place.1).await?;
    let Some(factor) = waiting.filter(SecondFactor::waits) else {
        return Ok(Confirmed::NothingWaits);
    };
    let attempt = match attempts::begin_code(conn, &account.email, client.counted_address(), now).await? {
        Begun::Go(attempt) => attempt,
        Begun::Wait(seconds) => return Ok(Confirmed::Refused(Verdict::Wait(seconds))),
    };
    let Some(step) = totp::matching_step(&factor.secret, &code, now, factor.last_step) else {
        return Ok(Confirmed::Refused(Verdict::Wrong));
    };
    attempts::succeeded(conn, &attempt).await?;
    let had = second_factor::asked(conn, place.0, place.1).await?;
    if !second_factor::confirm(conn, place, (&factor.secret, step), now).await? {
        return Ok(Confirmed::NothingWaits);
    }
    record_and_end_others(conn, &account, ("second_factor.set_up", json!({})), &kept, now).await?;
    if had.is_some() {
        return Ok(Confirmed::Another);
    }
    second_factor::renew_codes(conn, place, factor.codes_at, &recovery_codes, now).await?;
    Ok(Confirmed::Done)
}
