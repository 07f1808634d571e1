//! Behind the link of an invitation: whoever holds it chooses a password and has an account.

use app::components::FieldError;
use app::pages::{InvitationForm, InvitationPage, Page, SignOnPage};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use serde_json::json;
use store::accounts::Account;
use store::audit::{self, Act};
use store::{AccountId, StoreError, invitations, tenants};

use super::error::ConsoleError;
use super::page::{Asked, Fields, Visitor, role_name};
use super::sign_in::{self, By};
use super::sso::require::other_way;
use crate::password;
use crate::state::AppState;

#[derive(Default, Deserialize)]
pub(super) struct Link {
    #[serde(default)]
    code: String,
}

pub(super) async fn form(
    State(state): State<AppState>,
    visitor: Visitor,
    Asked(link): Asked<Link>,
) -> Result<Response, ConsoleError> {
    match invited(&state, link.code).await? {
        Some(form) => Ok(visitor.show(Page::Invitation(InvitationPage { form: Some(form) })).await),
        None => Ok(used_up(&visitor).await),
    }
}

/// The form that belongs to a code.
async fn invited(state: &AppState, code: String) -> Result<Option<InvitationForm>, ConsoleError> {
    let mut reader = state.store.read().await?;
    let mut conn = reader.conn();
    let Some(invitation) = invitations::find(&mut conn, &code, state.store.now()).await? else { return Ok(None) };
    let Some(company) = tenants::get(&mut conn, &invitation.tenant_id).await? else { return Ok(None) };
    Ok(Some(InvitationForm {
        code,
        email: invitation.email,
        company: company.name,
        role: role_name(invitation.role),
        errors: Vec::new(),
    }))
}

async fn used_up(visitor: &Visitor) -> Response {
    visitor.show_with(StatusCode::GONE, Page::Invitation(InvitationPage::default())).await
}

#[derive(Deserialize)]
pub(super) struct Sent {
    #[serde(default)]
    code: String,
    #[serde(default)]
    password: String,
}

pub(super) async fn accept(
    State(state): State<AppState>,
    visitor: Visitor,
    Fields(sent): Fields<Sent>,
) -> Result<Response, ConsoleError> {
    let Some(mut form) = invited(&state, sent.code.clone()).await? else { return Ok(used_up(&visitor).await) };
    if let Err(why) = password::check(&sent.password, &[&form.email, &form.company]) {
        form.errors.push(FieldError { field: "password", text: why.to_owned() });
        let page = Page::Invitation(InvitationPage { form: Some(form) });
        return Ok(visitor.show_with(StatusCode::UNPROCESSABLE_ENTITY, page).await);
    }
    match create(&state, sent).await? {
        Some(account) => {
            if let Some(sign_on) = other_way(&state, &account).await? {
                let text = "Your company signs in through its identity provider. Ask an admin to link your account to your employee record, and then go there.";
                let link = Some((sign_on, "Go to single sign-on"));
                let page = SignOnPage { title: "Your account is ready", text: text.to_owned(), link };
                return Ok(visitor.show(Page::SignOn(page)).await);
            }
            sign_in::begin(&state, &visitor, account, By::Password).await?;
            visitor.go_to("/employees", "Your account is ready, and you are signed in.").await
        }
        None => Ok(used_up(&visitor).await),
    }
}

/// The account, unless someone else was faster.
async fn create(state: &AppState, sent: Sent) -> Result<Option<Account>, ConsoleError> {
    let hash = state.passwords.hash(sent.password, state.random.clone()).await.ok_or(ConsoleError::Broken)?;
    let store = &state.store;
    let (id, now) = (AccountId(store.new_id()), store.now());
    let created = store
        .write(move |conn| {
            Box::pin(async move {
                let Some((account, invitation)) = invitations::accept(conn, &sent.code, id, hash, now).await? else {
                    return Ok(None);
                };
                let detail = json!({ "by": "invitation", "from": invitation.invited_by, "role": account.role.name() });
                let act = Act { actor: &account.email, action: "account.create", subject: &account.email, detail };
                audit::record(conn, &account.tenant_id, &act, now).await?;
                Ok(Some(account))
            })
        })
        .await;
    match created {
        Ok(created) => Ok(created),
        // The address got an account by another way: the link leads to nothing any more.
        Err(StoreError::Conflict(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
