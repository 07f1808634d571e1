//! Invitations: made, renewed and withdrawn. The link is in the answer to the form that asked for it, and nowhere else.

use app::components::{FieldError, moment};
use app::pages::{InvitationDraft, InvitationLinkPage, Page};
use axum::extract::{Path, State};
use axum::response::Response;
use serde::Deserialize;
use serde_json::json;
use store::accounts::Role;
use store::audit::{self, Act};
use store::invitations::{self, Invitation, NewLink};
use store::{InvitationId, StoreError, one_time_code};
use time::{Duration, OffsetDateTime};

use super::{ADDRESS, with_error, with_notice};
use crate::console::conflict;
use crate::console::error::ConsoleError;
use crate::console::page::{Fields, Visitor, role_name};
use crate::console::tokens::checked_key;
use crate::email_address;
use crate::state::AppState;

/// How long a link works.
const LASTS: Duration = Duration::hours(72);

const ALREADY_SHOWN: &str =
    "This form was sent before, and its link was shown then. A link is shown once: make a new one in the list below.";

#[derive(Deserialize)]
pub(in crate::console) struct Sent {
    #[serde(default)]
    request_key: String,
    #[serde(default)]
    email: String,
    #[serde(default)]
    role: String,
}

impl Sent {
    fn checked(&self, by: Role) -> Result<Role, Vec<FieldError>> {
        let mut errors = Vec::new();
        let mut add = |field, text: &str| errors.push(FieldError { field, text: text.to_owned() });
        let role = Role::parse(&self.role).filter(|role| by.may_give(*role));
        if !email_address::is_plausible(&self.email) {
            add("email", "Enter an e-mail address, such as ada@example.com.");
        }
        if role.is_none() {
            add("role", "Choose one of the roles.");
        }
        role.filter(|_| errors.is_empty()).ok_or(errors)
    }
}

/// Everything that a new link needs, so that it can move into the transaction.
struct Link {
    code: String,
    request_key: String,
    by: String,
    expires_at: OffsetDateTime,
}

impl Link {
    fn new(state: &AppState, visitor: &Visitor, request_key: &str) -> Result<Self, ConsoleError> {
        Ok(Self {
            code: one_time_code::generate(state.store.random()),
            request_key: checked_key(request_key.to_owned())?,
            by: visitor.account()?.email.clone(),
            expires_at: state.store.now() + LASTS,
        })
    }

    fn stored(&self) -> NewLink<'_> {
        NewLink { code: &self.code, request_key: &self.request_key, by: &self.by, expires_at: self.expires_at }
    }
}

pub(in crate::console) async fn invite(
    State(state): State<AppState>,
    visitor: Visitor,
    Fields(sent): Fields<Sent>,
) -> Result<Response, ConsoleError> {
    let link = Link::new(&state, &visitor, &sent.request_key)?;
    let made = match sent.checked(visitor.account()?.role) {
        Ok(role) => create(&state, &visitor, (sent.email.trim(), role), link).await?,
        Err(errors) => Err(errors),
    };
    match made {
        Ok(Some(page)) => Ok(visitor.show(Page::InvitationLink(page)).await),
        Ok(None) => with_notice(&state, &visitor, ALREADY_SHOWN.to_owned()).await,
        Err(errors) => {
            let Sent { request_key, email, role } = sent;
            with_error(&state, &visitor, InvitationDraft { request_key, email, role }, errors).await
        }
    }
}

/// The page with the link; `None` when the form was sent before.
async fn create(
    state: &AppState,
    visitor: &Visitor,
    (email, role): (&str, Role),
    link: Link,
) -> Result<Result<Option<InvitationLinkPage>, Vec<FieldError>>, ConsoleError> {
    let (tenant, now) = (visitor.account()?.tenant_id.clone(), state.store.now());
    let (id, email) = (InvitationId(state.store.new_id()), email.to_owned());
    let page = link_page(state, &email, role, &link);
    let created = state
        .store
        .write(move |conn| {
            Box::pin(async move {
                // The form of an invitation that was withdrawn, sent again by a reload, must not bring it back.
                let withdrawn = audit::last_about(conn, &tenant, email.trim(), &["invitation.withdraw"]).await?;
                if withdrawn.is_some_and(|act| act.detail["request_key"] == link.stored().request_key) {
                    return Err(StoreError::Conflict("request"));
                }
                invitations::create(conn, (&tenant, &id), (&email, role), &link.stored(), now).await?;
                let detail = json!({ "role": role.name() });
                let act = Act { actor: &link.by, action: "invitation.create", subject: &email, detail };
                audit::record(conn, &tenant, &act, now).await
            })
        })
        .await;
    let error = |text: &str| Ok(Err(vec![FieldError { field: "email", text: text.to_owned() }]));
    match created {
        Ok(()) => Ok(Ok(Some(page))),
        Err(StoreError::Conflict("request")) => Ok(Ok(None)),
        Err(StoreError::Conflict("email")) => error("There is an account with this address already."),
        Err(StoreError::Conflict(_)) => error("This address is invited already. Make a new link in the list above."),
        Err(error) => Err(error.into()),
    }
}

