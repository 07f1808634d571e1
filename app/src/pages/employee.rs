//! One person.

use leptos::prelude::*;

use super::employees::status_chip;
use crate::components::{Icon, Raw, TimelineEvent, crumbs, flash, icon, plain, raw, shown, shown_in_full, timeline};
use crate::shell::Frame;

/// Attributes that belong together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// Its heading.
    pub title: &'static str,
    /// Attribute and value.
    pub lines: Vec<(String, String)>,
}

/// Another person or a group, by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The id.
    pub id: String,
    /// The name.
    pub name: String,
    /// Whether it is inactive.
    pub inactive: bool,
}

/// Links, and whether there are more than these.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Links {
    /// They.
    pub links: Vec<Link>,
    /// Whether there are others.
    pub more: bool,
}

/// The person's attributes, and what happened to them.
#[derive(Debug, Clone)]
pub struct EmployeePage {
    /// The id.
    pub id: String,
    /// The name.
    pub name: String,
    /// Whether the person is active.
    pub active: bool,
    /// When and by whom an inactive person was deactivated.
    pub deactivated: Option<String>,
    /// The provider that owns the fields.
    pub provider: &'static str,
    /// The attributes by section.
    pub sections: Vec<Section>,
    /// The groups.
    pub groups: Links,
    /// The manager, if it is an employee.
    pub manager: Option<Link>,
    /// Who reports to this person.
    pub reports: Links,
    /// What happened, the newest first.
    pub events: Vec<TimelineEvent>,
    /// Whether there is more in the log.
    pub more_events: bool,
    /// The resource as SCIM answers it.
    pub raw: Raw,
}

impl EmployeePage {
    pub(super) fn view(&self, frame: &Frame) -> AnyView {
        let sprite = &frame.sprite;
        let deactivated = self.deactivated.as_ref().map(|text| {
            view! { <div class="note">{icon(sprite, Icon::Stop)}<span>{shown(text)}</span></div> }
        });
        let more = self.more_events.then(|| format!("/provisioning-log?resource={}", self.id));
        view! {
            <main id="main" class="page one">
                {crumbs(&[("Employees", "/employees")], &plain(&self.name))}
                <div class="head"><h1>{shown(&self.name)}</h1>{status_chip(sprite, self.active)}</div>
                {flash(frame)}
                {deactivated}
                <div class="split">
                    <div>
                        {owned(sprite, self.provider)}
                        <section class="card sections">{self.sections.iter().map(section).collect_view()}</section>
                        {raw(sprite, &self.raw)}
                    </div>
                    <aside>
                        {self.people()}
                        <section class="card"><h2>"Groups"</h2>{links(&self.groups, "/groups", "In no group.", None)}</section>
                        <section class="card"><h2>"Timeline"</h2>{timeline(&self.events, more)}</section>
                    </aside>
                </div>
            </main>
        }
        .into_any()
    }

    /// Manager and reports, when there are any.
    fn people(&self) -> Option<AnyView> {
        if self.manager.is_none() && self.reports.links.is_empty() {
            return None;
        }
        let manager =
            self.manager.as_ref().map(|manager| view! { <h3>"Manager"</h3><p>{link(manager, "/employees")}</p> });
        let reports = (!self.reports.links.is_empty()).then(|| {
            let more = "More people report to them than are listed here.";
            view! { <h3>"Direct reports"</h3>{links(&self.reports, "/employees", "", Some(more))} }
        });
        Some(view! { <section class="card"><h2>"People"</h2>{manager}{reports}</section> }.into_any())
    }
}

/// Says who owns what is shown.
pub(super) fn owned(sprite: &str, provider: &'static str) -> AnyView {
    view! {
        <div class="note">{icon(sprite, Icon::Lock)}
            <span>{provider}" owns these fields. They are read-only here; change them there, and they follow with its next call."</span></div>
    }
    .into_any()
}

pub(super) fn section(section: &Section) -> AnyView {
    let line = |(name, value): &(String, String)| {
        view! { <div><dt>{shown(name)}</dt><dd>{shown_in_full(value)}</dd></div> }
    };
    view! {
        <h2>{section.title}</h2>
        <dl class="attributes">{section.lines.iter().map(line).collect_view()}</dl>
    }
    .into_any()
}

pub(super) fn links(all: &Links, below: &'static str, none: &'static str, more: Option<&'static str>) -> AnyView {
    if all.links.is_empty() {
        return view! { <p class="hint">{none}</p> }.into_any();
    }
    let item = |one: &Link| view! { <li>{link(one, below)}</li> };
    let more = all.more.then(|| view! { <p class="hint">{more.unwrap_or("There are more than are listed here.")}</p> });
    view! { <ul class="plain">{all.links.iter().map(item).collect_view()}</ul>{more} }.into_any()
}

fn link(one: &Link, below: &'static str) -> AnyView {
    let inactive = one.inactive.then(|| view! { <span class="muted">" (inactive)"</span> });
    view! { <a href=format!("{below}/{}", one.id)>{shown(&one.name)}</a>{inactive} }.into_any()
}
