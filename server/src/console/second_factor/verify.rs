//! Whether a code is right: for signing in, and for confirming. Wrong ones count as wrong passwords do.

use serde_json::json;
use store::accounts::Account;
use store::attempts::{self, Begun};
use store::audit::{self, Act};
use store::{Conn, StoreError, second_factor};
use time::OffsetDateTime;

use crate::console::client::Client;
use crate::console::credentials::Verdict;
use crate::console::error::ConsoleError;
use crate::state::AppState;
use crate::totp;

/// Looks at a code of the app or a recovery code, and takes it: neither works twice.
pub(in crate::console) async fn verify(
    state: &AppState,
    client: &Client,
    account: &Account,
    typed: String,
) -> Result<Verdict, ConsoleError> {
    let (account, address, now) = (account.clone(), client.counted_address(), state.store.now());
    let verdict: Result<Verdict, StoreError> = state
        .store
        .write(move |conn| {
            Box::pin(async move {
                let attempt = match attempts::begin_code(conn, &account.email, address, now).await? {
                    Begun::Go(attempt) => attempt,
                    Begun::Wait(seconds) => return Ok(Verdict::Wait(seconds)),
                };
                if !take(conn, &account, &typed, now).await? {
                    return Ok(Verdict::Wrong);
                }
                attempts::succeeded(conn, &attempt).await?;
                Ok(Verdict::Right)
            })
        })
        .await;
    let verdict = verdict?;
    if verdict == Verdict::Wrong {
        tracing::info!("a code was refused");
    }
    Ok(verdict)
}

async fn take(conn: &mut Conn<'_>, account: &Account, typed: &str, now: OffsetDateTime) -> Result<bool, StoreError> {
    let (tenant, id) = (&account.tenant_id, &account.id);
    if second_factor::asked(conn, tenant, id).await?.is_none() {
        return Ok(false);
    }
    if let Some(factor) = second_factor::confirmed(conn, tenant, id).await?
        && let Some(step) = totp::matching_step(&factor.secret, typed, now, factor.last_step)
    {
        return second_factor::accept(conn, (tenant, id), (&factor.secret, step)).await;
    }
    if !second_factor::use_code(conn, tenant, id, &totp::plain_recovery_code(typed)).await? {
        return Ok(false);
    }
    let detail = json!({ "left": second_factor::count_codes(conn, tenant, id).await? });
    let act = Act { actor: &account.email, action: "second_factor.recovery_code", subject: &account.email, detail };
    audit::record(conn, tenant, &act, now).await?;
    Ok(true)
}
