//! Answers: the only place where the outcome of a request becomes an HTTP status.

use axum::body::Body;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, LOCATION, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use scim::ScimError;
use serde_json::Value;
use store::StoreError;

const SCIM_JSON: &str = "application/scim+json";

/// Why a request was not done.
#[derive(Debug)]
pub(super) enum Failure {
    /// The protocol refuses it.
    Scim(ScimError),
    /// Storage could not do it.
    Store(StoreError),
}

impl From<ScimError> for Failure {
    fn from(error: ScimError) -> Self {
        Self::Scim(error)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl Failure {
    /// As the protocol says it. The database's own words go to the log, never to the client.
    pub(super) fn into_scim(self) -> ScimError {
        match self {
            Self::Scim(error) => error,
            Self::Store(StoreError::Conflict(attribute)) => ScimError::uniqueness(attribute),
            Self::Store(StoreError::UnknownMember(id)) => ScimError::invalid_value(format!(
                "members: there is no user or group with the id {id}. Create it first, then add it."
            )),
            Self::Store(error @ (StoreError::Unavailable(_) | StoreError::Stale)) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "answered 503");
                ScimError::status(503, "The server cannot store this now. Try again.")
            }
            Self::Store(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "answered 500");
                ScimError::status(500, "The server could not do this. Its log says why.")
            }
        }
    }
}

impl From<Failure> for Response {
    fn from(failure: Failure) -> Self {
        scim_error(&failure.into_scim())
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        self.into()
    }
}

/// An error as a response.
pub(crate) fn scim_error(error: &ScimError) -> Response {
    let mut response = json(error.status, &error.to_json());
    // The provisioning log tells why.
    response.extensions_mut().insert(error.clone());
    if error.status == 503 {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("3"));
    }
    response
}

/// A body with a status.
pub(super) fn json(status: u16, body: &Value) -> Response {
    let mut response = Response::new(Body::from(serde_json::to_vec(body).unwrap_or_default()));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(SCIM_JSON));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// What an operation on one resource came to.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Outcome {
    pub(super) status: u16,
    pub(super) body: Option<Value>,
    pub(super) id: String,
    pub(super) location: Option<String>,
    pub(super) version: Option<String>,
}

impl IntoResponse for Outcome {
    fn into_response(self) -> Response {
        let mut response = match &self.body {
            Some(body) => json(self.status, body),
            None => StatusCode::from_u16(self.status).unwrap_or(StatusCode::NO_CONTENT).into_response(),
        };
        let mut put = |name, value: Option<String>| {
            if let Some(value) = value.and_then(|value| HeaderValue::from_str(&value).ok()) {
                response.headers_mut().insert(name, value);
            }
        };
        put(ETAG, self.version);
        // RFC 7644 §3.3: a created resource's URI stands in Location.
        put(LOCATION, self.location);
        response
    }
}
