//! Who signs in to the console: the list, and what is decided about it.

mod confirm_link;
mod invite;
mod link;
mod second_factor;
mod standing;

use app::components::{FieldError, moment};
use app::pages::{AccountRow, AccountsPage, FactorRequirement, InvitationDraft, InvitationRow, Page};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{Redirect, Response};
use scim::Document;
use store::accounts::{self, Account, Role};
use store::invitations::{self, Invitation};
use store::{AccountId, sso};

pub(super) use invite::{invite, renew, withdraw};
pub(super) use link::{ask_to_link, back_to_link, link, unlink};
pub(super) use second_factor::{ask_to_take_factor, take_factor};
pub(super) use standing::{ask_about_role, ask_to_disable, ask_to_enable, change_role, disable, enable};

use super::error::ConsoleError;
use super::page::{Visitor, role_name};
use crate::state::AppState;

pub(super) const ADDRESS: &str = "/settings/accounts";

pub(super) async fn list(State(state): State<AppState>, visitor: Visitor) -> Result<Response, ConsoleError> {
    let page = page(&state, &visitor).await?;
    Ok(visitor.show(Page::Accounts(page)).await)
}

/// To the list, when a form's own address is opened: by the choice of colours on its answer, or from the history.
pub(super) async fn back() -> Redirect {
    Redirect::to(ADDRESS)
}

async fn page(state: &AppState, visitor: &Visitor) -> Result<AccountsPage, ConsoleError> {
    let account = visitor.account()?;
    let mut reader = state.store.read().await?;
    let mut conn = reader.conn();
    let all = accounts::list(&mut conn, &account.tenant_id).await?;
    let linked = sso::linked(&mut conn, &account.tenant_id).await?;
    let mut doubtful = Vec::new();
    for (id, _, document) in &linked {
        if !sso::doubts(&mut conn, &account.tenant_id, id, document).await?.is_empty() {
            doubtful.push(id.clone());
        }
    }
    let invited = invitations::list(&mut conn, &account.tenant_id).await?;
    let holders = store::second_factor::holders(&mut conn, &account.tenant_id).await?;
    let required = store::second_factor::requirement(&mut conn, &account.tenant_id).await?;
    drop(reader);
    let requirement = FactorRequirement {
        required: required.map(|required| format!("since {}, by {}", moment(required.since), required.required_by)),
        without: all.iter().filter(|one| one.disabled_at.is_none() && !holders.contains(&one.id)).count(),
    };
    Ok(AccountsPage {
        accounts: all.iter().map(|one| account_row(one, account, (&linked, &doubtful, &holders))).collect(),
        requirement: (account.role == Role::Admin).then_some(requirement),
        invitations: invited.into_iter().map(|one| invitation_row(state, one, account.role)).collect(),
        givable: givable(account.role),
        draft: InvitationDraft {
            request_key: state.store.new_id(),
            email: String::new(),
            role: Role::Viewer.name().to_owned(),
        },
        notice: None,
        errors: Vec::new(),
    })
}

/// Accounts that are employees: whom, and its name and record.
type Linked = (AccountId, String, Document);

fn account_row(
    account: &Account,
    visitor: &Account,
    (linked, doubtful, holders): (&[Linked], &[AccountId], &[AccountId]),
) -> AccountRow {
    let employee = linked.iter().find(|(id, _, _)| *id == account.id);
    AccountRow {
        id: account.id.to_string(),
        email: account.email.clone(),
        role: role_name(account.role),
        enabled: account.standing().enabled,
        last_sign_in: account.last_sign_in_at.map_or_else(|| "Never".to_owned(), moment),
        own: account.id == visitor.id,
        employee: employee.map(|(_, _, document)| (document.shown_name(), !doubtful.contains(&account.id))),
        second_factor: holders.contains(&account.id),
        manageable: visitor.role.may_give(account.role),
    }
}

fn invitation_row(state: &AppState, invitation: Invitation, visitor: Role) -> InvitationRow {
    let expired = invitation.expires_at <= state.store.now();
    let end = moment(invitation.expires_at);
    InvitationRow {
        id: invitation.id.to_string(),
        email: invitation.email,
        role: role_name(invitation.role),
        invited: format!("{} by {}", moment(invitation.created_at), invitation.invited_by),
        expires: if expired { format!("Worked until {end}") } else { format!("Works until {end}") },
        expired,
        seen: invitation.request_key,
        request_key: state.store.new_id(),
        manageable: visitor.may_give(invitation.role),
    }
}

/// The values of the roles that this one may give.
fn givable(role: Role) -> Vec<&'static str> {
    Role::ALL.into_iter().filter(|given| role.may_give(*given)).map(Role::name).collect()
}

/// The list with something to say about what was asked for.
async fn with_notice(state: &AppState, visitor: &Visitor, notice: String) -> Result<Response, ConsoleError> {
    let page = AccountsPage { notice: Some(notice), ..page(state, visitor).await? };
    Ok(visitor.show_with(StatusCode::CONFLICT, Page::Accounts(page)).await)
}

/// The list with a form that was not taken: what was typed is kept.
async fn with_error(
    state: &AppState,
    visitor: &Visitor,
    draft: InvitationDraft,
    errors: Vec<FieldError>,
) -> Result<Response, ConsoleError> {
    let page = AccountsPage { draft, errors, ..page(state, visitor).await? };
    Ok(visitor.show_with(StatusCode::UNPROCESSABLE_ENTITY, Page::Accounts(page)).await)
}
