//! Chooses the colours without loading the page again.
#![expect(missing_docs, reason = "the island macro makes a type that it gives no documentation")]

use leptos::prelude::*;

/// The choices: each the word in the cookie, and the words on the button.
pub const CHOICES: [(&str, &str); 3] = [("system", "System"), ("light", "Light"), ("dark", "Dark")];

/// The form that chooses the colours. Without scripts it is sent and comes back to the page `from`.
#[island]
pub fn ThemeSwitch(
    /// The word of the present choice.
    current: String,
    /// The page's path.
    from: String,
) -> impl IntoView {
    let chosen = RwSignal::new(current);
    let choice = move |(word, label): (&'static str, &'static str)| {
        let pressed = move || if chosen.get() == word { "true" } else { "false" };
        view! {
            <button type="submit" name="theme" value=word aria-pressed=pressed
                on:click=move |event| { event.prevent_default(); chosen.set(word.to_owned()); apply(word); }
            >{label}</button>
        }
    };
    view! {
        <form method="post" action="/theme">
            <input type="hidden" name="from" value=from/>
            <fieldset class="segmented"><legend class="visually-hidden">"Theme"</legend>{CHOICES.map(choice).collect_view()}</fieldset>
        </form>
    }
}

/// Shows the colours at once, and has the server remember them for the next page.
#[cfg(feature = "hydrate")]
fn apply(word: &str) {
    if let Some(html) = document().document_element() {
        let _ = html.set_attribute("data-theme", word);
    }
    let form = format!("theme={word}");
    leptos::task::spawn_local(async move {
        // Without an answer the colours are right here, and as before on the next page.
        let _ = super::fetch::post("/theme", &form).await;
    });
}

#[cfg(not(feature = "hydrate"))]
fn apply(_: &str) {}
