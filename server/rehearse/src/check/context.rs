//! What checks have at hand: requests, people and groups of their own, and words for what is wrong.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};

use super::Fault;
use crate::transport::{Answer, Client, Request, Target, escaped};

/// Letters of a request or answer that are shown.
const SHOWN: usize = 700;

/// Why a check did not pass.
pub(super) enum Problem {
    /// The answer breaks the rule.
    Wrong(Fault),
    /// What the check needs could not be made, or does not exist here.
    Impossible(String),
}

/// See the module.
pub(super) struct Context<'c> {
    pub(super) client: &'c Client<'c>,
    pub(super) target: &'c Target,
    marker: &'c str,
    count: AtomicUsize,
    /// Paths of what was made, in order.
    made: Mutex<Vec<String>>,
}

/// A request and its answer.
pub(super) struct Exchange {
    request: Request,
    pub(super) answer: Answer,
}

impl<'c> Context<'c> {
    pub(super) fn new(client: &'c Client<'c>, target: &'c Target, marker: &'c str) -> Self {
        Self { client, target, marker, count: AtomicUsize::new(0), made: Mutex::default() }
    }

    /// A name that nobody has.
    pub(super) fn name(&self) -> String {
        format!("{}-{}", self.marker, self.count.fetch_add(1, Ordering::Relaxed))
    }

    /// Sends a request. What it creates is removed at the end.
    pub(super) fn ask(&self, request: Request) -> Result<Exchange, Problem> {
        match self.client.send(&request) {
            Ok(answer) => {
                if request.method == "POST" && answer.status < 300 {
                    self.remember(&request.path, &answer);
                }
                Ok(Exchange { request, answer })
            }
            Err(error) => {
                let sent = shown(&request);
                Err(Problem::Wrong(Fault {
                    sent,
                    came: format!("no answer: {error}"),
                    expected: "an answer".to_owned(),
                }))
            }
        }
    }

    fn remember(&self, endpoint: &str, answer: &Answer) {
        if let Some(id) = answer.json()["id"].as_str() {
            let path = format!("{}/{id}", endpoint.trim_end_matches('/'));
            self.made.lock().unwrap_or_else(PoisonError::into_inner).push(path);
        }
    }

    pub(super) fn get(&self, path: impl Into<String>) -> Result<Exchange, Problem> {
        self.ask(Request::get(path))
    }

    pub(super) fn post(&self, path: &str, body: Value) -> Result<Exchange, Problem> {
        self.ask(Request::with_body("POST", path, body))
    }

    pub(super) fn patch(&self, path: &str, operations: Value) -> Result<Exchange, Problem> {
        let body = json!({ "schemas": [scim::urn::PATCH], "Operations": operations });
        self.ask(Request::with_body("PATCH", path, body))
    }

    pub(super) fn delete(&self, path: &str) -> Result<Exchange, Problem> {
        self.ask(Request::delete(path))
    }

    /// A query with a filter.
    pub(super) fn filter(&self, endpoint: &str, filter: &str) -> Result<Exchange, Problem> {
        self.get(format!("{endpoint}?filter={}", escaped(filter, "%20")))
    }

    /// A person, made for this check: the path and the resource.
    pub(super) fn user(&self, more: Value) -> Result<(String, Value), Problem> {
        let name = self.name();
        let mut body = json!({
            "schemas": [scim::urn::USER],
            "userName": format!("{name}@check.example"),
            "externalId": name,
            "displayName": "Zoë Check",
            "name": { "givenName": "Zoë", "familyName": "Check" },
            "emails": [{ "type": "work", "value": format!("{name}@check.example"), "primary": true }],
            "active": true,
        });
        merge(&mut body, more);
        self.made_at("/Users", body)
    }

    /// A group, made for this check.
    pub(super) fn group(&self, more: Value) -> Result<(String, Value), Problem> {
        let mut body = json!({ "schemas": [scim::urn::GROUP], "displayName": self.name() });
        merge(&mut body, more);
        self.made_at("/Groups", body)
    }

    fn made_at(&self, endpoint: &str, body: Value) -> Result<(String, Value), Problem> {
        let made = self.post(endpoint, body)?;
        let resource = made.answer.json();
        match resource["id"].as_str() {
            Some(id) if made.answer.status < 300 => Ok((format!("{endpoint}/{id}"), resource)),
            _ => Err(Problem::Impossible(format!("POST {endpoint} was answered {}", made.answer.reason()))),
        }
    }

    /// Removes all that was made, the last first.
    pub(super) fn clean_up(&self) {
        let made = std::mem::take(&mut *self.made.lock().unwrap_or_else(PoisonError::into_inner));
        for path in made.into_iter().rev() {
            // What a check has deleted itself is answered 404.
            let _ = self.client.send(&Request::delete(path));
        }
    }
}

fn merge(body: &mut Value, more: Value) {
    if let (Some(body), Value::Object(more)) = (body.as_object_mut(), more) {
        body.extend(more);
    }
}

impl Exchange {
    /// The body.
    pub(super) fn json(&self) -> Value {
        self.answer.json()
    }

    /// Says what should have come.
    pub(super) fn wrong(&self, expected: impl Into<String>) -> Problem {
        let type_ = self.answer.header("content-type").unwrap_or("no content type");
        let came = format!("{} ({type_}) {}", self.answer.status, self.answer.text);
        Problem::Wrong(Fault { sent: shown(&self.request), came: short(&came), expected: expected.into() })
    }

    /// Passes when `holds`.
    pub(super) fn expect(&self, holds: bool, expected: impl Into<String>) -> Result<&Self, Problem> {
        if holds { Ok(self) } else { Err(self.wrong(expected)) }
    }

    /// Passes with one of these statuses.
    pub(super) fn status(&self, statuses: &[u16]) -> Result<&Self, Problem> {
        let words: Vec<String> = statuses.iter().map(u16::to_string).collect();
        self.expect(statuses.contains(&self.answer.status), format!("status {}", words.join(" or ")))
    }

    /// Passes as a list response with so many results.
    pub(super) fn total(&self, total: u64) -> Result<&Self, Problem> {
        let found = self.json()["totalResults"].as_u64();
        self.expect(self.answer.status == 200 && found == Some(total), format!("200 with totalResults {total}"))
    }

    /// Passes as a refusal with this status and keyword.
    pub(super) fn refusal(&self, status: u16, keyword: &str) -> Result<&Self, Problem> {
        let right = self.answer.status == status && self.json()["scimType"] == keyword;
        self.expect(right, format!("{status} with scimType {keyword}"))
    }
}

fn shown(request: &Request) -> String {
    let body = request.body.as_ref().map(|body| format!(" {body}")).unwrap_or_default();
    let raw = request.raw.as_ref().map(|raw| format!(" {raw}")).unwrap_or_default();
    short(&format!("{} {}{body}{raw}", request.method, request.path))
}

fn short(text: &str) -> String {
    if text.chars().count() <= SHOWN { text.to_owned() } else { text.chars().take(SHOWN).chain(['…']).collect() }
}
