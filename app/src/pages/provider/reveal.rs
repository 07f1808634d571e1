//! A new token, shown once, in the answer to the form that asked for it.

use leptos::prelude::*;
use store::integrations::Provider;

use super::{Tab, address};
use crate::components::{Icon, copy_field, icon};
use crate::islands::confirm::Confirm;
use crate::shell::Frame;

const STORED: &str = "I have stored this token";

/// A token that was just made: the only page that holds its secret.
#[derive(Clone)]
pub struct Reveal {
    /// The secret.
    pub secret: String,
    /// The token's id.
    pub token_id: String,
    /// Until when it works.
    pub expires: String,
    /// Whether it works already, because it takes over from another; else Activate makes it work.
    pub works: bool,
}

impl std::fmt::Debug for Reveal {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Reveal")
    }
}

impl Reveal {
    pub(super) fn view(&self, provider: Provider, tenant_url: &str, frame: &Frame) -> AnyView {
        let name = if provider == Provider::Azure { "Secret Token" } else { "API token" };
        let hint = view! { {provider.name()} " calls it " <b>{name}</b> ". " {self.expires.clone()} };
        let when = if self.works {
            "It is shown this once. It works already, and the old one for as long as you chose."
        } else {
            "It is shown this once, and starts to work when you press Activate."
        };
        let actions = if self.works { done(provider) } else { self.activate(provider) };
        let file = format!("spaceiq-{}-scim-token.txt", provider.key());
        view! {
            <section class="card" aria-labelledby="new-token">
                <h2 id="new-token">"New token"</h2>
                <div class="note warn">{icon(&frame.sprite, Icon::Alert)}<span><b>"Copy it now."</b> " " {when}</span></div>
                {copy_field("tenant-url", "Tenant URL", tenant_url, None)}
                {copy_field("scim-token", "SCIM Bearer Token", &self.secret, Some(hint.into_any()))}
                <p><a href=self.as_file(tenant_url) download=file>"Download as a text file"</a></p>
                {actions}
                {try_it(tenant_url)}
            </section>
        }
        .into_any()
    }

    /// An address that holds the file, so that no server keeps one.
    fn as_file(&self, tenant_url: &str) -> String {
        let text = format!("Tenant URL: {tenant_url}\nSCIM Bearer Token: {}\n", self.secret);
        format!("data:text/plain;charset=utf-8,{}", text.replace(' ', "%20").replace('\n', "%0A").replace('#', "%23"))
    }

    fn activate(&self, provider: Provider) -> AnyView {
        let address = address(provider);
        view! {
            <form id="activate" method="post" action=format!("{address}/activate")>
                <input type="hidden" name="token_id" value=self.token_id.clone()/>
                <Confirm label=STORED.to_owned()/>
            </form>
            <div class="actions">
                <button class="btn main" type="submit" form="activate">"Activate"</button>
                <form method="post" action=format!("{address}/discard")>
                    <input type="hidden" name="token_id" value=self.token_id.clone()/>
                    <button class="btn quiet" type="submit">"Discard"</button>
                </form>
            </div>
        }
        .into_any()
    }
}

fn done(provider: Provider) -> AnyView {
    view! {
        <form id="done" method="get" action=address(provider)>
            <input type="hidden" name="tab" value=Tab::Provisioning.key()/>
            <Confirm label=STORED.to_owned()/>
        </form>
        <div class="actions"><button class="btn main" type="submit" form="done">"Done"</button></div>
    }
    .into_any()
}

/// The variable keeps the token out of the shell's history and the list of processes.
fn try_it(tenant_url: &str) -> AnyView {
    let line = format!(
        "read -rs SCIM_TOKEN && curl -H @- '{tenant_url}/Users?count=1' <<< \"Authorization: Bearer $SCIM_TOKEN\""
    );
    view! {
        <details class="more">
            <summary>"Try it from a terminal"</summary>
            <p class="hint">"Once the token works. Run the line, paste the token, press Enter: neither the shell's history nor the list of processes shows it."</p>
            <pre class="code" tabindex="0"><code>{line}</code></pre>
        </details>
    }
    .into_any()
}
