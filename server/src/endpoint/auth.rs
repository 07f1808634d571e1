//! Who is asking.
//!
//! ```text
//! Authorization: Bearer siq_scim_7Qm2…(43)…_9fKa1B
//!                ^scheme, any case   ^random   ^checksum
//! ```
//!
//! A token that was revoked, has expired, was never activated or never existed is refused in the same words and after
//! the same work; one that cannot be ours by its form is refused without asking the database.

use std::net::SocketAddr;

use axum::extract::{ConnectInfo, Request, State};
use axum::http::header::{AUTHORIZATION, RETRY_AFTER, USER_AGENT, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use scim::ScimError;
use store::tokens::{self, TokenContext, TokenSecret};

use super::response::{Failure, scim_error};
use crate::state::AppState;

/// Lets requests with a live token pass, with the token's context in their extensions.
pub(super) async fn authenticate(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let context = match context_of(&state, request.headers()).await {
        Ok(context) => context,
        Err(refusal) => return refusal,
    };
    let now = state.store.now();
    if let Err(seconds) = state.rate_limit.take(&context.tenant_id, now) {
        let error = ScimError::status(429, format!("Too many requests. Try again in {seconds} s."));
        let mut response = scim_error(&error);
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
        return response;
    }
    let address = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip().to_string());
    let agent = request.headers().get(USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
    state.last_used.note(&context, address.as_deref().unwrap_or_default(), agent, now);
    request.extensions_mut().insert(context);
    next.run(request).await
}

async fn context_of(state: &AppState, headers: &HeaderMap) -> Result<TokenContext, Response> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let (Some(value), None) = (values.next(), values.next()) else {
        // RFC 6750 §3.1: without credentials "the resource server SHOULD NOT include an error code".
        let missing = headers.get(AUTHORIZATION).is_none();
        return Err(refused(missing));
    };
    let secret = value.to_str().ok().and_then(bearer).and_then(TokenSecret::parse).ok_or_else(|| refused(false))?;
    let digest = secret.digest();
    let found = async {
        let mut reader = state.store.read().await?;
        tokens::authenticate(&mut reader.conn(), &digest, state.store.now()).await
    };
    match found.await {
        Ok(Some(context)) => Ok(context),
        Ok(None) => Err(refused(false)),
        Err(error) => Err(Failure::from(error).into()),
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
    use super::bearer;

    #[test]
    fn reads_the_scheme_in_any_case() {
        assert_eq!(bearer("Bearer x"), Some("x"));
        assert_eq!(bearer("bEARER  x "), Some("x"));
        assert_eq!(bearer("Basic x"), None);
        assert_eq!(bearer("Bearer"), None);
    }
}
