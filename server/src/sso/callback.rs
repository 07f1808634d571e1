//! The identity provider's answer: from a posted response to a session, or to an entry in the company's audit log.

use app::pages::{Page, SignOnPage};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use scim::Document;
use serde::Deserialize;
use serde_json::json;
use store::accounts::{self, Account};
use store::audit::{self, Act};
use store::sso::{self, EmployeeSession, OpenRequest, Settings, Trust};
use store::{Conn, StoreError, employees};
use time::{Duration, OffsetDateTime};

use super::Refusal;
use super::address::Addresses;
use super::certificate::Certificate;
use super::login::{admit, settings};
use super::secret::{self, Cookie};
use super::trial;
use super::verify::{self, Assertion, Examined, Expected, SKEW, Verified};
use crate::console::{self, By, ConsoleError, Fields, Visitor};
use crate::state::AppState;

/// An employee's session ends after this long.
const SESSION: Duration = Duration::hours(8);
/// For a linked account: the console. For everybody else: their own record.
const CONSOLE: &str = "/employees";

/// What the identity provider posts. RelayState is not read: nothing that comes from outside says where to go.
#[derive(Deserialize)]
pub(super) struct Sent {
    #[serde(default, rename = "SAMLResponse")]
    response: String,
}

pub(super) async fn receive(
    State(state): State<AppState>,
    visitor: Visitor,
    Path(instance_id): Path<String>,
    headers: HeaderMap,
    Fields(sent): Fields<Sent>,
) -> Result<Response, ConsoleError> {
    admit(&state, &visitor)?;
    let settings = settings(&state, &instance_id).await?;
    let now = state.store.now();
    let browser = Cookie::Request.hash(&state.config, &headers);
    let requests = match &browser {
        Some(browser) => {
            let mut reader = state.store.read().await?;
            let place = (&settings.tenant_id, &settings.integration_id);
            sso::open_requests(&mut reader.conn(), place, browser, now).await?
        }
        None => Vec::new(),
    };
    let examined = examine(&state, &settings, &instance_id, &sent.response, &requests);
    if let Some(request) = trial::of(&requests, &examined) {
        return trial::report(&state, &visitor, settings, request, examined).await;
    }
    let outcome = match examined.outcome {
        Ok(verified) => {
            let by = By::SingleSignOn {
                integration: settings.integration_id.clone(),
                until: verified.session_until,
                anew: is_anew(&requests, &verified),
            };
            sign_in(&state, settings.clone(), verified).await?.map(|signed_in| (signed_in, by))
        }
        Err(refusal) => Err(refusal),
    };
    match outcome {
        Ok((SignedIn { secret, account }, by)) => {
            let place = if account.is_some() { CONSOLE } else { super::record::ADDRESS };
            if let Some(account) = account {
                console::begin_session(&state, &visitor, account, by).await?;
            }
            let mut response = Redirect::to(place).into_response();
            Cookie::Employee.set(&state.config, &secret, &mut response);
            Ok(response)
        }
        Err(refusal) => refuse(&state, &visitor, settings, refusal).await,
    }
}

/// Whether the person signed in at the identity provider because we asked for it. Not all of them obey (saml-core §3.4.1,
/// `ForceAuthn`); when they did it is in the assertion.
fn is_anew(requests: &[OpenRequest], assertion: &Assertion) -> bool {
    let request = requests.iter().find(|request| Some(&request.id) == assertion.in_response_to.as_ref());
    match (request.and_then(|request| request.fresh_from), assertion.authenticated_at) {
        (Some(from), Some(at)) => at >= from - SKEW,
        _ => false,
    }
}

fn examine(
    state: &AppState,
    settings: &Settings,
    instance_id: &str,
    message: &str,
    requests: &[OpenRequest],
) -> Examined {
    let addresses = Addresses::new(&state.config, instance_id);
    let ders = [Some(settings.certificate.clone()), settings.next_certificate.clone()];
    let certificates: Vec<Certificate> =
        ders.into_iter().flatten().filter_map(|der| Certificate::from_der(der).ok()).collect();
    let requests: Vec<String> = requests.iter().map(|request| request.id.clone()).collect();
    let expected = Expected {
        issuer: &settings.issuer,
        certificates: &certificates,
        callback_url: &addresses.callback(),
        audience: &addresses.audience(),
        attribute: settings.attribute.as_deref(),
        requests: &requests,
        allow_unsolicited: settings.allow_unsolicited,
        now: state.store.now(),
    };
    verify::verify(message, &expected)
}

struct SignedIn {
    /// Of the employee's session.
    secret: String,
    /// The account that an admin linked to the employee.
    account: Option<Account>,
}

/// One transaction: the request is closed, the assertion used up, the employee found, the session begun. A refusal in it
/// is stored too, so that an assertion about nobody cannot be tried again.
async fn sign_in(
    state: &AppState,
    settings: Settings,
    assertion: Verified<Assertion>,
) -> Result<Result<SignedIn, Refusal>, ConsoleError> {
    let secret = secret::draw(state.store.random());
    let (hash, now) = (secret::hash(&secret), state.store.now());
    let account = state
        .store
        .write(move |conn| Box::pin(async move { use_up(conn, &settings, &assertion, &hash, now).await }))
        .await?;
    Ok(account.map(|account| SignedIn { secret, account }))
}

