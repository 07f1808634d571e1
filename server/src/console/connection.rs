//! "Test connection": the request that an identity provider makes first, made by this server to its own public address.

use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use store::integrations::{self, Provider};
use store::tokens::{self, TokenSecret};
use store::{IntegrationId, StoreError, TokenId};

use super::error::ConsoleError;
use super::page::Visitor;
use super::provider::{provisioning, with_notice};
use crate::state::AppState;

/// Identity providers wait longer; an admin in front of a page does not.
const PATIENCE: Duration = Duration::from_secs(5);

pub(super) async fn test(
    State(state): State<AppState>,
    visitor: Visitor,
    Path(key): Path<String>,
) -> Result<Response, ConsoleError> {
    let provider = provisioning(&key)?;
    let tenant = &visitor.account()?.tenant_id;
    let mut reader = state.store.read().await?;
    let found = integrations::find(&mut reader.conn(), tenant, provider).await?;
    drop(reader);
    let integration = found.filter(|found| found.activated_at.is_some()).ok_or(ConsoleError::NotFound)?;
    let answer = with_trial_token(&state, &visitor, integration.id).await?;
    match verdict(&state.config.scim_url(), answer) {
        Ok(message) => visitor.go_to(&app::pages::provider_address(provider), &message).await,
        Err(notice) => with_notice(&state, &visitor, provider, StatusCode::OK, &notice).await,
    }
}

/// The status and body of the answer, or why there was none.
type Answer = Result<(u16, String), String>;

/// No token is known in clear once it was shown: the request is made with one of its own, which is removed afterwards.
async fn with_trial_token(
    state: &AppState,
    visitor: &Visitor,
    integration: IntegrationId,
) -> Result<Answer, ConsoleError> {
    let store = &state.store;
    let account = visitor.account()?;
    let (tenant, by, now) = (account.tenant_id.clone(), account.email.clone(), store.now());
    let (id, secret) = (TokenId(store.new_id()), TokenSecret::generate(store.random()));
    // Nobody has this name: the right answer is an empty list.
    let url = format!("{}/Users?filter=userName+eq+%22{}%22", state.config.scim_url(), store.new_id());
    let trial = (tenant.clone(), id.clone());
    let secret: Result<TokenSecret, StoreError> = store
        .write(move |conn| {
            Box::pin(async move {
                tokens::begin_trial(conn, &trial.0, &integration, (&trial.1, &secret), &by, now).await?;
                Ok(secret)
            })
        })
        .await;
    let secret = secret?;
    let answer = tokio::task::spawn_blocking(move || ask(&url, &secret)).await.map_err(|_| ConsoleError::Broken)?;
    state.usage.finish().await;
    let ended: Result<(), StoreError> =
        store.write(move |conn| Box::pin(async move { tokens::end_trial(conn, &tenant, &id).await })).await;
    ended?;
    Ok(answer)
}

fn ask(url: &str, secret: &TokenSecret) -> Answer {
    let config = ureq::Agent::config_builder()
        .timeout_global(Some(PATIENCE))
        // An identity provider does not follow redirects with its token either.
        .max_redirects(0)
        .http_status_as_error(false)
        .build();
    let request = ureq::Agent::new_with_config(config)
        .get(url)
        .header("Authorization", format!("Bearer {}", secret.expose()))
        .header("Accept", "application/scim+json");
    let mut response = request.call().map_err(|error| error.to_string())?;
    let body = response.body_mut().with_config().limit(64 * 1024).read_to_string().unwrap_or_default();
    Ok((response.status().as_u16(), body))
}

/// What the answer means, and what to do about it.
fn verdict(scim_url: &str, answer: Answer) -> Result<String, String> {
    match answer {
        Ok((200, body)) if body.contains("\"totalResults\":0") => {
            Ok(format!("{scim_url} answers as it should, seen from this server."))
        }
        Ok((status, _)) => Err(format!(
            "{scim_url} answered {status} instead of an empty list. Something in front of this server, such as a proxy, \
             answers in its place: let it pass /scim and the Authorization header through."
        )),
        Err(reason) => Err(format!(
            "{scim_url} does not answer ({reason}). Check that the public address is right (spaceiq serve --public-url), \
             and that its name, port and certificate lead to this server."
        )),
    }
}

/// Why a provider in the internet cannot reach this address, if that is already sure.
pub(super) fn unreachable_from_outside(public_url: &str, provider: Provider) -> Option<String> {
    let uri: http::Uri = public_url.parse().ok()?;
    let host = uri.host()?.trim_matches(['[', ']']);
    let local = host == "localhost"
        || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback() || address.is_unspecified());
    local.then(|| {
        let name = provider.name();
        format!("{name} cannot reach {public_url}: it leads to this machine only. Start the server with the address that {name} can reach as its public address.")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_empty_list_is_right() {
        let url = "https://x.test/scim";
        assert!(verdict(url, Ok((200, r#"{"totalResults":0}"#.to_owned()))).is_ok());
        assert!(verdict(url, Ok((200, "<html>".to_owned()))).is_err_and(|text| text.contains("proxy")));
        assert!(verdict(url, Ok((401, String::new()))).is_err_and(|text| text.contains("401")));
        assert!(verdict(url, Err("refused".to_owned())).is_err_and(|text| text.contains("--public-url")));
    }

    #[test]
    fn loopback_is_known_to_be_out_of_reach() {
        for url in ["http://127.0.0.1:3000", "http://localhost:3000", "http://[::1]:3000", "http://0.0.0.0:3000"] {
            assert!(unreachable_from_outside(url, Provider::Azure).is_some(), "{url}");
        }
        for url in ["https://console.example.com", "http://10.0.0.1:3000"] {
            assert!(unreachable_from_outside(url, Provider::Azure).is_none(), "{url}");
        }
    }
}
