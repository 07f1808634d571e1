//! An employee's own record, for themselves.

use leptos::prelude::*;

use super::employee::{Section, section};
use crate::components::shown;
use crate::shell::Frame;

/// What is known of the person who signed in.
#[derive(Debug, Clone)]
pub struct RecordPage {
    /// The name.
    pub name: String,
    /// The company's.
    pub company: String,
    /// The attributes by section.
    pub sections: Vec<Section>,
    /// Names of the groups.
    pub groups: Vec<String>,
}

impl RecordPage {
    pub(super) fn view(&self, frame: &Frame) -> AnyView {
        // Whoever has an account as well is in the console at the same time, under its header.
        let brand = frame
            .person
            .is_none()
            .then(|| view! { <p class="brand"><span class="brand-mark" aria-hidden="true"></span>"SpaceIQ"</p> });
        let groups = if self.groups.is_empty() {
            view! { <p class="hint">"You are in no group."</p> }.into_any()
        } else {
            let group = |name: &String| view! { <li>{shown(name)}</li> };
            view! { <ul class="plain">{self.groups.iter().map(group).collect_view()}</ul> }.into_any()
        };
        view! {
            <main id="main" class="page one">
                {brand}
                <div class="head"><h1>{shown(&self.name)}</h1>
                    <form method="post" action="/my-record/sign-out"><button class="btn" type="submit">"Sign out"</button></form></div>
                <p class="lead">"What " {shown(&self.company)} " has about you in SpaceIQ. It comes from your company's identity provider; ask there to have it changed."</p>
                <div class="split">
                    <div><section class="card sections">{self.sections.iter().map(section).collect_view()}</section></div>
                    <aside><section class="card"><h2>"Groups"</h2>{groups}</section></aside>
                </div>
            </main>
        }
        .into_any()
    }
}
