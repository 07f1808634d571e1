//! Pages: who looks at them, and how they are rendered.

use std::convert::Infallible;
use std::pin::Pin;

use app::pages::{MessagePage, Page};
use app::shell::{self, Frame, Person, Theme};
use axum::body::Body;
use axum::extract::{FromRequest, FromRequestParts, OriginalUri, Query, RawForm, Request};
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use futures::{Stream, StreamExt, stream};
use leptos::config::LeptosOptions;
use leptos::nonce::use_nonce;
use leptos::prelude::{AnyView, RenderHtml, use_context};
use leptos_axum::ResponseOptions;
use serde::de::DeserializeOwned;
use store::accounts::{Account, Role};
use tower_sessions::Session;

use super::client::Client;
use super::error::ConsoleError;
use super::identity::SignedIn;
use super::{headers, theme};
use crate::assets;
use crate::state::AppState;

const FLASH: &str = "flash";

/// Whoever asks for a page.
#[derive(Clone)]
pub(crate) struct Visitor {
    pub(super) session: Session,
    pub(crate) client: Client,
    signed_in: Option<SignedIn>,
    theme: Theme,
    path: String,
}

impl FromRequestParts<AppState> for Visitor {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Response> {
        let session = Session::from_request_parts(parts, state).await.map_err(IntoResponse::into_response)?;
        let uri = parts.extensions.get::<OriginalUri>().map_or(&parts.uri, |original| &original.0);
        Ok(Self {
            session,
            client: Client::of(&parts.extensions, &parts.headers, &state.config.trusted_proxies),
            signed_in: parts.extensions.get::<SignedIn>().cloned(),
            theme: theme::chosen(&parts.headers),
            path: uri.path_and_query().map_or_else(|| "/".to_owned(), ToString::to_string),
        })
    }
}

impl Visitor {
    /// Someone of whom nothing is known, as when the database does not answer.
    pub(super) fn nobody(session: Session) -> Self {
        Self { session, client: Client::default(), signed_in: None, theme: Theme::default(), path: "/".to_owned() }
    }

    /// The signed-in account. Routes that need one are behind a guard; without it they refuse.
    pub(crate) fn account(&self) -> Result<&Account, ConsoleError> {
        self.signed_in.as_ref().map(|signed_in| &signed_in.account).ok_or(ConsoleError::Forbidden)
    }

    /// The name of the account's company.
    pub(super) fn company(&self) -> Result<&str, ConsoleError> {
        self.signed_in.as_ref().map(|signed_in| signed_in.company.as_str()).ok_or(ConsoleError::Forbidden)
    }

    /// Whether the visitor may manage integrations.
    pub(super) fn may_manage(&self) -> bool {
        self.signed_in.as_ref().is_some_and(|signed_in| signed_in.account.role.manages_integrations())
    }

    /// A page with the status 200.
    pub(crate) async fn show(&self, page: Page) -> Response {
        self.show_with(StatusCode::OK, page).await
    }

    /// A page with any status.
    pub(crate) async fn show_with(&self, status: StatusCode, page: Page) -> Response {
        let frame = self.frame().await;
        let mut response = render(frame, page).await;
        *response.status_mut() = status;
        // Pages hold personal data, and one of them a secret: none is kept by a browser or a proxy.
        response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response
    }

    /// The page that says why there is no other.
    pub(super) async fn refuse(&self, error: &ConsoleError) -> Response {
        let (title, text) = error.words();
        let page = Page::Message(MessagePage { title, text: text.to_owned() });
        self.show_with(error.status(), page).await
    }

    /// Ends the console's session, if there is one.
    pub(crate) async fn sign_out(&mut self) -> Result<(), ConsoleError> {
        self.signed_in = None;
        Ok(self.session.flush().await?)
    }

    /// To another page, which shows the message.
    pub(crate) async fn go_to(&self, path: &str, message: &str) -> Result<Response, ConsoleError> {
        self.session.insert(FLASH, message).await?;
        Ok(Redirect::to(path).into_response())
    }

