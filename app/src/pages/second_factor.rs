//! The visitor's own second factor.

use leptos::prelude::*;

use crate::components::{
    Field, FieldError, Icon, chip, copy_field, crumbs, error_summary, flash, icon, qr_code, settings_menu,
};
use crate::shell::Frame;

const ADDRESS: &str = "/settings/profile/second-factor";
/// With so few recovery codes left it is time for new ones.
const FEW: i64 = 3;

/// How the account stands.
#[derive(Clone)]
pub enum SecondFactorState {
    /// The password is enough.
    Off,
    /// A secret waits for the first code.
    SettingUp {
        /// What a QR code tells the app.
        address: String,
        /// The secret, for typing.
        secret: String,
    },
    /// A code is asked for.
    On {
        /// Since when.
        since: String,
        /// Recovery codes that were not used.
        codes_left: i64,
        /// Of the codes, by which a stale form is known.
        seen: String,
    },
}

impl std::fmt::Debug for SecondFactorState {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("SecondFactorState")
    }
}

/// The page.
#[derive(Debug, Clone)]
pub struct SecondFactorPage {
    /// How the account stands.
    pub state: SecondFactorState,
    /// Whether the company wants every account to have one.
    pub required: bool,
    /// What went otherwise than asked for.
    pub notice: Option<String>,
    /// What is wrong with the code.
    pub errors: Vec<FieldError>,
}

impl SecondFactorPage {
    pub(super) fn view(&self, frame: &Frame) -> AnyView {
        let warn = |text: String| {
            view! { <div class="note warn" role="alert">{icon(&frame.sprite, Icon::Alert)}<span>{text}</span></div> }
        };
        let is_on = matches!(self.state, SecondFactorState::On { .. });
        let owed = (self.required && !is_on).then(|| {
            warn(
                "Your company requires a second factor. Set it up here; the rest of the console opens then.".to_owned(),
            )
        });
        let body = match &self.state {
            SecondFactorState::Off => off(self.required),
            SecondFactorState::SettingUp { address, secret } => self.setting_up(address, secret),
            SecondFactorState::On { since, codes_left, seen } => self.on(frame, since, *codes_left, seen),
        };
        view! {
            <div class="page">
                {settings_menu(frame, "profile")}
                <main id="main">
                    {crumbs(&[("Settings", "/settings"), ("Your account", "/settings/profile")], "Second factor")}
                    <div class="head"><h1>"Second factor"</h1></div>
                    {flash(frame)}
                    {owed}
                    {self.notice.clone().map(warn)}
                    {body}
                </main>
            </div>
        }
        .into_any()
    }

    fn setting_up(&self, address: &str, secret: &str) -> AnyView {
        let code = Field {
            name: "code",
            label: "Code",
            kind: "text",
            hint: Some("The six digits that your app shows now."),
            autocomplete: "one-time-code",
            ..Field::default()
        };
        let hint = view! { "For those who cannot scan it. Kind: time based, 6 digits." }.into_any();
        view! {
            <section class="card question" aria-labelledby="scan">
                <h2 id="scan">"1. Scan this with your app"</h2>
                {qr_code(address, "QR code for your authenticator app")}
                {copy_field("secret", "Setup key", secret, Some(hint))}
                <p><a href=address.to_owned()>"Open it in an app on this device"</a></p>
            </section>
            <section class="card question" aria-labelledby="try">
                <h2 id="try">"2. Enter its code"</h2>
                <p class="hint">"Nothing changes before. Your other sessions end then, and you get recovery codes."</p>
                {error_summary(&self.errors)}
                <form method="post" action=ADDRESS>
                    {code.view(&self.errors)}
                    <div class="actions"><button class="btn main" type="submit">"Turn on"</button></div>
                </form>
            </section>
        }
        .into_any()
    }

    fn on(&self, frame: &Frame, since: &str, codes_left: i64, seen: &str) -> AnyView {
        let left = match codes_left {
            0 => "No recovery code is left.".to_owned(),
            1 => "One recovery code is left.".to_owned(),
            number => format!("{number} recovery codes are left."),
        };
        let class = if codes_left <= FEW { "btn main" } else { "btn" };
        let required = self.required.then(|| {
            view! { <p class="hint">"Your company requires one: without it nothing but this page opens."</p> }
        });
        view! {
            <section class="card question" aria-labelledby="app">
                <div class="card-head"><h2 id="app">"Authenticator app"</h2>{chip(&frame.sprite, "ok", Icon::Check, "On")}</div>
                <p>"Signing in with your password asks for a code of your app, since " {since.to_owned()} "."</p>
                <p>"For another phone, turn it off and set it up again. Your other sessions end."</p>
                {required}
                <form method="post" action=format!("{ADDRESS}/off")>
                    <button class="btn bad" type="submit">"Turn off"</button>
                </form>
            </section>
            <section class="card question" aria-labelledby="codes">
                <h2 id="codes">"Recovery codes"</h2>
                <p>{left} " Each signs you in once, in the place of a code of your app."</p>
                <form method="post" action=format!("{ADDRESS}/codes")>
                    <input type="hidden" name="seen" value=seen.to_owned()/>
                    <button class=class type="submit">"Renew recovery codes"</button>
                </form>
            </section>
        }
        .into_any()
    }
}

fn off(required: bool) -> AnyView {
    let later = (!required).then(|| view! { <a class="btn quiet" href="/settings/profile">"Not now"</a> });
    view! {
        <section class="card question" aria-labelledby="app">
            <h2 id="app">"Authenticator app"</h2>
            <p>"Whoever learns your password gets no further without your phone: an app on it shows a code of six digits, which changes every 30 seconds and is asked for when you sign in."</p>
            <p class="hint">"Any app for time-based codes will do, such as Microsoft Authenticator, Google Authenticator or a password manager."</p>
            <form method="post" action=format!("{ADDRESS}/begin")>
                <div class="actions"><button class="btn main" type="submit">"Set up"</button>{later}</div>
            </form>
        </section>
    }
    .into_any()
}
