//! Figures for Prometheus, on a listener of their own.
//!
//! Labels are the method, the route's pattern and the class of the status: whatever a stranger asks for makes no new
//! series, and no company or person is named.

mod text;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::Method;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::routing::get;
use store::{StoreError, sessions};

use crate::state::AppState;
use text::Text;

/// Upper ends of the histogram's buckets, in seconds.
const BUCKETS: [f64; 11] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];

/// What requests are counted by.
type Key = (&'static str, String, &'static str);

#[derive(Debug, Default, Clone, Copy)]
struct Series {
    count: u64,
    seconds: f64,
    buckets: [u64; BUCKETS.len()],
}

/// Counts.
#[derive(Debug, Default)]
pub struct Metrics {
    requests: Mutex<BTreeMap<Key, Series>>,
    refused_tokens: AtomicU64,
}

impl Metrics {
    /// Counts a request that was answered.
    pub(crate) fn answered(&self, method: &Method, route: &str, status: u16, took: Duration) {
        if status == 401 && route.starts_with("/scim") {
            self.refused_tokens.fetch_add(1, Ordering::Relaxed);
        }
        let seconds = took.as_secs_f64();
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        let series = requests.entry((method_class(method), route.to_owned(), status_class(status))).or_default();
        series.count += 1;
        series.seconds += seconds;
        for (bucket, end) in series.buckets.iter_mut().zip(BUCKETS) {
            *bucket += u64::from(seconds <= end);
        }
    }
}

/// Anybody can invent methods.
pub(crate) fn method_class(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        _ => "other",
    }
}

fn status_class(status: u16) -> &'static str {
    match status {
        200..300 => "2xx",
        300..400 => "3xx",
        400..500 => "4xx",
        500..600 => "5xx",
        _ => "other",
    }
}

/// What the listener for metrics answers.
pub fn router(state: AppState) -> Router {
    Router::new().route("/metrics", get(show)).with_state(state)
}

async fn show(State(state): State<AppState>) -> impl IntoResponse {
    let mut text = Text::default();
    requests(&mut text, &state.metrics);
    let counter = |text: &mut Text, name, help, value| text.single(name, "counter", help, value);
    let gauge = |text: &mut Text, name, help, value| text.single(name, "gauge", help, value);
    let refused = state.metrics.refused_tokens.load(Ordering::Relaxed);
    counter(&mut text, "spaceiq_refused_tokens_total", "SCIM requests without a live token.", refused);
    let (waiting, lost) = state.failures.load();
    gauge(&mut text, "spaceiq_recorder_waiting", "Failed requests that wait to be written down.", waiting);
    counter(&mut text, "spaceiq_recorder_overflow_total", "Failed requests that were only counted.", lost);
    let load = state.store.load();
    gauge(&mut text, "spaceiq_write_queue", "Writes that wait for the one writer of SQLite.", load.writes_waiting);
    gauge(&mut text, "spaceiq_database_connections", "Connections to the database in the pool.", load.connections);
    gauge(&mut text, "spaceiq_database_connections_idle", "Those that nobody uses.", load.idle_connections);
    let signed_in = signed_in(&state).await;
    let up = u64::from(signed_in.is_ok());
    gauge(&mut text, "spaceiq_database_up", "Whether the database answered just now.", up);
    if let Ok(sessions) = signed_in {
        gauge(&mut text, "spaceiq_sessions", "People who are signed in to the console.", sessions);
    }
    ([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text.finish())
}

async fn signed_in(state: &AppState) -> Result<u64, StoreError> {
    let mut reader = state.store.read().await?;
    sessions::count(&mut reader.conn(), state.store.now()).await
}

fn requests(text: &mut Text, metrics: &Metrics) {
    let requests = metrics.requests.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let name = "spaceiq_http_requests_total";
    text.head(name, "counter", "Requests that were answered.");
    for (key, series) in &requests {
        text.sample(name, &labels(key), series.count);
    }
    let name = "spaceiq_http_request_duration_seconds";
    text.head(name, "histogram", "How long answers took.");
    for (key, series) in &requests {
        let labels = labels(key);
        for (count, end) in series.buckets.iter().zip(BUCKETS) {
            text.sample(&format!("{name}_bucket"), &format!("{labels},le=\"{end}\""), count);
        }
        text.sample(&format!("{name}_bucket"), &format!("{labels},le=\"+Inf\""), series.count);
        text.sample(&format!("{name}_sum"), &labels, series.seconds);
        text.sample(&format!("{name}_count"), &labels, series.count);
    }
}

fn labels((method, route, status): &Key) -> String {
    format!("method=\"{method}\",route=\"{}\",status=\"{status}\"", text::escaped(route))
}
