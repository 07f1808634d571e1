//! An employee's own record, for themselves.

use leptos::prelude::*;

use crate::shell::Frame;

/// What is known of the person who signed in.
#[derive(Debug, Clone)]
pub struct RecordPage {
    /// The name.
    pub name: String,
    /// The company's.
    pub company: String,
    /// Attribute and value.
    pub attributes: Vec<(String, String)>,
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
        let attribute = |(name, value): &(String, String)| {
            view! { <div><dt>{name.clone()}</dt><dd><bdi>{value.clone()}</bdi></dd></div> }
        };
        let groups = if self.groups.is_empty() {
            view! { <p class="hint">"You are in no group."</p> }.into_any()
        } else {
            let group = |name: &String| view! { <li><bdi>{name.clone()}</bdi></li> };
            view! { <ul class="plain">{self.groups.iter().map(group).collect_view()}</ul> }.into_any()
        };
        view! {
            <main id="main" class="page one">
                {brand}
                <div class="head"><h1><bdi>{self.name.clone()}</bdi></h1>
                    <form method="post" action="/my-record/sign-out"><button class="btn" type="submit">"Sign out"</button></form></div>
                <p class="lead">"What " <bdi>{self.company.clone()}</bdi> " has about you in SpaceIQ. It comes from your company's identity provider; ask there to have it changed."</p>
                <div class="split">
                    <div><section class="card"><h2>"Your record"</h2>
                        <dl class="attributes">{self.attributes.iter().map(attribute).collect_view()}</dl></section></div>
                    <aside><section class="card"><h2>"Groups"</h2>{groups}</section></aside>
                </div>
            </main>
        }
        .into_any()
    }
}
