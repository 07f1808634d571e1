//! Sign-on that begins on our side, and our metadata.

use app::pages::{Page, SignOnPage};
use axum::extract::{Path, RawQuery, State};
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

/// In the query of the address where sign-on begins: the person is to sign in at the identity provider anew.
pub(crate) const ANEW: &str = "anew";

/// What a response to a request is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// To sign in.
    SignIn,
    /// To sign in, and to show that it is the account's owner who sits there.
    SignInAnew,
    /// To try sign-on out, for this account.
    Test(AccountId),
}

/// Refuses a network from which too many sign-ons come, before anything is read or computed for one more.
pub(super) fn admit(state: &AppState, visitor: &Visitor) -> Result<(), ConsoleError> {
    let Some(network) = visitor.client.counted_network() else { return Ok(()) };
    state.sign_on_limit.take(network, state.store.now()).map_err(|_| ConsoleError::TooMany)
}

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
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, ConsoleError> {
    admit(&state, &visitor)?;
    let settings = settings(&state, &instance_id).await?;
    let Some(destination) = settings.redirect_url.clone() else {
        let page = SignOnPage {
            title: "Start at your identity provider",
            text: "Your company's identity provider has a tile for SpaceIQ. Open it there.".to_owned(),
            link: settings.portal_url.map(|url| (url, "Go there")),
        };
        return Ok(visitor.show(Page::SignOn(page)).await);
    };
    let purpose = if query.as_deref() == Some(ANEW) { Purpose::SignInAnew } else { Purpose::SignIn };
    send_away(&state, settings, (&instance_id, &destination), &headers, purpose).await
}

/// Sends the browser to the identity provider.
pub(crate) async fn send_away(
    state: &AppState,
    settings: Settings,
    (instance_id, destination): (&str, &str),
    headers: &HeaderMap,
    purpose: Purpose,
) -> Result<Response, ConsoleError> {
    let now = state.store.now();
    if state.all_sign_ons_limit.take(settings.tenant_id.clone(), now).is_err() {
        return Err(ConsoleError::Unavailable);
    }
    let browser = Cookie::Request.secret(&state.config, headers).unwrap_or_else(|| secret::draw(state.store.random()));
    let id = format!("id-{}", &secret::draw(state.store.random())[..40]);
    let addresses = Addresses::new(&state.config, instance_id);
    let address = message::redirect_address(&addresses, &id, destination, (now, purpose == Purpose::SignInAnew))
        .ok_or(ConsoleError::Broken)?;
    let hash = secret::hash(&browser);
    state
        .store
        .write(move |conn| {
            Box::pin(async move {
                let place = (&settings.tenant_id, &settings.integration_id);
                sso::add_request(conn, place, &id, &hash, (now, now + WAITS)).await?;
                match purpose {
                    Purpose::SignIn => {}
                    Purpose::SignInAnew => sso::mark_as_fresh(conn, place.0, &id, now).await?,
                    Purpose::Test(account) => sso::mark_as_test(conn, place.0, &id, &account).await?,
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
