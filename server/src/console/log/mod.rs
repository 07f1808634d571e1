//! The provisioning log: the list, its events, and files of it.

mod event;
mod export;
mod query;
mod undo;

use std::collections::HashMap;

use app::components::second;
use app::pages::{LogOutcome, LogPage, LogRow, Page, fresh as fresh_link};
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CACHE_CONTROL;
use axum::response::{Html, IntoResponse, Response};
use leptos::prelude::RenderHtml;
use store::events::{self, Event, Filter, Outcome, Place};
use store::integrations::{self, Integration};
use store::tokens::{self, Token};
use store::{Conn, StoreError, TenantId};

pub(super) use event::{back as back_to_event, event, reveal};
pub(super) use export::{back, export};
pub(super) use undo::{ask_to_undo, undo};

use super::error::ConsoleError;
use super::page::{Asked, Visitor};
use crate::log::words;
use crate::state::AppState;
use query::LogQuery;

/// Rows on a page.
const SIZE: usize = 50;
/// Newer events are counted up to this many.
const FRESH: i64 = 100;

/// What a company's events refer to.
struct Known {
    integrations: Vec<Integration>,
    tokens: HashMap<String, Token>,
}

impl Known {
    async fn of(conn: &mut Conn<'_>, tenant: &TenantId) -> Result<Self, StoreError> {
        let integrations = integrations::list(conn, tenant).await?;
        let tokens = tokens::list(conn, tenant).await?.into_iter().map(|token| (token.id.0.clone(), token)).collect();
        Ok(Self { integrations, tokens })
    }

    fn provider(&self, event: &Event) -> Option<&'static str> {
        let id = event.integration_id.as_ref()?;
        self.integrations.iter().find(|known| known.id == *id).map(|known| known.provider.name())
    }

    fn token(&self, event: &Event) -> Option<&Token> {
        event.token_id.as_ref().and_then(|id| self.tokens.get(id.as_str()))
    }

    /// The token in a few letters.
    fn letters(&self, event: &Event) -> String {
        let last_four = self.token(event).map(|token| token.last_four.clone());
        match last_four.or_else(|| event.exchange.last_four.clone()) {
            Some(last_four) => format!("…{last_four}"),
            None if event.exchange.status.is_none() => "Console".to_owned(),
            None => "None".to_owned(),
        }
    }
}

pub(super) async fn list(
    State(state): State<AppState>,
    visitor: Visitor,
    Asked(query): Asked<LogQuery>,
) -> Result<Response, ConsoleError> {
    let tenant = &visitor.account()?.tenant_id;
    let mut reader = state.store.read().await?;
    let mut conn = reader.conn();
    let known = Known::of(&mut conn, tenant).await?;
    let (filter, place) = (query.filter(&known), query.place());
    let page = events::page(&mut conn, tenant, &filter, &place, SIZE, false).await?;
    let ever = !page.events.is_empty()
        || !events::page(&mut conn, tenant, &Filter::default(), &Place::Newest, 1, false).await?.events.is_empty();
    drop(reader);
    let (first, last) = (page.events.first(), page.events.last());
    let newest = place == Place::Newest || (matches!(place, Place::After(_)) && !page.more);
    let newer = first.filter(|_| !newest).map(|event| query.address(&[("after", &event.id)]));
    let others_follow = page.more || matches!(place, Place::After(_));
    let older = last.filter(|_| others_follow).map(|event| query.address(&[("before", &event.id)]));
    let after = first.map_or("", |event| event.id.as_str());
    let fresh = newest.then(|| query.path("/provisioning-log/new", &[("after", after)]));
    let page = LogPage {
        rows: page.events.iter().map(|event| row(event, &known)).collect(),
        filters: query.filters(&known),
        ignored: query.ignored(&known),
        newer,
        older,
        fresh,
        ever,
        connected: known.integrations.iter().any(|known| known.activated_at.is_some()),
        may_manage: visitor.may_manage(),
        may_export: visitor.account()?.role.reads_audit(),
    };
    Ok(visitor.show(Page::Log(page)).await)
}

fn row(event: &Event, known: &Known) -> LogRow {
    let method = event.exchange.method.clone();
    let took = event.exchange.duration_us.map(words::duration);
    let sent = [method, took].into_iter().flatten().collect::<Vec<_>>().join(" · ");
    LogRow {
        id: event.id.clone(),
        at: second(event.at),
        words: words::words(event),
        summary: words::summary(event),
        outcome: outcome(event.outcome),
        status: words::status(event),
        sent: if sent.is_empty() { "In the console".to_owned() } else { sent },
        bent: words::bent(event),
        token: known.letters(event),
    }
}

fn outcome(outcome: Outcome) -> LogOutcome {
    match outcome {
        Outcome::Success => LogOutcome::Success,
        Outcome::Skipped => LogOutcome::Skipped,
        Outcome::Failure => LogOutcome::Failure,
        Outcome::Refused => LogOutcome::Refused,
    }
}

/// How many events are newer than those on the page: a link that leads to them, or nothing.
pub(super) async fn fresh(
    State(state): State<AppState>,
    visitor: Visitor,
    Asked(query): Asked<LogQuery>,
) -> Result<Response, ConsoleError> {
    let tenant = &visitor.account()?.tenant_id;
    let mut reader = state.store.read().await?;
    let mut conn = reader.conn();
    let filter = query.filter(&Known::of(&mut conn, tenant).await?);
    let count = events::count_after(&mut conn, tenant, &filter, &query.after, FRESH).await?;
    drop(reader);
    if count == 0 {
        return Ok((StatusCode::NO_CONTENT, [(CACHE_CONTROL, "no-store")]).into_response());
    }
    let html = fresh_link(count, FRESH, &query.address(&[])).to_html();
    Ok(([(CACHE_CONTROL, "no-store")], Html(html)).into_response())
}
