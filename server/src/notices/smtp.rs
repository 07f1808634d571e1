//! The mail server that takes notices.

use std::path::{Path, PathBuf};

use lettre::message::Mailbox;
use percent_encoding::percent_decode_str;
use secrecy::SecretString;

/// How the connection is kept from being listened to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// TLS from the first byte: `smtps://`.
    Tls,
    /// STARTTLS, and nothing is sent where it is not offered: `smtp://`.
    StartTls,
    /// None: `smtp://` to this machine itself, unless authorities for its certificate are named.
    Plain,
}

/// Where notices are sent through, and as whom.
#[derive(Debug, Clone)]
pub struct Smtp {
    /// The server's name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// See there.
    pub security: Security,
    /// Name and password.
    pub user: Option<(String, SecretString)>,
    /// The sender.
    pub from: Mailbox,
    /// The file with the authorities that its certificate may come from, in the place of those that browsers trust.
    pub authorities: Option<PathBuf>,
}

const LOOKS_LIKE: &str = "the mail server's address must look like smtps://USER:PASSWORD@mail.example.com or smtp://mail.example.com:587, with % for what has a meaning in addresses";

impl Smtp {
    /// Reads the settings. What is wrong is said without the address, which may hold a password.
    pub fn new(url: Option<&str>, from: Option<&str>, authorities: Option<&Path>) -> Result<Option<Self>, String> {
        let (url, from) = match (url.filter(|url| !url.is_empty()), from.filter(|from| !from.is_empty())) {
            (None, None) if authorities.is_some() => {
                return Err("--smtp-ca wants --smtp-url and --smtp-from".to_owned());
            }
            (None, None) => return Ok(None),
            (Some(url), Some(from)) => (url, from),
            _ => return Err("e-mail wants both: --smtp-url and --smtp-from".to_owned()),
        };
        let from: Mailbox =
            from.parse().map_err(|_| format!("the sender {from:?} must look like SpaceIQ <spaceiq@example.com>"))?;
        let (scheme, rest) = url.split_once("://").ok_or(LOOKS_LIKE)?;
        let (user, place) = match rest.trim_end_matches('/').rsplit_once('@') {
            Some((user, place)) => (Some(credentials(user)?), place),
            None => (None, rest.trim_end_matches('/')),
        };
        let place: http::uri::Authority = place.parse().map_err(|_| LOOKS_LIKE)?;
        let host = place.host().trim_start_matches('[').trim_end_matches(']').to_owned();
        let is_here = host == "localhost" || host.parse().is_ok_and(|address: std::net::IpAddr| address.is_loopback());
        let (security, usual) = match scheme {
            "smtps" => (Security::Tls, 465),
            "smtp" if is_here && authorities.is_none() => (Security::Plain, 25),
            "smtp" => (Security::StartTls, 587),
            _ => return Err(LOOKS_LIKE.to_owned()),
        };
        let port = match place.port_u16() {
            Some(port) => port,
            None if place.as_str() == place.host() => usual,
            None => return Err(LOOKS_LIKE.to_owned()),
        };
        if host.is_empty() || place.as_str().contains('@') {
            return Err(LOOKS_LIKE.to_owned());
        }
        Ok(Some(Self { host, port, security, user, from, authorities: authorities.map(Path::to_owned) }))
    }
}

fn credentials(text: &str) -> Result<(String, SecretString), String> {
    let (user, password) = text.split_once(':').ok_or(LOOKS_LIKE)?;
    match (decoded(user), decoded(password)) {
        (Some(user), Some(password)) if !user.is_empty() => Ok((user, password.into())),
        _ => Err(LOOKS_LIKE.to_owned()),
    }
}

/// RFC 3986 §2.1. A `%` without two digits stays what it is for the crate; here it is a typing error.
fn decoded(text: &str) -> Option<String> {
    let bytes: Vec<u8> = percent_decode_str(text).collect();
    let is_whole = bytes.len() + 2 * text.matches('%').count() == text.len();
    String::from_utf8(bytes).ok().filter(|text| is_whole && !text.contains(char::is_control))
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    const FROM: Option<&str> = Some("SpaceIQ <spaceiq@example.com>");

    #[test]
    fn addresses_say_server_security_and_user() {
        let read = |url| Smtp::new(Some(url), FROM, None).expect(url).expect("an address");
        for (url, host, port, security) in [
            ("smtps://mail.example.com", "mail.example.com", 465, Security::Tls),
            ("smtp://mail.example.com/", "mail.example.com", 587, Security::StartTls),
            ("smtp://mail.example.com:25", "mail.example.com", 25, Security::StartTls),
            ("smtp://10.0.0.7", "10.0.0.7", 587, Security::StartTls),
            ("smtp://127.0.0.1:2525", "127.0.0.1", 2525, Security::Plain),
            ("smtp://[::1]", "::1", 25, Security::Plain),
        ] {
            let smtp = read(url);
            assert_eq!(
                (smtp.host.as_str(), smtp.port, smtp.security, smtp.user.is_none()),
                (host, port, security, true),
                "{url}"
            );
        }
        let (user, password) = read("smtps://ada%40x.test:p%3A%2f@mail.example.com").user.expect("a user");
        assert_eq!((user.as_str(), password.expose_secret()), ("ada@x.test", "p:/"));
        for none in [None, Some("")] {
            assert!(Smtp::new(none, none, None).expect("no settings").is_none());
        }
    }

    #[test]
    fn whoever_names_an_authority_wants_tls() {
        let with = |url| Smtp::new(url, FROM.filter(|_| url.is_some()), Some(Path::new("ca.pem")));
        for (url, security) in [("smtp://localhost:2525", Security::StartTls), ("smtps://127.0.0.1", Security::Tls)] {
            assert_eq!(with(Some(url)).expect(url).expect("an address").security, security, "{url}");
        }
        assert!(with(None).expect_err("for what?").contains("--smtp-url"));
    }

    #[test]
    fn what_is_wrong_is_said_without_the_password() {
        for url in [
            "mail.example.com",
            "https://u:hush@mail.example.com",
            "smtp://u:hush@",
            "smtp://hush@mail.example.com",
            "smtp://u:hush%zz@m.test",
            "smtp://u:hush%%41@m.test",
            "smtp://u:hush%4@m.test",
            "smtp://u:hush%ff@m.test",
            "smtp://u:hush%0d%0a@m.test",
            "smtp://u:hush@m.test:99999",
            "smtp://:hush@m.test",
            "smtp://u:hush@m.test/path",
        ] {
            let error = Smtp::new(Some(url), FROM, None).expect_err(url);
            assert!(!error.contains("hush"), "{error}");
        }
        let smtp = Smtp::new(Some("smtps://u:hush@m.test"), FROM, None).expect("valid");
        assert!(!format!("{smtp:?}").contains("hush"));
        let from = |from| Smtp::new(Some("smtps://m.test"), from, None);
        assert!(from(None).expect_err("no sender").contains("--smtp-from"));
        assert!(Smtp::new(None, FROM, None).expect_err("no server").contains("--smtp-url"));
        assert!(from(Some("nobody")).expect_err("no address").contains("nobody"));
        assert!(from(Some("a@b.test\r\nBcc: c@d.test")).is_err());
    }
}
