//! Who is asking: middleware that puts the signed-in account into the request, and middleware that insists on one.

use axum::extract::{Request, State};
use axum::http::{HeaderName, Method, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use store::accounts::{self, Account, Role};
use store::{AccountId, TenantId, notices, second_factor, sso, tenants};
use time::Duration;
use tower_sessions::Session;

use super::client::Client;
use super::error::ConsoleError;
use super::page::Visitor;
use super::second_factor::{self as own_factor, SETTING_UP};
use super::session::{STAMP, Stamp};
use crate::state::AppState;

/// A session's last use is written down at most this often.
const SEEN_EVERY: Duration = Duration::minutes(1);

/// By this a browser says what a request is for: a page is a "document", what a script asks for is "empty".
const FETCH_DEST: HeaderName = HeaderName::from_static("sec-fetch-dest");

/// The signed-in account, in the extensions of a request.
#[derive(Debug, Clone)]
pub(super) struct SignedIn {
    pub(super) account: Account,
    /// The company's name.
    pub(super) company: String,
    /// Whether the company requires a second factor that the account has yet to set up.
    lacks_factor: bool,
    /// How many notices it has not read.
    pub(super) unread: u64,
}

/// Reads the session's account from the database, so that what was changed about it holds at once.
pub(super) async fn identify(
    State(state): State<AppState>,
    session: Session,
    mut request: Request,
    next: Next,
) -> Response {
    let by_script = request.headers().get(FETCH_DEST).is_some_and(|value| value == "empty");
    let client = Client::of(request.extensions(), request.headers(), &state.config.trusted_proxies);
    match signed_in(&state, &session, (&client, by_script)).await {
        Ok(Some(signed_in)) => {
            request.extensions_mut().insert(signed_in);
        }
        Ok(None) => {}
        Err(error) => return Visitor::nobody(session).refuse(&error).await,
    }
    next.run(request).await
}

/// A page that asks for news by itself does not keep a session from falling idle.
async fn signed_in(
    state: &AppState,
    session: &Session,
    (client, by_script): (&Client, bool),
) -> Result<Option<SignedIn>, ConsoleError> {
    let Some(stamp) = session.get::<Stamp>(STAMP).await? else { return Ok(None) };
    let (tenant, account) = (TenantId(stamp.tenant.clone()), AccountId(stamp.account.clone()));
    let mut reader = state.store.read().await?;
    let mut conn = reader.conn();
    let account = accounts::get(&mut conn, &tenant, &account).await?.filter(|account| account.disabled_at.is_none());
    let company = tenants::get(&mut conn, &tenant).await?;
    let (Some(account), Some(company)) = (account, company) else { return Ok(None) };
    // Whoever came by password before the company required its identity provider comes that way now.
    if stamp.integration.is_none() && sso::is_shut_out(&mut conn, &account.tenant_id, &account.id).await? {
        drop(reader);
        session.flush().await?;
        return Ok(None);
    }
    // Whoever came through the identity provider was asked there for what the company wants.
    let lacks_factor =
        stamp.integration.is_none() && second_factor::is_missing(&mut conn, &account.tenant_id, &account.id).await?;
    let unread = notices::unread(&mut conn, &account.tenant_id, &account.id).await?;
    let now = state.store.now();
    if !by_script && now - stamp.seen_at >= SEEN_EVERY {
        session.insert(STAMP, Stamp { seen_at: now, address: client.shown_address(), ..stamp }).await?;
    }
    Ok(Some(SignedIn { account, company: company.name, lacks_factor, unread }))
}

/// Sends strangers to the sign-in page, and from there back to where they wanted to go; those who have to set up a second
/// factor first, there.
pub(super) async fn require_sign_in(request: Request, next: Next) -> Response {
    if let Some(signed_in) = request.extensions().get::<SignedIn>() {
        if signed_in.lacks_factor && !SETTING_UP.contains(&request.uri().path()) {
            return Redirect::to(own_factor::ADDRESS).into_response();
        }
        return next.run(request).await;
    }
    let wanted = (request.method() == Method::GET && request.uri().path() != "/").then(|| request.uri());
    Redirect::to(&wanted.map_or_else(|| "/login".to_owned(), sign_in_address)).into_response()
}

/// The address of the sign-in form that leads on to where someone wanted to go.
fn sign_in_address(wanted: &Uri) -> String {
    let path = wanted.path_and_query().map_or("/", |path| path.as_str());
    let query = serde_urlencoded::to_string([("next", path)]).unwrap_or_default();
    format!("/login?{query}")
}

/// Refuses accounts whose role does not manage integrations.
pub(super) async fn require_integrations(request: Request, next: Next) -> Response {
    let signed_in = request.extensions().get::<SignedIn>();
    if signed_in.is_some_and(|signed_in| signed_in.account.role.manages_integrations()) {
        return next.run(request).await;
    }
    ConsoleError::Forbidden.into_response()
}

/// Refuses accounts whose role does not manage accounts.
pub(super) async fn require_accounts(request: Request, next: Next) -> Response {
    let signed_in = request.extensions().get::<SignedIn>();
    if signed_in.is_some_and(|signed_in| signed_in.account.role.manages_accounts()) {
        return next.run(request).await;
    }
    ConsoleError::NoAccounts.into_response()
}

/// Refuses accounts that are no admins.
pub(super) async fn require_admin(request: Request, next: Next) -> Response {
    let signed_in = request.extensions().get::<SignedIn>();
    if signed_in.is_some_and(|signed_in| signed_in.account.role == Role::Admin) {
        return next.run(request).await;
    }
    ConsoleError::AdminsOnly.into_response()
}

/// Refuses accounts whose role does not open the audit log.
pub(super) async fn require_audit(request: Request, next: Next) -> Response {
    let signed_in = request.extensions().get::<SignedIn>();
    if signed_in.is_some_and(|signed_in| signed_in.account.role.reads_audit()) {
        return next.run(request).await;
    }
    ConsoleError::AuditForbidden.into_response()
}

/// A path of this site, or nothing: an address that leads elsewhere must not pass as a place to come back to.
pub(super) fn local_path(text: &str) -> Option<&str> {
    let leads_here = text.starts_with('/')
        && !text[1..].starts_with(['/', '\\'])
        && text.chars().all(|letter| letter.is_ascii_graphic() && letter != '\\');
    leads_here.then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_this_site_are_come_back_to() {
        for path in ["/", "/employees?q=a%20b&page=2", "/settings/integrations"] {
            assert_eq!(local_path(path), Some(path));
        }
        for elsewhere in ["", "//evil.test", "/\\evil.test", "https://evil.test", "/a\nb", "/ü", "employees", "/x\\y"]
        {
            assert_eq!(local_path(elsewhere), None, "{elsewhere}");
        }
    }

    #[test]
    fn the_way_back_is_kept() {
        let wanted = "/employees?q=a&page=2".parse().expect("a path");
        assert_eq!(sign_in_address(&wanted), "/login?next=%2Femployees%3Fq%3Da%26page%3D2");
    }
}

#[cfg(test)]
mod fuzz {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// As browsers read addresses, not as we do.
        #[test]
        fn a_way_back_never_leads_elsewhere(text in "/?[/\\\\@:.?#%a-z\\t\\n ]{0,40}|\\PC{0,40}") {
            if let Some(path) = local_path(&text) {
                let here = url::Url::parse("https://here.test/login").expect("an address");
                let there = here.join(path).expect("an address");
                prop_assert_eq!(there.origin(), here.origin(), "{}", path);
            }
        }
    }
}
