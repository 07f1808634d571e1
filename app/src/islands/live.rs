//! Keeps a part of a page up to date.
#![expect(missing_docs, reason = "the island macro makes a type that it gives no documentation")]

use leptos::prelude::*;

/// Asks `address` every few seconds for the part that it holds, and shows the answer in its place.
///
/// The address answers 200 with the HTML of the part, or 204 when there is nothing else to show; with anything else the
/// asking ends. A fragment holds no islands. Nothing is asked while nobody looks at the page.
#[island]
pub fn Live(
    /// A path of this site.
    address: String,
    /// How long to wait between two questions, in seconds.
    seconds: u32,
    /// What is shown at first.
    children: Children,
) -> impl IntoView {
    let place = NodeRef::<leptos::html::Div>::new();
    #[cfg(feature = "hydrate")]
    Effect::new(move |_| browser::watch(place, address.clone(), seconds));
    #[cfg(not(feature = "hydrate"))]
    let _ = (address, seconds);
    view! { <div node_ref=place>{children()}</div> }
}

#[cfg(feature = "hydrate")]
mod browser {
    use std::time::Duration;

    use leptos::prelude::*;
    use leptos::task::spawn_local;
    use leptos::wasm_bindgen::JsValue;
    use wasm_bindgen_futures::JsFuture;
    use web_sys::HtmlDivElement;

    use crate::islands::fetch;

    pub(super) fn watch(place: NodeRef<leptos::html::Div>, address: String, seconds: u32) {
        let Some(place) = place.get() else { return };
        let timer = StoredValue::new(None::<IntervalHandle>);
        let ask = move || {
            if document().hidden() {
                return;
            }
            let (place, address) = (place.clone(), address.clone());
            spawn_local(async move {
                // An error is the network's, which may come back.
                let goes_on = refresh(&place, &address).await.unwrap_or(true);
                if let Some(timer) = timer.get_value().filter(|_| !goes_on) {
                    timer.clear();
                }
            });
        };
        timer.set_value(set_interval_with_handle(ask, Duration::from_secs(u64::from(seconds))).ok());
    }

    /// Whether to ask again.
    async fn refresh(place: &HtmlDivElement, address: &str) -> Result<bool, JsValue> {
        let response = fetch::get(address).await?;
        if response.status() != 200 {
            return Ok(response.status() == 204);
        }
        let html = JsFuture::from(response.text()?).await?.as_string().unwrap_or_default();
        // What someone is about to press must not vanish from under the finger.
        let in_use = document().active_element().is_some_and(|element| place.contains(Some(&element)));
        if !in_use && place.inner_html() != html {
            place.set_inner_html(&html);
        }
        Ok(true)
    }
}
