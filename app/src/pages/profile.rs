//! The visitor's own account: password and sessions.

use leptos::prelude::*;

use crate::components::{Field, FieldError, Icon, chip, crumbs, error_summary, flash, settings_menu, signs_in_as};
use crate::shell::Frame;

/// A browser that is signed in.
#[derive(Debug, Clone)]
pub struct SessionRow {
    /// By which it is ended.
    pub handle: String,
    /// The browser in words.
    pub browser: String,
    /// From where it was used last.
    pub address: String,
    /// When it signed in.
    pub signed_in: String,
    /// When it was used last.
    pub seen: String,
    /// Whether it is the one that asks.
    pub current: bool,
}

/// The account.
#[derive(Debug, Clone)]
pub struct ProfilePage {
    /// Its sessions, the present one first.
    pub sessions: Vec<SessionRow>,
    /// Whether signing in asks for a code or a passkey.
    pub second_factor: bool,
    /// What is wrong with the form.
    pub errors: Vec<FieldError>,
}

impl ProfilePage {
    pub(super) fn view(&self, frame: &Frame) -> AnyView {
        let facts = frame.person.as_ref().map(|person| {
            let fact = |name: &'static str, value: String| {
                view! { <div><dt>{name}</dt><dd><bdi>{value}</bdi></dd></div> }
            };
            view! {
                <section class="card"><h2>"Account"</h2>
                    <dl class="attributes">{fact("Email", person.email.clone())}{fact("Role", person.role.to_owned())}{fact("Company", person.company.clone())}</dl>
                </section>
            }
        });
        view! {
            <div class="page">
                {settings_menu(frame, "profile")}
                <main id="main">
                    {crumbs(&[("Settings", "/settings")], "Your account")}
                    <div class="head"><h1>"Your account"</h1></div>
                    {flash(frame)}
                    <div class="split"><div>{self.session_list(frame)}</div><aside>{self.password(frame)}{self.factor(frame)}{facts}</aside></div>
                </main>
            </div>
        }
        .into_any()
    }

    fn password(&self, frame: &Frame) -> AnyView {
        let current = Field {
            name: "current_password",
            label: "Current password",
            kind: "password",
            autocomplete: "current-password",
            ..Field::default()
        };
        let new = Field {
            name: "new_password",
            label: "New password",
            kind: "password",
            hint: Some("At least 8 characters; 15 or more are better. A few words make a good one."),
            autocomplete: "new-password",
            ..Field::default()
        };
        view! {
            <section class="card" aria-labelledby="password">
                <h2 id="password">"Password"</h2>
                <p class="hint">"Your other sessions end when you change it."</p>
                {error_summary(&self.errors)}
                <form method="post" action="/settings/profile/password">
                    {signs_in_as(frame)}
                    {current.view(&self.errors)}
                    {new.view(&self.errors)}
                    <button class="btn main" type="submit">"Change password"</button>
                </form>
            </section>
        }
        .into_any()
    }

    fn factor(&self, frame: &Frame) -> AnyView {
        let state = if self.second_factor {
            chip(&frame.sprite, "ok", Icon::Check, "On")
        } else {
            chip(&frame.sprite, "", Icon::Stop, "Off")
        };
        let (class, words) = if self.second_factor { ("btn", "Change") } else { ("btn main", "Set up") };
        view! {
            <section class="card" aria-labelledby="second-factor">
                <div class="card-head"><h2 id="second-factor">"Second factor"</h2>{state}</div>
                <p class="hint">"A code from an app on your phone or a passkey, beside the password."</p>
                <p><a class=class href="/settings/profile/second-factor">{words}<span class="visually-hidden">" second factor"</span></a></p>
            </section>
        }
        .into_any()
    }

    fn session_list(&self, frame: &Frame) -> AnyView {
        let others = (self.sessions.len() > 1).then(|| {
            view! {
                <form method="post" action="/settings/profile/sessions/end-others">
                    <button class="btn bad" type="submit">"End all other sessions"</button>
                </form>
            }
        });
        let list = self.sessions.iter().map(|session| session.view(frame)).collect_view();
        view! {
            <section class="card" aria-labelledby="sessions">
                <h2 id="sessions">"Sessions"</h2>
                <p class="hint">"Where you are signed in. If you do not know one of them, end it and change your password."</p>
                <div class="token-list">{list}</div>
                {others}
            </section>
        }
        .into_any()
    }
}

impl SessionRow {
    fn view(&self, frame: &Frame) -> AnyView {
        let end = if self.current {
            chip(&frame.sprite, "ok", Icon::Check, "This session")
        } else {
            view! {
                <form method="post" action="/settings/profile/sessions/end">
                    <input type="hidden" name="session" value=self.handle.clone()/>
                    <button class="btn bad" type="submit">"End session"<span class="visually-hidden">" " {self.browser.clone()} ", " {self.seen.clone()}</span></button>
                </form>
            }
            .into_any()
        };
        let fact = |name: &'static str, value: &str| {
            let value = value.to_owned();
            view! { <div><dt>{name}</dt><dd><bdi>{value}</bdi></dd></div> }
        };
        view! {
            <div class="token">
                <h3><bdi>{self.browser.clone()}</bdi></h3>
                <div class="actions">{end}</div>
                <dl>{fact("Address", &self.address)}{fact("Last seen", &self.seen)}{fact("Signed in", &self.signed_in)}</dl>
            </div>
        }
        .into_any()
    }
}
