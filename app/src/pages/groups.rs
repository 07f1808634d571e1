//! The groups that were provisioned.

use leptos::prelude::*;

use super::employees::{arrival, lost};
use crate::components::{Filters, Icon, Pager, empty_state, pager, shown};
use crate::shell::Frame;

/// One line.
#[derive(Debug, Clone)]
pub struct GroupRow {
    /// The id.
    pub id: String,
    /// The name.
    pub name: String,
    /// How many members, in words.
    pub members: String,
    /// The provider that sent it.
    pub provider: &'static str,
    /// When it or its members last changed.
    pub changed: String,
}

/// The list.
#[derive(Debug, Clone)]
pub struct GroupsPage {
    /// What it is narrowed by.
    pub filters: Filters,
    /// This page's lines.
    pub rows: Vec<GroupRow>,
    /// Where the list stands.
    pub pager: Pager,
    /// Whether the row that the page was to begin after is gone.
    pub lost: bool,
    /// Whether any provider is active.
    pub connected: bool,
    /// Whether the person may manage integrations.
    pub may_manage: bool,
}

impl GroupsPage {
    pub(super) fn view(&self, frame: &Frame) -> AnyView {
        view! {
            <main id="main" class="page one">
                <div class="head"><h1>"Groups"</h1></div>
                {self.filters.view(&frame.sprite)}
                {lost(frame, self.lost)}
                {self.body(frame)}
            </main>
        }
        .into_any()
    }

    fn body(&self, frame: &Frame) -> AnyView {
        if !self.rows.is_empty() {
            return view! { {self.table()}{pager(&self.pager)} }.into_any();
        }
        if self.filters.narrowed {
            let body = view! {
                <p>"A search finds the beginnings of words in a group's name."</p>
                <p><a href="/groups">"Show all groups"</a></p>
            };
            return empty_state(&frame.sprite, Icon::Search, "No group matches", body.into_any());
        }
        empty_state(&frame.sprite, Icon::Group, "No groups yet", arrival(self.connected, self.may_manage, "Groups"))
    }

    fn table(&self) -> AnyView {
        let row = |row: &GroupRow| {
            view! {
                <tr>
                    <th scope="row"><a href=format!("/groups/{}", row.id)>{shown(&row.name)}</a></th>
                    <td data-label="Members" class="num">{row.members.clone()}</td>
                    <td data-label="Provider">{row.provider}</td>
                    <td data-label="Last change" class="num">{row.changed.clone()}</td>
                </tr>
            }
        };
        view! {
            <div class="card flush">
                <table>
                    <caption class="visually-hidden">"Groups"</caption>
                    <thead><tr>
                        <th scope="col">"Name"</th><th scope="col">"Members"</th><th scope="col">"Provider"</th>
                        <th scope="col">"Last change"</th>
                    </tr></thead>
                    <tbody>{self.rows.iter().map(row).collect_view()}</tbody>
                </table>
            </div>
        }
        .into_any()
    }
}
