//! Who was provisioned.

use leptos::prelude::*;

use crate::components::{
    BrakeNote, Filters, Icon, Pager, brake_notes, chip, empty_state, flash, icon, pager, shown, shown_within,
};
use crate::shell::Frame;

/// Letters of a department or title in a line.
const SHORT: usize = 60;

/// One line.
#[derive(Debug, Clone)]
pub struct EmployeeRow {
    /// The id.
    pub id: String,
    /// The name.
    pub name: String,
    /// The user name, when it is not the e-mail address.
    pub user_name: Option<String>,
    /// The e-mail address.
    pub email: String,
    /// The department.
    pub department: String,
    /// The job title.
    pub title: String,
    /// Whether the person is active.
    pub active: bool,
    /// When it last changed.
    pub changed: String,
}

/// To whose members a list is narrowed.
#[derive(Debug, Clone, Default)]
pub enum AskedGroup {
    /// To nobody's.
    #[default]
    Any,
    /// To those of a group: its id and name.
    One(String, String),
    /// What was typed can stand for these groups, and perhaps others: the list's address for each, and its name.
    Several(Vec<(String, String)>, bool),
    /// No group is called so.
    Unknown,
}

/// The list.
#[derive(Debug, Clone)]
pub struct EmployeesPage {
    /// What it is narrowed by.
    pub filters: Filters,
    /// This page's lines.
    pub rows: Vec<EmployeeRow>,
    /// Where the list stands.
    pub pager: Pager,
    /// The group that was asked for.
    pub group: AskedGroup,
    /// Whether the row that the page was to begin after is gone.
    pub lost: bool,
    /// Brakes that wait for a decision.
    pub brakes: Vec<BrakeNote>,
    /// Whether any provider is active.
    pub connected: bool,
    /// Whether the person may manage integrations.
    pub may_manage: bool,
}

impl EmployeesPage {
    pub(super) fn view(&self, frame: &Frame) -> AnyView {
        let group = match &self.group {
            AskedGroup::One(id, name) => {
                Some(view! { <p class="lead">"Members of " <a href=format!("/groups/{id}")>{shown(name)}</a> "."</p> })
            }
            _ => None,
        };
        let deleted =
            self.may_manage.then(|| view! { <a class="btn quiet" href="/employees/deleted">"Deleted employees"</a> });
        view! {
            <main id="main" class="page one">
                <div class="head"><h1>"Employees"</h1>{deleted}</div>
                {flash(frame)}
                {brake_notes(&frame.sprite, &self.brakes)}
                {self.filters.view(&frame.sprite)}
                {group}
                {lost(frame, self.lost)}
                {self.body(frame)}
            </main>
        }
        .into_any()
    }

    fn body(&self, frame: &Frame) -> AnyView {
        if !self.rows.is_empty() {
            return view! { {employee_table(frame, "Employees", &self.rows)}{pager(&self.pager)} }.into_any();
        }
        match &self.group {
            AskedGroup::Several(groups, more) => return which_group(frame, groups, *more),
            AskedGroup::Unknown => {
                let body = view! { <p><a href="/groups">"Show all groups"</a></p> };
                return empty_state(&frame.sprite, Icon::Search, "No group is called so", body.into_any());
            }
            AskedGroup::Any | AskedGroup::One(..) => {}
        }
        if self.filters.narrowed {
            let body = view! {
                <p>"A search finds the beginnings of words: " <i>"hop gra"</i> " finds Grace Hopper."</p>
                <p><a href="/employees">"Show all employees"</a></p>
            };
            return empty_state(&frame.sprite, Icon::Search, "Nobody matches", body.into_any());
        }
        empty_state(
            &frame.sprite,
            Icon::People,
            "No employees yet",
            arrival(self.connected, self.may_manage, "Employees"),
        )
    }
}

/// Asks which of several groups was meant.
fn which_group(frame: &Frame, groups: &[(String, String)], more: bool) -> AnyView {
    let group = |(address, name): &(String, String)| view! { <li><a href=address.clone()>{shown(name)}</a></li> };
    let more = more.then(|| view! { <p>"There are others: type more of the name."</p> });
    let body = view! { <ul>{groups.iter().map(group).collect_view()}</ul>{more} };
    empty_state(&frame.sprite, Icon::Group, "Which group?", body.into_any())
}

/// Says that a list begins again, since the row to go on from is gone.
pub(super) fn lost(frame: &Frame, lost: bool) -> Option<AnyView> {
    let note = view! {
        <div class="note" role="status">{icon(&frame.sprite, Icon::Clock)}
            <span>"The list has changed meanwhile; this is its beginning."</span></div>
    };
    lost.then(|| note.into_any())
}

/// How employees and groups come to be here.
pub(super) fn arrival(connected: bool, may_manage: bool, what: &'static str) -> AnyView {
    if connected {
        view! { <p>"Your identity provider is connected and has not sent " {if what == "Groups" { "any group" } else { "anyone" }} " yet. Azure's first cycle starts when you set Provisioning Status to On."</p> }.into_any()
    } else if may_manage {
        view! {
            <p>{what} " arrive from your identity provider. Connect it first."</p>
            <p><a class="btn main" href="/settings/integrations/provisioning-sso">"Connect an identity provider"</a></p>
        }
        .into_any()
    } else {
        view! { <p>{what} " arrive from your identity provider. Someone with the role Admin or IT can connect it."</p> }
            .into_any()
    }
}

/// People, a line each.
pub(super) fn employee_table(frame: &Frame, caption: &'static str, rows: &[EmployeeRow]) -> AnyView {
    let row = |row: &EmployeeRow| {
        let user_name = row.user_name.as_ref().map(|name| view! { <small>{shown(name)}</small> });
        view! {
            <tr>
                <th scope="row"><a href=format!("/employees/{}", row.id)>{shown(&row.name)}</a>{user_name}</th>
                <td data-label="Email">{shown(&row.email)}</td>
                <td data-label="Department">{shown_within(&row.department, SHORT)}</td>
                <td data-label="Title">{shown_within(&row.title, SHORT)}</td>
                <td data-label="Status">{status_chip(&frame.sprite, row.active)}</td>
                <td data-label="Last change" class="num">{row.changed.clone()}</td>
            </tr>
        }
    };
    view! {
        <div class="card flush">
            <table>
                <caption class="visually-hidden">{caption}</caption>
                <thead><tr>
                    <th scope="col">"Name"</th><th scope="col">"Email"</th><th scope="col">"Department"</th>
                    <th scope="col">"Title"</th><th scope="col">"Status"</th><th scope="col">"Last change"</th>
                </tr></thead>
                <tbody>{rows.iter().map(row).collect_view()}</tbody>
            </table>
        </div>
    }
    .into_any()
}

/// Active or inactive.
pub(super) fn status_chip(sprite: &str, active: bool) -> AnyView {
    if active { chip(sprite, "ok", Icon::Check, "Active") } else { chip(sprite, "", Icon::Stop, "Inactive") }
}
