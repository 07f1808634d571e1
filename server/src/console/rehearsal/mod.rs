//! *Rehearse* and *Check*: the server plays an identity provider against itself, for the company that asks.
//!
//! A run has a row of its own. While it goes on, its page reads how far it is from there, on whichever server the page
//! is asked for; when the server stops in the middle, [`clean`] finds the row and removes what was created.

pub(crate) mod clean;
mod play;
mod run;
mod shown;

use app::pages::{Page, RehearsalPage, Run, report_body};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use store::IntegrationId;
use store::integrations::{self, Provider};
use store::rehearsals::{self, Kind, Rehearsal};

use super::error::ConsoleError;
use super::page::{Visitor, fragment};
use super::provider::provisioning;
use crate::assets;
use crate::state::AppState;

fn kind(run: Run) -> Kind {
    match run {
        Run::Rehearsal => Kind::Rehearsal,
        Run::Check => Kind::Check,
    }
}

pub(super) async fn rehearsal(
    state: State<AppState>,
    visitor: Visitor,
    key: Path<String>,
) -> Result<Response, ConsoleError> {
    page(state, visitor, key, Run::Rehearsal).await
}

pub(super) async fn check(
    state: State<AppState>,
    visitor: Visitor,
    key: Path<String>,
) -> Result<Response, ConsoleError> {
    page(state, visitor, key, Run::Check).await
}

pub(super) async fn rehearsal_report(
    state: State<AppState>,
    visitor: Visitor,
    key: Path<String>,
) -> Result<Response, ConsoleError> {
    part(state, visitor, key, Run::Rehearsal).await
}

pub(super) async fn check_report(
    state: State<AppState>,
    visitor: Visitor,
    key: Path<String>,
) -> Result<Response, ConsoleError> {
    part(state, visitor, key, Run::Check).await
}

pub(super) async fn start_rehearsal(
    state: State<AppState>,
    visitor: Visitor,
    key: Path<String>,
) -> Result<Response, ConsoleError> {
    start(state, visitor, key, Run::Rehearsal).await
}

pub(super) async fn start_check(
    state: State<AppState>,
    visitor: Visitor,
    key: Path<String>,
) -> Result<Response, ConsoleError> {
    start(state, visitor, key, Run::Check).await
}

/// The active integration, and its last run.
async fn last(
    state: &AppState,
    visitor: &Visitor,
    provider: Provider,
    run: Run,
) -> Result<(IntegrationId, Option<Rehearsal>), ConsoleError> {
    let tenant = &visitor.account()?.tenant_id;
    let mut reader = state.store.read().await?;
    let mut conn = reader.conn();
    let found = integrations::find(&mut conn, tenant, provider).await?;
    let integration = found.filter(|found| found.activated_at.is_some()).ok_or(ConsoleError::NotFound)?;
    let last = rehearsals::latest(&mut conn, tenant, &integration.id, kind(run)).await?;
    Ok((integration.id, last))
}

async fn page(
    State(state): State<AppState>,
    visitor: Visitor,
    Path(key): Path<String>,
    run: Run,
) -> Result<Response, ConsoleError> {
    let provider = provisioning(&key)?;
    let (_, last) = last(&state, &visitor, provider, run).await?;
    let report = last.map(|last| shown::report(&last));
    Ok(visitor.show(Page::Rehearsal(RehearsalPage { provider, run, report })).await)
}

/// The report alone. Once the run has ended and the page knows it, there is nothing to ask for any more.
async fn part(
    State(state): State<AppState>,
    visitor: Visitor,
    Path(key): Path<String>,
    run: Run,
) -> Result<Response, ConsoleError> {
    let provider = provisioning(&key)?;
    let (_, last) = last(&state, &visitor, provider, run).await?;
    let last = last.ok_or(ConsoleError::NotFound)?;
    let known = last.finished_at.is_some_and(|at| state.store.now() - at > time::Duration::seconds(10));
    if known {
        return Ok(StatusCode::RESET_CONTENT.into_response());
    }
    let (report, here, sprite) = (shown::report(&last), address(provider, run), assets::address("icons.svg"));
    Ok(fragment(move || report_body(&report, &here, &sprite)).await)
}

fn address(provider: Provider, run: Run) -> String {
    format!("{}/{}", app::pages::provider_address(provider), run.key())
}

async fn start(
    State(state): State<AppState>,
    visitor: Visitor,
    Path(key): Path<String>,
    run: Run,
) -> Result<Response, ConsoleError> {
    let provider = provisioning(&key)?;
    let (integration, last) = last(&state, &visitor, provider, run).await?;
    let path = address(provider, run);
    let goes_on = last.is_some_and(|last| last.finished_at.is_none() && !clean::is_lost(&last, state.store.now()));
    if goes_on {
        return visitor.go_to(&path, "It is running already.").await;
    }
    run::start(&state, &visitor, provider, integration, run).await?;
    Ok(Redirect::to(&path).into_response())
}
