//! Decisions: an account's role, and whether it may sign in.

use app::components::FieldError;
use app::pages::{AccountDecisionPage, Page, Question};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use serde_json::json;
use store::accounts::{self, Account, Decision, Outcome, Role, Standing};
use store::audit::{self, Act};
use store::{AccountId, StoreError};

use super::{ADDRESS, givable};
use crate::console::conflict;
use crate::console::error::ConsoleError;
use crate::console::page::{Fields, Visitor, role_name};
use crate::state::AppState;

const LAST_ADMIN: &str =
    "This is the last admin who can sign in, so nobody could undo it. Make someone else an admin first.";

const BREAK_GLASS: &str = "Single sign-on is required, and this admin's password is the way in without it. Choose another admin for that first, on the SSO tab.";

pub(in crate::console) async fn ask_about_role(
    State(state): State<AppState>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, ConsoleError> {
    ask(&state, &visitor, id, Question::Role).await
}

pub(in crate::console) async fn ask_to_disable(
    State(state): State<AppState>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, ConsoleError> {
    ask(&state, &visitor, id, Question::Disable).await
}

pub(in crate::console) async fn ask_to_enable(
    State(state): State<AppState>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, ConsoleError> {
    ask(&state, &visitor, id, Question::Enable).await
}

async fn ask(state: &AppState, visitor: &Visitor, id: String, question: Question) -> Result<Response, ConsoleError> {
    let account = named(state, visitor, &AccountId(id)).await?;
    Ok(visitor.show(Page::AccountDecision(page(visitor, &account, question)?)).await)
}

/// The company's account with this id.
pub(super) async fn named(state: &AppState, visitor: &Visitor, id: &AccountId) -> Result<Account, ConsoleError> {
    let mut reader = state.store.read().await?;
    let by = visitor.account()?;
    let found = accounts::get(&mut reader.conn(), &by.tenant_id, id).await?.ok_or(ConsoleError::NotFound)?;
    if by.role.may_give(found.role) { Ok(found) } else { Err(ConsoleError::BeyondOwnRole) }
}

fn page(visitor: &Visitor, account: &Account, question: Question) -> Result<AccountDecisionPage, ConsoleError> {
    Ok(AccountDecisionPage {
        question,
        id: account.id.to_string(),
        email: account.email.clone(),
        role: account.role.name().to_owned(),
        seen: spelled(account.standing()),
        own: account.id == visitor.account()?.id,
        givable: givable(visitor.account()?.role),
        notice: None,
        errors: Vec::new(),
    })
}

/// How an account stood when its page was shown, for the page's form.
fn spelled(standing: Standing) -> String {
    format!("{} {}", standing.role.name(), if standing.enabled { "enabled" } else { "disabled" })
}

fn read(spelled: &str) -> Option<Standing> {
    let (role, state) = spelled.split_once(' ')?;
    let enabled = match state {
        "enabled" => true,
        "disabled" => false,
        _ => return None,
    };
    Some(Standing { role: Role::parse(role)?, enabled })
}

#[derive(Deserialize)]
pub(in crate::console) struct Sent {
    #[serde(default)]
    seen: String,
    #[serde(default)]
    role: String,
}

impl Sent {
    fn seen(&self) -> Result<Standing, ConsoleError> {
        read(&self.seen).ok_or(ConsoleError::BadForm)
    }
}

pub(in crate::console) async fn change_role(
    State(state): State<AppState>,
    visitor: Visitor,
    Path(id): Path<String>,
    Fields(sent): Fields<Sent>,
) -> Result<Response, ConsoleError> {
    let (id, seen) = (AccountId(id), sent.seen()?);
    let Some(role) = Role::parse(&sent.role) else {
        let account = named(&state, &visitor, &id).await?;
        let text = "Choose one of the roles.".to_owned();
        let errors = vec![FieldError { field: "role", text }];
        let page = AccountDecisionPage { errors, ..page(&visitor, &account, Question::Role)? };
        return Ok(visitor.show_with(StatusCode::UNPROCESSABLE_ENTITY, Page::AccountDecision(page)).await);
    };
    let by = Some(visitor.account()?.id.clone());
    let decision = Decision { by, seen, wanted: Standing { role, ..seen } };
    carry_out(&state, &visitor, id, decision, Question::Role).await
}

pub(in crate::console) async fn disable(
    State(state): State<AppState>,
    visitor: Visitor,
    Path(id): Path<String>,
    Fields(sent): Fields<Sent>,
) -> Result<Response, ConsoleError> {
    let seen = sent.seen()?;
    let by = Some(visitor.account()?.id.clone());
    let decision = Decision { by, seen, wanted: Standing { enabled: false, ..seen } };
    carry_out(&state, &visitor, AccountId(id), decision, Question::Disable).await
}

pub(in crate::console) async fn enable(
    State(state): State<AppState>,
    visitor: Visitor,
    Path(id): Path<String>,
    Fields(sent): Fields<Sent>,
) -> Result<Response, ConsoleError> {
    let seen = sent.seen()?;
    let by = Some(visitor.account()?.id.clone());
    let decision = Decision { by, seen, wanted: Standing { enabled: true, ..seen } };
    carry_out(&state, &visitor, AccountId(id), decision, Question::Enable).await
}

async fn carry_out(
    state: &AppState,
    visitor: &Visitor,
    id: AccountId,
    decision: Decision,
    question: Question,
) -> Result<Response, ConsoleError> {
    let (account, notice) = match decide(state, visitor, id, decision, question).await? {
        Outcome::Done(account) | Outcome::Already(account) => {
            let own = account.id == visitor.account()?.id;
            // Whoever took the right from themselves would find the list closed.
            let next = if own && !account.role.manages_accounts() { "/settings" } else { ADDRESS };
            return visitor.go_to(next, &done(&account, question)).await;
        }
        Outcome::NotAllowed => return Err(ConsoleError::BeyondOwnRole),
        Outcome::LastAdmin(account) => (account, LAST_ADMIN.to_owned()),
        Outcome::BreakGlass(account) => (account, BREAK_GLASS.to_owned()),
        Outcome::Changed(account) => {
            let actions = ["account.role", "account.disable", "account.enable", "account.recover"];
            let who = conflict::last(state, &account.tenant_id, &account.email, &actions).await?.unwrap_or_default();
            (account, format!("Nothing was done: your page was out of date. {who} This is how it stands now."))
        }
    };
    let page = AccountDecisionPage { notice: Some(notice), ..page(visitor, &account, question)? };
    Ok(visitor.show_with(StatusCode::CONFLICT, Page::AccountDecision(page)).await)
}

async fn decide(
    state: &AppState,
    visitor: &Visitor,
    id: AccountId,
    decision: Decision,
    question: Question,
) -> Result<Outcome, ConsoleError> {
    let account = visitor.account()?;
    let (tenant, by, now) = (account.tenant_id.clone(), account.email.clone(), state.store.now());
    let from = visitor.client.place();
    let decided: Result<Option<Outcome>, StoreError> = state
        .store
        .write(move |conn| {
            Box::pin(async move {
                let role_before = decision.seen.role;
                let outcome = accounts::decide(conn, &tenant, &id, decision, now).await?;
                if let Some(Outcome::Done(account)) = &outcome {
                    let action = match question {
                        Question::Role => "account.role",
                        Question::Disable => "account.disable",
                        Question::Enable => "account.enable",
                    };
                    let (role, before) = (account.role.name(), role_before.name());
                    let detail = json!({ "role": role, "role_before": before, "from": from });
                    let act = Act { actor: &by, action, subject: &account.email, detail };
                    audit::record(conn, &tenant, &act, now).await?;
                }
                Ok(outcome)
            })
        })
        .await;
    decided?.ok_or(ConsoleError::NotFound)
}

fn done(account: &Account, question: Question) -> String {
    let email = &account.email;
    match question {
        Question::Role => format!("{email} has the role {} now.", role_name(account.role)),
        Question::Disable => format!("{email} is disabled, and its sessions have ended."),
        Question::Enable => format!("{email} can sign in again."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_standing_is_read_as_it_was_spelled() {
        for role in Role::ALL {
            for enabled in [true, false] {
                let standing = Standing { role, enabled };
                assert_eq!(read(&spelled(standing)), Some(standing));
            }
        }
        for wrong in ["", "admin", "root enabled", "admin  enabled", "admin gone"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
