//! The question before a change is undone.

use leptos::prelude::*;

use super::LogWords;
use crate::components::{Icon, crumbs, icon};
use crate::shell::Frame;

/// Which change, and what undoing it does.
#[derive(Debug, Clone)]
pub struct UndoPage {
    /// The event.
    pub event: String,
    /// What happened.
    pub words: LogWords,
    /// What will happen, a sentence each.
    pub effects: Vec<String>,
    /// Why it cannot be done, and what to do.
    pub refusal: Option<String>,
    /// What went otherwise than asked for.
    pub notice: Option<String>,
    /// The effects as the form carries them, by which a stale page is known.
    pub seen: String,
}

impl UndoPage {
    pub(super) fn view(&self, frame: &Frame) -> AnyView {
        let back = format!("/provisioning-log/{}", self.event);
        let warn = |text: &String| {
            view! { <div class="note warn" role="alert">{icon(&frame.sprite, Icon::Alert)}<span>{text.clone()}</span></div> }
        };
        let effects = self.effects.iter().map(|text| view! { <li>{text.clone()}</li> }).collect_view();
        let body = if self.refusal.is_some() {
            view! { <div class="actions"><a class="btn" href=back.clone()>"Back"</a></div> }.into_any()
        } else {
            view! {
                <ul>{effects}</ul>
                <p>"The identity provider is not told. It may set it again with its next cycle."</p>
                <form method="post" action=format!("{back}/undo")>
                    <input type="hidden" name="seen" value=self.seen.clone()/>
                    <div class="actions">
                        <button class="btn danger" type="submit">"Undo"</button>
                        <a class="btn quiet" href=back.clone()>"Leave it"</a>
                    </div>
                </form>
            }
            .into_any()
        };
        view! {
            <main id="main" class="page one">
                {crumbs(&[("Provisioning log", "/provisioning-log")], "Undo")}
                <section class="card question">
                    <h1>"Undo this change?"</h1>
                    <p>{self.words.view()}</p>
                    {self.notice.as_ref().map(warn)}
                    {self.refusal.as_ref().map(warn)}
                    {body}
                </section>
            </main>
        }
        .into_any()
    }
}
