//! The log: one line a request, on standard error, without query strings, bodies, tokens or names. Each request has an
//! id, which its answer carries too.

use std::hash::{BuildHasher, RandomState};
use std::io::IsTerminal;
use std::str::FromStr;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Instant, SystemTime};

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use tracing_subscriber::EnvFilter;

use crate::state::AppState;
use crate::traces::Answered;

/// The id of a request: the client's own, or one that is made here.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// Azure's id of a request, which it likes to find in the answer.
const CLIENT_REQUEST_ID: HeaderName = HeaderName::from_static("client-request-id");
/// Longer ids are not kept.
const MAX_ID: usize = 100;

/// How lines are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Format {
    /// For people.
    #[default]
    Text,
    /// A JSON object a line.
    Json,
}

impl FromStr for Format {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        match name {
            "text" => Ok(Self::Text),
            "json" => Ok(Self::Json),
            _ => Err(format!("the log's format must be text or json, not {name}")),
        }
    }
}

/// Starts logging. `SPACEIQ_LOG` sets the filter, for example `debug` or `warn,server=info`.
pub fn start(format: Format) {
    let filter = EnvFilter::try_from_env("SPACEIQ_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false);
    match format {
        Format::Text => log.with_ansi(std::io::stderr().is_terminal()).init(),
        Format::Json => log.json().flatten_event(true).init(),
    }
}

/// Logs and counts the request once it is answered. The route's pattern stands for its path, which may hold names.
pub async fn log_request(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let (started, began) = (Instant::now(), SystemTime::now());
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map_or("(no route)", MatchedPath::as_str).to_owned();
    let id = id_in(request.headers(), &REQUEST_ID).unwrap_or_else(new_id);
    let correlation = id_in(request.headers(), &CLIENT_REQUEST_ID);
    let mut response = next.run(request).await;
    let took = started.elapsed();
    let status = response.status().as_u16();
    state.metrics.answered(&method, &route, status, took);
    let milliseconds = took.as_secs_f64() * 1000.0;
    tracing::info!(
        %method, route, status, milliseconds = format_args!("{milliseconds:.1}"), request_id = id.to_str().ok(),
        correlation_id = correlation.as_ref().and_then(|id| id.to_str().ok()), "request"
    );
    if let Some(traces) = &state.traces {
        let id = id.to_str().unwrap_or_default();
        traces.answered(&Answered { method: &method, route: &route, status, id, started: began, took });
    }
    response.headers_mut().insert(REQUEST_ID, id);
    if let Some(correlation) = correlation {
        response.headers_mut().insert(CLIENT_REQUEST_ID, correlation);
    }
    response
}

/// An id that a client gave, when it looks like one: whatever is in the log was looked at.
fn id_in(headers: &HeaderMap, name: &HeaderName) -> Option<HeaderValue> {
    let value = headers.get(name)?;
    let is_id = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.".contains(byte);
    let looks_right = !value.is_empty() && value.len() <= MAX_ID && value.as_bytes().iter().all(is_id);
    looks_right.then(|| value.clone())
}

/// Different in every process, and for every request in it. It is no secret.
fn new_id() -> HeaderValue {
    static PROCESS: LazyLock<u64> = LazyLock::new(|| RandomState::new().hash_one(std::process::id()));
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let text = format!("{:016x}-{:x}", *PROCESS, NEXT.fetch_add(1, Ordering::Relaxed));
    HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static("-"))
}
