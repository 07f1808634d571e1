//! Requests and answers, without saying how they travel.

mod client;
mod http_transport;

use std::time::Duration;

use serde_json::Value;

pub use client::{Client, Patience, Timings};
pub use http_transport::{HttpTransport, Target};

/// One SCIM request.
#[derive(Debug, Clone)]
pub struct Request {
    /// GET, POST, PUT, PATCH or DELETE.
    pub method: &'static str,
    /// Below the base URL, with its query: `/Users?filter=…`.
    pub path: String,
    /// The body.
    pub body: Option<Value>,
    /// A body that is no JSON, to see what becomes of it.
    pub raw: Option<String>,
    /// Beyond authorization and content type, or in their place.
    pub headers: Vec<(&'static str, String)>,
}

impl Request {
    /// A request without body.
    pub fn new(method: &'static str, path: impl Into<String>) -> Self {
        Self { method, path: path.into(), body: None, raw: None, headers: Vec::new() }
    }

    /// GET.
    pub fn get(path: impl Into<String>) -> Self {
        Self::new("GET", path)
    }

    /// DELETE.
    pub fn delete(path: impl Into<String>) -> Self {
        Self::new("DELETE", path)
    }

    /// A request with a body.
    pub fn with_body(method: &'static str, path: impl Into<String>, body: Value) -> Self {
        Self { body: Some(body), ..Self::new(method, path) }
    }

    /// A request with a body that may be anything.
    pub fn with_raw(method: &'static str, path: impl Into<String>, body: impl Into<String>) -> Self {
        Self { raw: Some(body.into()), ..Self::new(method, path) }
    }

    /// The body as it travels.
    pub fn text(&self) -> Option<String> {
        self.raw.clone().or_else(|| self.body.as_ref().map(Value::to_string))
    }

    /// The same request with another header.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

/// What came back.
#[derive(Debug, Clone, Default)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// Header names in lower case, and their values.
    pub headers: Vec<(String, String)>,
    /// The body as text.
    pub text: String,
}

impl Answer {
    /// A header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// The body as JSON; null when it is none.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or(Value::Null)
    }

    /// The error's own words, or the status.
    pub fn reason(&self) -> String {
        let body = self.json();
        let keyword = body["scimType"].as_str().map(|keyword| format!(" {keyword}")).unwrap_or_default();
        match body["detail"].as_str() {
            Some(detail) => format!("{}{keyword}: {detail}", self.status),
            None => format!("{}{keyword}", self.status),
        }
    }
}

/// A way to a SCIM server.
pub trait Transport: Sync {
    /// Sends a request once; the error says why no answer came.
    fn send(&self, request: &Request) -> Result<Answer, String>;
}

/// Time, so that tests need none of it.
pub trait Timer: Sync {
    /// Since some fixed moment.
    fn now(&self) -> Duration;
    /// Waits.
    fn sleep(&self, time: Duration);
}

/// Real time.
#[derive(Debug)]
pub struct SystemTimer(std::time::Instant);

impl SystemTimer {
    /// Counts from now on.
    #[expect(clippy::new_without_default, reason = "a moment is no default")]
    pub fn new() -> Self {
        Self(std::time::Instant::now())
    }
}

impl Timer for SystemTimer {
    fn now(&self) -> Duration {
        self.0.elapsed()
    }

    fn sleep(&self, time: Duration) {
        std::thread::sleep(time);
    }
}

/// Text as it stands in a query: everything but RFC 3986's unreserved characters is escaped, a space becomes `space`.
pub fn escaped(text: &str, space: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for byte in text.bytes() {
        match byte {
            b' ' => out.push_str(space),
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(char::from(byte)),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

/// Text as a string within a filter. RFC 7644 §3.4.2.2: values are JSON, so quotes and backslashes are escaped.
pub fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}
