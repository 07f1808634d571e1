//! The console's pages and forms, as a browser without scripts meets them.

mod accounts;
mod attributes;
mod confirm;
mod conflicts;
mod diagnosis;
mod headers;
mod health;
mod ignored;
mod integration;
mod isolation;
mod log;
mod people;
mod profile;
mod recovery;
mod rehearsal;
pub(crate) mod roles;
mod second_factor;
mod setup;
mod sign_in;
mod tokens;

use crate::support::browser::{Browser, plain, value_of};

/// The Azure tile's dialog.
const AZURE: &str = "/settings/integrations/provisioning-sso/azure";

/// Presses Activate on the Azure tile: the new token and its id.
#[track_caller]
fn generate(admin: &Browser) -> (String, String) {
    let key = value_of(&admin.page("/settings/integrations/provisioning-sso"), "request_key");
    let answer = admin.post(AZURE, &[("request_key", &key)]);
    assert_eq!(answer.status, 200, "{}", answer.text);
    shown(&plain(&answer.text))
}

/// The token on a page that shows one, and its id if it waits for Activate.
#[track_caller]
fn shown(html: &str) -> (String, String) {
    let start = html.find("siq_scim_").expect("a token");
    let token = html[start..].split('"').next().expect("a closed value").to_owned();
    let id = if html.contains("name=\"token_id\"") { value_of(html, "token_id") } else { String::new() };
    (token, id)
}

/// Makes a token and activates it.
#[track_caller]
fn activate(admin: &Browser) -> String {
    let (token, id) = generate(admin);
    let page = admin.submit(&format!("{AZURE}/activate"), &[("token_id", &id)]);
    assert!(page.contains("Azure is active"), "{page}");
    token
}
