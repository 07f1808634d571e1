//! The question before another account's second factor is taken away.

use leptos::prelude::*;

use crate::components::{crumbs, settings_menu, shown};
use crate::shell::Frame;

/// One account.
#[derive(Debug, Clone)]
pub struct FactorAwayPage {
    /// Its id.
    pub id: String,
    /// The name it signs in with.
    pub email: String,
}

impl FactorAwayPage {
    pub(super) fn view(&self, frame: &Frame) -> AnyView {
        view! {
            <div class="page">
                {settings_menu(frame, "accounts")}
                <main id="main">
                    {crumbs(&[("Settings", "/settings"), ("Accounts", "/settings/accounts")], "Take away second factor")}
                    <section class="card question">
                        <h1>"Take the second factor away?"</h1>
                        <p><b>{shown(&self.email)}</b></p>
                        <p>"For someone who lost the phone or the key, and the recovery codes. App, passkeys and codes go. They are signed out everywhere, and sign in with the password alone until they set one up again. Make sure that it is they who ask."</p>
                        <form method="post" action=format!("/settings/accounts/{}/second-factor", self.id)>
                            <div class="actions">
                                <button class="btn danger" type="submit">"Take away"</button>
                                <a class="btn quiet" href="/settings/accounts">"Cancel"</a>
                            </div>
                        </form>
                    </section>
                </main>
            </div>
        }
        .into_any()
    }
}
