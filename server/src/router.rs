//! Everything the server answers, in one place.

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::IntoResponse;
use axum::routing::get;
use tower_http::catch_panic::CatchPanicLayer;

use crate::state::AppState;
use crate::{assets, console, endpoint, framing, telemetry, token_report};

/// The whole server.
pub fn router(state: AppState) -> Router {
    let beside_the_endpoint = Router::new()
        .merge(assets::router())
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(ready))
        .merge(token_report::router())
        .with_state(state.clone())
        .merge(console::router(&state))
        .layer(from_fn(framing::unpacked));
    Router::new().merge(endpoint::router(&state)).with_state(state.clone()).merge(beside_the_endpoint).layer((
        from_fn_with_state(state.clone(), telemetry::log_request),
        from_fn_with_state(state, console::secure),
        from_fn(framing::one_host),
        CatchPanicLayer::new(),
    ))
}

/// Ready means that the database answers.
async fn ready(State(state): State<AppState>) -> impl IntoResponse {
    match state.store.ping().await {
        Ok(()) => (StatusCode::OK, "ready\n"),
        Err(error) => {
            tracing::warn!(error = &error as &dyn std::error::Error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n")
        }
    }
}
