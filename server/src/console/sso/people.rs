//! Employees whom no assertion would name, before anyone signs in.

use app::components::Pager;
use app::pages::{DoubtfulLink, MismatchRow, MismatchesPage, Page};
use axum::extract::{Path, State};
use axum::response::Response;
use serde::Deserialize;
use store::sso::{self, MatchBy, Mismatch, Problem, Settings};
use store::{Conn, StoreError, accounts};

use crate::console::error::ConsoleError;
use crate::console::page::{Asked, Visitor};
use crate::console::provider::named;
use crate::state::AppState;

const PAGE: usize = 50;
/// One more than fits says that more follow.
const ASKED: i64 = 51;

#[derive(Default, Deserialize)]
pub(in crate::console) struct Query {
    #[serde(default)]
    after: String,
}

pub(in crate::console) async fn list(
    State(state): State<AppState>,
    visitor: Visitor,
    Path(key): Path<String>,
    Asked(query): Asked<Query>,
) -> Result<Response, ConsoleError> {
    let (provider, tenant) = (named(&key)?, &visitor.account()?.tenant_id);
    let mut reader = state.store.read().await?;
    let mut conn = reader.conn();
    let integration = store::integrations::find(&mut conn, tenant, provider).await?;
    let settings = match integration {
        Some(integration) => sso::find(&mut conn, tenant, &integration.id).await?,
        None => None,
    };
    let links = match &settings {
        Some(settings) => doubtful(&mut conn, settings).await?,
        None => Vec::new(),
    };
    let by = settings.map_or(MatchBy::UserName, |settings| settings.match_by);
    let mut found = sso::mismatches(&mut conn, tenant, by, &query.after, ASKED).await?;
    drop(reader);
    let more = found.len() > PAGE;
    found.truncate(PAGE);
    let here = format!("{}/sso/people", app::pages::provider_address(provider));
    let next = found.last().filter(|_| more).map(|last| format!("{here}?after={}", last.id));
    let page = MismatchesPage {
        provider,
        compared: match by {
            MatchBy::UserName => "the user name",
            MatchBy::Email => "the email addresses",
            MatchBy::ExternalId => "the external id",
        },
        rows: found.iter().map(row).collect(),
        links,
        pager: Pager {
            shown: found.len(),
            next,
            previous: Some(here.clone()).filter(|_| !query.after.is_empty()),
            first: here,
            ..Pager::default()
        },
    };
    Ok(visitor.show(Page::Mismatches(page)).await)
}

/// The accounts whose links were not confirmed with these settings and the names of now.
async fn doubtful(conn: &mut Conn<'_>, settings: &Settings) -> Result<Vec<DoubtfulLink>, StoreError> {
    let tenant = &settings.tenant_id;
    let accounts = accounts::list(conn, tenant).await?;
    let mut found = Vec::new();
    for (account, _, document) in sso::linked(conn, tenant).await? {
        let doubts = sso::doubts(conn, tenant, &account, &document).await?;
        let doubt = doubts.into_iter().find(|(integration, _)| *integration == settings.integration_id);
        let email = accounts.iter().find(|known| known.id == account).map(|known| known.email.clone());
        if let (Some((_, trust)), Some(email)) = (doubt, email) {
            found.push(DoubtfulLink { account: account.0, email, problem: trust.words() });
        }
    }
    Ok(found)
}

fn row(mismatch: &Mismatch) -> MismatchRow {
    MismatchRow {
        id: mismatch.id.clone(),
        name: mismatch.document.shown_name(),
        user_name: mismatch.document.user_name().to_owned(),
        problem: match mismatch.problem {
            Problem::Missing => "Has no such value. Let provisioning send it.",
            Problem::Shared => "Someone else has the same value, so nobody is meant. Make it unique.",
            Problem::NoAddress => {
                "The user name is no email address. It matches only if the identity provider sends exactly this."
            }
        },
    }
}
