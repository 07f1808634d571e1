//! Who was provisioned.

use app::components::{Filters, moment};
use app::pages::{EmployeeRow, EmployeesPage, Page};
use axum::extract::State;
use axum::response::Response;
use store::employees::{self, Employee};
use store::integrations;

use super::error::ConsoleError;
use super::listing::Query;
use super::page::{Asked, Visitor};
use super::{brake, group_filter};
use crate::state::AppState;

pub(super) async fn list(
    State(state): State<AppState>,
    visitor: Visitor,
    Asked(query): Asked<Query>,
) -> Result<Response, ConsoleError> {
    let tenant = &visitor.account()?.tenant_id;
    let mut reader = state.store.read().await?;
    let mut conn = reader.conn();
    let known = integrations::list(&mut conn, tenant).await?;
    let meant = group_filter::meant(&mut conn, tenant, &query.group).await?;
    let query = meant.narrow(query);
    let page = employees::list(&mut conn, tenant, &query.wanted(&known)).await?;
    let (choices, typed) = group_filter::field(&mut conn, tenant, &meant, &query).await?;
    let brakes = brake::notes(&mut conn, tenant, &known, visitor.may_manage()).await?;
    drop(reader);
    let filters = [Some(query.status_filter()), query.provider_filter(&known), choices, Some(query.sort_filter())];
    let view = EmployeesPage {
        filters: Filters {
            address: "/employees",
            search: query.q.clone(),
            searched: "Finds the beginnings of words in name, user name, email address, department and title.",
            typed,
            filters: filters.into_iter().flatten().collect(),
            ignored: query.ignored(&known),
            narrowed: query.narrows(),
        },
        rows: page.items.iter().map(row).collect(),
        pager: query.pager("/employees", &page),
        group: meant.shown(&query),
        lost: page.lost,
        brakes,
        connected: known.iter().any(|known| known.activated_at.is_some()),
        may_manage: visitor.may_manage(),
    };
    Ok(visitor.show(Page::Employees(view)).await)
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
