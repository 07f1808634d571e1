//! What an employee who signed in sees: their own record, read only.

use app::pages::{Page, RecordPage, SignOnPage};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use store::sso::{self, EmployeeSession};
use store::{StoreError, custom_attributes, employees, groups, integrations, tenants};

use super::secret::Cookie;
use crate::console::{self, ConsoleError, Visitor};
use crate::state::AppState;

/// The page's address.
pub(super) const ADDRESS: &str = "/my-record";

async fn session(state: &AppState, headers: &HeaderMap) -> Result<Option<EmployeeSession>, ConsoleError> {
    let Some(hash) = Cookie::Employee.hash(&state.config, headers) else { return Ok(None) };
    let mut reader = state.store.read().await?;
    Ok(sso::load_session(&mut reader.conn(), &hash, state.store.now()).await?)
}

pub(super) async fn show(
    State(state): State<AppState>,
    visitor: Visitor,
    headers: HeaderMap,
) -> Result<Response, ConsoleError> {
    let Some(EmployeeSession { tenant_id, employee_id, .. }) = session(&state, &headers).await? else {
        let page = SignOnPage {
            title: "You are not signed in",
            text: "Open SpaceIQ from your company's identity provider.".to_owned(),
            link: None,
        };
        return Ok(visitor.show_with(StatusCode::UNAUTHORIZED, Page::SignOn(page)).await);
    };
    let mut reader = state.store.read().await?;
    let mut conn = reader.conn();
    let employee = employees::get(&mut conn, &tenant_id, &employee_id).await?.ok_or(ConsoleError::NotFound)?;
    let company = tenants::get(&mut conn, &tenant_id).await?.ok_or(ConsoleError::NotFound)?;
    let custom = custom_attributes::list(&mut conn, &tenant_id).await?;
    let known = integrations::list(&mut conn, &tenant_id).await?;
    let provider = known.iter().find(|known| known.id == employee.integration_id);
    let provider = provider.map_or("", |known| known.provider.name());
    let mut groups = groups::groups_of(&mut conn, &tenant_id, &[&employee_id]).await?;
    drop(reader);
    let page = RecordPage {
        name: employee.document.shown_name(),
        company: company.name,
        sections: console::attributes_of(&employee, provider, &custom, false),
        groups: groups.remove(&employee_id).unwrap_or_default().into_iter().filter_map(|group| group.display).collect(),
    };
    Ok(visitor.show(Page::Record(page)).await)
}

pub(super) async fn sign_out(
    State(state): State<AppState>,
    mut visitor: Visitor,
    headers: HeaderMap,
) -> Result<Response, ConsoleError> {
    let mut link = None;
    if let Some(session) = session(&state, &headers).await? {
        let mut reader = state.store.read().await?;
        let settings = sso::find(&mut reader.conn(), &session.tenant_id, &session.integration_id).await?;
        link = settings.and_then(|settings| settings.logout_url).map(|url| (url, "Sign out there too"));
        drop(reader);
        // Who has an account as well came in with both, and means both.
        visitor.sign_out().await?;
    }
    let page = SignOnPage {
        title: "You are signed out",
        text: "Your identity provider may still know you: sign out there as well if others use this browser."
            .to_owned(),
        link,
    };
    let mut response = visitor.show(Page::SignOn(page)).await;
    end_session(&state, &headers, &mut response).await?;
    Ok(response)
}

/// Ends the employee's session that the browser has, if it has one, and takes its cookie back.
pub(crate) async fn end_session(
    state: &AppState,
    headers: &HeaderMap,
    response: &mut Response,
) -> Result<(), ConsoleError> {
    let Some(hash) = Cookie::Employee.hash(&state.config, headers) else { return Ok(()) };
    let ended: Result<(), StoreError> =
        state.store.write(move |conn| Box::pin(async move { sso::end_session(conn, &hash).await })).await;
    Cookie::Employee.set(&state.config, "", response);
    Ok(ended?)
}
