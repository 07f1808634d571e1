//! The visitor's own second factor.

use leptos::prelude::*;

use crate::components::{
    Field, FieldError, Icon, chip, copy_field, crumbs, error_summary, flash, icon, qr_code, settings_menu, shown,
};
use crate::shell::Frame;

const ADDRESS: &str = "/settings/profile/second-factor";
/// With so few recovery codes left it is time for new ones.
const FEW: i64 = 3;

/// How the account's app stands.
#[derive(Clone)]
pub enum SecondFactorState {
    /// There is none.
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
    },
}

/// One passkey.
#[derive(Debug, Clone)]
pub struct PasskeyRow {
    /// The authenticator's own name for it.
    pub id: String,
    /// The owner's name for it.
    pub name: String,
    /// Since when it is there.
    pub added: String,
    /// When it was used last.
    pub used: Option<String>,
    /// The host that it was made for, when the console has another one now.
    pub elsewhere: Option<String>,
}

/// The recovery codes that were not used.
#[derive(Debug, Clone)]
pub struct CodesLeft {
    /// How many there are.
    pub left: i64,
    /// By which a stale form is known.
    pub seen: String,
}

impl std::fmt::Debug for SecondFactorState {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("SecondFactorState")
    }
}

/// The page.
#[derive(Debug, Clone)]
pub struct SecondFactorPage {
    /// The app.
    pub app: SecondFactorState,
    /// The passkeys.
    pub passkeys: Vec<PasskeyRow>,
    /// Whether browsers know passkeys under the console's address.
    pub passkeys_work: bool,
    /// What stands in for either; `None` while there is neither.
    pub codes: Option<CodesLeft>,
    /// Whether the company wants every account to have one.
    pub required: bool,
    /// What went otherwise than asked for.
    pub notice: Option<String>,
    /// What is wrong with the code, or the name.
    pub errors: Vec<FieldError>,
}

