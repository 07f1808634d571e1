//! Deleted employees: who they are, and bringing one of them back.

use leptos::prelude::*;

use super::employee::{Links, Section, links, section};
use crate::components::{BrakeNote, Icon, brake_notes, chip, crumbs, empty_state, flash, icon, plain, shown};
use crate::shell::Frame;

/// One line.
#[derive(Debug, Clone)]
pub struct DeletedRow {
    /// The id.
    pub id: String,
    /// The name.
    pub name: String,
    /// The e-mail address, or else the user name.
    pub email: String,
    /// When they were deleted.
    pub deleted: String,
    /// Until when they are kept.
    pub kept: String,
}

/// The list.
#[derive(Debug, Clone)]
pub struct DeletedEmployeesPage {
    /// The latest first.
    pub rows: Vec<DeletedRow>,
    /// The address of the next page.
    pub next: Option<String>,
    /// Whether this is the first page.
    pub is_first: bool,
    /// Brakes that wait for a decision.
    pub brakes: Vec<BrakeNote>,
}

/// Where the pages lie.
const WITHIN: [(&str, &str); 1] = [("Employees", "/employees")];

impl DeletedEmployeesPage {
    pub(super) fn view(&self, frame: &Frame) -> AnyView {
        view! {
            <main id="main" class="page one">
                {crumbs(&WITHIN, "Deleted")}
                <div class="head"><h1>"Deleted employees"</h1></div>
                {flash(frame)}
                {brake_notes(&frame.sprite, &self.brakes)}
                <p class="hint">"Whoever is deleted is kept for 30 days and can be restored, with the groups that still exist."</p>
                {self.table(frame)}
            </main>
        }
        .into_any()
    }

    fn table(&self, frame: &Frame) -> AnyView {
        if self.rows.is_empty() {
            let body = view! { <p><a href="/employees">"Back to the employees"</a></p> };
            return empty_state(&frame.sprite, Icon::People, "Nobody was deleted lately", body.into_any());
        }
        let row = |row: &DeletedRow| {
            view! {
                <tr>
                    <th scope="row"><a href=format!("/employees/deleted/{}", row.id)>{shown(&row.name)}</a></th>
                    <td data-label="Email">{shown(&row.email)}</td>
                    <td data-label="Deleted" class="num">{row.deleted.clone()}</td>
                    <td data-label="Kept until" class="num">{row.kept.clone()}</td>
                </tr>
            }
        };
        let first = (!self.is_first).then(|| view! { <a class="btn" href="/employees/deleted">"First"</a> });
        let next = self.next.clone().map(|address| view! { <a class="btn" rel="next" href=address>"Next"</a> });
        let pager = (first.is_some() || next.is_some()).then(|| {
            view! { <nav class="pager" aria-label="Pages"><p>"The latest first"</p><div>{first}{next}</div></nav> }
        });
        view! {
            <div class="card flush">
                <table>
                    <caption class="visually-hidden">"Deleted employees, the latest first"</caption>
                    <thead><tr><th scope="col">"Name"</th><th scope="col">"Email"</th><th scope="col">"Deleted"</th><th scope="col">"Kept until"</th></tr></thead>
                    <tbody>{self.rows.iter().map(row).collect_view()}</tbody>
                </table>
            </div>
            {pager}
        }
        .into_any()
    }
}

/// One of them.
#[derive(Debug, Clone)]
pub struct DeletedEmployeePage {
    /// The id.
    pub id: String,
    /// The name.
    pub name: String,
    /// When they were deleted, and until when they are kept, in words.
    pub text: String,
    /// What keeps them from being restored.
    pub obstacle: Option<String>,
    /// The time of the deletion, by which a stale form is known.
    pub seen: String,
    /// The attributes by section.
    pub sections: Vec<Section>,
    /// The groups that they would come back to.
    pub groups: Links,
}

impl DeletedEmployeePage {
    pub(super) fn view(&self, frame: &Frame) -> AnyView {
        let sprite = &frame.sprite;
        let obstacle = self.obstacle.clone().map(|text| {
            view! { <div class="note warn" role="alert">{icon(sprite, Icon::Alert)}<span>{text}</span></div> }
        });
        let restore = self.obstacle.is_none().then(|| {
            view! {
                <form method="post" action=format!("/employees/deleted/{}/restore", self.id)>
                    <input type="hidden" name="seen" value=self.seen.clone()/>
                    <div class="actions"><button class="btn main" type="submit">"Restore"</button></div>
                </form>
            }
        });
        view! {
            <main id="main" class="page one">
                {crumbs(&[WITHIN[0], ("Deleted", "/employees/deleted")], &plain(&self.name))}
                <div class="head"><h1>{shown(&self.name)}</h1>{chip(sprite, "", Icon::Stop, "Deleted")}</div>
                {obstacle}
                <div class="split">
                    <div><section class="card sections">{self.sections.iter().map(section).collect_view()}</section></div>
                    <aside>
                        <section class="card"><h2>"Restore"</h2><p>{self.text.clone()}</p>
                            <p class="hint">"Restoring brings back the id, the attributes and the groups below. The identity provider may delete again what it does not know."</p>
                            {restore}</section>
                        <section class="card"><h2>"Groups"</h2>{links(&self.groups, "/groups", "In no group that still exists.", None)}</section>
                    </aside>
                </div>
            </main>
        }
        .into_any()
    }
}
