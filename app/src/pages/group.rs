//! One group and its members.

use leptos::prelude::*;

use super::employee::{Links, Section, links, owned};
use super::employees::{EmployeeRow, employee_table, lost};
use crate::components::{Pager, Raw, TimelineEvent, crumbs, pager, plain, raw, shown, shown_in_full, timeline};
use crate::shell::Frame;

/// The group.
#[derive(Debug, Clone)]
pub struct GroupPage {
    /// The id.
    pub id: String,
    /// The name.
    pub name: String,
    /// How many members, in words.
    pub count: String,
    /// The provider that owns it.
    pub provider: &'static str,
    /// The attributes.
    pub details: Section,
    /// Employees that are members.
    pub members: Vec<EmployeeRow>,
    /// Where the list of them stands.
    pub pager: Pager,
    /// Whether the row that the page was to begin after is gone.
    pub lost: bool,
    /// Groups that are members.
    pub groups: Links,
    /// What happened, the newest first.
    pub events: Vec<TimelineEvent>,
    /// Whether there is more in the log.
    pub more_events: bool,
    /// The resource as SCIM answers it, without its members.
    pub raw: Raw,
}

impl GroupPage {
    pub(super) fn view(&self, frame: &Frame) -> AnyView {
        let sprite = &frame.sprite;
        let line = |(name, value): &(String, String)| {
            view! { <div><dt>{shown(name)}</dt><dd>{shown_in_full(value)}</dd></div> }
        };
        let nested = (!self.groups.links.is_empty()).then(|| {
            view! { <section class="card"><h2>"Groups in it"</h2>{links(&self.groups, "/groups", "", None)}</section> }
        });
        let more = self.more_events.then(|| format!("/provisioning-log?resource={}", self.id));
        view! {
            <main id="main" class="page one">
                {crumbs(&[("Groups", "/groups")], &plain(&self.name))}
                <div class="head"><h1>{shown(&self.name)}</h1><span class="muted num">{self.count.clone()}</span></div>
                {owned(sprite, self.provider)}
                <section aria-labelledby="members"><h2 id="members">"Members"</h2>
                    {lost(frame, self.lost)}{self.member_list(frame)}</section>
                {nested}
                <div class="split">
                    <div>
                        <section class="card"><h2>{self.details.title}</h2>
                            <dl class="attributes">{self.details.lines.iter().map(line).collect_view()}</dl></section>
                        {raw(sprite, &self.raw)}
                    </div>
                    <aside><section class="card"><h2>"Timeline"</h2>{timeline(&self.events, more)}</section></aside>
                </div>
            </main>
        }
        .into_any()
    }

    fn member_list(&self, frame: &Frame) -> AnyView {
        if self.members.is_empty() {
            return view! { <p class="hint">"No employee is a member."</p> }.into_any();
        }
        let find = format!("/employees?group={}", self.id);
        view! {
            {employee_table(frame, "Members", &self.members)}
            {pager(&self.pager)}
            <p><a href=find>"Search and filter the members"</a></p>
        }
        .into_any()
    }
}
