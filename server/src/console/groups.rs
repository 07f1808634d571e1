//! Groups and their members.

use app::components::{Filters, Raw, moment};
use app::pages::{GroupPage, GroupRow, GroupsPage, Link, Links, Page, Section};
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use store::groups::{self, Group};
use store::integrations::{self, Integration};
use store::{Conn, StoreError, TenantId, employees};

use super::error::ConsoleError;
use super::listing::{Query, counted, provider_name};
use super::page::{Asked, Visitor};
use super::{employees as people, timeline};
use crate::endpoint::shown;
use crate::state::AppState;

/// Members are counted so far in a list of groups, and on a group's own page.
const COUNTED_IN_A_LIST: u64 = 1_000;
const COUNTED_ALONE: u64 = 10_000;
/// Groups within a group that are listed.
const NESTED: i64 = 50;

pub(super) async fn list(
    State(state): State<AppState>,
    visitor: Visitor,
    Asked(query): Asked<Query>,
) -> Result<Response, ConsoleError> {
    // Groups are narrowed by words and provider only.
    let query = Query { status: String::new(), group: String::new(), sort: String::new(), ..query };
    let tenant = &visitor.account()?.tenant_id;
    let mut reader = state.store.read().await?;
    let mut conn = reader.conn();
    let known = integrations::list(&mut conn, tenant).await?;
    let page = groups::list(&mut conn, tenant, &query.wanted(&known)).await?;
    let mut rows = Vec::new();
    for group in &page.items {
        rows.push(row(&mut conn, tenant, group, &known).await?);
    }
    drop(reader);
    let view = GroupsPage {
        filters: Filters {
            address: "/groups",
            search: query.q.clone(),
            searched: "Finds the beginnings of words in the name.",
            typed: None,
            filters: query.provider_filter(&known).into_iter().collect(),
            ignored: query.ignored(&known),
            narrowed: query.narrows(),
        },
        rows,
        pager: query.pager("/groups", &page),
        lost: page.lost,
        connected: known.iter().any(|known| known.activated_at.is_some()),
        may_manage: visitor.may_manage(),
    };
    Ok(visitor.show(Page::Groups(view)).await)
}

async fn row(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    group: &Group,
    known: &[Integration],
) -> Result<GroupRow, StoreError> {
    Ok(GroupRow {
        id: group.id.clone(),
        name: group.document.shown_name(),
        members: count(conn, tenant, &group.id, COUNTED_IN_A_LIST).await?,
        provider: provider_name(known, &group.integration_id),
        changed: moment(group.updated_at),
    })
}

async fn count(conn: &mut Conn<'_>, tenant: &TenantId, id: &str, limit: u64) -> Result<String, StoreError> {
    let most = i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1);
    let count = groups::count_members(conn, tenant, id, most).await?;
    Ok(counted(u64::try_from(count).unwrap_or(0), limit, "member", "members"))
}

pub(super) async fn one(
    State(state): State<AppState>,
    visitor: Visitor,
    Path(id): Path<String>,
    Asked(query): Asked<Query>,
) -> Result<Response, ConsoleError> {
    let tenant = &visitor.account()?.tenant_id;
    let mut reader = state.store.read().await?;
    let mut conn = reader.conn();
    let group = groups::get(&mut conn, tenant, &id).await?.ok_or(ConsoleError::NotFound)?;
    let known = integrations::list(&mut conn, tenant).await?;
    let only = Query { after: query.after, before: query.before, ..Query::default() };
    let wanted = Query { group: id.clone(), ..only.clone() }.wanted(&known);
    let members = employees::list(&mut conn, tenant, &wanted).await?;
    let nested = groups::groups_in(&mut conn, tenant, &id, NESTED + 1).await?;
    let count = count(&mut conn, tenant, &id, COUNTED_ALONE).await?;
    let events = timeline::of(&mut conn, tenant, &id, &known).await?;
    let answer = shown::group(&mut conn, tenant, &group, &state.config.scim_url()).await?;
    drop(reader);
    let provider = provider_name(&known, &group.integration_id);
    let view = GroupPage {
        name: group.document.shown_name(),
        count,
        provider,
        details: details(&group, provider),
        members: members.items.iter().map(people::row).collect(),
        pager: only.pager(&format!("/groups/{id}"), &members),
        lost: members.lost,
        groups: links(nested),
        more_events: events.more,
        events: events.shown,
        raw: Raw::new(answer, format!("/groups/{id}/scim.json")),
        id,
    };
    Ok(visitor.show(Page::Group(view)).await)
}

fn details(group: &Group, provider: &str) -> Section {
    let mut lines = vec![("Name".to_owned(), group.document.shown_name())];
    lines.extend(group.document.external_id().map(|id| ("External id".to_owned(), id.to_owned())));
    lines.push(("Id".to_owned(), group.id.clone()));
    lines.push(("Provisioned by".to_owned(), provider.to_owned()));
    lines.push(("Created".to_owned(), moment(group.created_at)));
    lines.push(("Last change".to_owned(), moment(group.updated_at)));
    Section { title: "Details", lines }
}

fn links(mut nested: Vec<(String, String)>) -> Links {
    let limit = usize::try_from(NESTED).unwrap_or(usize::MAX);
    let more = nested.len() > limit;
    nested.truncate(limit);
    Links { links: nested.into_iter().map(|(id, name)| Link { id, name, inactive: false }).collect(), more }
}

/// The resource as SCIM answers it, without its members.
pub(super) async fn raw(
    State(state): State<AppState>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, ConsoleError> {
    let tenant = &visitor.account()?.tenant_id;
    let mut reader = state.store.read().await?;
    let mut conn = reader.conn();
    let group = groups::get(&mut conn, tenant, &id).await?.ok_or(ConsoleError::NotFound)?;
    let answer = shown::group(&mut conn, tenant, &group, &state.config.scim_url()).await?;
    Ok(shown::file(&answer, &id).into_response())
}