impl SecondFactorPage {
    pub(super) fn view(&self, frame: &Frame) -> AnyView {
        let warn = |text: String| {
            view! { <div class="note warn" role="alert">{icon(&frame.sprite, Icon::Alert)}<span>{text}</span></div> }
        };
        let owed = (self.required && self.codes.is_none()).then(|| {
            warn(
                "Your company requires a second factor. Set one up here; the rest of the console opens then."
                    .to_owned(),
            )
        });
        let app = match &self.app {
            SecondFactorState::Off => off(self.codes.is_none(), self.required),
            SecondFactorState::SettingUp { address, secret } => self.setting_up(address, secret),
            SecondFactorState::On { since } => on(frame, since),
        };
        let must = (self.required && self.codes.is_some()).then(|| {
            view! { <p class="hint">"Your company requires one: without any, nothing but this page opens."</p> }
        });
        view! {
            <div class="page">
                {settings_menu(frame, "profile")}
                <main id="main">
                    {crumbs(&[("Settings", "/settings"), ("Your account", "/settings/profile")], "Second factor")}
                    <div class="head"><h1>"Second factor"</h1></div>
                    {flash(frame)}
                    {owed}
                    {self.notice.clone().map(warn)}
                    {must}
                    {app}
                    {self.passkeys(frame)}
                    {self.codes.as_ref().map(codes)}
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

    fn passkeys(&self, frame: &Frame) -> AnyView {
        let name = Field {
            name: "name",
            label: "Name",
            kind: "text",
            hint: Some("By which you know it again, such as \u{201c}Phone\u{201d} or \u{201c}Key on my ring\u{201d}."),
            autocomplete: "off",
            ..Field::default()
        };
        let state = (!self.passkeys.is_empty()).then(|| chip(&frame.sprite, "ok", Icon::Check, "On"));
        let rows = self.passkeys.iter().map(PasskeyRow::view).collect_view();
        let list = (!self.passkeys.is_empty()).then(|| view! { <div class="token-list">{rows}</div> });
        let add = if self.passkeys_work {
            view! {
                <form method="post" action=format!("{ADDRESS}/passkeys")>
                    {name.view(&self.errors)}
                    <div class="actions"><button class="btn" type="submit">"Add a passkey"</button></div>
                    <noscript><p class="hint">"Adding one needs JavaScript, which is off in this browser."</p></noscript>
                </form>
            }
            .into_any()
        } else {
            view! { <p class="hint">"Passkeys need the console to be opened under a name and over https, which it is not."</p> }
                .into_any()
        };
        view! {
            <section class="card question" aria-labelledby="passkeys">
                <div class="card-head"><h2 id="passkeys">"Passkeys"</h2>{state}</div>
                <p>"A passkey is on your device or on a security key, and works for this console alone: a false page cannot ask for it and pass it on, as it can a code."</p>
                {list}
                {add}
            </section>
        }
        .into_any()
    }
}

impl PasskeyRow {
    fn view(&self) -> AnyView {
        let used = self.used.clone().unwrap_or_else(|| "Never".to_owned());
        let elsewhere = self.elsewhere.clone().map(|host| {
            view! { <p class="hint">"It was made for " <bdi>{host}</bdi> " and does not work under the address that the console has now."</p> }
        });
        view! {
            <article class="token">
                <h3>{shown(&self.name)}</h3>
                <form class="actions" method="post" action=format!("{ADDRESS}/passkeys/remove")>
                    <input type="hidden" name="passkey" value=self.id.clone()/>
                    <button class="btn bad" type="submit">"Remove"<span class="visually-hidden">" passkey "{shown(&self.name)}</span></button>
                </form>
                <dl><div><dt>"Added"</dt><dd>{self.added.clone()}</dd></div><div><dt>"Last used"</dt><dd>{used}</dd></div></dl>
                {elsewhere}
            </article>
        }
        .into_any()
    }
}

fn on(frame: &Frame, since: &str) -> AnyView {
    view! {
        <section class="card question" aria-labelledby="app">
            <div class="card-head"><h2 id="app">"Authenticator app"</h2>{chip(&frame.sprite, "ok", Icon::Check, "On")}</div>
            <p>"Signing in with your password asks for a code of your app, since " {since.to_owned()} "."</p>
            <p>"For another phone, turn it off and set it up again. Your other sessions end."</p>
            <form method="post" action=format!("{ADDRESS}/off")>
                <button class="btn bad" type="submit">"Turn off"</button>
            </form>
        </section>
    }
    .into_any()
}

fn codes(codes: &CodesLeft) -> AnyView {
    let left = match codes.left {
        0 => "No recovery code is left.".to_owned(),
        1 => "One recovery code is left.".to_owned(),
        number => format!("{number} recovery codes are left."),
    };
    let class = if codes.left <= FEW { "btn main" } else { "btn" };
    view! {
        <section class="card question" aria-labelledby="codes">
            <h2 id="codes">"Recovery codes"</h2>
            <p>{left} " Each signs you in once, in the place of a code of your app or a passkey."</p>
            <form method="post" action=format!("{ADDRESS}/codes")>
                <input type="hidden" name="seen" value=codes.seen.clone()/>
                <button class=class type="submit">"Renew recovery codes"</button>
            </form>
        </section>
    }
    .into_any()
}

fn off(has_none: bool, required: bool) -> AnyView {
    let later = (has_none && !required).then(|| view! { <a class="btn quiet" href="/settings/profile">"Not now"</a> });
    let class = if has_none { "btn main" } else { "btn" };
    view! {
        <section class="card question" aria-labelledby="app">
            <h2 id="app">"Authenticator app"</h2>
            <p>"Whoever learns your password gets no further without your phone: an app on it shows a code of six digits, which changes every 30 seconds and is asked for when you sign in."</p>
            <p class="hint">"Any app for time-based codes will do, such as Microsoft Authenticator, Google Authenticator or a password manager."</p>
            <form method="post" action=format!("{ADDRESS}/begin")>
                <div class="actions"><button class=class type="submit">"Set up"</button>{later}</div>
            </form>
        </section>
    }
    .into_any()
}
