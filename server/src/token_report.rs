//! Whoever finds a token may end it, by presenting it: `POST /token-report` with the token anywhere in its body.
//!
//! Holding a token is proof enough, since it is all that an attacker would need. Every report is answered alike, whether
//! the token is live, was revoked long ago or never existed: the answer tells nobody what they hold.

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use serde_json::json;
use store::StoreError;
use store::audit::{self, Act};
use store::tokens::{self, TokenSecret};

use crate::client_address;
use crate::state::AppState;

/// A report is short.
const MAX_REPORT: usize = 8 * 1024;
/// What every token begins with.
const BEGINNING: &str = "siq_scim_";
/// Reports of a token in the body that are looked at.
const TRIED: usize = 5;
const THANKS: &str = "Thank you. If this is a token of ours, it works no more.\n";

pub(crate) fn router() -> Router<AppState> {
    Router::new().route("/token-report", post(report).layer(DefaultBodyLimit::max(MAX_REPORT)))
}

async fn report(State(state): State<AppState>, request: Request) -> Response {
    let address = client_address::of(request.extensions(), request.headers(), &state.config.trusted_proxies);
    // Strangers belong to no company: one measure for all of them.
    if let Err(seconds) = state.report_limit.take((), state.store.now()) {
        let mut busy = (StatusCode::TOO_MANY_REQUESTS, "Too many reports. Try again in a moment.\n").into_response();
        busy.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
        return busy;
    }
    let Ok(body) = axum::body::to_bytes(request.into_body(), MAX_REPORT).await else {
        return (StatusCode::PAYLOAD_TOO_LARGE, "Send the token alone.\n").into_response();
    };
    let from = address.map_or_else(|| "an unknown address".to_owned(), |address| address.to_string());
    for secret in found(&String::from_utf8_lossy(&body)) {
        if let Err(error) = end(&state, secret, from.clone()).await {
            tracing::error!(error = &error as &dyn std::error::Error, "a reported token was not revoked");
            return (StatusCode::SERVICE_UNAVAILABLE, "Try again in a moment.\n").into_response();
        }
    }
    (StatusCode::ACCEPTED, THANKS).into_response()
}

/// The tokens in a text: alone, in JSON, in a form, in a line of a log.
fn found(text: &str) -> Vec<TokenSecret> {
    let words = text.split(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '_'));
    words.filter(|word| word.starts_with(BEGINNING)).take(TRIED).filter_map(TokenSecret::parse).collect()
}

async fn end(state: &AppState, secret: TokenSecret, from: String) -> Result<(), StoreError> {
    let (digest, now) = (secret.digest(), state.store.now());
    state
        .store
        .write(move |conn| {
            Box::pin(async move {
                let Some((tenant, _, id)) = tokens::owner_of(conn, &digest).await? else { return Ok(()) };
                let Some(token) = tokens::get(conn, &tenant, &id).await? else { return Ok(()) };
                if tokens::revoke(conn, &tenant, &id, "token report", "reported", now).await? {
                    let detail = json!({ "token": id.as_str(), "from": from });
                    let act = Act { actor: "token report", action: "token.reported", subject: &token.label, detail };
                    audit::record(conn, &tenant, &act, now).await?;
                }
                Ok(())
            })
        })
        .await
}

#[cfg(test)]
mod tests {
    use store::SystemRandom;

    use super::*;

    #[test]
    fn a_token_is_found_wherever_it_stands() {
        let token = TokenSecret::generate(&SystemRandom);
        let text = token.expose();
        for body in [
            text.to_owned(),
            format!("{{\"token\": \"{text}\"}}"),
            format!("token={text}&x=1"),
            format!("2026-11-24 Authorization: Bearer {text}\n"),
        ] {
            let digests: Vec<_> = found(&body).iter().map(TokenSecret::digest).collect();
            assert_eq!(digests, [token.digest()], "a body of {} letters", body.len());
        }
        assert!(found("siq_scim_none").is_empty() && found("").is_empty());
        assert_eq!(found(&format!("{text} ").repeat(9)).len(), TRIED);
    }
}
