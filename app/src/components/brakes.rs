//! The banner of a brake that waits for a decision.

use leptos::prelude::*;

use super::{Icon, icon};

/// A brake, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrakeNote {
    /// What happened.
    pub text: String,
    /// Where it is decided, for those who may.
    pub address: Option<String>,
}

/// The banners of a page.
pub fn brake_notes(sprite: &str, notes: &[BrakeNote]) -> Vec<AnyView> {
    notes.iter().map(|note| brake_note(sprite, note)).collect()
}

fn brake_note(sprite: &str, note: &BrakeNote) -> AnyView {
    let link = match note.address.clone() {
        Some(address) => view! { <p><a class="btn" href=address>"See who, and decide"</a></p> }.into_any(),
        None => view! { <p>"Someone with the role Admin or IT decides what happens."</p> }.into_any(),
    };
    view! {
        <section class="note warn" aria-label="Brake">{icon(sprite, Icon::Alert)}
            <div><p>{note.text.clone()}</p>{link}</div></section>
    }
    .into_any()
}
