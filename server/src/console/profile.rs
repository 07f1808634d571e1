//! The visitor's own account: password and sessions.

use app::components::{FieldError, moment};
use app::pages::{Page, ProfilePage, SessionRow};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{Redirect, Response};
use serde::Deserialize;
use serde_json::json;
use store::audit::{self, Act};
use store::sessions::{self, Session, SessionHash};
use store::{StoreError, accounts, second_factor};

use super::client::browser_name;
use super::credentials::{self, Verdict};
use super::error::ConsoleError;
use super::page::{Fields, Visitor};
use super::session::{hash, stamp_of};
use crate::password;
use crate::state::AppState;

const ADDRESS: &str = "/settings/profile";
const CHANGED_MEANWHILE: &str = "Your password was changed a moment ago, elsewhere. Enter the one it has now.";
const WRONG: &str = "This is not the password of your account.";
const SAME: &str = "This is the password you have. Choose another one.";

pub(super) async fn page(State(state): State<AppState>, visitor: Visitor) -> Result<Response, ConsoleError> {
    let page = with_errors(&state, &visitor, Vec::new()).await?;
    Ok(visitor.show(Page::Profile(page)).await)
}

/// To the page, when a form's own address is opened: by the choice of colours on its answer, or from the history.
pub(super) async fn back() -> Redirect {
    Redirect::to(ADDRESS)
}

async fn with_errors(
    state: &AppState,
    visitor: &Visitor,
    errors: Vec<FieldError>,
) -> Result<ProfilePage, ConsoleError> {
    let account = visitor.account()?;
    let mut reader = state.store.read().await?;
    let own = sessions::of_account(&mut reader.conn(), &account.tenant_id, &account.id, state.store.now()).await?;
    let factor = second_factor::asked(&mut reader.conn(), &account.tenant_id, &account.id).await?;
    drop(reader);
    let current = present(visitor)?;
    let mut sessions: Vec<_> = own.iter().filter_map(|session| row(session, &current)).collect();
    sessions.sort_by_key(|session| !session.current);
    Ok(ProfilePage { sessions, second_factor: factor.is_some(), errors })
}

/// The hash of the session that asks.
pub(super) fn present(visitor: &Visitor) -> Result<SessionHash, ConsoleError> {
    visitor.session.id().map(|id| hash(&id)).ok_or(ConsoleError::Forbidden)
}

fn row(session: &Session, current: &SessionHash) -> Option<SessionRow> {
    let stamp = stamp_of(session)?;
    Some(SessionRow {
        handle: session.hash.iter().fold(String::new(), |handle, byte| handle + &format!("{byte:02x}")),
        browser: browser_name(&stamp.agent),
        address: if stamp.address.is_empty() { "Unknown".to_owned() } else { stamp.address },
        signed_in: moment(stamp.signed_in_at),
        seen: moment(stamp.seen_at),
        current: session.hash == *current,
    })
}

#[derive(Deserialize)]
pub(super) struct Passwords {
    #[serde(default)]
    current_password: String,
    #[serde(default)]
    new_password: String,
}

/// Asks for the present password itself, however lately it was entered.
pub(super) async fn change_password(
    State(state): State<AppState>,
    visitor: Visitor,
    Fields(sent): Fields<Passwords>,
) -> Result<Response, ConsoleError> {
    let (account, company) = (visitor.account()?, visitor.company()?);
    if let Err(why) = password::check(&sent.new_password, &[&account.email, company]) {
        return refused(&state, &visitor, ("new_password", why), Verdict::Wrong).await;
    }
    if sent.new_password == sent.current_password {
        return refused(&state, &visitor, ("new_password", SAME), Verdict::Wrong).await;
    }
    let hash = Some(account.password_hash.clone());
    let verdict = credentials::verify(&state, &visitor.client, &account.email, sent.current_password, hash).await?;
    if let Some(text) = verdict.refusal(WRONG) {
        return refused(&state, &visitor, ("current_password", &text), verdict).await;
    }
    if !store_password(&state, &visitor, sent.new_password).await? {
        return refused(&state, &visitor, ("current_password", CHANGED_MEANWHILE), Verdict::Wrong).await;
    }
    // OWASP ASVS 5.0, 7.2.4: a new id at every authentication, at this one too.
    visitor.session.cycle_id().await?;
    visitor.go_to(ADDRESS, "Your password is changed, and your other sessions have ended.").await
}

