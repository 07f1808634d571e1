//! The password is asked for again before something that matters, when it was entered a while ago; of those who have a
//! second factor, a code or a passkey too.
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
use super::second_factor;
use super::session::{STAMP, Stamp};
use crate::sso::ANEW;
use crate::state::AppState;

/// The password's field. No form of ours has another one of this name, nor of the next two.
const PASSWORD: &str = "confirm_password";
const CODE: &str = "confirm_code";
const PASSKEY: &str = "confirm_passkey";
const WRONG: &str = "This is not the password of your account.";
/// Whichever of the two it is: whoever has only one of them learns nothing about it.
const ONE_IS_WRONG: &str =
    "Password and code or passkey do not belong together, or were used before. Enter the password and the other again.";

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
    let is_typed = |(name, _): &(String, String)| [PASSWORD, CODE, PASSKEY].contains(&name.as_str());
    let (typed, fields): (Form, Form) = fields.into_iter().partition(is_typed);
    let action = parts.uri.path().to_owned();
    let factor = second_factor::asked(state, visitor.account()?).await?;
    let sign_on = sign_on(state, visitor).await?;
    let code = factor.map(|factor| factor.app);
    let asked = ConfirmPage { sign_on, ..ConfirmPage::new(action, fields.clone(), code) };
    // The button that says "signed in anew" sends the field, too.
    let named = |wanted| {
        let given = |(name, value): &&(String, String)| name == wanted && !value.is_empty();
        typed.iter().find(given).map(|(_, value)| value.clone())
    };
    let Some(password) = named(PASSWORD) else {
        return Ok(Confirmed::Ask(page(state, visitor, StatusCode::OK, asked).await?));
    };
    let proof = factor.map(|_| match named(PASSKEY) {
        Some(answer) => Proof::Passkey(answer),
        None => Proof::Code(named(CODE).unwrap_or_default()),
    });
    let wrong = if factor.is_some() { ONE_IS_WRONG } else { WRONG };
    let verdict = verify(state, visitor, password, proof).await?;
    if let Some(text) = verdict.refusal(wrong) {
        let errors = vec![FieldError { field: PASSWORD, text }];
        let asked = ConfirmPage { errors, ..asked };
        return Ok(Confirmed::Ask(verdict.mark(page(state, visitor, StatusCode::UNPROCESSABLE_ENTITY, asked).await?)));
    }
    let body = serde_urlencoded::to_string(fields).map_err(|_| ConsoleError::BadForm)?;
    parts.headers.remove(CONTENT_LENGTH);
    Ok(Confirmed::Go(Request::from_parts(parts, Body::from(body))))
}

/// The page holds a question for the account's passkeys, if there are any.
async fn page(
    state: &AppState,
    visitor: &Visitor,
    status: StatusCode,
    page: ConfirmPage,
) -> Result<Response, ConsoleError> {
    let passkey = match page.code {
        Some(_) => second_factor::question(state, visitor, visitor.account()?).await?,
        None => None,
    };
    Ok(visitor.show_with(status, Page::Confirm(ConfirmPage { passkey, ..page })).await)
}

/// What somebody presents beside the password.
enum Proof {
    Code(String),
    Passkey(String),
}

/// Looks at the password, and at what is asked for beside it; when they are right that is written down and gives the
/// session a new id.
async fn verify(
    state: &AppState,
    visitor: &Visitor,
    password: String,
    proof: Option<Proof>,
) -> Result<Verdict, ConsoleError> {
    let account = visitor.account()?.clone();
    let hash = Some(account.password_hash.clone());
    let mut verdict = credentials::verify(state, &visitor.client, &account.email, password, hash).await?;
    if verdict == Verdict::Right {
        verdict = match proof {
            None => Verdict::Right,
            Some(Proof::Code(code)) => second_factor::verify(state, &visitor.client, &account, code).await?,
            Some(Proof::Passkey(answer)) => second_factor::verify_passkey(state, visitor, &account, &answer).await?,
        };
    }
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
