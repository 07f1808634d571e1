//! Which employee an account is: only an admin says so.

use app::components::FieldError;
use app::pages::{AccountLinkPage, Page};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{Redirect, Response};
use serde::Deserialize;
use serde_json::json;
use store::accounts::Account;
use store::audit::{self, Act};
use store::sso::{self, AccountLink, MatchBy};
use store::{AccountId, StoreError, employees};

use super::ADDRESS;
use super::confirm_link::{Names, confirm, names};
use super::standing::named;
use crate::console::error::ConsoleError;
use crate::console::page::{Fields, Visitor};
use crate::state::AppState;

pub(in crate::console) async fn ask_to_link(
    State(state): State<AppState>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, ConsoleError> {
    let account = named(&state, &visitor, &AccountId(id)).await?;
    let page = page(&state, &account).await?;
    Ok(visitor.show(Page::AccountLink(page)).await)
}

pub(in crate::console) async fn back_to_link(Path(id): Path<String>) -> Redirect {
    Redirect::to(&format!("{ADDRESS}/{id}/link"))
}

pub(super) async fn page(state: &AppState, account: &Account) -> Result<AccountLinkPage, ConsoleError> {
    let mut reader = state.store.read().await?;
    let mut conn = reader.conn();
    let employee = match sso::link_of_account(&mut conn, &account.tenant_id, &account.id).await? {
        Some(link) => employees::get(&mut conn, &account.tenant_id, &link.employee_id).await?,
        None => None,
    };
    let names = match &employee {
        Some(employee) => Some(names(&mut conn, account, &employee.document).await?),
        None => None,
    };
    drop(reader);
    let Names { confirmed, present, seen } = names.unwrap_or_default();
    Ok(AccountLinkPage {
        confirmed,
        present,
        seen,
        notice: None,
        id: account.id.to_string(),
        email: account.email.clone(),
        employee: employee.map(|employee| (employee.id.clone(), employee.document.shown_name())),
        typed: String::new(),
        errors: Vec::new(),
    })
}

#[derive(Deserialize)]
pub(in crate::console) struct Sent {
    #[serde(default)]
    employee: String,
    /// Of the page that asks to confirm how the employee is named; empty on the one that asks for the employee.
    #[serde(default)]
    seen: String,
}

/// What became of the wish to link.
enum Linked {
    Done,
    /// There is no such employee.
    Nobody,
    /// One of the two has a link.
    Taken,
}

pub(in crate::console) async fn link(
    State(state): State<AppState>,
    visitor: Visitor,
    Path(id): Path<String>,
    Fields(sent): Fields<Sent>,
) -> Result<Response, ConsoleError> {
    let account = named(&state, &visitor, &AccountId(id)).await?;
    if !sent.seen.is_empty() {
        return confirm(&state, &visitor, account, sent.seen).await;
    }
    let typed = sent.employee.trim().to_owned();
    let (by, now) = (visitor.account()?.email.clone(), state.store.now());
    let (chosen, wanted, from) = (account.clone(), typed.clone(), visitor.client.place());
    let linked: Result<Linked, StoreError> = state
        .store
        .write(move |conn| {
            Box::pin(async move {
                let tenant = &chosen.tenant_id;
                let mut people = sso::find_people(conn, tenant, MatchBy::UserName, &wanted).await?;
                let Some((employee_id, _)) = people.pop() else { return Ok(Linked::Nobody) };
                let link = AccountLink { account_id: chosen.id.clone(), employee_id, linked_by: by.clone() };
                match sso::link(conn, tenant, &link, now).await {
                    Err(StoreError::Conflict(_)) => return Ok(Linked::Taken),
                    done => done?,
                }
                let confirmed = sso::confirmed(conn, tenant, &chosen.id).await?;
                let names: Vec<_> = confirmed.iter().map(|one| one.name.as_str()).collect();
                let detail = json!({ "employee": wanted, "names": names, "from": from });
                let act = Act { actor: &by, action: "sso.link", subject: &chosen.email, detail };
                audit::record(conn, tenant, &act, now).await?;
                Ok(Linked::Done)
            })
        })
        .await;
    let text = match linked? {
        Linked::Done => return visitor.go_to(ADDRESS, &format!("{} is the employee {typed}.", account.email)).await,
        Linked::Nobody => "No employee has this user name.",
        Linked::Taken => "The account or the employee has a link already. End that one first.",
    };
    let errors = vec![FieldError { field: "employee", text: text.to_owned() }];
    let page = AccountLinkPage { typed, errors, ..page(&state, &account).await? };
    Ok(visitor.show_with(StatusCode::UNPROCESSABLE_ENTITY, Page::AccountLink(page)).await)
}

pub(in crate::console) async fn unlink(
    State(state): State<AppState>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, ConsoleError> {
    let account = named(&state, &visitor, &AccountId(id)).await?;
    let (by, now, email) = (visitor.account()?.email.clone(), state.store.now(), account.email.clone());
    let from = visitor.client.place();
    let ended: Result<bool, StoreError> = state
        .store
        .write(move |conn| {
            Box::pin(async move {
                let ended = sso::unlink(conn, &account.tenant_id, &account.id).await?;
                if ended {
                    let detail = json!({ "from": from });
                    let act = Act { actor: &by, action: "sso.unlink", subject: &account.email, detail };
                    audit::record(conn, &account.tenant_id, &act, now).await?;
                }
                Ok(ended)
            })
        })
        .await;
    let text = if ended? {
        format!("{email} is no employee any more, and is signed out.")
    } else {
        format!("{email} had no link.")
    };
    visitor.go_to(ADDRESS, &text).await
}
