//! Questions for authenticators: each is answered once, within minutes, and in the session that it was asked in.

use store::accounts::Account;
use store::attempts::{self, Begun};
use store::second_factor::{self, Asked};
use store::{StoreError, one_time_code, passkeys};
use time::Duration;

use crate::console::credentials::Verdict;
use crate::console::error::ConsoleError;
use crate::console::page::Visitor;
use crate::passkeys::{Question, Refused};
use crate::state::AppState;

/// Web Authentication recommends 5 minutes at least for people to find and unlock what they have.
const WAITS: Duration = Duration::minutes(5);
/// Where a session keeps the name of its question.
const QUESTION: &str = "passkey";

/// What an account owes after its password, if anything.
pub(in crate::console) async fn asked(state: &AppState, account: &Account) -> Result<Option<Asked>, ConsoleError> {
    let mut reader = state.store.read().await?;
    Ok(second_factor::asked(&mut reader.conn(), &account.tenant_id, &account.id).await?)
}

/// Remembers a question, in place of the session's last one. What the browser is told.
pub(super) async fn remember(
    state: &AppState,
    visitor: &Visitor,
    account: &Account,
    question: Question,
) -> Result<String, ConsoleError> {
    let (account, now) = (account.clone(), state.store.now());
    let id = one_time_code::generate(state.store.random());
    let last = visitor.session.get::<String>(QUESTION).await?;
    visitor.session.insert(QUESTION, &id).await?;
    let waits = question.state;
    let begun: Result<(), StoreError> = state
        .store
        .write(move |conn| {
            Box::pin(async move {
                let place = (&account.tenant_id, &account.id);
                if let Some(last) = last {
                    passkeys::take(conn, place, &last, now).await?;
                }
                passkeys::begin(conn, place, (&id, &waits), (now, now + WAITS)).await
            })
        })
        .await;
    begun?;
    Ok(question.options)
}

/// Uses the session's question up.
pub(super) async fn take(
    state: &AppState,
    visitor: &Visitor,
    account: &Account,
) -> Result<Option<String>, ConsoleError> {
    let Some(id) = visitor.session.remove::<String>(QUESTION).await? else { return Ok(None) };
    let (account, now) = (account.clone(), state.store.now());
    let taken: Result<Option<String>, StoreError> = state
        .store
        .write(move |conn| {
            Box::pin(async move { passkeys::take(conn, (&account.tenant_id, &account.id), &id, now).await })
        })
        .await;
    Ok(taken?)
}

/// Asks for one of the account's passkeys; what the browser is told. `None` when none was made for this address.
pub(in crate::console) async fn question(
    state: &AppState,
    visitor: &Visitor,
    account: &Account,
) -> Result<Option<String>, ConsoleError> {
    let Some(here) = &state.passkeys else { return Ok(None) };
    let known = {
        let mut reader = state.store.read().await?;
        passkeys::list(&mut reader.conn(), &account.tenant_id, &account.id).await?
    };
    match here.ask_to_present(&known) {
        Ok(question) => Ok(Some(remember(state, visitor, account, question).await?)),
        Err(Refused::None) => Ok(None),
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "an account's passkeys could not be asked for");
            Err(ConsoleError::Broken)
        }
    }
}

/// Looks at what an authenticator answered. A wrong answer counts as a wrong code does; where no question waits nothing is
/// looked at, and nothing counted.
pub(in crate::console) async fn verify_passkey(
    state: &AppState,
    visitor: &Visitor,
    account: &Account,
    answer: &str,
) -> Result<Verdict, ConsoleError> {
    let waiting = take(state, visitor, account).await?;
    let (Some(here), Some(waiting)) = (&state.passkeys, waiting) else { return Ok(Verdict::Wrong) };
    let (account, address, now) = (account.clone(), visitor.client.counted_address(), state.store.now());
    let email = account.email.clone();
    let begun: Result<Begun, StoreError> = state
        .store
        .write(move |conn| Box::pin(async move { attempts::begin_code(conn, &email, address, now).await }))
        .await;
    let attempt = match begun? {
        Begun::Go(attempt) => attempt,
        Begun::Wait(seconds) => return Ok(Verdict::Wait(seconds)),
    };
    let presented = match here.presented(&waiting, answer) {
        Ok(presented) => presented,
        Err(error) => {
            tracing::info!(error = &error as &dyn std::error::Error, "a passkey was refused");
            return Ok(Verdict::Wrong);
        }
    };
    let verdict: Result<Verdict, StoreError> = state
        .store
        .write(move |conn| {
            Box::pin(async move {
                let (place, changed) = ((&account.tenant_id, &account.id), (&*presented.before, &*presented.after));
                if !passkeys::used(conn, place, &presented.credential_id, changed, now).await? {
                    return Ok(Verdict::Wrong);
                }
                attempts::succeeded(conn, &attempt).await?;
                Ok(Verdict::Right)
            })
        })
        .await;
    Ok(verdict?)
}
