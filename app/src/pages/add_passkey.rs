//! A passkey under way: it has a name, and the browser is asked to make it.

use leptos::prelude::*;

use crate::components::{PasskeyAct, crumbs, flash, passkey_button, settings_menu, shown};
use crate::shell::Frame;

/// The page that asks the browser to make one.
#[derive(Debug, Clone)]
pub struct AddPasskeyPage {
    /// Its name.
    pub name: String,
    /// What the browser is told, as JSON.
    pub options: String,
}

impl AddPasskeyPage {
    pub(super) fn view(&self, frame: &Frame) -> AnyView {
        const FACTOR: (&str, &str) = ("Second factor", "/settings/profile/second-factor");
        view! {
            <div class="page">
                {settings_menu(frame, "profile")}
                <main id="main">
                    {crumbs(&[("Settings", "/settings"), ("Your account", "/settings/profile"), (FACTOR.0, FACTOR.1)], "Add a passkey")}
                    {flash(frame)}
                    <section class="card question">
                        <h1>"Add a passkey"</h1>
                        <p><b>{shown(&self.name)}</b></p>
                        <p>"Your browser asks where to keep it: on this device, on your phone, or on a security key. Your other sessions end when it is added."</p>
                        <form method="post" action=format!("{}/passkeys/add", FACTOR.1)>
                            <input type="hidden" name="name" value=self.name.clone()/>
                            <div class="actions">
                                {passkey_button(PasskeyAct::Create, "answer", &self.options, ("btn main", "Create passkey"))}
                                <a class="btn quiet" href=FACTOR.1>"Cancel"</a>
                            </div>
                        </form>
                    </section>
                </main>
            </div>
        }
        .into_any()
    }
}
