//! The question before a token is revoked.

use leptos::prelude::*;
use store::integrations::Provider;

use crate::components::crumbs;
use crate::shell::Frame;

/// Which token, and what stops.
#[derive(Debug, Clone)]
pub struct RevokePage {
    /// Its provider.
    pub provider: Provider,
    /// Its id.
    pub token_id: String,
    /// What people call it.
    pub label: String,
    /// First and last letters.
    pub letters: String,
    /// Whether requests with it are accepted now.
    pub works: bool,
}

impl RevokePage {
    pub(super) fn view(&self, _frame: &Frame) -> AnyView {
        let name = self.provider.name();
        let back = format!("/settings/integrations/provisioning-sso/{}", self.provider.key());
        let within = [
            ("Settings", "/settings"),
            ("Integrations", "/settings/integrations"),
            ("Provisioning & SSO", "/settings/integrations/provisioning-sso"),
        ];
        let consequence = if self.works {
            format!(
                "The next request that {name} makes with it is answered 401, and {name} stops provisioning until it has another token. Employees and groups stay as they are."
            )
        } else {
            "It does not work now, and never will.".to_owned()
        };
        view! {
            <main id="main" class="page one">
                {crumbs(&within, name)}
                <section class="card question">
                    <h1>"Revoke this token?"</h1>
                    <p><b>{self.label.clone()}</b> " " <code>{self.letters.clone()}</code></p>
                    <p>{consequence} " This cannot be undone."</p>
                    <div class="actions">
                        <form method="post" action=format!("{back}/tokens/{}/revoke", self.token_id)>
                            <button class="btn danger" type="submit">"Revoke token"</button>
                        </form>
                        <a class="btn quiet" href=back>"Keep it"</a>
                    </div>
                </section>
            </main>
        }
        .into_any()
    }
}
