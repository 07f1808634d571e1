//! SCIM without TLS is refused: a token that was sent in the clear is a token that others have.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use scim::ScimError;

use crate::client_address;
use crate::endpoint::refuse;
use crate::state::AppState;

/// Lets requests through that nobody can have listened to. Redirecting the others would teach their clients to send the
/// token twice, the first time in the clear.
pub(crate) async fn refuse_plain(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let config = &state.config;
    let is_safe = config.tls.is_some()
        || config.allow_plain_http
        || config.listen.ip().to_canonical().is_loopback()
        || client_address::is_forwarded_https(request.extensions(), request.headers(), &config.trusted_proxies);
    if is_safe {
        return next.run(request).await;
    }
    let detail = "SCIM is answered over https only. Use the https address; whoever runs the server can give it a \
                  certificate with --tls-certificate and --tls-key, or name its proxy with --trusted-proxies.";
    refuse(&ScimError::status(403, detail)).into_response()
}
