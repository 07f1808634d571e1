//! Who was provisioned.

use app::components::{Filter, Filters, moment};
use app::pages::{EmployeeRow, EmployeesPage, Page};
use axum::extract::State;
use axum::response::Response;
use store::employees::{self, Employee};
use store::listing::Wanted;
use store::{Conn, StoreError, TenantId, groups, integrations};

use super::brake;
use super::error::ConsoleError;
use super::listing::Query;
use super::page::{Asked, Visitor};
use crate::state::AppState;

/// Groups that the filter offers; who has more finds a group in the list of groups.
const GROUPS_OFFERED: usize = 100;

pub(super) async fn list(
    State(state): State<AppState>,
    visitor: Visitor,
    Asked(query): Asked<Query>,
) -> Result<Response, ConsoleError> {
    let tenant = &visitor.account()?.tenant_id;
    let mut reader = state.store.read().await?;
    let mut conn = reader.conn();
    let known = integrations::list(&mut conn, tenant).await?;
    let page = employees::list(&mut conn, tenant, &query.wanted(&known)).await?;
    let groups = group_filter(&mut conn, tenant, &query).await?;
    let group = groups::get(&mut conn, tenant, &query.group).await?;
    let brakes = brake::notes(&mut conn, tenant, &known, visitor.may_manage()).await?;
    drop(reader);
    let filters = [Some(query.status_filter()), query.provider_filter(&known), groups, Some(query.sort_filter())];
    let view = EmployeesPage {
        filters: Filters {
            address: "/employees",
            search: query.q.clone(),
            searched: "Finds the beginnings of words in name, user name, email address, department and title.",
            filters: filters.into_iter().flatten().collect(),
            ignored: query.ignored(&known),
            narrowed: query.narrows(),
        },
        rows: page.items.iter().map(row).collect(),
        pager: query.pager("/employees", &page),
        group: group.map(|group| (group.id, group.document.shown_name())),
        lost: page.lost,
        brakes,
        connected: known.iter().any(|known| known.activated_at.is_some()),
        may_manage: visitor.may_manage(),
    };
    Ok(visitor.show(Page::Employees(view)).await)
}

/// By group: all of them where they are not too many for a list, else the one that was chosen elsewhere.
async fn group_filter(conn: &mut Conn<'_>, tenant: &TenantId, query: &Query) -> Result<Option<Filter>, StoreError> {
    let page = groups::list(conn, tenant, &Wanted { size: GROUPS_OFFERED, ..Wanted::default() }).await?;
    let mut options = vec![(String::new(), "Any".to_owned())];
    options.extend(page.items.iter().map(|group| (group.id.clone(), group.document.shown_name())));
    let chosen = options.iter().any(|(id, _)| *id == query.group);
    if page.last.is_some() || !chosen {
        options.truncate(1);
        if let Some(group) = groups::get(conn, tenant, &query.group).await? {
            options.push((group.id, group.document.shown_name()));
        }
    }
    let filter = Filter { name: "group", label: "Group", options, value: query.group.clone() };
    Ok((filter.options.len() > 1).then_some(filter))
}

/// A person in a list.
pub(super) fn row(employee: &Employee) -> EmployeeRow {
    let document = &employee.document;
    let email = document.email().unwrap_or_default();
    let user_name = Some(document.user_name()).filter(|name| !name.eq_ignore_ascii_case(email));
    EmployeeRow {
        id: employee.id.clone(),
        name: document.shown_name(),
        user_name: user_name.map(str::to_owned),
        email: email.to_owned(),
        department: document.department().unwrap_or_default().to_owned(),
        title: document.title().unwrap_or_default().to_owned(),
        active: document.active(),
        changed: moment(employee.updated_at),
    }
}
