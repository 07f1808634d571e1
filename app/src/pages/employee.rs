//! One person.

use leptos::prelude::*;

use super::employees::status_chip;
use crate::components::crumbs;
use crate::shell::Frame;

/// The person's attributes, and what happened to them.
#[derive(Debug, Clone)]
pub struct EmployeePage {
    /// The name.
    pub name: String,
    /// Whether the person is active.
    pub active: bool,
    /// Attribute and value.
    pub attributes: Vec<(String, String)>,
    /// Names of the groups.
    pub groups: Vec<String>,
    /// When, and what was done.
    pub events: Vec<(String, String)>,
}

impl EmployeePage {
    pub(super) fn view(&self, frame: &Frame) -> AnyView {
        let attribute = |(name, value): &(String, String)| {
            view! { <div><dt>{name.clone()}</dt><dd><bdi>{value.clone()}</bdi></dd></div> }
        };
        let event = |(at, text): &(String, String)| view! { <li><span class="num">{at.clone()}</span><span>{text.clone()}</span></li> };
        let groups = if self.groups.is_empty() {
            view! { <p class="hint">"In no group."</p> }.into_any()
        } else {
            let group = |name: &String| view! { <li><bdi>{name.clone()}</bdi></li> };
            view! { <ul class="plain">{self.groups.iter().map(group).collect_view()}</ul> }.into_any()
        };
        view! {
            <main id="main" class="page one">
                {crumbs(&[("Employees", "/employees")], &self.name)}
                <div class="head"><h1><bdi>{self.name.clone()}</bdi></h1>{status_chip(&frame.sprite, self.active)}</div>
                <div class="split">
                    <div><section class="card"><h2>"Attributes"</h2>
                        <p class="hint">"These come from your identity provider and are changed there."</p>
                        <dl class="attributes">{self.attributes.iter().map(attribute).collect_view()}</dl></section></div>
                    <aside>
                        <section class="card"><h2>"Groups"</h2>{groups}</section>
                        <section class="card"><h2>"Changes"</h2><ol class="events">{self.events.iter().map(event).collect_view()}</ol></section>
                    </aside>
                </div>
            </main>
        }
        .into_any()
    }
}
