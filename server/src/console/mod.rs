//! The admin console: server-rendered pages and plain form posts.
//!
//! A post that succeeds redirects with a message for the next page; one that fails answers the form again with what
//! was typed. The one exception is the page that shows a new token: it is the answer to its post, and exists only once.

mod accounts;
mod attributes;
mod audit;
pub(crate) mod brake;
mod client;
mod confirm;
mod conflict;
mod connection;
mod credentials;
mod custom_attributes;
mod day;
mod delete_integration;
mod deleted;
mod diagnosis;
mod employee;
mod employees;
mod error;
mod group_filter;
mod groups;
mod headers;
mod health;
mod identity;
mod ignored;
mod integrations;
mod invitation;
mod listing;
mod log;
mod login_code;
mod notices;
mod page;
mod profile;
mod provider;
pub(crate) mod rehearsal;
mod second_factor;
mod session;
mod settings;
mod setup;
mod sign_in;
mod sso;
mod theme;
mod timeline;
mod token_card;
mod tokens;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::Redirect;
use axum::routing::{get, post};
use tower_http::csrf::CsrfLayer;

pub(crate) use attributes::sections as attributes_of;
pub(crate) use error::ConsoleError;
pub use headers::secure;
pub(crate) use page::{Fields, Visitor};
pub use rehearsal::clean::lost as end_lost_rehearsals;
pub(crate) use session::By;
pub(crate) use sign_in::begin as begin_session;

use crate::state::AppState;

/// Forms are small; more is refused before it is read.
const MAX_FORM_SIZE: usize = 64 * 1024;

/// Every page and form.
///
/// The one place where routes meet authentication: what is not listed as public wants a signed-in account, what belongs
/// to integrations or accounts wants a role that manages them, and what changes tokens, accounts or sessions wants a
/// password that was entered lately.
pub fn router(state: &AppState) -> Router {
    // Leptos asks for an executor when it renders. Only the first call sets it; later ones (tests) find it set.
    let _ = any_spawner::Executor::init_tokio();
    let routes =
        public().merge(signed_in(state)).fallback(error::not_found).method_not_allowed_fallback(error::wrong_method);
    // `layer` wraps what was added before: the last one here sees a request first.
    let console = routes
        .layer(DefaultBodyLimit::max(MAX_FORM_SIZE))
        .layer(from_fn_with_state(state.clone(), error::pages))
        .layer(from_fn_with_state(state.clone(), identity::identify))
        .layer(csrf(state))
        .layer(session::layer(state));
    let callbacks =
        crate::sso::callbacks().layer(from_fn_with_state(state.clone(), error::pages)).layer(session::layer(state));
    console.merge(callbacks).with_state(state.clone())
}

fn public() -> Router<AppState> {
    Router::new()
        .route("/login", get(sign_in::form).post(sign_in::submit))
        // Open to those who are half signed in.
        .route("/login/code/passkey", get(login_code::back).post(login_code::passkey))
        .route("/login/code", get(login_code::form).post(login_code::submit))
        .route("/logout", post(sign_in::leave))
        .route("/setup", get(setup::form).post(setup::submit))
        .route("/invitation", get(invitation::form).post(invitation::accept))
        .route("/theme", post(theme::choose))
        .merge(crate::sso::pages())
}

fn signed_in(state: &AppState) -> Router<AppState> {
    let sessions = Router::new()
        .route("/settings/profile/sessions/end", get(profile::back).post(profile::end_session))
        .route("/settings/profile/sessions/end-others", get(profile::back).post(profile::end_other_sessions));
    let factor = |rest: &str| format!("{}{rest}", second_factor::ADDRESS);
    let own_factor = Router::new()
        .route(&factor(""), get(second_factor::page).post(second_factor::confirm))
        .route(&factor("/begin"), get(second_factor::back).post(second_factor::begin))
        .route(&factor("/passkeys"), get(second_factor::back).post(second_factor::ask_for_passkey))
        .route(&factor("/passkeys/add"), get(second_factor::back).post(second_factor::add_passkey))
        .route(&factor("/passkeys/remove"), get(second_factor::back).post(second_factor::remove_passkey))
        .route(&factor("/codes"), get(second_factor::back).post(second_factor::renew))
        .route(&factor("/off"), get(second_factor::back).post(second_factor::turn_off));
    Router::new()
        .route("/", get(|| async { Redirect::to("/employees") }))
        .route("/employees", get(employees::list))
        .route("/employees/{id}", get(employee::page))
        .route("/employees/{id}/scim.json", get(employee::raw))
        .route("/groups", get(groups::list))
        .route("/groups/{id}", get(groups::one))
        .route("/groups/{id}/scim.json", get(groups::raw))
        .route("/provisioning-log", get(log::list))
        .route("/provisioning-log/new", get(log::fresh))
        .route("/provisioning-log/{id}", get(log::event))
        .merge(reveal())
        .merge(restore(state))
        .merge(read_audit())
        .route("/settings", get(settings::overview))
        .route("/settings/integrations", get(settings::areas))
        .route("/settings/profile", get(profile::page))
        .route("/settings/notices", get(notices::list).post(notices::mark_read))
        .route("/settings/profile/password", get(profile::back).post(profile::change_password))
        .merge(with_recent_sign_in(sessions.merge(own_factor), state))
        .merge(manage_integrations(state))
        .merge(manage_accounts(state))
        .merge(decide_for_all(state))
        .route_layer(from_fn(identity::require_sign_in))
}

