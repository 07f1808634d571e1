//! One person.

use app::components::Raw;
use app::pages::{EmployeePage, Link, Links, Page};
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use store::employees::{self, Employee};
use store::{Conn, StoreError, TenantId, custom_attributes, deleted_employees, groups, integrations};

use super::error::ConsoleError;
use super::listing::provider_name;
use super::page::Visitor;
use super::{attributes, timeline};
use crate::endpoint::shown;
use crate::state::AppState;

/// Groups and reports that are listed.
const LISTED: usize = 50;

pub(super) async fn page(
    State(state): State<AppState>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, ConsoleError> {
    let tenant = &visitor.account()?.tenant_id;
    let mut reader = state.store.read().await?;
    let mut conn = reader.conn();
    let Some(employee) = employees::get(&mut conn, tenant, &id).await? else {
        let deleted = visitor.may_manage() && deleted_employees::get(&mut conn, tenant, &id).await?.is_some();
        let page = deleted.then(|| Redirect::to(&format!("/employees/deleted/{id}")).into_response());
        return page.ok_or(ConsoleError::NotFound);
    };
    let known = integrations::list(&mut conn, tenant).await?;
    let custom = custom_attributes::list(&mut conn, tenant).await?;
    let events = timeline::of(&mut conn, tenant, &id, &known).await?;
    let deactivated =
        if employee.document.active() { None } else { timeline::last_disabled(&mut conn, tenant, &id, &known).await? };
    let answer = shown::employee(&mut conn, tenant, &employee, &state.config.scim_url()).await?;
    let groups = groups_of(&mut conn, tenant, &id).await?;
    let (manager, reports) = people_around(&mut conn, tenant, &employee).await?;
    drop(reader);
    let provider = provider_name(&known, &employee.integration_id);
    let document = &employee.document;
    let view = EmployeePage {
        name: document.shown_name(),
        active: document.active(),
        deactivated,
        provider,
        sections: attributes::sections(&employee, provider, &custom, manager.is_some()),
        groups,
        manager,
        reports,
        more_events: events.more,
        events: events.shown,
        raw: Raw::new(answer, format!("/employees/{id}/scim.json")),
        id,
    };
    Ok(visitor.show(Page::Employee(view)).await)
}

/// The whole resource, as SCIM answers it.
pub(super) async fn raw(
    State(state): State<AppState>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, ConsoleError> {
    let tenant = &visitor.account()?.tenant_id;
    let mut reader = state.store.read().await?;
    let mut conn = reader.conn();
    let employee = employees::get(&mut conn, tenant, &id).await?.ok_or(ConsoleError::NotFound)?;
    let answer = shown::employee(&mut conn, tenant, &employee, &state.config.scim_url()).await?;
    Ok(shown::file(&answer, &id).into_response())
}

async fn groups_of(conn: &mut Conn<'_>, tenant: &TenantId, id: &str) -> Result<Links, StoreError> {
    let of = groups::groups_of(conn, tenant, &[id]).await?.remove(id).unwrap_or_default();
    let link = |group: &scim::render::Reference| Link {
        id: group.id.clone(),
        name: group.display.clone().unwrap_or_else(|| group.id.clone()),
        inactive: false,
    };
    Ok(Links { links: of.iter().take(LISTED).map(link).collect(), more: of.len() > LISTED })
}

async fn people_around(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    employee: &Employee,
) -> Result<(Option<Link>, Links), StoreError> {
    let manager = match employee.document.manager() {
        Some(id) => employees::get(conn, tenant, id).await?,
        None => None,
    };
    let manager = manager.map(|manager| Link {
        name: manager.document.shown_name(),
        inactive: !manager.document.active(),
        id: manager.id,
    });
    let limit = i64::try_from(LISTED).unwrap_or(i64::MAX);
    let mut reports = employees::reports(conn, tenant, &employee.id, limit.saturating_add(1)).await?;
    let more = reports.len() > LISTED;
    reports.truncate(LISTED);
    let links = reports.into_iter().map(|one| Link { id: one.id, name: one.name, inactive: !one.active }).collect();
    Ok((manager, Links { links, more }))
}
