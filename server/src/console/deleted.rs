//! Employees who were deleted, and bringing one of them back.

use app::components::moment;
use app::pages::{DeletedEmployeePage, DeletedEmployeesPage, DeletedRow, Link, Links, Page};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{Redirect, Response};
use serde::Deserialize;
use serde_json::json;
use store::audit::{self, Act};
use store::deleted_employees::{self, Deleted, KEPT, Restoration};
use store::{Conn, StoreError, TenantId, custom_attributes, groups, integrations, undo};
use time::OffsetDateTime;

use super::error::ConsoleError;
use super::listing::provider_name;
use super::page::{Asked, Fields, Visitor};
use super::{attributes, brake};
use crate::state::AppState;

/// Rows on a page.
const SIZE: usize = 50;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Place {
    /// The time and id of the last row before.
    after: String,
}

pub(super) async fn list(
    State(state): State<AppState>,
    visitor: Visitor,
    Asked(place): Asked<Place>,
) -> Result<Response, ConsoleError> {
    let tenant = &visitor.account()?.tenant_id;
    let after = place.after.split_once('.').and_then(|(at, id)| Some((read(at)?, id)));
    let mut reader = state.store.read().await?;
    let mut conn = reader.conn();
    let (rows, more) = deleted_employees::list(&mut conn, tenant, after, SIZE).await?;
    let known = integrations::list(&mut conn, tenant).await?;
    let brakes = brake::notes(&mut conn, tenant, &known, true).await?;
    drop(reader);
    let next = rows.last().filter(|_| more);
    let next = next.map(|last| format!("/employees/deleted?after={}.{}", spelled(last.at), last.employee.id));
    let page = DeletedEmployeesPage { rows: rows.iter().map(row).collect(), next, is_first: after.is_none(), brakes };
    Ok(visitor.show(Page::DeletedEmployees(page)).await)
}

fn row(deleted: &Deleted) -> DeletedRow {
    let document = &deleted.employee.document;
    DeletedRow {
        id: deleted.employee.id.clone(),
        name: document.shown_name(),
        email: document.email().unwrap_or_else(|| document.user_name()).to_owned(),
        deleted: moment(deleted.at),
        kept: moment(deleted.at + KEPT),
    }
}

fn spelled(at: OffsetDateTime) -> String {
    (at.unix_timestamp_nanos() / 1_000_000).to_string()
}

fn read(milliseconds: &str) -> Option<OffsetDateTime> {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(milliseconds.parse::<i64>().ok()?) * 1_000_000).ok()
}

pub(super) async fn one(
    State(state): State<AppState>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, ConsoleError> {
    let page = view(&state, &visitor, &id).await?;
    Ok(visitor.show(Page::DeletedEmployee(page)).await)
}

async fn view(state: &AppState, visitor: &Visitor, id: &str) -> Result<DeletedEmployeePage, ConsoleError> {
    let tenant = &visitor.account()?.tenant_id;
    let mut reader = state.store.read().await?;
    let mut conn = reader.conn();
    let deleted = deleted_employees::get(&mut conn, tenant, id).await?.ok_or(ConsoleError::NotFound)?;
    let known = integrations::list(&mut conn, tenant).await?;
    let custom = custom_attributes::list(&mut conn, tenant).await?;
    let taken = deleted_employees::is_taken(&mut conn, tenant, &deleted.employee.document).await?;
    let groups = groups_of(&mut conn, tenant, &deleted).await?;
    drop(reader);
    let provider = provider_name(&known, &deleted.employee.integration_id);
    Ok(DeletedEmployeePage {
        id: deleted.employee.id.clone(),
        name: deleted.employee.document.shown_name(),
        text: format!("Deleted on {}. Kept until {}.", moment(deleted.at), moment(deleted.at + KEPT)),
        obstacle: taken.then(|| obstacle(deleted.employee.document.user_name())),
        seen: spelled(deleted.at),
        sections: attributes::sections(&deleted.employee, provider, &custom, false),
        groups,
    })
}

fn obstacle(user_name: &str) -> String {
    format!("Someone else has the user name {user_name} now. To restore this one, rename or delete the other first.")
}

/// Those of their groups that still exist.
async fn groups_of(conn: &mut Conn<'_>, tenant: &TenantId, deleted: &Deleted) -> Result<Links, StoreError> {
    let mut links = Vec::new();
    for id in deleted.member_of.iter().take(undo::MAX_MEMBERS) {
        if let Some(group) = groups::get(conn, tenant, id).await? {
            links.push(Link { id: group.id, name: group.document.shown_name(), inactive: false });
        }
    }
    Ok(Links { links, more: deleted.member_of.len() > undo::MAX_MEMBERS })
}

/// To the page with the button, when the form's own address is opened.
pub(super) async fn back(Path(id): Path<String>) -> Redirect {
    let id: String = id.chars().filter(|letter| letter.is_ascii_alphanumeric() || *letter == '-').collect();
    Redirect::to(&format!("/employees/deleted/{id}"))
}

#[derive(Deserialize)]
pub(super) struct Seen {
    #[serde(default)]
    seen: String,
}

pub(super) async fn restore(
    State(state): State<AppState>,
    visitor: Visitor,
    Path(id): Path<String>,
    Fields(Seen { seen }): Fields<Seen>,
) -> Result<Response, ConsoleError> {
    let seen = read(&seen).ok_or(ConsoleError::BadForm)?;
    let account = visitor.account()?;
    let (tenant, by, store, of) = (account.tenant_id.clone(), account.email.clone(), state.store.clone(), id.clone());
    let done: Result<Restoration, StoreError> = state
        .store
        .write(move |conn| {
            Box::pin(async move {
                let found = deleted_employees::get(conn, &tenant, &of).await?;
                let Some(found) = found.filter(|found| found.at == seen) else { return Ok(Restoration::Gone) };
                let subject = found.employee.document.user_name().to_owned();
                let done = undo::restore(conn, (&tenant, &of), &store).await?;
                if let Restoration::Restored(_) = &done {
                    let act = Act { actor: &by, action: "employee.restore", subject: &subject, detail: json!({}) };
                    audit::record(conn, &tenant, &act, store.now()).await?;
                }
                Ok(done)
            })
        })
        .await;
    match done {
        Ok(Restoration::Restored(employee)) => {
            let message = format!("{} is back.", app::components::plain(&employee.document.shown_name()));
            visitor.go_to(&format!("/employees/{}", employee.id), &message).await
        }
        // A name can be taken between the look and the writing.
        Ok(Restoration::Taken) | Err(StoreError::Conflict(_)) => {
            let page = view(&state, &visitor, &id).await?;
            Ok(visitor.show_with(StatusCode::CONFLICT, Page::DeletedEmployee(page)).await)
        }
        Ok(Restoration::Gone) => Err(ConsoleError::NotFound),
        Err(error) => Err(error.into()),
    }
}
