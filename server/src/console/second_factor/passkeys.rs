//! The visitor's passkeys: added under a name, and removed.

use app::components::FieldError;
use app::pages::{AddPasskeyPage, Page};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use serde_json::json;
use store::accounts::Account;
use store::passkeys::{self, NewPasskey};
use store::second_factor;
use store::sessions::SessionHash;
use store::{Conn, StoreError};
use time::OffsetDateTime;

use super::change::{new_codes, record_and_end_others, stored};
use super::present::{remember, take};
use super::{ADDRESS, reveal, show};
use crate::console::error::ConsoleError;
use crate::console::page::{Fields, Visitor};
use crate::console::profile::present;
use crate::state::AppState;

/// So many are enough for everything that somebody carries.
const MOST: usize = 20;
const LONGEST_NAME: usize = 60;

const NOT_HERE: &str = "Passkeys need the console to be opened under a name and over https.";
const TOO_MANY: &str = "You have 20 passkeys, and more are not kept. Remove one first.";
const NAMELESS: &str = "Give it a name of 1 to 60 characters, by which you know it again.";
const NOT_ADDED: &str =
    "The passkey was not added: the answer was not right, or came too late. Add it again, within five minutes.";
const KNOWN: &str = "This passkey is there already.";

#[derive(Deserialize)]
pub(in crate::console) struct Named {
    #[serde(default)]
    name: String,
    /// What the authenticator answered.
    #[serde(default)]
    answer: String,
}

/// The name as it is kept.
fn checked(name: &str) -> Option<&str> {
    let name = name.trim();
    let fits = (1..=LONGEST_NAME).contains(&name.chars().count()) && !name.chars().any(char::is_control);
    fits.then_some(name)
}

/// Asks the browser to make one. Its page holds the question.
pub(in crate::console) async fn ask(
    State(state): State<AppState>,
    visitor: Visitor,
    Fields(sent): Fields<Named>,
) -> Result<Response, ConsoleError> {
    let account = visitor.account()?.clone();
    let Some(here) = &state.passkeys else {
        return show(&state, &visitor, StatusCode::CONFLICT, Some(NOT_HERE.to_owned()), Vec::new()).await;
    };
    let Some(name) = checked(&sent.name) else {
        let errors = vec![FieldError { field: "name", text: NAMELESS.to_owned() }];
        return show(&state, &visitor, StatusCode::UNPROCESSABLE_ENTITY, None, errors).await;
    };
    let known = {
        let mut reader = state.store.read().await?;
        passkeys::list(&mut reader.conn(), &account.tenant_id, &account.id).await?
    };
    if known.len() >= MOST {
        return show(&state, &visitor, StatusCode::CONFLICT, Some(TOO_MANY.to_owned()), Vec::new()).await;
    }
    let question = here.ask_to_add(&account, &known).map_err(|error| {
        tracing::error!(error = &error as &dyn std::error::Error, "a passkey could not be asked for");
        ConsoleError::Broken
    })?;
    let options = remember(&state, &visitor, &account, question).await?;
    Ok(visitor.show(Page::AddPasskey(AddPasskeyPage { name: name.to_owned(), options })).await)
}

/// What came of adding one.
enum Added {
    /// It is the first factor: recovery codes belong to it.
    First,
    Another,
    /// It was there.
    Known,
}

/// Adds what the browser made.
pub(in crate::console) async fn add(
    State(state): State<AppState>,
    visitor: Visitor,
    Fields(sent): Fields<Named>,
) -> Result<Response, ConsoleError> {
    let (account, kept, now) = (visitor.account()?.clone(), present(&visitor)?, state.store.now());
    let waiting = take(&state, &visitor, &account).await?;
    let (Some(here), Some(waiting), Some(name)) = (&state.passkeys, waiting, checked(&sent.name)) else {
        return refused(&state, &visitor, NOT_ADDED).await;
    };
    let made = match here.made(&waiting, &sent.answer) {
        Ok(made) => made,
        Err(error) => {
            tracing::info!(error = &error as &dyn std::error::Error, "a new passkey was refused");
            return refused(&state, &visitor, NOT_ADDED).await;
        }
    };
    let (name, host) = (name.to_owned(), here.host().to_owned());
    let new = NewPasskey { credential_id: made.credential_id, name, host, credential: made.credential };
    let codes = new_codes(&state);
    let plain = stored(&codes);
    let added = state
        .store
        .write(move |conn| Box::pin(async move { add_in(conn, &account, (&new, &plain), &kept, now).await }))
        .await;
    match added? {
        Added::Known => refused(&state, &visitor, KNOWN).await,
        Added::First => {
            // OWASP ASVS 5.0, 7.2.4: a new id at every authentication, at this one too.
            visitor.session.cycle_id().await?;
            Ok(reveal(&visitor, codes, true).await)
        }
        Added::Another => {
            visitor.session.cycle_id().await?;
            visitor.go_to(ADDRESS, "The passkey is added, and your other sessions have ended.").await
        }
    }
}

async fn add_in(
    conn: &mut Conn<'_>,
    account: &Account,
    (new, codes): (&NewPasskey, &[String]),
    kept: &SessionHash,
    now: OffsetDateTime,
) -> Result<Added, StoreError> {
    let place = (&account.tenant_id, &account.id);
    let had = second_factor::asked(conn, place.0, place.1).await?;
    if !passkeys::add(conn, place, new, now).await? {
        return Ok(Added::Known);
    }
    let act = ("second_factor.passkey_add", json!({ "passkey": new.name }));
    record_and_end_others(conn, account, act, kept, now).await?;
    if had.is_some() {
        return Ok(Added::Another);
    }
    let factor = second_factor::find(conn, place.0, place.1).await?;
    if let Some(factor) = factor {
        second_factor::renew_codes(conn, place, factor.codes_at, codes, now).await?;
    }
    Ok(Added::First)
}

async fn refused(state: &AppState, visitor: &Visitor, why: &str) -> Result<Response, ConsoleError> {
    show(state, visitor, StatusCode::UNPROCESSABLE_ENTITY, Some(why.to_owned()), Vec::new()).await
}

#[derive(Deserialize)]
pub(in crate::console) struct Chosen {
    #[serde(default)]
    passkey: String,
}

pub(in crate::console) async fn remove(
    State(state): State<AppState>,
    visitor: Visitor,
    Fields(chosen): Fields<Chosen>,
) -> Result<Response, ConsoleError> {
    let (account, kept, now) = (visitor.account()?.clone(), present(&visitor)?, state.store.now());
    let removed: Result<bool, StoreError> = state
        .store
        .write(move |conn| {
            Box::pin(async move {
                let place = (&account.tenant_id, &account.id);
                let Some(name) = passkeys::remove(conn, place, &chosen.passkey).await? else { return Ok(false) };
                let act = ("second_factor.passkey_remove", json!({ "passkey": name }));
                record_and_end_others(conn, &account, act, &kept, now).await?;
                Ok(true)
            })
        })
        .await;
    if !removed? {
        return visitor.go_to(ADDRESS, "You have no such passkey.").await;
    }
    visitor.session.cycle_id().await?;
    visitor.go_to(ADDRESS, "The passkey is removed, and your other sessions have ended.").await
}
