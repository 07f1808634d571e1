//! The log: one line a request, on standard error, without query strings, bodies, tokens or names.

use std::io::IsTerminal;
use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::middleware::Next;
use axum::response::Response;
use tracing_subscriber::EnvFilter;

/// Starts logging. `SPACEIQ_LOG` sets the filter, for example `debug` or `warn,server=info`.
pub fn start() {
    let filter = EnvFilter::try_from_env("SPACEIQ_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .with_target(false)
        .init();
}

/// Logs the request once it is answered. The route's pattern stands for its path, which may hold names.
pub async fn log_request(request: Request, next: Next) -> Response {
    let started = Instant::now();
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map_or("(no route)", MatchedPath::as_str).to_owned();
    let response = next.run(request).await;
    let milliseconds = started.elapsed().as_secs_f64() * 1000.0;
    let status = response.status().as_u16();
    tracing::info!(%method, route, status, milliseconds = format_args!("{milliseconds:.1}"), "request");
    response
}
