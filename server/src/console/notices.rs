//! What the account was told of: in the console whether or not there is a mail server.

use app::pages::{NoticeRow, NoticesPage, Page};
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use store::StoreError;
use store::notices::{self, Notice};

use super::error::ConsoleError;
use super::page::{Fields, Visitor};
use crate::notices::{Words, words};
use crate::state::AppState;
use crate::upkeep::NOTICES_KEPT;

const ADDRESS: &str = "/settings/notices";
/// As many are shown.
const SHOWN: i64 = 50;

pub(super) async fn list(State(state): State<AppState>, visitor: Visitor) -> Result<Response, ConsoleError> {
    let account = visitor.account()?;
    let mut reader = state.store.read().await?;
    let latest = notices::latest(&mut reader.conn(), &account.tenant_id, &account.id, SHOWN).await?;
    drop(reader);
    let page = NoticesPage {
        newest: latest.first().map_or(0, |notice| notice.act.seq),
        rows: latest.iter().map(row).collect(),
        days: NOTICES_KEPT.whole_days(),
        by_mail: state.config.smtp.is_some(),
    };
    Ok(visitor.show(Page::Notices(page)).await)
}

fn row(notice: &Notice) -> NoticeRow {
    let Words { title, about, facts, advice } = words(&notice.act);
    NoticeRow { title, about, facts, advice, is_read: notice.is_read }
}

#[derive(Deserialize)]
pub(super) struct Seen {
    #[serde(default)]
    newest: String,
}

/// What arrived after the page was shown stays new.
pub(super) async fn mark_read(
    State(state): State<AppState>,
    visitor: Visitor,
    Fields(seen): Fields<Seen>,
) -> Result<Response, ConsoleError> {
    let newest = seen.newest.parse().map_err(|_| ConsoleError::BadForm)?;
    let (account, now) = (visitor.account()?.clone(), state.store.now());
    let marked: Result<(), StoreError> = state
        .store
        .write(move |conn| {
            Box::pin(async move { notices::mark_read(conn, &account.tenant_id, &account.id, newest, now).await })
        })
        .await;
    marked?;
    visitor.go_to(ADDRESS, "All notices are marked as read.").await
}
