//! Secrets in browsers' cookies. The database has their hashes.

use axum::http::header::{COOKIE, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;
use sha2::{Digest, Sha256};
use store::Random;

use crate::config::Config;

/// A cookie of sign-on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cookie {
    /// Which browser made a request. The response comes as a post from the identity provider's site, with which a
    /// `Lax` cookie would not be sent; this one opens nothing by itself.
    Request,
    /// An employee who is signed in.
    Employee,
}

impl Cookie {
    /// With TLS the prefix makes browsers refuse the cookie from subdomains and without TLS.
    fn name(self, config: &Config) -> String {
        let name = match self {
            Self::Request => "saml-request",
            Self::Employee => "employee",
        };
        if config.is_https() { format!("__Host-{name}") } else { name.to_owned() }
    }

    /// `SameSite=None` wants `Secure`, which browsers take from a plain-http address of this machine too, and from no
    /// other: there a sign-on cannot begin on our side.
    fn attributes(self, config: &Config) -> &'static str {
        match self {
            Self::Request => "Path=/; Max-Age=600; HttpOnly; SameSite=None; Secure",
            Self::Employee if config.is_https() => "Path=/; HttpOnly; SameSite=Lax; Secure",
            Self::Employee => "Path=/; HttpOnly; SameSite=Lax",
        }
    }

    /// The hash of the secret that a browser sent.
    pub(super) fn hash(self, config: &Config, headers: &HeaderMap) -> Option<[u8; 32]> {
        self.secret(config, headers).map(|secret| hash(&secret))
    }

    /// The secret that a browser sent, if it is one of ours.
    pub(super) fn secret(self, config: &Config, headers: &HeaderMap) -> Option<String> {
        let name = self.name(config);
        let cookies = headers.get_all(COOKIE).iter().filter_map(|line| line.to_str().ok());
        let mut pairs = cookies.flat_map(|line| line.split("; ")).filter_map(|pair| pair.split_once('='));
        let (_, value) = pairs.find(|(found, _)| *found == name)?;
        let ours = value.len() == 64 && value.bytes().all(|byte| byte.is_ascii_hexdigit());
        ours.then(|| value.to_owned())
    }

    /// Gives a browser the secret; an empty one takes it back.
    pub(super) fn set(self, config: &Config, secret: &str, response: &mut Response) {
        let ends = if secret.is_empty() { "; Expires=Thu, 01 Jan 1970 00:00:00 GMT" } else { "" };
        let line = format!("{}={secret}; {}{ends}", self.name(config), self.attributes(config));
        if let Ok(value) = HeaderValue::from_str(&line) {
            response.headers_mut().append(SET_COOKIE, value);
        }
    }
}

/// 256 random bits.
pub(super) fn draw(random: &dyn Random) -> String {
    let mut bytes = [0; 32];
    random.fill(&mut bytes);
    bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

/// What the database keeps of a secret.
pub(super) fn hash(secret: &str) -> [u8; 32] {
    Sha256::digest(secret).into()
}
