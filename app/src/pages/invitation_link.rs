//! The link of an invitation, shown once, in the answer to the form that asked for it.

use leptos::prelude::*;

use crate::components::{Icon, copy_field, crumbs, icon, settings_menu, shown};
use crate::shell::Frame;

/// A link that was just made: the only page that holds it.
#[derive(Clone)]
pub struct InvitationLinkPage {
    /// Who is invited.
    pub email: String,
    /// The role's name.
    pub role: &'static str,
    /// The link.
    pub link: String,
    /// Until when it works.
    pub expires: String,
}

impl std::fmt::Debug for InvitationLinkPage {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("InvitationLinkPage")
    }
}

impl InvitationLinkPage {
    pub(super) fn view(&self, frame: &Frame) -> AnyView {
        let hint = view! { "Works once, until " {self.expires.clone()} "." };
        view! {
            <div class="page">
                {settings_menu(frame, "accounts")}
                <main id="main">
                    {crumbs(&[("Settings", "/settings"), ("Accounts", "/settings/accounts")], "Invitation")}
                    <section class="card question">
                        <h1>"Send this link"</h1>
                        <p>"To " <b>{shown(&self.email)}</b> ", who gets the role " {self.role} ". Whoever has the link can take the account, so send it to nobody else."</p>
                        <div class="note warn">{icon(&frame.sprite, Icon::Alert)}<span><b>"Copy it now."</b> " It is shown this once. You can make a new one later, which ends this one."</span></div>
                        {copy_field("invitation-link", "Invitation link", &self.link, Some(hint.into_any()))}
                        <div class="actions"><a class="btn main" href="/settings/accounts">"I have copied it"</a></div>
                    </section>
                </main>
            </div>
        }
        .into_any()
    }
}
