//! Who was provisioned.

use std::collections::HashMap;

use app::components::{Pager, moment};
use app::pages::{EmployeePage, EmployeeRow, EmployeesPage, Page};
use axum::extract::{Path, State};
use axum::response::Response;
use serde::Deserialize;
use store::employees::{self, Employee};
use store::events::{self, Action, Event, Outcome};
use store::{custom_attributes, groups, integrations};

use super::attributes;
use super::error::ConsoleError;
use super::page::{Asked, Visitor};
use crate::state::AppState;

/// Rows on a page.
const SIZE: usize = 50;
/// Changes shown on a person's page.
const CHANGES: usize = 50;

#[derive(Default, Deserialize)]
pub(super) struct Search {
    #[serde(default)]
    q: String,
    page: Option<usize>,
}

pub(super) async fn list(
    State(state): State<AppState>,
    visitor: Visitor,
    Asked(search): Asked<Search>,
) -> Result<Response, ConsoleError> {
    let (search, number) = (search.q, search.page.unwrap_or(1).max(1));
    let tenant = &visitor.account()?.tenant_id;
    let mut reader = state.store.read().await?;
    let mut conn = reader.conn();
    let page = employees::search(&mut conn, tenant, &search, number, SIZE).await?;
    let connected = integrations::list(&mut conn, tenant).await?.iter().any(|known| known.activated_at.is_some());
    drop(reader);
    let query = serde_urlencoded::to_string([("q", search.trim())]).unwrap_or_default();
    let address = if search.trim().is_empty() { "/employees".to_owned() } else { format!("/employees?{query}") };
    let pager = Pager { page: number, size: SIZE, shown: page.items.len(), total: page.total, address };
    let rows = page.items.iter().map(row).collect();
    let may_manage = visitor.may_manage();
    Ok(visitor.show(Page::Employees(EmployeesPage { search, rows, pager, connected, may_manage })).await)
}

fn row(employee: &Employee) -> EmployeeRow {
    let document = &employee.document;
    EmployeeRow {
        id: employee.id.clone(),
        name: document.shown_name(),
        email: document.email().unwrap_or_default().to_owned(),
        department: document.department().unwrap_or_default().to_owned(),
        title: document.title().unwrap_or_default().to_owned(),
        active: document.active(),
        changed: moment(employee.updated_at),
    }
}

pub(super) async fn one(
    State(state): State<AppState>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, ConsoleError> {
    let tenant = &visitor.account()?.tenant_id;
    let mut reader = state.store.read().await?;
    let mut conn = reader.conn();
    let employee = employees::get(&mut conn, tenant, &id).await?.ok_or(ConsoleError::NotFound)?;
    let mut groups: HashMap<_, _> = groups::groups_of(&mut conn, tenant, &[&id]).await?;
    let custom = custom_attributes::list(&mut conn, tenant).await?;
    let changes = events::of_resource(&mut conn, tenant, &id, CHANGES).await?;
    drop(reader);
    let page = EmployeePage {
        name: employee.document.shown_name(),
        active: employee.document.active(),
        attributes: attributes::of(&employee.document, &custom),
        groups: groups.remove(&id).unwrap_or_default().into_iter().filter_map(|group| group.display).collect(),
        events: changes.iter().map(|event| (moment(event.at), words(event))).collect(),
    };
    Ok(visitor.show(Page::Employee(page)).await)
}

/// What was done, and what was bent to make it fit.
fn words(event: &Event) -> String {
    let done = match event.action {
        _ if event.outcome == Outcome::Failure => "A request failed",
        Action::Created => "Created",
        Action::Updated => "Updated",
        Action::Disabled => "Disabled",
        Action::Enabled => "Enabled again",
        Action::Deleted => "Deleted",
        _ => "Sent without a change",
    };
    let notes: Vec<String> = event.notes.0.iter().map(|note| format!("{}: {}", note.attribute, note.detail)).collect();
    if notes.is_empty() { done.to_owned() } else { format!("{done}. {}", notes.join(" ")) }
}
