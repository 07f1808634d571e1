//! What could be read in two ways is refused. A request that a proxy and this server could take for two hosts' is, and so is
//! the rest of its connection; and so are bodies that would have to be unpacked first. Of two lengths hyper takes the chunks
//! and hangs up behind them (RFC 9112 §6.3).

use axum::extract::{OriginalUri, Request};
use axum::http::header::{CONNECTION, CONTENT_ENCODING, HOST};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Version};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use scim::ScimError;

use crate::endpoint;

const HOSTS: &str = "Send one Host header, with the host that you mean.";
const PACKED: &str = "Content-Encoding: send the body as it is, not compressed.";

/// Lets through what is for one host.
pub(crate) async fn one_host(request: Request, next: Next) -> Response {
    if has_one_host(request.version(), request.headers()) {
        return next.run(request).await;
    }
    let mut response = refusal(&request, StatusCode::BAD_REQUEST, HOSTS);
    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    response
}

/// Lets through bodies that are what they seem. RFC 9110 §8.4: what is not decoded is refused; a small body could be a large
/// one within.
pub(crate) async fn unpacked(request: Request, next: Next) -> Response {
    let takes_a_body = [Method::POST, Method::PUT, Method::PATCH].contains(request.method());
    if takes_a_body && is_packed(request.headers()) {
        return refusal(&request, StatusCode::UNSUPPORTED_MEDIA_TYPE, PACKED);
    }
    next.run(request).await
}

fn is_packed(headers: &HeaderMap) -> bool {
    headers.get_all(CONTENT_ENCODING).iter().any(|coding| !coding.as_bytes().eq_ignore_ascii_case(b"identity"))
}

fn refusal(request: &Request, status: StatusCode, words: &str) -> Response {
    let uri = request.extensions().get::<OriginalUri>().map_or(request.uri(), |original| &original.0);
    if uri.path().starts_with("/scim") {
        endpoint::refuse(&ScimError::status(status.as_u16(), words))
    } else {
        (status, format!("{words}\n")).into_response()
    }
}

fn has_one_host(version: Version, headers: &HeaderMap) -> bool {
    if version != Version::HTTP_11 {
        return true;
    }
    // RFC 9112 §3.2: 400 to a request without a Host header, with more than one, or with one that is no host.
    let mut hosts = headers.get_all(HOST).iter();
    let host = hosts.next().and_then(|host| host.to_str().ok()?.parse::<Authority>().ok());
    // A comma may stand in a name, but it is what a proxy writes that joins two lines.
    let is_host = host.is_some_and(|host| !host.as_str().contains(['@', ',']));
    is_host && hosts.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(hosts: &[&'static str]) -> bool {
        let mut headers = HeaderMap::new();
        for host in hosts {
            headers.append(HOST, HeaderValue::from_static(host));
        }
        has_one_host(Version::HTTP_11, &headers)
    }

    #[test]
    fn one_host_is_one_host() {
        for host in ["x.test", "127.0.0.1:3000", "[::1]:3000", "console"] {
            assert!(of(&[host]), "{host}");
        }
        for host in ["", "a b", "a,b", "a/b", "ada@x.test"] {
            assert!(!of(&[host]), "{host}");
        }
        assert!(!of(&[]) && !of(&["x.test", "x.test"]));
        assert!(has_one_host(Version::HTTP_10, &HeaderMap::new()), "which knew no hosts");
    }
}
