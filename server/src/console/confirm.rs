//! The password is asked for again before something that matters, when it was entered a while ago.
//!
//! The answer to a form that comes too late is a page that holds the form. Sent with the password, it goes where it was
//! going: nothing has to be typed or chosen a second time, and nothing was done before.

use app::components::FieldError;
use app::pages::{ConfirmPage, Page};
use axum::body::{Body, to_bytes};
use axum::extract::{FromRequest, Request, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_LENGTH;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde_json::json;
use store::audit::{self, Act};
use store::{IntegrationId, integrations, sso};

use super::MAX_FORM_SIZE;
use super::credentials::{self, Verdict};
use super::error::ConsoleError;
use super::page::{Fields, Visitor};
use super::session::{STAMP, Stamp};
use crate::sso::ANEW;
use crate::state::AppState;

/// The password's field. No form of ours has another one of this name.
const PASSWORD: &str = "confirm_password";
const WRONG: &str = "This is not the password of your account.";

/// The fields of a form, in their order.
type Form = Vec<(String, String)>;

/// Lets a form through whose sender entered the password lately, or enters it now.
pub(super) async fn require_recent_sign_in(
    State(state): State<AppState>,
    visitor: Visitor,
    request: Request,
    next: Next,
) -> Response {
    if request.method().is_safe() {
        return next.run(request).await;
    }
    match visitor.session.get::<Stamp>(STAMP).await {
        Ok(Some(stamp)) if stamp.is_recent(state.store.now()) => next.run(request).await,
        Ok(_) => match ask(&state, &visitor, request).await {
            Ok(Confirmed::Go(request)) => next.run(request).await,
            Ok(Confirmed::Ask(page)) => page,
            Err(error) => error.into_response(),
        },
        Err(error) => ConsoleError::from(error).into_response(),
    }
}

enum Confirmed {
    /// The form as it was before the password was added.
    Go(Request),
    /// The page that asks.
    Ask(Response),
}

/// Where whoever came through an identity provider signs in anew.
async fn sign_on(state: &AppState, visitor: &Visitor) -> Result<Option<String>, ConsoleError> {
    let stamp = visitor.session.get::<Stamp>(STAMP).await?;
    let Some(integration) = stamp.and_then(|stamp| stamp.integration) else { return Ok(None) };
    let tenant = &visitor.account()?.tenant_id;
    let mut reader = state.store.read().await?;
    let settings = sso::find(&mut reader.conn(), tenant, &IntegrationId(integration.clone())).await?;
    let known = integrations::list(&mut reader.conn(), tenant).await?;
    let provider = known.into_iter().find(|known| known.id.as_str() == integration).map(|known| known.provider);
    let begins_here = settings.is_some_and(|settings| settings.redirect_url.is_some());
    let address = |provider| format!("/saml/{}/login?{ANEW}", sso::instance_id(tenant, provider));
    Ok(provider.filter(|_| begins_here).map(address))
}

async fn ask(state: &AppState, visitor: &Visitor, request: Request) -> Result<Confirmed, ConsoleError> {
    let (mut parts, body) = request.into_parts();
    let body = to_bytes(body, MAX_FORM_SIZE).await.map_err(|_| ConsoleError::BadForm)?;
    let whole = Request::from_parts(parts.clone(), Body::from(body));
    let Fields(fields) = Fields::<Form>::from_request(whole, state).await?;
    let (typed, fields): (Form, Form) = fields.into_iter().partition(|(name, _)| name == PASSWORD);
    let action = parts.uri.path().to_owned();
    let sign_on = sign_on(state, visitor).await?;
    // The button that says "signed in anew" sends the field, too.
    let Some((_, password)) = typed.into_iter().find(|(_, typed)| !typed.is_empty()) else {
        let asked = ConfirmPage { sign_on, ..ConfirmPage::new(action, fields) };
        return Ok(Confirmed::Ask(page(visitor, StatusCode::OK, asked).await));
    };
    let verdict = verify(state, visitor, password).await?;
    if let Some(text) = verdict.refusal(WRONG) {
        let errors = vec![FieldError { field: PASSWORD, text }];
        let asked = ConfirmPage { errors, sign_on, ..ConfirmPage::new(action, fields) };
        return Ok(Confirmed::Ask(verdict.mark(page(visitor, StatusCode::UNPROCESSABLE_ENTITY, asked).await)));
    }
    let body = serde_urlencoded::to_string(fields).map_err(|_| ConsoleError::BadForm)?;
    parts.headers.remove(CONTENT_LENGTH);
    Ok(Confirmed::Go(Request::from_parts(parts, Body::from(body))))
}

async fn page(visitor: &Visitor, status: StatusCode, page: ConfirmPage) -> Response {
    visitor.show_with(status, Page::Confirm(page)).await
}

/// Looks at the password; a right one is written down and gives the session a new id.
async fn verify(state: &AppState, visitor: &Visitor, password: String) -> Result<Verdict, ConsoleError> {
    let account = visitor.account()?.clone();
    let hash = Some(account.password_hash);
    let verdict = credentials::verify(state, &visitor.client, &account.email, password, hash).await?;
    if verdict != Verdict::Right {
        return Ok(verdict);
    }
    let now = state.store.now();
    let (tenant, email) = (account.tenant_id, account.email);
    state
        .store
        .write(move |conn| {
            Box::pin(async move {
                let act = Act { actor: &email, action: "account.confirm", subject: &email, detail: json!({}) };
                audit::record(conn, &tenant, &act, now).await
            })
        })
        .await?;
    if let Some(stamp) = visitor.session.get::<Stamp>(STAMP).await? {
        // OWASP ASVS 5.0, 7.2.4: a new id at every authentication, at this one too.
        visitor.session.cycle_id().await?;
        visitor.session.insert(STAMP, Stamp { confirmed_at: Some(now), ..stamp }).await?;
        // The form's own handler may ask for the session's id.
        visitor.session.save().await?;
    }
    Ok(verdict)
}
