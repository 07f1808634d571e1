//! SCIM over HTTP: authenticate, read, hand to the `scim` crate, store, answer.

mod auth;
mod bulk;
mod failures;
mod groups;
mod handlers;
mod operation;
mod request;
mod response;
mod search;
pub(crate) mod shown;
mod trace;
mod users;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{MethodRouter, get, post};

pub(crate) use response::scim_error as refuse;

use crate::framing::unpacked;
use crate::state::AppState;
use crate::transport::refuse_plain;

/// Everything below `/scim`, and the same below `/scim/v2`.
///
/// The one place where the routes meet authentication: whatever is added here, and whatever is not found here, wants a
/// token.
pub fn router(state: &AppState) -> Router<AppState> {
    let over_tls = from_fn_with_state(state.clone(), refuse_plain);
    let door = from_fn_with_state(state.clone(), auth::authenticate);
    // Bodies are refused within the door, so that the provisioning log tells of it.
    let resources = resources().layer((over_tls.clone(), door.clone(), from_fn(unpacked), DefaultBodyLimit::disable()));
    // A nested router is not asked for its prefix with a slash behind it.
    let roots = Router::new()
        .route("/scim/", get(search::everything))
        .route("/scim/v2/", get(search::everything))
        .method_not_allowed_fallback(handlers::method_not_allowed)
        .route_layer((over_tls, door));
    Router::new().nest("/scim/v2", resources.clone()).nest("/scim", resources).merge(roots)
}

fn resources() -> Router<AppState> {
    let mut router = Router::new();
    let routes: [(&str, MethodRouter<AppState>); 9] = [
        ("/", get(search::everything)),
        ("/.search", post(search::everything_by_body)),
        ("/Bulk", post(bulk::run)),
        ("/Me", axum::routing::any(handlers::me)),
        ("/ServiceProviderConfig", get(handlers::service_provider_config)),
        ("/ResourceTypes", get(handlers::resource_types)),
        ("/ResourceTypes/{id}", get(handlers::resource_type)),
        ("/Schemas", get(handlers::schemas)),
        ("/Schemas/{id}", get(handlers::schema)),
    ];
    for (path, route) in routes {
        router = both_slashes(router, path, &route);
    }
    for name in ["Users", "Groups"] {
        let list = get(search::of_kind).post(handlers::create);
        let one = get(handlers::read).put(handlers::replace).patch(handlers::patch).delete(handlers::delete);
        router = both_slashes(router, &format!("/{name}/.search"), &post(search::of_kind_by_body));
        router = both_slashes(router, &format!("/{name}"), &list);
        router = both_slashes(router, &format!("/{name}/{{id}}"), &one);
    }
    router.method_not_allowed_fallback(handlers::method_not_allowed).fallback(handlers::not_found)
}

/// Azure's collection requests sometimes end in a slash: `/Users/?filter=…`.
fn both_slashes(router: Router<AppState>, path: &str, route: &MethodRouter<AppState>) -> Router<AppState> {
    let router = router.route(path, route.clone());
    if path == "/" { router } else { router.route(&format!("{path}/"), route.clone()) }
}
