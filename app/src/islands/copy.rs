//! Copies a field's value.
#![expect(missing_docs, reason = "the island macro makes a type that it gives no documentation")]

use leptos::prelude::*;

/// A button that copies the value of the input with the id `field`, or the text of another element. It shows itself once
/// it works, and says aloud what it did.
#[island]
pub fn CopyButton(
    /// The id of the input or element.
    field: String,
    /// What is copied, for those who hear the button instead of seeing its place.
    what: String,
) -> impl IntoView {
    let copied = RwSignal::new(false);
    let ready = RwSignal::new(false);
    Effect::new(move |_| ready.set(true));
    let copy = move |_| {
        #[cfg(feature = "hydrate")]
        copy_value(&field);
        #[cfg(not(feature = "hydrate"))]
        let _ = &field;
        copied.set(true);
        set_timeout(move || copied.set(false), std::time::Duration::from_secs(2));
    };
    view! {
        <button type="button" class="copy" hidden=move || !ready.get() on:click=copy>
            {move || if copied.get() { "Copied" } else { "Copy" }}
            <span class="visually-hidden">" " {what}</span>
        </button>
        <span class="visually-hidden" role="status">{move || if copied.get() { "Copied" } else { "" }}</span>
    }
}

/// Selects the text of an input as well: where a page may not write to the clipboard, the keyboard shortcut does the
/// rest. Of anything else, its text is copied.
#[cfg(feature = "hydrate")]
fn copy_value(field: &str) {
    use leptos::wasm_bindgen::JsCast;
    let Some(element) = document().get_element_by_id(field) else { return };
    let text = match element.dyn_ref::<web_sys::HtmlInputElement>() {
        Some(input) => {
            input.select();
            input.value()
        }
        None => element.text_content().unwrap_or_default(),
    };
    if window().is_secure_context() {
        let _ = window().navigator().clipboard().write_text(&text);
    }
}
