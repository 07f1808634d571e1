//! Sign-on that begins on our side, and our metadata.

use app::pages::{Page, SignOnPage};
use axum::extract::{Path, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use store::sso::{self, Settings};
use store::{AccountId, StoreError};
use time::Duration;

use super::address::Addresses;
use super::message;
use super::secret::{self, Cookie};
use crate::console::{ConsoleError, Visitor};
use crate::state::AppState;

/// How long a request waits for its response.
const WAITS: Duration = Duration::minutes(10);

/// The settings that an address names, while anyone may sign in with them.
pub(super) async fn settings(state: &AppState, instance_id: &str) -> Result<Settings, ConsoleError> {
    let mut reader = state.store.read().await?;
    let found = sso::find_by_instance(&mut reader.conn(), instance_id).await?;
    found.filter(|settings| settings.enabled).ok_or(ConsoleError::NotFound)
}

/// A link leads here: a form's post could not be redirected to another site under our content policy.
pub(super) async fn begin(
    State(state): State<AppState>,
    visitor: Visitor,
    Path(instance_id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, ConsoleError> {
    let settings = settings(&state, &instance_id).await?;
    let Some(destination) = settings.redirect_url.clone() else {
        let page = SignOnPage {
            title: "Start at your identity provider",
            text: "Your company's identity provider has a tile for SpaceIQ. Open it there.".to_owned(),
            link: settings.portal_url.map(|url| (url, "Go there")),
        };
        return Ok(visitor.show(Page::SignOn(page)).await);
    };
    send_away(&state, settings, (&instance_id, &destination), &headers, None).await
}

/// Sends the browser to the identity provider. With an account, its response only tries sign-on out for it.
pub(crate) async fn send_away(
    state: &AppState,
    settings: Settings,
    (instance_id, destination): (&str, &str),
    headers: &HeaderMap,
    test_by: Option<AccountId>,
) -> Result<Response, ConsoleError> {
    let now = state.store.now();
    if state.sign_on_limit.take(&settings.tenant_id, now).is_err() {
        return Err(ConsoleError::Unavailable);
    }
    let browser = Cookie::Request.secret(&state.config, headers).unwrap_or_else(|| secret::draw(state.store.random()));
    let id = format!("id-{}", &secret::draw(state.store.random())[..40]);
    let addresses = Addresses::new(&state.config, instance_id);
    let address = message::redirect_address(&addresses, &id, destination, now).ok_or(ConsoleError::Broken)?;
    let hash = secret::hash(&browser);
    state
        .store
        .write(move |conn| {
            Box::pin(async move {
                let place = (&settings.tenant_id, &settings.integration_id);
                sso::add_request(conn, place, &id, &hash, (now, now + WAITS)).await?;
                if let Some(account) = test_by {
                    sso::mark_as_test(conn, place.0, &id, &account).await?;
                }
                Ok::<_, StoreError>(())
            })
        })
        .await?;
    let mut response = Redirect::to(&address).into_response();
    Cookie::Request.set(&state.config, &browser, &mut response);
    Ok(response)
}

/// Public: it says nothing that the addresses do not, and identity providers fetch it before anything is set up.
pub(super) async fn metadata(State(state): State<AppState>, Path(instance_id): Path<String>) -> Response {
    if instance_id.len() != 32 || !instance_id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return StatusCode::NOT_FOUND.into_response();
    }
    let text = message::metadata(&Addresses::new(&state.config, &instance_id));
    ([(CONTENT_TYPE, "application/samlmetadata+xml")], text).into_response()
}
