//! A SCIM client that hides nothing: every status, header and body as it came.

use std::time::Duration;

use serde_json::Value;
use ureq::Agent;
use ureq::http::{HeaderMap, Method, Request};

/// Someone who sends requests to one base URL, with or without a token.
#[derive(Clone)]
pub(crate) struct Client {
    agent: Agent,
    base: String,
    token: Option<String>,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    /// What was asked, for messages.
    asked: String,
    /// The HTTP status.
    pub(crate) status: u16,
    /// The headers.
    pub(crate) headers: HeaderMap,
    /// The body as it came.
    pub(crate) text: String,
}

impl Client {
    /// A client at a base URL.
    pub(crate) fn new(base: String, token: Option<&str>) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .allow_non_standard_methods(true)
            // The server hangs up on whoever is refused before the body was read; a connection kept for the next request
            // may be gone when that one is sent.
            .max_idle_connections(0)
            .timeout_global(Some(Duration::from_mins(1)))
            .build();
        Self { agent: config.into(), base, token: token.map(str::to_owned) }
    }

    /// The same client at another base path of the server, such as `/scim/v2`.
    pub(crate) fn below(&self, path: &str) -> Self {
        Self { base: format!("{}{path}", self.base), ..self.clone() }
    }

    /// The base URL.
    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    /// GET.
    pub(crate) fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[], None)
    }

    /// POST of JSON.
    pub(crate) fn post(&self, path: &str, body: impl Into<Value>) -> Answer {
        self.send_json("POST", path, &[], &body.into())
    }

    /// PUT of JSON.
    pub(crate) fn put(&self, path: &str, body: impl Into<Value>) -> Answer {
        self.send_json("PUT", path, &[], &body.into())
    }

    /// PATCH with a list of operations.
    pub(crate) fn patch(&self, path: &str, operations: impl Into<Value>) -> Answer {
        let body = serde_json::json!({ "schemas": [::scim::urn::PATCH], "Operations": operations.into() });
        self.send_json("PATCH", path, &[], &body)
    }

    /// DELETE.
    pub(crate) fn delete(&self, path: &str) -> Answer {
        self.send("DELETE", path, &[], None)
    }

    /// A query for resources; the filter is encoded.
    pub(crate) fn filter(&self, endpoint: &str, filter: &str) -> Answer {
        let query = serde_urlencoded::to_string([("filter", filter)]).expect("encodable");
        self.get(&format!("{endpoint}?{query}"))
    }

    /// Any method with JSON and more headers.
    pub(crate) fn send_json(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &Value) -> Answer {
        let mut all = vec![("content-type", "application/scim+json")];
        all.extend(headers);
        self.send(method, path, &all, Some(body.to_string().as_bytes()))
    }

    /// Any request.
    pub(crate) fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Option<&[u8]>) -> Answer {
        self.attempt(method, path, headers, body).unwrap_or_else(|error| panic!("{method} {path}: {error}"))
    }

    /// JSON for a server that may be gone; `None` when it does not answer.
    pub(crate) fn try_send(&self, method: &str, path: &str, body: &Value) -> Option<Answer> {
        let headers = [("content-type", "application/scim+json")];
        self.attempt(method, path, &headers, Some(body.to_string().as_bytes())).ok()
    }

    fn attempt(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&[u8]>,
    ) -> Result<Answer, ureq::Error> {
        let url = format!("{}{path}", self.base);
        let method = Method::from_bytes(method.as_bytes()).expect("a method");
        let mut request = Request::builder().method(method.clone()).uri(&url);
        if let Some(token) = &self.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let sent = match body {
            Some(body) => self.agent.run(request.body(body).expect("a request")),
            // Where a body may come, its length is said: a server that answers before it knows that there is none hangs up.
            None if !method.is_safe() => self.agent.run(request.body(&[][..]).expect("a request")),
            None => self.agent.run(request.body(()).expect("a request")),
        };
        let mut response = sent?;
        Ok(Answer {
            asked: format!("{method} {path}"),
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            text: response.body_mut().with_config().limit(256 << 20).read_to_string()?,
        })
    }
}

impl Answer {
    /// The body as JSON, after a look at the status. Null without a body.
    #[track_caller]
    pub(crate) fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}: {}", self.asked, self.text);
        self.json()
    }

    /// The body as JSON, whatever the status; null without a body.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        if self.text.is_empty() {
            return Value::Null;
        }
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("{}: no JSON: {}", self.asked, self.text))
    }

    /// A refusal: its status, keyword (empty without one) and a word of its detail. What RFC 7644 §3.12 says of
    /// error bodies is looked at each time.
    #[track_caller]
    pub(crate) fn refused(&self, status: u16, keyword: &str, word: &str) -> String {
        let body = self.expect(status);
        let detail = body["detail"].as_str().unwrap_or_default().to_owned();
        assert_eq!(body["schemas"], serde_json::json!([::scim::urn::ERROR]), "{}", self.asked);
        assert_eq!(body["status"], status.to_string(), "{}: status is text", self.asked);
        assert_eq!(body["scimType"].as_str().unwrap_or_default(), keyword, "{}: {detail}", self.asked);
        assert!(detail.contains(word), "{}: \"{detail}\" does not say \"{word}\"", self.asked);
        assert_eq!(self.header("content-type"), "application/scim+json", "{}", self.asked);
        detail
    }

    /// A header; empty without it.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}
