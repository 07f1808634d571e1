//! Whether a password is right: for signing in, for confirming, for changing it. Wrong ones count, wherever they are
//! given, and each further one has to wait longer.

use axum::http::HeaderValue;
use axum::http::header::RETRY_AFTER;
use axum::response::Response;
use store::StoreError;
use store::attempts::{self, Begun};

use super::client::Client;
use super::error::ConsoleError;
use crate::state::AppState;

/// What came of a try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Right,
    Wrong,
    /// Nothing is looked at for so many seconds.
    Wait(i64),
}

/// Looks at a password for the account with this e-mail address; without a hash there is none, which takes as long.
pub(super) async fn verify(
    state: &AppState,
    client: &Client,
    email: &str,
    password: String,
    hash: Option<String>,
) -> Result<Verdict, ConsoleError> {
    let (email, address, now) = (email.to_owned(), client.counted_address(), state.store.now());
    let begun: Result<Begun, StoreError> =
        state.store.write(move |conn| Box::pin(async move { attempts::begin(conn, &email, address, now).await })).await;
    let attempt = match begun? {
        Begun::Go(attempt) => attempt,
        Begun::Wait(seconds) => return Ok(Verdict::Wait(seconds)),
    };
    if !state.passwords.verify(password, hash).await {
        tracing::info!("a password was refused");
        return Ok(Verdict::Wrong);
    }
    let counted: Result<(), StoreError> =
        state.store.write(move |conn| Box::pin(async move { attempts::succeeded(conn, &attempt).await })).await;
    counted?;
    Ok(Verdict::Right)
}

impl Verdict {
    /// Why there is no further step; `wrong` says what is wrong, and none is given when nothing is.
    pub(super) fn refusal(self, wrong: &str) -> Option<String> {
        match self {
            Self::Right => None,
            Self::Wrong => Some(wrong.to_owned()),
            Self::Wait(1) => Some("Too many wrong tries. Wait 1 second, then try again.".to_owned()),
            Self::Wait(seconds) => Some(format!("Too many wrong tries. Wait {seconds} seconds, then try again.")),
        }
    }

    /// Says in the answer's header when another try is taken.
    pub(super) fn mark(self, mut response: Response) -> Response {
        if let Self::Wait(seconds) = self {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
