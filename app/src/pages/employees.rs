//! Who was provisioned.

use leptos::prelude::*;

use crate::components::{Icon, Pager, chip, empty_state, flash, pager};
use crate::shell::Frame;

/// One line.
#[derive(Debug, Clone)]
pub struct EmployeeRow {
    /// The id.
    pub id: String,
    /// The name.
    pub name: String,
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

/// The list.
#[derive(Debug, Clone)]
pub struct EmployeesPage {
    /// What is looked for.
    pub search: String,
    /// This page's lines.
    pub rows: Vec<EmployeeRow>,
    /// Where the list stands.
    pub pager: Pager,
    /// Whether any provider is active.
    pub connected: bool,
    /// Whether the person may manage integrations.
    pub may_manage: bool,
}

impl EmployeesPage {
    pub(super) fn view(&self, frame: &Frame) -> AnyView {
        view! {
            <main id="main" class="page one">
                <div class="head"><h1>"Employees"</h1></div>
                {flash(frame)}
                <form class="search" method="get" action="/employees" role="search">
                    <label class="visually-hidden" for="search">"Search"</label>
                    <input id="search" type="search" name="q" placeholder="Name, e-mail, department or title" value=self.search.clone()/>
                    <button class="btn" type="submit">"Search"</button>
                </form>
                {self.body(frame)}
            </main>
        }
        .into_any()
    }

    fn body(&self, frame: &Frame) -> AnyView {
        if !self.rows.is_empty() {
            return view! { {self.table(frame)}{pager(&self.pager)} }.into_any();
        }
        if self.pager.total > 0 {
            return view! { {pager(&self.pager)} }.into_any();
        }
        if !self.search.is_empty() {
            let body = view! { <p><a href="/employees">"Show all employees"</a></p> };
            return empty_state(&frame.sprite, Icon::Search, "Nobody matches", body.into_any());
        }
        let body = if self.connected {
            view! { <p>"Your identity provider is connected and has not sent anyone yet. Azure's first cycle starts when you set Provisioning Status to On."</p> }.into_any()
        } else if self.may_manage {
            view! {
                <p>"Employees arrive from your identity provider. Connect it first."</p>
                <p><a class="btn main" href="/settings/integrations/provisioning-sso">"Connect an identity provider"</a></p>
            }
            .into_any()
        } else {
            view! { <p>"Employees arrive from your identity provider. Someone with the role Admin or IT can connect it."</p> }.into_any()
        };
        empty_state(&frame.sprite, Icon::People, "No employees yet", body)
    }

    fn table(&self, frame: &Frame) -> AnyView {
        let row = |row: &EmployeeRow| {
            let status = status_chip(&frame.sprite, row.active);
            view! {
                <tr>
                    <th scope="row"><a href=format!("/employees/{}", row.id)><bdi>{row.name.clone()}</bdi></a></th>
                    <td data-label="Email"><bdi>{row.email.clone()}</bdi></td>
                    <td data-label="Department"><bdi>{row.department.clone()}</bdi></td>
                    <td data-label="Title"><bdi>{row.title.clone()}</bdi></td>
                    <td data-label="Status">{status}</td>
                    <td data-label="Last change" class="num">{row.changed.clone()}</td>
                </tr>
            }
        };
        view! {
            <div class="card flush">
                <table>
                    <caption class="visually-hidden">"Employees"</caption>
                    <thead><tr>
                        <th scope="col">"Name"</th><th scope="col">"Email"</th><th scope="col">"Department"</th>
                        <th scope="col">"Title"</th><th scope="col">"Status"</th><th scope="col">"Last change"</th>
                    </tr></thead>
                    <tbody>{self.rows.iter().map(row).collect_view()}</tbody>
                </table>
            </div>
        }
        .into_any()
    }
}

/// Active or inactive.
pub(super) fn status_chip(sprite: &str, active: bool) -> AnyView {
    if active { chip(sprite, "ok", Icon::Check, "Active") } else { chip(sprite, "", Icon::Stop, "Inactive") }
}