/// Whom an event is about: for those who manage the integration that it came through.
fn reveal() -> Router<AppState> {
    Router::new()
        .route("/provisioning-log/{id}/reveal", get(log::back_to_event).post(log::reveal))
        .route_layer(from_fn(identity::require_integrations))
}

/// Taking back what a provider did: for those who manage integrations.
fn restore(state: &AppState) -> Router<AppState> {
    let forms = Router::new()
        .route("/provisioning-log/{id}/undo", get(log::ask_to_undo).post(log::undo))
        .route("/employees/deleted/{id}/restore", get(deleted::back).post(deleted::restore));
    Router::new()
        .route("/employees/deleted", get(deleted::list))
        .route("/employees/deleted/{id}", get(deleted::one))
        .merge(with_recent_sign_in(forms, state))
        .route_layer(from_fn(identity::require_integrations))
}

fn read_audit() -> Router<AppState> {
    Router::new()
        .route("/audit-log", get(audit::list))
        .route("/provisioning-log/export", get(log::back).post(log::export))
        .route_layer(from_fn(identity::require_audit))
}

fn manage_integrations(state: &AppState) -> Router<AppState> {
    let one = |rest: &str| format!("/settings/integrations/provisioning-sso/{{provider}}{rest}");
    let tokens = Router::new()
        .route(&one(""), get(provider::dialog).post(tokens::generate))
        .route(&one("/activate"), get(provider::back).post(tokens::activate))
        .route(&one("/tokens/{token}/rotate"), get(provider::ask_to_rotate).post(tokens::rotate))
        .route(&one("/tokens/{token}/revoke"), get(provider::ask_to_revoke).post(tokens::revoke))
        .route(&one("/brake"), get(brake::page).post(brake::decide))
        .route(&one("/delete"), get(delete_integration::ask).post(delete_integration::delete));
    let sign_on = Router::new()
        .route(&one("/sso"), get(sso::back).post(sso::save))
        .route(&one("/sso/disable"), get(sso::back).post(sso::disable))
        .route(&one("/sso/required"), get(sso::back).post(sso::require::require))
        .route(&one("/sso/optional"), get(sso::back).post(sso::require::lift));
    let metadata = Router::new()
        .route(&one("/sso/metadata"), get(sso::back).post(sso::metadata::compare))
        .route_layer(DefaultBodyLimit::max(sso::metadata::MAX_FORM_SIZE));
    Router::new()
        .route("/settings/integrations/{category}", get(integrations::screen))
        .route(&one("/health"), get(health::card))
        .route(&one("/tokens"), get(provider::tokens_now))
        .route(&one("/test"), get(provider::back).post(connection::test))
        .route(&one("/rehearsal"), get(rehearsal::rehearsal).post(rehearsal::start_rehearsal))
        .route(&one("/rehearsal/report"), get(rehearsal::rehearsal_report))
        .route(&one("/check"), get(rehearsal::check).post(rehearsal::start_check))
        .route(&one("/check/report"), get(rehearsal::check_report))
        .route(&one("/sso/people"), get(sso::people::list))
        .route(&one("/sso/test"), get(sso::require::test))
        .route(&one("/discard"), get(provider::back).post(tokens::discard))
        .route(&one("/attributes"), get(provider::back).post(custom_attributes::add))
        .route(&one("/attributes/remove"), get(provider::back).post(custom_attributes::remove))
        .merge(with_recent_sign_in(tokens.merge(sign_on), state))
        .merge(metadata)
        .route_layer(from_fn(identity::require_integrations))
}

fn manage_accounts(state: &AppState) -> Router<AppState> {
    let one = |rest: &str| format!("/settings/accounts/{{account}}{rest}");
    let invitation = |rest: &str| format!("/settings/accounts/invitations/{{invitation}}{rest}");
    let accounts = Router::new()
        .route("/settings/accounts", get(accounts::list).post(accounts::invite))
        .route(&one("/role"), get(accounts::ask_about_role).post(accounts::change_role))
        .route(&one("/disable"), get(accounts::ask_to_disable).post(accounts::disable))
        .route(&one("/link"), get(accounts::ask_to_link).post(accounts::link))
        .route(&one("/unlink"), get(accounts::back_to_link).post(accounts::unlink))
        .route(&one("/enable"), get(accounts::ask_to_enable).post(accounts::enable))
        .route(&one("/second-factor"), get(accounts::ask_to_take_factor).post(accounts::take_factor))
        .route(&invitation("/renew"), get(accounts::back).post(accounts::renew))
        .route(&invitation("/withdraw"), get(accounts::back).post(accounts::withdraw));
    with_recent_sign_in(accounts, state).route_layer(from_fn(identity::require_accounts))
}

/// What holds for all accounts of a company.
fn decide_for_all(state: &AppState) -> Router<AppState> {
    let required = get(second_factor::require::back).post(second_factor::require::decide);
    let routes = Router::new().route("/settings/accounts/second-factor", required);
    with_recent_sign_in(routes, state).route_layer(from_fn(identity::require_admin))
}

/// Their forms want a password that was entered lately.
fn with_recent_sign_in(routes: Router<AppState>, state: &AppState) -> Router<AppState> {
    routes.route_layer(from_fn_with_state(state.clone(), confirm::require_recent_sign_in))
}

/// Posts from other sites are refused by what the browser says of their origin. The public address is trusted by name,
/// since a proxy may have changed the `Host` that the origin is compared with.
fn csrf(state: &AppState) -> CsrfLayer {
    CsrfLayer::new().add_trusted_origin(&state.config.public_url).unwrap_or_default()
}
