//! A request that a proxy and this server could read differently is refused, and so is the rest of its connection: what one
//! of the two takes for the end of a request would be the beginning of another's (RFC 9112 §11.2).

use axum::extract::Request;
use axum::http::header::{CONNECTION, CONTENT_LENGTH, HOST, TRANSFER_ENCODING};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Version};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use scim::ScimError;

use crate::endpoint;

const LENGTHS: &str = "Send Content-Length or Transfer-Encoding, not both.";
const HOSTS: &str = "Send one Host header, with the host that you mean.";

/// Lets through what has one reading.
pub(crate) async fn one_reading(request: Request, next: Next) -> Response {
    let Some(fault) = fault(request.version(), request.headers()) else { return next.run(request).await };
    let mut response = if request.uri().path().starts_with("/scim") {
        endpoint::refuse(&ScimError::status(400, fault))
    } else {
        (StatusCode::BAD_REQUEST, format!("{fault}\n")).into_response()
    };
    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    response
}

fn fault(version: Version, headers: &HeaderMap) -> Option<&'static str> {
    if version != Version::HTTP_11 {
        return None;
    }
    // RFC 9112 §6.3: it "ought to be handled as an error".
    if headers.contains_key(CONTENT_LENGTH) && headers.contains_key(TRANSFER_ENCODING) {
        return Some(LENGTHS);
    }
    // RFC 9112 §3.2: 400 to a request without a Host header, with more than one, or with one that is no host.
    let mut hosts = headers.get_all(HOST).iter();
    let host = hosts.next().and_then(|host| host.to_str().ok()?.parse::<Authority>().ok());
    // A comma may stand in a name, but it is what a proxy writes that joins two lines.
    let is_host = host.is_some_and(|host| !host.as_str().contains(['@', ',']));
    if is_host && hosts.next().is_none() { None } else { Some(HOSTS) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault_of(lines: &[(&'static str, &'static str)]) -> Option<&'static str> {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(*name, HeaderValue::from_static(value));
        }
        fault(Version::HTTP_11, &headers)
    }

    #[test]
    fn one_host_and_one_length_are_a_request() {
        for host in ["x.test", "127.0.0.1:3000", "[::1]:3000", "console"] {
            assert_eq!(fault_of(&[("host", host), ("content-length", "1")]), None, "{host}");
        }
        for host in ["", "a b", "a,b", "a/b", "ada@x.test"] {
            assert_eq!(fault_of(&[("host", host)]), Some(HOSTS), "{host}");
        }
        assert_eq!(fault_of(&[]), Some(HOSTS));
        assert_eq!(fault_of(&[("host", "x.test"), ("host", "x.test")]), Some(HOSTS));
        let both = [("host", "x.test"), ("content-length", "1"), ("transfer-encoding", "chunked")];
        assert_eq!(fault_of(&both), Some(LENGTHS));
        assert_eq!(fault_of(&[("host", "x.test"), ("transfer-encoding", "chunked")]), None);
        assert_eq!(fault(Version::HTTP_10, &HeaderMap::new()), None, "which knew no hosts");
    }
}
