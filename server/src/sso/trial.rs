//! A sign-on that only tries the settings out: it signs nobody in, and tells an admin everything.

use app::pages::{Mark, Page, ReportLine, SignOnTestPage, provider_address};
use axum::response::Response;
use serde_json::json;
use store::audit::{self, Act};
use store::integrations;
use store::sso::{self, OpenRequest, Settings};
use store::{Conn, StoreError, accounts};
use time::OffsetDateTime;

use super::callback::employee;
use super::verify::{Assertion, Details, Examined, Verified};
use super::{Check, Refusal};
use crate::console::{ConsoleError, Visitor};
use crate::state::AppState;

/// The test that a response belongs to. One that is refused may not name its request, or not be readable at all: it
/// belongs to what this browser began last.
pub(super) fn of(requests: &[OpenRequest], examined: &Examined) -> Option<OpenRequest> {
    let meant = match &examined.outcome {
        Ok(assertion) => requests.iter().find(|request| Some(&request.id) == assertion.in_response_to.as_ref()),
        Err(_) => requests.first(),
    };
    meant.filter(|request| request.test_by.is_some()).cloned()
}

pub(super) async fn report(
    state: &AppState,
    visitor: &Visitor,
    settings: Settings,
    request: OpenRequest,
    examined: Examined,
) -> Result<Response, ConsoleError> {
    let Examined { message, details, outcome } = examined;
    let now = state.store.now();
    let (tenant, integration) = (settings.tenant_id.clone(), settings.integration_id.clone());
    let tried: Result<_, StoreError> = state
        .store
        .write(move |conn| Box::pin(async move { try_out(conn, &settings, &request, outcome, now).await }))
        .await;
    let mut reader = state.store.read().await?;
    let known = integrations::list(&mut reader.conn(), &tenant).await?;
    drop(reader);
    let provider = known.iter().find(|known| known.id == integration).ok_or(ConsoleError::NotFound)?.provider;
    let page = page(&tried?, details, message, format!("{}?tab=sso", provider_address(provider)));
    Ok(visitor.show(Page::SignOnTest(page)).await)
}

/// The name of the employee who would be signed in.
async fn try_out(
    conn: &mut Conn<'_>,
    settings: &Settings,
    request: &OpenRequest,
    outcome: Result<Verified<Assertion>, Refusal>,
    now: OffsetDateTime,
) -> Result<Result<String, Refusal>, StoreError> {
    let tenant = &settings.tenant_id;
    let Some(by) = &request.test_by else { return Ok(Err(Refusal::UnknownRequest)) };
    let by = accounts::get(conn, tenant, by).await?;
    let by = by.filter(|by| by.disabled_at.is_none() && by.role.manages_integrations());
    // One report a test; and whoever lost the right since it began gets none.
    let (Some(by), true) = (by, sso::close_request(conn, tenant, &request.id).await?) else {
        return Ok(Err(Refusal::UnknownRequest));
    };
    let tried = match outcome {
        Ok(assertion) => {
            employee(conn, settings, &assertion).await?.map(|(_, document)| document.user_name().to_owned())
        }
        Err(refusal) => Err(refusal),
    };
    if tried.is_ok() {
        sso::passed_test(conn, (tenant, &settings.integration_id), settings.saved_at, now).await?;
    }
    let integration = settings.integration_id.as_str();
    let (subject, detail) = match &tried {
        Ok(name) => ("passed", json!({ "employee": name, "integration": integration })),
        Err(refusal) => (
            refusal.key(),
            json!({ "check": refusal.check().key(), "words": refusal.words(), "integration": integration }),
        ),
    };
    audit::record(conn, tenant, &Act { actor: &by.email, action: "sso.test", subject, detail }, now).await?;
    Ok(tried)
}

fn page(
    tried: &Result<String, Refusal>,
    details: Option<Details>,
    message: Option<String>,
    back: String,
) -> SignOnTestPage {
    let failed = tried.as_ref().err().copied();
    let line = |check: Check| {
        let refusal = failed.filter(|refusal| refusal.check() == check);
        let mark = match failed {
            Some(_) if refusal.is_some() => Mark::Failed,
            Some(refusal) if refusal.check() < check => Mark::Skipped,
            _ => Mark::Done,
        };
        ReportLine {
            mark,
            title: check.name().to_owned(),
            detail: refusal.map(Refusal::words).unwrap_or_default().to_owned(),
            fault: refusal.map(|refusal| ("What to do", refusal.fix().to_owned())).into_iter().collect(),
        }
    };
    let Details { facts, attributes } = details.unwrap_or_default();
    SignOnTestPage {
        person: tried.as_ref().ok().cloned(),
        checks: Check::ALL.into_iter().map(line).collect(),
        facts,
        attributes,
        message: message.filter(|_| failed.is_some()),
        back,
    }
}
