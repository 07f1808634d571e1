//! New recovery codes, shown once, in the answer to the form that asked for them.

use leptos::prelude::*;

use crate::components::{Icon, crumbs, icon, settings_menu};
use crate::islands::copy::CopyButton;
use crate::shell::Frame;

/// Codes that were just made: the only page that holds them.
#[derive(Clone)]
pub struct RecoveryCodesPage {
    /// As they are typed.
    pub codes: Vec<String>,
    /// Whether the second factor was set up a moment ago.
    pub just_set_up: bool,
}

impl std::fmt::Debug for RecoveryCodesPage {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("RecoveryCodesPage")
    }
}

impl RecoveryCodesPage {
    pub(super) fn view(&self, frame: &Frame) -> AnyView {
        let done = if self.just_set_up {
            "Your second factor is on, and your other sessions have ended."
        } else {
            "You have new recovery codes. The old ones work no more."
        };
        let lines = self.codes.join("\n");
        view! {
            <div class="page">
                {settings_menu(frame, "profile")}
                <main id="main">
                    {crumbs(&[("Settings", "/settings"), ("Your account", "/settings/profile")], "Recovery codes")}
                    <div class="note ok" role="status">{icon(&frame.sprite, Icon::Check)}<span>{done}</span></div>
                    <section class="card question">
                        <h1>"Your recovery codes"</h1>
                        <p>"When you do not have your phone or your key, each of these signs you in once, in the place of a code or a passkey."</p>
                        <div class="note warn">{icon(&frame.sprite, Icon::Alert)}<span><b>"Keep them now."</b> " They are shown this once. Print this page or put them into a password manager; not on the phone that has the app or the passkey."</span></div>
                        <pre id="recovery-codes" class="code codes" role="group" tabindex="0" translate="no" aria-label="Recovery codes">{lines.clone()}</pre>
                        <p class="actions">
                            <CopyButton field="recovery-codes".to_owned() what="recovery codes".to_owned()/>
                            <a class="btn" href=format!("data:text/plain;charset=utf-8,{}", lines.replace('\n', "%0A")) download="spaceiq-recovery-codes.txt">"Download as a text file"</a>
                        </p>
                        <div class="actions"><a class="btn main" href="/settings/profile/second-factor">"I have kept them"</a></div>
                    </section>
                </main>
            </div>
        }
        .into_any()
    }
}
