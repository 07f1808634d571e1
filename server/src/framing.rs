//! A request that a proxy and this server could take for two hosts' is refused, and so is the rest of its connection. Of two
//! lengths hyper takes the chunks and hangs up behind them (RFC 9112 §6.3).

use axum::extract::Request;
use axum::http::header::{CONNECTION, HOST};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Version};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use scim::ScimError;

use crate::endpoint;

const HOSTS: &str = "Send one Host header, with the host that you mean.";

/// Lets through what is for one host.
pub(crate) async fn one_host(request: Request, next: Next) -> Response {
    if has_one_host(request.version(), request.headers()) {
        return next.run(request).await;
    }
    let mut response = if request.uri().path().starts_with("/scim") {
        endpoint::refuse(&ScimError::status(400, HOSTS))
    } else {
        (StatusCode::BAD_REQUEST, format!("{HOSTS}\n")).into_response()
    };
    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    response
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
