//! Styles, scripts and pictures, compiled into the program under names that carry their content's hash.

use axum::Router;
use axum::extract::Path;
use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, VARY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

/// One file in its three encodings.
struct Asset {
    name: &'static str,
    content_type: &'static str,
    identity: &'static [u8],
    brotli: &'static [u8],
    gzip: &'static [u8],
}

include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// The address of a file by the name it has in `public/` or `style/`. A build without `cargo xtask build` has none,
/// and the page then refers to what is not there.
pub fn address(source: &str) -> String {
    let hashed = NAMES.iter().find_map(|(name, hashed)| (*name == source).then_some(*hashed));
    format!("/assets/{}", hashed.unwrap_or(source))
}

/// Name shared by the islands' script and WebAssembly: `NAME.js` and `NAME_bg.wasm`.
pub fn islands_name() -> &'static str {
    ISLANDS
}

/// Whether the assets were built into this program.
pub fn are_built() -> bool {
    !ASSETS.is_empty()
}

/// `/assets/…` and `/favicon.ico`.
pub fn router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new()
        .route("/assets/{name}", get(|Path(name): Path<String>, headers: HeaderMap| async move { serve(&name, &headers) }))
        .route("/favicon.ico", get(|headers: HeaderMap| async move { serve(address("favicon.svg").trim_start_matches("/assets/"), &headers) }))
}

fn serve(name: &str, headers: &HeaderMap) -> Response {
    let Some(asset) = ASSETS.iter().find(|asset| asset.name == name) else {
        return (StatusCode::NOT_FOUND, "not found\n").into_response();
    };
    let accepted = headers.get(ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let accepts = |encoding: &str| {
        accepted.split(',').map(str::trim).any(|item| {
            let (name, quality) = item.split_once(";q=").unwrap_or((item, "1"));
            name.trim() == encoding && quality.trim().parse::<f32>().is_ok_and(|quality| quality > 0.0)
        })
    };
    let (body, encoding) = if accepts("br") {
        (asset.brotli, Some("br"))
    } else if accepts("gzip") {
        (asset.gzip, Some("gzip"))
    } else {
        (asset.identity, None)
    };
    let mut response = body.into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(asset.content_type));
    // The name changes with the content, so what a browser holds under it is right for ever.
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
    headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if let Some(encoding) = encoding {
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    response
}
