//! HTTP and TLS to one server and no other.

use std::net::IpAddr;
use std::time::Duration;

use http::Uri;

use super::{Answer, Request, Transport};

/// Okta gives up after 60 seconds; nobody waits longer.
const TIMEOUT: Duration = Duration::from_mins(1);
/// More than a full page of large groups.
const MAX_BODY: u64 = 256 << 20;

/// The base URL of a SCIM server.
#[derive(Debug, Clone)]
pub struct Target {
    base: String,
    host: String,
    port: u16,
    /// A query that Azure's Tenant URL may carry, such as `aadOptscim062020`.
    flag: Option<String>,
}

impl Target {
    /// Reads `https://host[:port]/path`, with or without a slash at its end.
    pub fn parse(url: &str) -> Result<Self, String> {
        let wrong = || format!("{url} is not the address of a SCIM server, such as https://console.example.com/scim");
        let uri: Uri = url.trim().parse().map_err(|_| wrong())?;
        let (Some(scheme @ ("http" | "https")), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
            return Err(wrong());
        };
        if authority.as_str().contains('@') {
            return Err("put no password into the address; the token is read from standard input".to_owned());
        }
        let host = authority.host().trim_matches(['[', ']']).to_owned();
        let base = format!("{scheme}://{authority}{}", uri.path().trim_end_matches('/'));
        let port = authority.port_u16().unwrap_or(if scheme == "https" { 443 } else { 80 });
        Ok(Self { base, host, port, flag: uri.query().map(str::to_owned) })
    }

    /// Without a slash at its end and without query.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// The name or address that is talked to.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port that is talked to.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Whether requests are encrypted.
    pub fn is_https(&self) -> bool {
        self.base.starts_with("https:")
    }

    /// Whether it is this machine.
    pub fn is_loopback(&self) -> bool {
        self.host.eq_ignore_ascii_case("localhost")
            || self.host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
    }
}

/// Sends requests with a bearer token to one base URL. Redirects are not followed: a token goes where it was sent to.
pub struct HttpTransport {
    agent: ureq::Agent,
    target: Target,
    token: String,
}

impl HttpTransport {
    /// A way to `target` for whoever holds `token`.
    pub fn new(target: Target, token: String) -> Self {
        let config = ureq::Agent::config_builder()
            .timeout_global(Some(TIMEOUT))
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .allow_non_standard_methods(true)
            // A proxy of the environment would be another host that sees the token.
            .proxy(None)
            .build();
        Self { agent: ureq::Agent::new_with_config(config), target, token }
    }
}

impl Transport for HttpTransport {
    fn send(&self, request: &Request) -> Result<Answer, String> {
        let mut url = format!("{}{}", self.target.base, request.path);
        if let Some(flag) = &self.target.flag {
            url = format!("{url}{}{flag}", if request.path.contains('?') { '&' } else { '?' });
        }
        let mut builder = http::Request::builder().method(request.method).uri(url);
        let own = |name: &str| request.headers.iter().any(|(key, _)| key.eq_ignore_ascii_case(name));
        if !own("authorization") {
            builder = builder.header("authorization", format!("Bearer {}", self.token));
        }
        if !own("accept") {
            builder = builder.header("accept", "application/scim+json");
        }
        if request.text().is_some() && !own("content-type") {
            builder = builder.header("content-type", "application/scim+json; charset=utf-8");
        }
        for (name, value) in request.headers.iter().filter(|(_, value)| !value.is_empty()) {
            builder = builder.header(*name, value);
        }
        let sent = match request.text() {
            Some(text) => self.agent.run(builder.body(text).map_err(|error| error.to_string())?),
            None => self.agent.run(builder.body(()).map_err(|error| error.to_string())?),
        };
        let mut response = sent.map_err(|error| error.to_string())?;
        let text = |value: &http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        let headers = response.headers().iter().map(|(name, value)| (name.as_str().to_owned(), text(value))).collect();
        let status = response.status().as_u16();
        let body = response.body_mut().with_config().limit(MAX_BODY).read_to_string();
        Ok(Answer { status, headers, text: body.map_err(|error| error.to_string())? })
    }
}

#[cfg(test)]
mod tests {
    use super::Target;

    #[test]
    fn reads_addresses() {
        let target = Target::parse("https://console.example.com/scim/?aadOptscim062020").expect("an address");
        assert_eq!((target.base(), target.host()), ("https://console.example.com/scim", "console.example.com"));
        assert!(target.is_https() && !target.is_loopback() && target.port() == 443);
        for url in ["http://127.0.0.1:3000/scim", "http://localhost/scim", "http://[::1]:3000/scim"] {
            assert!(Target::parse(url).expect("an address").is_loopback(), "{url}");
        }
        for url in ["", "console.example.com", "ftp://x/scim", "/scim", "https://me:secret@x.test/scim"] {
            assert!(Target::parse(url).is_err(), "{url}");
        }
        assert!(!Target::parse("http://localhost.example.com/scim").expect("an address").is_loopback());
    }
}
