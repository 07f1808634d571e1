//! The WebAssembly entry point.

#[expect(unused_imports, reason = "the islands are exported to WebAssembly only if their crate is used")]
use app::islands::*;

/// Wakes the islands on the page. Called by the script that leptos puts there.
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_islands();
}
