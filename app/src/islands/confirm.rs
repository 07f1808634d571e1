//! Asks whether the new token was stored, before its page is left for good.
#![expect(missing_docs, reason = "the island macro makes a type that it gives no documentation")]

use leptos::prelude::*;

/// A tick that the form wants. Until it is there, the browser warns whoever closes or leaves the page otherwise than by
/// a form.
#[island]
pub fn Confirm(
    /// The tick's words.
    label: String,
) -> impl IntoView {
    let ticked = RwSignal::new(false);
    #[cfg(feature = "hydrate")]
    warn_until(ticked);
    view! {
        <div class="choice">
            <input id="confirmed" type="checkbox" required on:change=move |event| ticked.set(event_target_checked(&event))/>
            <label for="confirmed">{label}</label>
        </div>
    }
}

#[cfg(feature = "hydrate")]
fn warn_until(done: RwSignal<bool>) {
    let leaving = window_event_listener(leptos::ev::submit, move |_| done.set(true));
    let warning = window_event_listener(leptos::ev::beforeunload, move |event| {
        if !done.get_untracked() {
            event.prevent_default();
        }
    });
    on_cleanup(move || {
        leaving.remove();
        warning.remove();
    });
}
