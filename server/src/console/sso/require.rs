//! Trying sign-on out, requiring it, and who gets in without it.

use app::components::{FieldError, moment};
use app::pages::{Page, SsoRequirement, Tab};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::Deserialize;
use serde_json::json;
use store::accounts::{self, Account, Role};
use store::audit::{self, Act};
use store::integrations::{self, Provider};
use store::sso::{self, PROOF, Required, Requirement, Settings};
use store::{Conn, StoreError, TenantId};
use time::OffsetDateTime;

use super::address;
use crate::console::error::ConsoleError;
use crate::console::page::{Fields, Visitor};
use crate::console::provider::{self, named};
use crate::sso::address::Addresses;
use crate::sso::{Purpose, send_away};
use crate::state::AppState;

/// The card of the tab.
pub(super) async fn card(
    conn: &mut Conn<'_>,
    tenant: &TenantId,
    settings: &Settings,
    now: OffsetDateTime,
) -> Result<SsoRequirement, StoreError> {
    let tested = sso::tested_at(conn, tenant, &settings.integration_id).await?;
    let required = sso::requirement(conn, tenant).await?;
    let required = required.filter(|required| required.integration_id == settings.integration_id);
    let all = accounts::list(conn, tenant).await?;
    let email = |id: &_| all.iter().find(|account| account.id == *id).map_or("", |account| &account.email);
    let required = required.map(|required| {
        let since = format!("Since {}, by {}", moment(required.since), required.required_by);
        (since, email(&required.break_glass).to_owned())
    });
    let admins = all.iter().filter(|account| account.role == Role::Admin && account.disabled_at.is_none());
    Ok(SsoRequirement {
        testable: settings.enabled && settings.redirect_url.is_some(),
        tested: tested.map(moment),
        proven: tested.is_some_and(|tested| now - tested <= PROOF),
        required,
        admins: admins.map(|account| (account.id.to_string(), account.email.clone())).collect(),
        chosen: String::new(),
    })
}

/// A link leads here, as to every sign-on: what a form's post is redirected to must be ours.
pub(in crate::console) async fn test(
    State(state): State<AppState>,
    visitor: Visitor,
    Path(key): Path<String>,
    headers: HeaderMap,
) -> Result<Response, ConsoleError> {
    let (provider, account) = (named(&key)?, visitor.account()?);
    let mut reader = state.store.read().await?;
    let settings = settings(&mut reader.conn(), &account.tenant_id, provider).await?;
    drop(reader);
    let destination = settings.as_ref().and_then(|settings| settings.redirect_url.clone());
    let (Some(settings), Some(destination)) = (settings, destination) else {
        let text = "Turn sign-on on with a redirect URL first: a test begins here.";
        return visitor.go_to(&address(provider), text).await;
    };
    let instance = sso::instance_id(&account.tenant_id, provider);
    send_away(&state, settings, (&instance, &destination), &headers, Purpose::Test(account.id.clone())).await
}

/// A provider's settings, while sign-on is on.
async fn settings(conn: &mut Conn<'_>, tenant: &TenantId, provider: Provider) -> Result<Option<Settings>, StoreError> {
    let Some(integration) = integrations::find(conn, tenant, provider).await? else { return Ok(None) };
    let found = sso::find(conn, tenant, &integration.id).await?;
    Ok(found.filter(|settings| settings.enabled))
}

#[derive(Deserialize)]
pub(in crate::console) struct Sent {
    #[serde(default)]
    break_glass: String,
}

pub(in crate::console) async fn require(
    State(state): State<AppState>,
    visitor: Visitor,
    Path(key): Path<String>,
    Fields(sent): Fields<Sent>,
) -> Result<Response, ConsoleError> {
    let (provider, account) = (named(&key)?, visitor.account()?);
    let (tenant, by, now) = (account.tenant_id.clone(), account.email.clone(), state.store.now());
    let (chosen, from) = (sent.break_glass.clone(), visitor.client.place());
    let required: Result<Required, StoreError> = state
        .store
        .write(move |conn| {
            Box::pin(async move {
                let Some(settings) = settings(conn, &tenant, provider).await? else { return Ok(Required::Off) };
                let all = accounts::list(conn, &tenant).await?;
                let Some(admin) = all.into_iter().find(|account| account.id.as_str() == chosen) else {
                    return Ok(Required::NotAnAdmin);
                };
                let wanted = Requirement {
                    integration_id: settings.integration_id,
                    break_glass: admin.id,
                    since: now,
                    required_by: by.clone(),
                };
                let required = sso::require(conn, &tenant, &wanted, now).await?;
                if required == Required::Done {
                    let detail = json!({ "break_glass": admin.email, "from": from });
                    let act = Act { actor: &by, action: "sso.require", subject: provider.key(), detail };
                    audit::record(conn, &tenant, &act, now).await?;
                }
                Ok(required)
            })
        })
        .await;
    let refused = match required? {
        Required::Done => {
            let text = "Single sign-on is required from now on. Keep the chosen admin's password where you find it in an emergency.";
            return visitor.go_to(&address(provider), text).await;
        }
        Required::Off => "Nothing was done: sign-on is off, or has no redirect URL.",
        Required::NotTested => {
            "Nothing was done: no test has passed with these settings within the last ten minutes. Test sign-on, and then require it."
        }
        Required::NotAnAdmin => "Nothing was done: choose an admin who can sign in.",
    };
    let mut page = provider::page(&state, &visitor, provider, Tab::Sso).await?;
    page.sso.requirement.chosen = sent.break_glass;
    page.errors = vec![FieldError { field: "break_glass", text: refused.to_owned() }];
    if !page.sso.requirement.proven {
        page.notices.insert(0, refused.to_owned());
        page.errors.clear();
    }
    Ok(visitor.show_with(StatusCode::UNPROCESSABLE_ENTITY, Page::Provider(page)).await)
}

pub(in crate::console) async fn lift(
    State(state): State<AppState>,
    visitor: Visitor,
    Path(key): Path<String>,
) -> Result<Response, ConsoleError> {
    let (provider, account) = (named(&key)?, visitor.account()?);
    let (tenant, by, now) = (account.tenant_id.clone(), account.email.clone(), state.store.now());
    let from = visitor.client.place();
    let lifted: Result<bool, StoreError> = state
        .store
        .write(move |conn| {
            Box::pin(async move {
                let lifted = sso::lift(conn, &tenant).await?;
                if lifted {
                    let detail = json!({ "from": from });
                    let act = Act { actor: &by, action: "sso.optional", subject: provider.key(), detail };
                    audit::record(conn, &tenant, &act, now).await?;
                }
                Ok(lifted)
            })
        })
        .await;
    let text = if lifted? { "Passwords sign in again." } else { "Single sign-on was not required." };
    visitor.go_to(&address(provider), text).await
}

/// Where this account signs in, when its company wants it to come another way than by password.
pub(in crate::console) async fn other_way(state: &AppState, account: &Account) -> Result<Option<String>, ConsoleError> {
    let tenant = &account.tenant_id;
    let mut reader = state.store.read().await?;
    let mut conn = reader.conn();
    let Some(required) = sso::requirement(&mut conn, tenant).await? else { return Ok(None) };
    if required.break_glass == account.id {
        return Ok(None);
    }
    let known = integrations::list(&mut conn, tenant).await?;
    let provider = known.into_iter().find(|known| known.id == required.integration_id).map(|known| known.provider);
    Ok(provider.map(|provider| Addresses::new(&state.config, &sso::instance_id(tenant, provider)).login()))
}
