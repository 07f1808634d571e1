//! What a page cannot do, and the one place where that becomes a status and a page that says what to do.

use axum::extract::{FromRequestParts, Request, State};
use axum::http::HeaderValue;
use axum::http::StatusCode;
use axum::http::header::{ALLOW, RETRY_AFTER};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use store::StoreError;
use tower_sessions::session::Error as SessionError;

use super::page::Visitor;
use crate::state::AppState;

/// Why there is no page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ConsoleError {
    /// There is nothing at the address, or it belongs to another company.
    NotFound,
    /// The address does not take this kind of request.
    WrongMethod,
    /// The account's role does not allow it.
    Forbidden,
    /// As [`Self::Forbidden`], of what concerns accounts.
    NoAccounts,
    /// As [`Self::Forbidden`], of accounts that may do more than the one who asks.
    BeyondOwnRole,
    /// As [`Self::Forbidden`], of what holds for all accounts.
    AdminsOnly,
    /// The account's role does not open the audit log.
    AuditForbidden,
    /// The form could not be read.
    BadForm,
    /// A filter means nothing here, and what was asked for would be more than was meant.
    BadFilter,
    /// Too much is asked for from one place.
    TooMany,
    /// The database does not answer.
    Unavailable,
    /// Something is wrong with the server; its log says what.
    Broken,
}

impl From<StoreError> for ConsoleError {
    fn from(error: StoreError) -> Self {
        if let StoreError::Unavailable(_) = &error {
            tracing::warn!(error = &error as &dyn std::error::Error, "answered 503");
            Self::Unavailable
        } else {
            tracing::error!(error = &error as &dyn std::error::Error, "answered 500");
            Self::Broken
        }
    }
}

impl From<SessionError> for ConsoleError {
    /// The session store has logged why.
    fn from(_: SessionError) -> Self {
        Self::Unavailable
    }
}

impl ConsoleError {
    pub(super) fn status(self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::WrongMethod => StatusCode::METHOD_NOT_ALLOWED,
            Self::Forbidden | Self::NoAccounts | Self::BeyondOwnRole | Self::AdminsOnly | Self::AuditForbidden => {
                StatusCode::FORBIDDEN
            }
            Self::BadForm | Self::BadFilter => StatusCode::BAD_REQUEST,
            Self::TooMany => StatusCode::TOO_MANY_REQUESTS,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::Broken => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// A title, and what to do.
    pub(super) fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::NotFound => ("Nothing here", "There is no page at this address, or it has been removed."),
            Self::WrongMethod => ("This cannot be done here", "Go back and use the buttons of the page."),
            Self::Forbidden => (
                "Your role does not allow this",
                "Integrations are managed by the roles Admin and IT. Ask an admin of your company.",
            ),
            Self::NoAccounts => (
                "Your role does not allow this",
                "Accounts are managed by the roles Admin and Power. Ask an admin of your company.",
            ),
            Self::BeyondOwnRole => (
                "Your role does not allow this",
                "Accounts with the roles Admin and IT are managed by admins only. Ask an admin of your company.",
            ),
            Self::AdminsOnly => (
                "Your role does not allow this",
                "What holds for all accounts is decided by admins. Ask an admin of your company.",
            ),
            Self::AuditForbidden => (
                "Your role does not allow this",
                "The audit log, and files of the provisioning log, are for the roles Admin, IT and Power. Ask an admin of your company.",
            ),
            Self::BadForm => ("The form could not be read", "Go back, reload the page and try again."),
            Self::BadFilter => {
                ("A filter was not understood", "Nothing was exported. Go back to the log: it says which filter it is.")
            }
            Self::TooMany => (
                "Too many sign-ons at once",
                "More people sign in from your network than is usual. Wait a few seconds and try again.",
            ),
            Self::Unavailable => (
                "The server is busy",
                "Its database does not answer at the moment. Nothing was changed; try again in a few seconds.",
            ),
            Self::Broken => ("Something went wrong", "Nothing was changed. The server's log says why."),
        }
    }
}

/// Carries the error to [`pages`], which knows who is asking.
impl IntoResponse for ConsoleError {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// Turns errors into pages.
pub(super) async fn pages(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let visitor = match Visitor::from_request_parts(&mut parts, &state).await {
        Ok(visitor) => visitor,
        Err(refusal) => return refusal,
    };
    let response = next.run(Request::from_parts(parts, body)).await;
    match response.extensions().get::<ConsoleError>().copied() {
        None => response,
        Some(error) => {
            let allow = response.headers().get(ALLOW).cloned();
            let mut page = visitor.refuse(&error).await;
            if let Some(allow) = allow {
                page.headers_mut().insert(ALLOW, allow);
            }
            if matches!(error, ConsoleError::Unavailable | ConsoleError::TooMany) {
                page.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("3"));
            }
            page
        }
    }
}

pub(super) async fn not_found() -> ConsoleError {
    ConsoleError::NotFound
}

pub(super) async fn wrong_method() -> ConsoleError {
    ConsoleError::WrongMethod
}
