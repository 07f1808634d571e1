//! SAML 2.0 sign-on: the service provider.
//!
//! [`verify`] is the one place where a response becomes an assertion that can be relied on. What surrounds it are the
//! endpoints under `/saml`, the page that employees see, and the settings that admins and the command line make.

pub mod address;
mod callback;
pub mod certificate;
pub mod expiry;
mod fix;
mod login;
mod message;
pub mod metadata;
mod record;
mod refusal;
mod secret;
pub mod setup;
mod trial;
pub mod verify;
mod xml;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};

pub(crate) use login::{ANEW, Purpose, send_away};
pub(crate) use record::end_session as end_employee_session;
pub use refusal::{Check, Refusal};

use crate::state::AppState;

/// A message of the largest size in base64, encoded for a form.
const MAX_FORM_SIZE: usize = 256 * 1024;

/// Pages and forms of our own. The console's layers protect them.
pub(crate) fn pages() -> Router<AppState> {
    Router::new()
        .route("/saml/{instance_id}/login", get(login::begin))
        .route("/saml/{instance_id}/metadata", get(login::metadata))
        .route(record::ADDRESS, get(record::show))
        .route("/my-record/sign-out", post(record::sign_out))
}

/// What identity providers post to. It comes from other sites by nature, so it stays outside the layer that refuses that;
/// what protects it is the signature, and the request that the browser made.
pub(crate) fn callbacks() -> Router<AppState> {
    Router::new()
        .route("/saml/{instance_id}/callback", post(callback::receive))
        .layer(DefaultBodyLimit::max(MAX_FORM_SIZE))
}
