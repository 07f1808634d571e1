//! How identity providers name the person of a linked account: shown, and confirmed by whoever may give the account.

use app::pages::{LinkedName, Page};
use axum::http::StatusCode;
use axum::response::Response;
use scim::Document;
use serde_json::json;
use store::accounts::Account;
use store::audit::{self, Act};
use store::sso::{self, Identity};
use store::{Conn, StoreError, employees, integrations};

use super::ADDRESS;
use super::link::page;
use crate::console::error::ConsoleError;
use crate::console::page::Visitor;
use crate::state::AppState;

const CHANGED: &str = "Nothing was confirmed: the employee or the settings were changed since your page was shown.";

/// What a link opens for, and what it would open for.
#[derive(Default)]
pub(super) struct Names {
    pub(super) confirmed: Vec<LinkedName>,
    pub(super) present: Vec<LinkedName>,
    /// What the page's form is about; nothing when there is nothing to confirm.
    pub(super) seen: String,
}

pub(super) async fn names(conn: &mut Conn<'_>, account: &Account, document: &Document) -> Result<Names, StoreError> {
    let tenant = &account.tenant_id;
    let known = integrations::list(conn, tenant).await?;
    let shown = |all: &[Identity]| -> Vec<LinkedName> {
        let name = |one: &Identity| LinkedName {
            provider: known
                .iter()
                .find(|known| known.id == one.integration_id)
                .map_or("", |known| known.provider.name()),
            issuer: one.issuer.clone(),
            name: one.name.clone(),
        };
        all.iter().map(name).collect()
    };
    let present = sso::identities_of(conn, tenant, document).await?;
    let confirmed = sso::confirmed(conn, tenant, &account.id).await?;
    let seen = if spelled(&present) == spelled(&confirmed) { String::new() } else { spelled(&present) };
    Ok(Names { confirmed: shown(&confirmed), present: shown(&present), seen })
}

/// All of it, for a page's form: by this a page that is out of date is known.
fn spelled(identities: &[Identity]) -> String {
    let one = |one: &Identity| {
        json!([one.integration_id.as_str(), one.issuer, one.attribute, one.match_by.key(), one.name]).to_string()
    };
    let mut all: Vec<_> = identities.iter().map(one).collect();
    all.sort();
    format!("[{}]", all.join(","))
}

pub(super) async fn confirm(
    state: &AppState,
    visitor: &Visitor,
    account: Account,
    seen: String,
) -> Result<Response, ConsoleError> {
    let (by, now, chosen) = (visitor.account()?.email.clone(), state.store.now(), account.clone());
    let confirmed: Result<bool, StoreError> = state
        .store
        .write(move |conn| Box::pin(async move { store_names(conn, &chosen, &seen, (&by, now)).await }))
        .await;
    if confirmed? {
        let text = format!("{} opens for the names that you confirmed.", account.email);
        return visitor.go_to(ADDRESS, &text).await;
    }
    let mut page = page(state, &account).await?;
    page.notice = Some(CHANGED);
    Ok(visitor.show_with(StatusCode::CONFLICT, Page::AccountLink(page)).await)
}

/// Whether what is there now is what was seen.
async fn store_names(
    conn: &mut Conn<'_>,
    account: &Account,
    seen: &str,
    (by, now): (&str, time::OffsetDateTime),
) -> Result<bool, StoreError> {
    let tenant = &account.tenant_id;
    let Some(link) = sso::link_of_account(conn, tenant, &account.id).await? else { return Ok(false) };
    let Some(employee) = employees::get_for_update(conn, tenant, &link.employee_id).await? else { return Ok(false) };
    let present = sso::identities_of(conn, tenant, &employee.document).await?;
    if spelled(&present) != seen {
        return Ok(false);
    }
    sso::confirm(conn, (tenant, &account.id), &present, (by, now)).await?;
    let names: Vec<_> = present.iter().map(|one| one.name.as_str()).collect();
    let detail = json!({ "employee": employee.document.user_name(), "names": names });
    audit::record(conn, tenant, &Act { actor: by, action: "sso.confirm", subject: &account.email, detail }, now)
        .await?;
    Ok(true)
}
