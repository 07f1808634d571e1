//! A page that says one thing.

use leptos::prelude::*;

use crate::shell::Frame;

/// What happened, and where to go from here.
#[derive(Debug, Clone)]
pub struct MessagePage {
    /// In a few words.
    pub title: &'static str,
    /// What to do.
    pub text: String,
}

impl MessagePage {
    pub(super) fn view(&self, frame: &Frame) -> AnyView {
        let (href, label) = if frame.person.is_some() { ("/employees", "Employees") } else { ("/login", "Sign in") };
        view! {
            <main id="main" class="narrow">
                <section class="card"><h1>{self.title}</h1><p>{self.text.clone()}</p><p><a class="btn" href=href>{label}</a></p></section>
            </main>
        }
        .into_any()
    }
}