async fn refused(
    state: &AppState,
    visitor: &Visitor,
    (field, text): (&'static str, &str),
    verdict: Verdict,
) -> Result<Response, ConsoleError> {
    let page = with_errors(state, visitor, vec![FieldError { field, text: text.to_owned() }]).await?;
    Ok(verdict.mark(visitor.show_with(StatusCode::UNPROCESSABLE_ENTITY, Page::Profile(page)).await))
}

/// Whether the account has this password now. It has not when another form has given it another one meanwhile.
async fn store_password(state: &AppState, visitor: &Visitor, password: String) -> Result<bool, ConsoleError> {
    let new = state.passwords.hash(password.clone(), state.random.clone()).await.ok_or(ConsoleError::Broken)?;
    let (account, kept, now) = (visitor.account()?.clone(), present(visitor)?, state.store.now());
    let (tenant, id) = (account.tenant_id.clone(), account.id.clone());
    let from = visitor.client.place();
    let stored: Result<bool, StoreError> = state
        .store
        .write(move |conn| {
            Box::pin(async move {
                let changed = accounts::change_password(conn, &account, &new).await?;
                if changed {
                    let ended = sessions::end_others(conn, &account.tenant_id, &account.id, &kept).await?;
                    let detail = json!({ "sessions_ended": ended, "from": from });
                    let act =
                        Act { actor: &account.email, action: "account.password", subject: &account.email, detail };
                    audit::record(conn, &account.tenant_id, &act, now).await?;
                }
                Ok(changed)
            })
        })
        .await;
    if stored? {
        return Ok(true);
    }
    // A form sent twice finds the password changed by its first sending.
    let account = {
        let mut reader = state.store.read().await?;
        accounts::get(&mut reader.conn(), &tenant, &id).await?
    };
    Ok(state.passwords.verify(password, account.map(|account| account.password_hash)).await)
}

#[derive(Deserialize)]
pub(super) struct Chosen {
    #[serde(default)]
    session: String,
}

pub(super) async fn end_session(
    State(state): State<AppState>,
    visitor: Visitor,
    Fields(chosen): Fields<Chosen>,
) -> Result<Response, ConsoleError> {
    let wanted = bytes(&chosen.session).ok_or(ConsoleError::BadForm)?;
    let ended = end(&state, &visitor, Some(wanted)).await?;
    let message = if ended == 0 { "That session had ended already." } else { "The session has ended." };
    visitor.go_to(ADDRESS, message).await
}

pub(super) async fn end_other_sessions(
    State(state): State<AppState>,
    visitor: Visitor,
) -> Result<Response, ConsoleError> {
    let message = match end(&state, &visitor, None).await? {
        0 => "No other session was open.".to_owned(),
        1 => "One other session has ended.".to_owned(),
        number => format!("{number} other sessions have ended."),
    };
    visitor.go_to(ADDRESS, &message).await
}

/// Ends one session, or all but the one that asks; says how many.
async fn end(state: &AppState, visitor: &Visitor, wanted: Option<SessionHash>) -> Result<u64, ConsoleError> {
    let (account, kept, now) = (visitor.account()?.clone(), present(visitor)?, state.store.now());
    let ended: Result<u64, StoreError> = state
        .store
        .write(move |conn| {
            Box::pin(async move {
                let (tenant, id) = (&account.tenant_id, &account.id);
                let ended = match wanted {
                    Some(hash) => u64::from(sessions::end_of(conn, tenant, id, &hash).await?),
                    None => sessions::end_others(conn, tenant, id, &kept).await?,
                };
                if ended > 0 {
                    let detail = json!({ "sessions_ended": ended });
                    let act = Act { actor: &account.email, action: "session.end", subject: &account.email, detail };
                    audit::record(conn, tenant, &act, now).await?;
                }
                Ok(ended)
            })
        })
        .await;
    Ok(ended?)
}

/// A hash from its hexadecimal digits.
fn bytes(digits: &str) -> Option<SessionHash> {
    if digits.len() != 64 || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    let mut hash = SessionHash::default();
    for (byte, at) in hash.iter_mut().zip((0..64).step_by(2)) {
        *byte = u8::from_str_radix(&digits[at..at + 2], 16).ok()?;
    }
    Some(hash)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_whole_hash_is_read() {
        assert_eq!(bytes(&"0f".repeat(32)), Some([15; 32]));
        for wrong in ["", "0f", &"0g".repeat(32), &"+f".repeat(32), &"ü".repeat(32)] {
            assert_eq!(bytes(wrong), None, "{wrong}");
        }
    }
}
