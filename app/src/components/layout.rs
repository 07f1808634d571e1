//! Headings, menus, chips, copyable values.

use leptos::prelude::*;

use super::{Icon, icon};
use crate::islands::copy::CopyButton;
use crate::shell::Frame;

/// Where the page is: links to what it lies within, then its own name.
pub fn crumbs(links: &[(&'static str, &'static str)], here: &str) -> AnyView {
    let links = links.iter().map(|(name, href)| view! { <li><a href=*href>{*name}</a></li> }).collect_view();
    view! { <nav class="crumbs" aria-label="Breadcrumb"><ol>{links}<li aria-current="page">{here.to_owned()}</li></ol></nav> }
        .into_any()
}

/// What the last act came to.
pub fn flash(frame: &Frame) -> Option<AnyView> {
    let text = frame.flash.clone()?;
    Some(
        view! { <div class="note ok" role="status">{icon(&frame.sprite, Icon::Check)}<span>{text}</span></div> }
            .into_any(),
    )
}

/// Whose password a form asks for: for people, and for their password managers.
pub fn signs_in_as(frame: &Frame) -> AnyView {
    let email = frame.person.as_ref().map(|person| person.email.clone()).unwrap_or_default();
    view! {
        <div class="field">
            <label for="email">"Email"</label>
            <input id="email" type="email" readonly=true value=email autocomplete="username"/>
        </div>
    }
    .into_any()
}

/// A status in words, with an icon and a colour that say the same.
pub fn chip(sprite: &str, kind: &'static str, symbol: Icon, text: impl Into<String>) -> AnyView {
    let text: String = text.into();
    view! { <span class=format!("chip {kind}")>{icon(sprite, symbol)}{text}</span> }.into_any()
}

/// A value to be copied: read-only, with a button where scripts run.
pub fn copy_field(id: &'static str, label: &'static str, value: &str, hint: Option<AnyView>) -> AnyView {
    let hint_id = format!("{id}-hint");
    let described = hint.is_some().then(|| hint_id.clone());
    view! {
        <div class="field">
            <label for=id>{label}</label>
            <div class="box">
                <input id=id readonly=true value=value.to_owned() autocomplete="off" spellcheck="false" translate="no"
                    aria-describedby=described/>
                <CopyButton field=id.to_owned() what=label.to_owned()/>
            </div>
            {hint.map(|hint| view! { <p class="hint" id=hint_id>{hint}</p> })}
        </div>
    }
    .into_any()
}

/// What to do where there is nothing yet.
pub fn empty_state(sprite: &str, symbol: Icon, title: &'static str, body: AnyView) -> AnyView {
    view! { <div class="empty">{icon(sprite, symbol)}<h2>{title}</h2><div>{body}</div></div> }.into_any()
}

/// The left menu of the settings: what the person may open.
pub fn settings_menu(frame: &Frame, current: &str) -> AnyView {
    let item = |key: &str, href: &'static str, symbol: Icon, name: &'static str| {
        let on = (current == key).then_some("page");
        view! { <a href=href aria-current=on>{icon(&frame.sprite, symbol)}{name}</a> }
    };
    let manages_accounts = frame.person.as_ref().is_some_and(|person| person.manages_accounts);
    view! {
        <nav class="side" aria-label="Settings">
            <h2>"Settings"</h2>
            {item("integrations", "/settings/integrations", Icon::Puzzle, "Integrations")}
            {manages_accounts.then(|| item("accounts", "/settings/accounts", Icon::People, "Accounts"))}
            {item("profile", "/settings/profile", Icon::User, "Your account")}
            {item("notices", "/settings/notices", Icon::Alert, "Notices")}
        </nav>
    }
    .into_any()
}