fn link_page(state: &AppState, email: &str, role: Role, link: &Link) -> InvitationLinkPage {
    InvitationLinkPage {
        email: email.to_owned(),
        role: role_name(role),
        link: format!("{}/invitation?code={}", state.config.public_url, link.code),
        expires: moment(link.expires_at),
    }
}

/// A form beside an invitation. The address is only for the words about an invitation that is gone.
#[derive(Deserialize)]
pub(in crate::console) struct Listed {
    #[serde(default)]
    request_key: String,
    #[serde(default)]
    seen: String,
    #[serde(default)]
    email: String,
}

/// Refuses an invitation to more than the visitor may give. Its role never changes, so what is read here holds.
async fn check(state: &AppState, visitor: &Visitor, id: &InvitationId) -> Result<(), ConsoleError> {
    let by = visitor.account()?;
    let mut reader = state.store.read().await?;
    let all = invitations::list(&mut reader.conn(), &by.tenant_id).await?;
    match all.iter().find(|invitation| invitation.id == *id) {
        Some(invitation) if !by.role.may_give(invitation.role) => Err(ConsoleError::BeyondOwnRole),
        _ => Ok(()),
    }
}

pub(in crate::console) async fn renew(
    State(state): State<AppState>,
    visitor: Visitor,
    Path(id): Path<String>,
    Fields(listed): Fields<Listed>,
) -> Result<Response, ConsoleError> {
    let id = InvitationId(id);
    check(&state, &visitor, &id).await?;
    let link = Link::new(&state, &visitor, &listed.request_key)?;
    let (tenant, now) = (visitor.account()?.tenant_id.clone(), state.store.now());
    let seen = listed.seen;
    let renewed = state
        .store
        .write(move |conn| {
            Box::pin(async move {
                let renewed = invitations::renew(conn, (&tenant, &id), &seen, &link.stored(), now).await?;
                if let Some(Invitation { email, role, .. }) = &renewed {
                    let detail = json!({ "role": role.name() });
                    let act = Act { actor: &link.by, action: "invitation.renew", subject: email, detail };
                    audit::record(conn, &tenant, &act, now).await?;
                }
                Ok::<_, StoreError>(renewed.map(|invitation| (invitation, link)))
            })
        })
        .await;
    match renewed {
        Ok(Some((invitation, link))) => {
            let page = link_page(&state, &invitation.email, invitation.role, &link);
            Ok(visitor.show(Page::InvitationLink(page)).await)
        }
        Ok(None) => gone(&state, &visitor, &listed.email).await,
        Err(StoreError::Conflict(_)) => with_notice(&state, &visitor, ALREADY_SHOWN.to_owned()).await,
        Err(error) => Err(error.into()),
    }
}

pub(in crate::console) async fn withdraw(
    State(state): State<AppState>,
    visitor: Visitor,
    Path(id): Path<String>,
    Fields(listed): Fields<Listed>,
) -> Result<Response, ConsoleError> {
    let id = InvitationId(id);
    check(&state, &visitor, &id).await?;
    let account = visitor.account()?;
    let (tenant, by, now) = (account.tenant_id.clone(), account.email.clone(), state.store.now());
    let seen = listed.seen;
    let withdrawn: Result<_, StoreError> = state
        .store
        .write(move |conn| {
            Box::pin(async move {
                let withdrawn = invitations::withdraw(conn, &tenant, &id, &seen).await?;
                if let Some(Invitation { email, role, request_key, .. }) = &withdrawn {
                    let detail = json!({ "role": role.name(), "request_key": request_key });
                    let act = Act { actor: &by, action: "invitation.withdraw", subject: email, detail };
                    audit::record(conn, &tenant, &act, now).await?;
                }
                Ok(withdrawn)
            })
        })
        .await;
    match withdrawn? {
        Some(invitation) => {
            let message =
                format!("The invitation of {} is withdrawn: its link does not work any more.", invitation.email);
            visitor.go_to(ADDRESS, &message).await
        }
        None => gone(&state, &visitor, &listed.email).await,
    }
}

/// The page showed an invitation as it is no more.
async fn gone(state: &AppState, visitor: &Visitor, email: &str) -> Result<Response, ConsoleError> {
    let actions = ["account.create", "invitation.renew", "invitation.withdraw"];
    let who = conflict::last(state, &visitor.account()?.tenant_id, email, &actions).await?;
    let notice = format!("Nothing was done: your page was out of date. {}", who.unwrap_or_default());
    with_notice(state, visitor, notice.trim_end().to_owned()).await
}
