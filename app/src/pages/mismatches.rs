//! Employees whom no assertion would name.

use leptos::prelude::*;
use store::integrations::Provider;

use super::provider::{WITHIN, address};
use crate::components::{Icon, Pager, crumbs, empty_state, pager, shown};
use crate::shell::Frame;

/// One of them.
#[derive(Debug, Clone)]
pub struct MismatchRow {
    /// The id.
    pub id: String,
    /// The name.
    pub name: String,
    /// The user name.
    pub user_name: String,
    /// What is wrong, and what to do.
    pub problem: &'static str,
}

/// The list.
#[derive(Debug, Clone)]
pub struct MismatchesPage {
    /// Whose sign-on.
    pub provider: Provider,
    /// What is compared, in words.
    pub compared: &'static str,
    /// This page's lines.
    pub rows: Vec<MismatchRow>,
    /// Where the list stands.
    pub pager: Pager,
}

impl MismatchesPage {
    pub(super) fn view(&self, frame: &Frame) -> AnyView {
        view! {
            <main id="main" class="page one">
                {crumbs(&WITHIN, self.provider.name())}
                <div class="head"><h1>"Who could not sign in"</h1></div>
                <p class="lead">"Sign-on compares what the identity provider sends with " {self.compared} ". Active employees who would not be found stand here."</p>
                {self.body(frame)}
                <p><a class="btn" href=format!("{}?tab=sso", address(self.provider))>"Back to the settings"</a></p>
            </main>
        }
        .into_any()
    }

    fn body(&self, frame: &Frame) -> AnyView {
        if self.rows.is_empty() {
            let text = view! { <p>"Every active employee has a value of their own. Compare it with what your identity provider sends: a test sign-on shows that."</p> };
            return empty_state(&frame.sprite, Icon::Check, "Nobody stands out", text.into_any());
        }
        let row = |row: &MismatchRow| {
            view! {
                <tr>
                    <th scope="row"><a href=format!("/employees/{}", row.id)>{shown(&row.name)}</a></th>
                    <td data-label="User name">{shown(&row.user_name)}</td>
                    <td data-label="Problem">{row.problem}</td>
                </tr>
            }
        };
        view! {
            <div class="card flush">
                <table>
                    <caption class="visually-hidden">"Employees who could not sign in"</caption>
                    <thead><tr><th scope="col">"Name"</th><th scope="col">"User name"</th><th scope="col">"Problem"</th></tr></thead>
                    <tbody>{self.rows.iter().map(row).collect_view()}</tbody>
                </table>
            </div>
            {pager(&self.pager)}
        }
        .into_any()
    }
}
