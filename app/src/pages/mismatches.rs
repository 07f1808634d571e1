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

/// An account whose link opens nothing for this provider.
#[derive(Debug, Clone)]
pub struct DoubtfulLink {
    /// The account's id.
    pub account: String,
    /// The name it signs in with.
    pub email: String,
    /// What speaks against the link.
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
    /// Accounts that sign-on does not open.
    pub links: Vec<DoubtfulLink>,
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
                {self.links()}
                {self.body(frame)}
                <p><a class="btn" href=format!("{}?tab=sso", address(self.provider))>"Back to the settings"</a></p>
            </main>
        }
        .into_any()
    }

    fn links(&self) -> Option<AnyView> {
        if self.links.is_empty() {
            return None;
        }
        let line = |link: &DoubtfulLink| {
            let href = format!("/settings/accounts/{}/link", link.account);
            view! { <li><a href=href>{shown(&link.email)}</a> ": " {link.problem}</li> }
        };
        let section = view! {
            <section class="card" aria-labelledby="links">
                <h2 id="links">"Accounts that sign-on does not open"</h2>
                <ul>{self.links.iter().map(line).collect_view()}</ul>
                <p class="hint">"An admin confirms such a link among the accounts."</p>
            </section>
        };
        Some(section.into_any())
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
