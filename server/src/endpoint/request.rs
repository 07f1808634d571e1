//! Reading requests: content type, length, JSON, query string.

use axum::body::Body;
use axum::extract::{FromRequestParts, Path};
use axum::http::header::{CONTENT_TYPE, IF_MATCH, IF_NONE_MATCH};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName};
use futures::StreamExt;
use scim::bulk::MAX_PAYLOAD_SIZE;
use scim::{ScimError, json};
use serde_json::{Map, Value};
use store::tokens::TokenContext;

use super::response::Failure;
use super::trace::Trace;
use crate::state::AppState;

/// Who asks, and what of the request matters beside its body.
#[derive(Debug, Clone)]
pub(super) struct Call {
    /// Whom the token speaks for.
    pub(super) context: TokenContext,
    /// The SCIM base URL as the client wrote it, without a slash at its end: links lead back the same way.
    pub(super) base: String,
    /// The query string's parameters.
    pub(super) query: Vec<(String, String)>,
    /// `If-Match`.
    pub(super) if_match: Option<String>,
    /// `If-None-Match`.
    pub(super) if_none_match: Option<String>,
    /// What the provisioning log is told about it.
    pub(super) trace: Trace,
}

impl FromRequestParts<AppState> for Call {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Failure> {
        let context = parts
            .extensions
            .get::<TokenContext>()
            .cloned()
            .ok_or_else(|| ScimError::status(401, "The request was not authenticated."))?;
        let trace = parts
            .extensions
            .get::<Trace>()
            .cloned()
            .unwrap_or_else(|| Trace::start(&parts.method, &parts.uri, &parts.headers, None));
        let original = parts.extensions.get::<axum::extract::OriginalUri>().map_or(&parts.uri, |original| &original.0);
        let version = if original.path().starts_with("/scim/v2") { "/v2" } else { "" };
        let header = |name: HeaderName| text_header(&parts.headers, &name);
        Ok(Self {
            context,
            base: format!("{}{version}", state.config.scim_url()),
            query: query_parameters(original.query().unwrap_or_default()),
            if_match: header(IF_MATCH),
            if_none_match: header(IF_NONE_MATCH),
            trace,
        })
    }
}

/// The id in the path. What is no text cannot be the id of anything.
pub(super) struct Id(pub(super) String);

impl FromRequestParts<AppState> for Id {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Failure> {
        let path = Path::<String>::from_request_parts(parts, state).await;
        path.map(|Path(id)| Self(id)).map_err(|_| ScimError::not_found("This resource").into())
    }
}

fn text_header(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    let text = headers.get(name)?.to_str().ok()?;
    Some(text.chars().take(200).collect())
}

/// `application/x-www-form-urlencoded`, in which `+` is a space: that is how Azure writes filters.
fn query_parameters(query: &str) -> Vec<(String, String)> {
    serde_urlencoded::from_str(query).unwrap_or_default()
}

/// The body as a JSON object.
pub(super) async fn object(call: &Call, headers: &HeaderMap, body: Body) -> Result<Map<String, Value>, ScimError> {
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let media_type = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if !["application/scim+json", "application/json"].contains(&media_type.as_str()) {
        return Err(ScimError::status(415, "Content-Type: send application/scim+json."));
    }
    let bytes = read(body).await?;
    let object = json::parse_object(&bytes).inspect_err(|_| call.trace.sent_unreadable(bytes.len()))?;
    let body = Value::Object(object);
    call.trace.sent(&body);
    match body {
        Value::Object(object) => Ok(object),
        _ => Ok(Map::new()),
    }
}

/// Of a body that is too long, this much more is read and forgotten before the answer: a client that is still sending
/// would see a broken connection in its place.
const READ_ON: usize = 4 * MAX_PAYLOAD_SIZE;

async fn read(body: Body) -> Result<Vec<u8>, ScimError> {
    let (mut bytes, mut length) = (Vec::new(), 0);
    let mut chunks = body.into_data_stream();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|_| ScimError::invalid_syntax("The body ended before it was whole."))?;
        length += chunk.len();
        if length <= MAX_PAYLOAD_SIZE {
            bytes.extend_from_slice(&chunk);
        } else if length > READ_ON {
            break;
        }
    }
    if length > MAX_PAYLOAD_SIZE {
        let detail = format!("The body is larger than {MAX_PAYLOAD_SIZE} bytes. Send less at once.");
        return Err(ScimError::status(413, detail));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plus_is_a_space() {
        let wanted = ("filter".to_owned(), "userName eq \"a@b.c\"".to_owned());
        assert_eq!(query_parameters("aadOptscim062020&filter=userName+eq+%22a%40b.c%22").last(), Some(&wanted));
        assert_eq!(query_parameters("filter=userName%20eq%20%22a%40b.c%22"), [wanted]);
    }
}