    async fn frame(&self) -> Frame {
        let mut flash = None;
        let person = self.signed_in.as_ref().map(|signed_in| Person {
            email: signed_in.account.email.clone(),
            company: signed_in.company.clone(),
            role: role_name(signed_in.account.role),
            manages_accounts: signed_in.account.role.manages_accounts(),
            reads_audit: signed_in.account.role.reads_audit(),
            unread: signed_in.unread,
        });
        if person.is_some() {
            // A message that cannot be read is not worth an error page.
            flash = self.session.remove(FLASH).await.ok().flatten();
        }
        Frame {
            person,
            theme: self.theme,
            path: self.path.clone(),
            flash,
            stylesheet: assets::address("main.css"),
            sprite: assets::address("icons.svg"),
            favicon: assets::address("favicon.svg"),
            passkey_script: assets::address("passkey.js"),
            options: LeptosOptions::builder().output_name(assets::islands_name()).site_pkg_dir("assets").build(),
        }
    }
}

/// A role's name for people.
pub(super) fn role_name(role: Role) -> &'static str {
    match role {
        Role::Admin => "Admin",
        Role::It => "IT",
        Role::Power => "Power",
        Role::Viewer => "Viewer",
    }
}

/// A part of a page, for those who keep it up to date.
pub(super) async fn fragment(part: impl FnOnce() -> AnyView + Send + 'static) -> Response {
    let mut response =
        leptos_axum::handle_response_inner(|| {}, part, Request::new(Body::empty()), without_scripts).await;
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

async fn render(frame: Frame, page: Page) -> Response {
    let has_islands = frame.has_islands();
    let document = move || {
        let policy = use_nonce().and_then(|nonce| headers::page_policy(nonce.as_inner()));
        if let (Some(policy), Some(options)) = (policy, use_context::<ResponseOptions>()) {
            options.insert_header(CONTENT_SECURITY_POLICY, policy);
        }
        shell::document(&frame, &page)
    };
    let builder = if has_islands { with_scripts } else { without_scripts };
    leptos_axum::handle_response_inner(|| {}, document, Request::new(Body::empty()), builder).await
}

type Pieces = Pin<Box<dyn Stream<Item = String> + Send>>;
type Chunks = Box<dyn FnOnce() -> Pieces + Send>;

/// Islands wake with the help of the scripts that follow the document.
fn with_scripts(document: AnyView, scripts: Chunks, _: bool) -> Pin<Box<dyn Future<Output = Pieces> + Send>> {
    Box::pin(async move {
        let html: String = document.to_html_stream_in_order().collect().await;
        Box::pin(stream::once(async move { html }).chain(scripts())) as Pieces
    })
}

/// A page without islands has no script at all.
fn without_scripts(document: AnyView, _: Chunks, _: bool) -> Pin<Box<dyn Future<Output = Pieces> + Send>> {
    Box::pin(async move {
        let html: String = document.to_html_stream_in_order().collect().await;
        Box::pin(stream::once(async move { html })) as Pieces
    })
}

/// A form. Every field has a default, so that a missing one is a message beside it and not a broken page.
pub(crate) struct Fields<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest<AppState> for Fields<T> {
    type Rejection = ConsoleError;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, ConsoleError> {
        let RawForm(form) = RawForm::from_request(request, state).await.map_err(|_| ConsoleError::BadForm)?;
        // No keyboard types U+0000, and PostgreSQL stores no text with it.
        if form.contains(&0) || form.windows(3).any(|letters| letters == b"%00") {
            return Err(ConsoleError::BadForm);
        }
        serde_urlencoded::from_bytes(&form).map(Self).map_err(|_| ConsoleError::BadForm)
    }
}

/// What the query string asks for. A link that was cut or mistyped shows the page without it.
#[derive(Default)]
pub(super) struct Asked<T>(pub(super) T);

impl<T: DeserializeOwned + Default> FromRequestParts<AppState> for Asked<T> {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, Infallible> {
        Ok(Query::try_from_uri(&parts.uri).map_or_else(|_| Self::default(), |Query(asked)| Self(asked)))
    }
}
