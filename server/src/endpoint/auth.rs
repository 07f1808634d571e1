//! Who is asking.
//!
//! ```text
//! Authorization: Bearer siq_scim_7Qm2…(43)…_9fKa1B
//!                ^scheme, any case   ^random   ^checksum
//! ```
//!
//! A token that was revoked, has expired, was never activated or never existed is refused in the same words and after
//! the same work; one that cannot be ours by its form is refused without asking the database.

use std::net::IpAddr;

use axum::extract::{OriginalUri, Request, State};
use axum::http::header::{AUTHORIZATION, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use ipnet::IpNet;
use scim::ScimError;
use store::tokens::{self, TokenContext, TokenSecret};
use store::{PATIENCE, StoreError};
use time::OffsetDateTime;
use tokio::time::timeout;

use super::failures;
use super::response::{Failure, scim_error};
use super::trace::Trace;
use crate::client_address;
use crate::state::AppState;

/// Lets requests with a live token pass, with the token's context in their extensions.
pub(super) async fn authenticate(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let address = client_address::of(request.extensions(), request.headers(), &state.config.trusted_proxies);
    let uri = request.extensions().get::<OriginalUri>().map_or(request.uri(), |original| &original.0);
    let shown = address.map(|address| address.to_string());
    let trace = Trace::start(request.method(), uri, request.headers(), shown);
    let context = match context_of(&state, request.headers()).await {
        Ok(context) => context,
        Err(Stranger { answer, secret }) => {
            if answer.status() == StatusCode::UNAUTHORIZED {
                failures::note_stranger(&state, &trace, secret.as_ref(), &answer);
            }
            return answer;
        }
    };
    let now = state.store.now();
    let refusal = admit(&state, &context, address, now).err();
    let let_in = refusal.is_none();
    let response = match refusal {
        None => {
            request.extensions_mut().insert(context.clone());
            request.extensions_mut().insert(trace.clone());
            next.run(request).await
        }
        Some(refusal) => refusal,
    };
    failures::note_answer(&state, &context, &trace, &response, let_in);
    state.usage.note(&context, (trace.address(), trace.client()), response.status().as_u16(), now);
    response
}

#[expect(clippy::result_large_err, reason = "the refusal is the answer")]
/// Whether a live token may be used from there, and whether its company has not asked too often.
fn admit(
    state: &AppState,
    context: &TokenContext,
    address: Option<IpAddr>,
    now: OffsetDateTime,
) -> Result<(), Response> {
    if !is_allowed(context.allowed_networks.as_deref(), address) {
        let detail = "This token may not be used from this address. Add the address to the token's allowed addresses.";
        return Err(scim_error(&ScimError::status(403, detail)));
    }
    state.rate_limit.take(context.tenant_id.clone(), now).map_err(|seconds| {
        let error = ScimError::status(429, format!("Too many requests. Try again in {seconds} s."));
        let mut response = scim_error(&error);
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
        response
    })
}

/// Without networks a token may be used from everywhere; with networks only from an address within one of them.
fn is_allowed(networks: Option<&str>, address: Option<IpAddr>) -> bool {
    let Some(networks) = networks else { return true };
    let Some(address) = address else { return false };
    let address = address.to_canonical();
    networks.split(", ").filter_map(|network| network.parse::<IpNet>().ok()).any(|network| network.contains(&address))
}

/// Somebody without a live token.
struct Stranger {
    answer: Response,
    /// What was presented, when it has the form of our tokens.
    secret: Option<TokenSecret>,
}

impl Stranger {
    fn new(missing: bool) -> Self {
        Self { answer: refused(missing), secret: None }
    }
}

async fn context_of(state: &AppState, headers: &HeaderMap) -> Result<TokenContext, Stranger> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let (Some(value), None) = (values.next(), values.next()) else {
        // RFC 6750 §3.1: without credentials "the resource server SHOULD NOT include an error code".
        let missing = headers.get(AUTHORIZATION).is_none();
        return Err(Stranger::new(missing));
    };
    let secret =
        value.to_str().ok().and_then(bearer).and_then(TokenSecret::parse).ok_or_else(|| Stranger::new(false))?;
    let digest = secret.digest();
    let found = || async {
        let mut reader = state.store.read().await?;
        let found = tokens::authenticate(&mut reader.conn(), &digest, state.store.now()).await;
        match &found {
            Ok(_) => reader.give_back(),
            Err(StoreError::Unavailable(_)) => reader.throw_away(),
            Err(_) => drop(reader),
        }
        found
    };
    let found = async {
        match found().await {
            // A connection that was cut since the last request says so here.
            Err(StoreError::Unavailable(_)) => found().await,
            found => found,
        }
    };
    let found = timeout(PATIENCE, found).await.unwrap_or(Err(StoreError::Unavailable(None)));
    match found {
        Ok(Some(context)) => Ok(context),
        Ok(None) => Err(Stranger { secret: Some(secret), ..Stranger::new(false) }),
        Err(error) => Err(Stranger { answer: Failure::from(error).into(), secret: None }),
    }
}

/// RFC 9110 §11.1: the scheme is case-insensitive.
fn bearer(value: &str) -> Option<&str> {
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

fn refused(missing: bool) -> Response {
    let error = ScimError::status(
        401,
        "The request needs a live SCIM Bearer Token in the Authorization header. Copy the token that the console showed, or issue a new one.",
    );
    let mut response = scim_error(&error);
    let challenge = if missing { "Bearer realm=\"scim\"" } else { "Bearer realm=\"scim\", error=\"invalid_token\"" };
    response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
    response
}

#[cfg(test)]
mod tests {
    use super::{bearer, is_allowed};

    #[test]
    fn addresses_are_looked_for_in_the_networks() {
        let from = |networks, address: &str| is_allowed(Some(networks), address.parse().ok());
        assert!(from("203.0.113.0/24, 2001:db8::/32", "203.0.113.9"));
        assert!(from("203.0.113.0/24", "::ffff:203.0.113.9"), "an IPv4 address on an IPv6 socket");
        assert!(from("203.0.113.0/24, 2001:db8::/32", "2001:db8::1"));
        assert!(!from("203.0.113.0/24", "203.0.114.1") && !from("", "203.0.113.9"));
        assert!(is_allowed(None, None) && !is_allowed(Some("0.0.0.0/0"), None));
    }

    #[test]
    fn reads_the_scheme_in_any_case() {
        assert_eq!(bearer("Bearer x"), Some("x"));
        assert_eq!(bearer("bEARER  x "), Some("x"));
        assert_eq!(bearer("Basic x"), None);
        assert_eq!(bearer("Bearer"), None);
    }
}
