//! A step of signing on with an identity provider that ends here.

use leptos::prelude::*;

use crate::shell::Frame;

/// What happened, and what to do.
#[derive(Debug, Clone)]
pub struct SignOnPage {
    /// In a few words.
    pub title: &'static str,
    /// What to do.
    pub text: String,
    /// Where to go from here: address and words.
    pub link: Option<(String, &'static str)>,
}

impl SignOnPage {
    pub(super) fn view(&self, frame: &Frame) -> AnyView {
        let brand = frame
            .person
            .is_none()
            .then(|| view! { <p class="brand"><span class="brand-mark" aria-hidden="true"></span>"SpaceIQ"</p> });
        let link = self.link.clone().map(|(href, words)| {
            view! { <p><a class="btn main" href=href rel="noreferrer">{words}</a></p> }
        });
        view! {
            <main id="main" class="narrow">
                {brand}
                <section class="card"><h1>{self.title}</h1><p>{self.text.clone()}</p>{link}</section>
            </main>
        }
        .into_any()
    }
}
