//! What the account was told of, the newest first.

use leptos::prelude::*;

use crate::components::{Icon, chip, crumbs, empty_state, flash, settings_menu, shown};
use crate::shell::Frame;

/// One notice.
#[derive(Debug, Clone)]
pub struct NoticeRow {
    /// What happened.
    pub title: &'static str,
    /// To what.
    pub about: String,
    /// When, by whom, from where.
    pub facts: Vec<(&'static str, String)>,
    /// What to do about it.
    pub advice: &'static str,
    /// Whether it was marked as read.
    pub is_read: bool,
}

/// The list.
#[derive(Debug, Clone)]
pub struct NoticesPage {
    /// The latest ones.
    pub rows: Vec<NoticeRow>,
    /// The number of the newest one, up to which they are marked as read.
    pub newest: i64,
    /// For how many days they are shown.
    pub days: i64,
    /// Whether people are written to as well.
    pub by_mail: bool,
}

impl NoticesPage {
    pub(super) fn view(&self, frame: &Frame) -> AnyView {
        let unread = self.rows.iter().any(|row| !row.is_read);
        let mark = unread.then(|| {
            view! {
                <form method="post" action="/settings/notices">
                    <input type="hidden" name="newest" value=self.newest.to_string()/>
                    <button class="btn" type="submit">"Mark all as read"</button>
                </form>
            }
        });
        let also = if self.by_mail { " You are written to as well." } else { "" };
        let hint = format!(
            "What concerns your account and, for admins, tokens and single sign-on, for {} days.{also}",
            self.days
        );
        let list = if self.rows.is_empty() {
            let body =
                view! { <p>"Sign-ins from new places and changes of tokens and single sign-on will be here."</p> };
            empty_state(&frame.sprite, Icon::Check, "Nothing so far", body.into_any())
        } else {
            let rows = self.rows.iter().map(|row| row.view(frame)).collect_view();
            view! { <section class="card" aria-label="Notices"><div class="token-list">{rows}</div></section> }
                .into_any()
        };
        view! {
            <div class="page">
                {settings_menu(frame, "notices")}
                <main id="main">
                    {crumbs(&[("Settings", "/settings")], "Notices")}
                    <div class="head"><h1>"Notices"</h1>{mark}</div>
                    {flash(frame)}
                    <p class="hint">{hint}</p>
                    {list}
                </main>
            </div>
        }
        .into_any()
    }
}

impl NoticeRow {
    fn view(&self, frame: &Frame) -> AnyView {
        let fact =
            |(name, value): &(&'static str, String)| view! { <div><dt>{*name}</dt><dd>{shown(value)}</dd></div> };
        let state = (!self.is_read).then(|| chip(&frame.sprite, "warn", Icon::Alert, "New"));
        view! {
            <article class="token">
                <h2>{self.title}</h2>
                <div class="actions">{state}</div>
                <dl><div><dt>"What"</dt><dd>{shown(&self.about)}</dd></div>{self.facts.iter().map(fact).collect_view()}</dl>
                <p class="hint">{self.advice}</p>
            </article>
        }
        .into_any()
    }
}