async fn use_up(
    conn: &mut Conn<'_>,
    settings: &Settings,
    assertion: &Verified<Assertion>,
    hash: &[u8; 32],
    now: OffsetDateTime,
) -> Result<Result<Option<Account>, Refusal>, StoreError> {
    let (tenant, integration) = (&settings.tenant_id, &settings.integration_id);
    if let Some(request) = &assertion.in_response_to
        && !sso::close_request(conn, tenant, request).await?
    {
        return Ok(Err(Refusal::UnknownRequest));
    }
    let (employee_id, document) = match employee(conn, settings, assertion).await? {
        Ok(found) => found,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let session = EmployeeSession {
        tenant_id: tenant.clone(),
        employee_id: employee_id.clone(),
        integration_id: integration.clone(),
    };
    sso::purge(conn, tenant, now).await?;
    let ends = assertion.session_until.map_or(now + SESSION, |until| until.min(now + SESSION));
    sso::begin_session(conn, &session, hash, ends).await?;
    let account = account(conn, settings, &employee_id, (&assertion.person, document.user_name()), now).await?;
    let detail = json!({ "employee": employee_id, "integration": integration.as_str() });
    let act = Act { actor: document.user_name(), action: "sso.sign_in", subject: document.user_name(), detail };
    audit::record(conn, tenant, &act, now).await?;
    Ok(Ok(account))
}

/// The account that opens for an employee: an admin linked it, and confirmed that who comes like this is its owner.
async fn account(
    conn: &mut Conn<'_>,
    settings: &Settings,
    employee: &str,
    (said, user_name): (&str, &str),
    now: OffsetDateTime,
) -> Result<Option<Account>, StoreError> {
    let tenant = &settings.tenant_id;
    let Some(link) = sso::link_of_employee(conn, tenant, employee).await? else { return Ok(None) };
    let account = accounts::get(conn, tenant, &link.account_id).await?;
    let Some(account) = account.filter(|account| account.disabled_at.is_none()) else { return Ok(None) };
    let trust = sso::trust(conn, settings, &account.id, said).await?;
    if trust == Trust::Confirmed {
        return Ok(Some(account));
    }
    let integration = settings.integration_id.as_str();
    let detail = json!({ "words": trust.words(), "said": said, "integration": integration });
    let act = Act { actor: user_name, action: "sso.unconfirmed", subject: &account.email, detail };
    audit::record(conn, tenant, &act, now).await?;
    Ok(None)
}

/// The employee whom the assertion names. It is used up by this, whoever that is.
pub(super) async fn employee(
    conn: &mut Conn<'_>,
    settings: &Settings,
    assertion: &Verified<Assertion>,
) -> Result<Result<(String, Document), Refusal>, StoreError> {
    let (tenant, integration) = (&settings.tenant_id, &settings.integration_id);
    // What was verified was verified against these: an admin may have turned sign-on off meanwhile.
    if sso::find(conn, tenant, integration).await?.as_ref() != Some(settings) {
        return Ok(Err(Refusal::Changed));
    }
    if !sso::use_assertion(conn, (tenant, integration), &assertion.id, assertion.remembered_until).await? {
        return Ok(Err(Refusal::Replayed));
    }
    let people = sso::find_people(conn, tenant, settings.match_by, &assertion.person).await?;
    let id = match &people[..] {
        [] => return Ok(Err(Refusal::UnknownPerson)),
        [(_, one), ..] if !one.active() => return Ok(Err(Refusal::Inactive)),
        [_, (_, other), ..] if other.active() => return Ok(Err(Refusal::SeveralPeople)),
        [(id, _), ..] => id,
    };
    // Whoever deactivates them at this moment comes before this, or ends the session that begins.
    match employees::get_for_update(conn, tenant, id).await? {
        Some(employee) if employee.document.active() => Ok(Ok((employee.id, employee.document))),
        _ => Ok(Err(Refusal::Inactive)),
    }
}

/// The audit log learns exactly which rule was broken, the person what to do. Whoever floods us with refusals does not
/// fill the log with them.
async fn refuse(
    state: &AppState,
    visitor: &Visitor,
    settings: Settings,
    refusal: Refusal,
) -> Result<Response, ConsoleError> {
    let now = state.store.now();
    tracing::info!(refusal = refusal.key(), integration = settings.integration_id.as_str(), "a sign-on was refused");
    if state.refusal_limit.take(settings.tenant_id.clone(), now).is_ok() {
        let address = visitor.client.shown_address();
        state
            .store
            .write(move |conn| {
                Box::pin(async move {
                    let integration = settings.integration_id.as_str();
                    let check = refusal.check().key();
                    let detail = json!({ "check": check, "words": refusal.words(), "address": address, "integration": integration });
                    let act = Act { actor: "system", action: "sso.refused", subject: refusal.key(), detail };
                    audit::record(conn, &settings.tenant_id, &act, now).await
                })
            })
            .await?;
    }
    let page = SignOnPage {
        title: "You could not be signed in",
        text: "Try once more from the start. If it fails again, ask your company's IT: the reason is in the audit log."
            .to_owned(),
        link: None,
    };
    Ok(visitor.show_with(StatusCode::FORBIDDEN, Page::SignOn(page)).await)
}
