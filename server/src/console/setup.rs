//! The first start: whoever holds the link that the server printed creates the company and its first admin.

use app::components::FieldError;
use app::pages::{Page, SetupPage};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use serde_json::json;
use store::accounts::{self, Account, NewAccount, Role};
use store::audit::{self, Act};
use store::{AccountId, StoreError, TenantId, setup_codes, tenants};

use super::error::ConsoleError;
use super::page::{Asked, Fields, Visitor};
use super::sign_in::{self, By};
use crate::state::AppState;
use crate::{email_address, password};

/// The longest name of a company, in letters.
const MAX_NAME: usize = 100;

#[derive(Default, Deserialize)]
pub(super) struct Link {
    #[serde(default)]
    code: String,
}

#[derive(Deserialize)]
pub(super) struct Sent {
    #[serde(default)]
    code: String,
    #[serde(default)]
    company: String,
    #[serde(default)]
    email: String,
    #[serde(default)]
    password: String,
}

pub(super) async fn form(
    State(state): State<AppState>,
    visitor: Visitor,
    Asked(link): Asked<Link>,
) -> Result<Response, ConsoleError> {
    let code = link.code;
    let mut reader = state.store.read().await?;
    let valid = setup_codes::is_valid(&mut reader.conn(), &code, state.store.now()).await?;
    drop(reader);
    if !valid {
        return Ok(used_up(&visitor).await);
    }
    Ok(visitor.show(Page::Setup(SetupPage { code: Some(code), ..SetupPage::default() })).await)
}

pub(super) async fn submit(
    State(state): State<AppState>,
    visitor: Visitor,
    Fields(sent): Fields<Sent>,
) -> Result<Response, ConsoleError> {
    let mut reader = state.store.read().await?;
    let valid = setup_codes::is_valid(&mut reader.conn(), &sent.code, state.store.now()).await?;
    drop(reader);
    if !valid {
        return Ok(used_up(&visitor).await);
    }
    let errors = problems(&sent);
    if !errors.is_empty() {
        return Ok(again(&visitor, sent, errors).await);
    }
    match create(&state, &sent).await? {
        Some(account) => {
            sign_in::begin(&state, &visitor, account, By::Password).await?;
            let message = "Your company and account are ready. Next, connect your identity provider.";
            visitor.go_to("/settings/integrations/provisioning-sso", message).await
        }
        None => Ok(used_up(&visitor).await),
    }
}

/// All that is wrong with the form, in the order of its fields.
fn problems(sent: &Sent) -> Vec<FieldError> {
    let mut errors = Vec::new();
    let mut add = |field, text: &str| errors.push(FieldError { field, text: text.to_owned() });
    let length = sent.company.trim().chars().count();
    if length == 0 {
        add("company", "Enter the name of your company.");
    } else if length > MAX_NAME {
        add("company", "Shorten the name to at most 100 letters.");
    }
    if !email_address::is_plausible(&sent.email) {
        add("email", "Enter an e-mail address, such as ada@example.com.");
    }
    if let Err(why) = password::check(&sent.password, &[&sent.email, &sent.company]) {
        add("password", why);
    }
    errors
}

async fn again(visitor: &Visitor, sent: Sent, errors: Vec<FieldError>) -> Response {
    let page = SetupPage { code: Some(sent.code), company: sent.company, email: sent.email, errors };
    visitor.show_with(StatusCode::UNPROCESSABLE_ENTITY, Page::Setup(page)).await
}

async fn used_up(visitor: &Visitor) -> Response {
    visitor.show_with(StatusCode::GONE, Page::Setup(SetupPage::default())).await
}

/// Company and account, unless someone else was faster.
async fn create(state: &AppState, sent: &Sent) -> Result<Option<Account>, ConsoleError> {
    let hash = state.passwords.hash(sent.password.clone(), state.random.clone()).await.ok_or(ConsoleError::Broken)?;
    let store = &state.store;
    let (tenant_id, id, now) = (TenantId(store.new_id()), AccountId(store.new_id()), store.now());
    let (code, company, email) = (sent.code.clone(), sent.company.clone(), sent.email.clone());
    let created: Result<Option<Account>, StoreError> = store
        .write(move |conn| {
            Box::pin(async move {
                if !setup_codes::consume(conn, &code, now).await? {
                    return Ok(None);
                }
                let tenant = tenants::create(conn, tenant_id, &company, now).await?;
                let new = NewAccount { tenant_id: tenant.id, id, email, role: Role::Admin, password_hash: hash };
                let account = accounts::create(conn, new, now).await?;
                let act = Act {
                    actor: &account.email,
                    action: "tenant.create",
                    subject: &tenant.name,
                    detail: json!({ "by": "setup link" }),
                };
                audit::record(conn, &account.tenant_id, &act, now).await?;
                Ok(Some(account))
            })
        })
        .await;
    Ok(created?)
}
