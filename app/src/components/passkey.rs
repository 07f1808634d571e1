//! What a form needs that wants an authenticator's answer. `public/passkey.js` asks for it, and sends the form.

use leptos::prelude::*;

/// What the browser is asked to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasskeyAct {
    /// Make a passkey.
    Create,
    /// Present one.
    Get,
}

impl PasskeyAct {
    fn key(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Get => "get",
        }
    }
}

/// The field that takes the answer, the button that asks for it, and the line that says why there is none. The Enter key is
/// for the form's other button, if it has one.
pub fn passkey_button(
    act: PasskeyAct,
    field: &'static str,
    options: &str,
    (class, label): (&'static str, &'static str),
) -> AnyView {
    view! {
        <input type="hidden" name=field value=""/>
        <p class="note bad" role="alert" data-passkey-trouble="" hidden></p>
        <button class=class type="button" data-passkey=act.key() data-field=field data-options=options.to_owned()>{label}</button>
        <noscript><p class="hint">"A passkey needs JavaScript, which is off in this browser. A recovery code works without."</p></noscript>
    }
    .into_any()
}
