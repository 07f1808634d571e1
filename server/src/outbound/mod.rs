//! Requests to addresses that people entered: the one place from which they are made.
//!
//! Whoever may enter an address must not reach, through this server, what only this server can reach. A name is resolved
//! once, and the connection goes to the addresses that were looked at, so that a name which says something else a moment
//! later wins nothing. Redirects are not followed, no proxy is asked, and answers are bounded in size and time.

mod address;

use std::fmt;
use std::net::SocketAddr;
use std::time::Duration;

use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};

/// From the first look-up to the last byte.
const PATIENCE: Duration = Duration::from_secs(10);

/// Where requests may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Addresses in the internet, over TLS.
    Internet,
    /// The networks that this machine is in as well, and this machine: an operator allowed it.
    Anywhere,
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FetchError {
    /// The address is not one that may be fetched at all.
    Address,
    /// It leads to somewhere that is not in the internet.
    NotPublic,
    /// It answered with something else than success.
    Status(u16),
    /// The answer is too large.
    TooLarge,
    /// The answer is not text in UTF-8.
    NotText,
    /// It could not be reached, or took too long.
    Unreachable(String),
}

impl fmt::Display for FetchError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address => out.write_str("Enter an address that begins with https://, without a user name."),
            Self::NotPublic => out.write_str(
                "This address leads into a private network, where this server does not look. Open it yourself and paste what it shows.",
            ),
            Self::Status(status @ 300..=399) => {
                write!(out, "The address answered {status}, a redirect. Enter the address that it leads to.")
            }
            Self::Status(status) => write!(out, "The address answered {status}. Open it in a browser, and paste what it shows."),
            Self::TooLarge => out.write_str("The answer is too large to be what was asked for."),
            Self::NotText => out.write_str("The answer is not text."),
            Self::Unreachable(reason) => write!(out, "The address could not be reached ({reason}). Check it, or paste what it shows."),
        }
    }
}

/// The text at an address, of at most so many bytes. It blocks.
pub fn fetch(url: &str, reach: Reach, limit: u64) -> Result<String, FetchError> {
    fetch_with(url, limit, Guard { reach, names: DefaultResolver::default() })
}

fn fetch_with(url: &str, limit: u64, guard: Guard<impl Resolver>) -> Result<String, FetchError> {
    let uri: Uri = url.parse().map_err(|_| FetchError::Address)?;
    let secure =
        uri.scheme_str() == Some("https") || uri.scheme_str() == Some("http") && guard.reach == Reach::Anywhere;
    let named = uri.authority().is_some_and(|authority| !authority.as_str().contains('@'));
    if !secure || !named {
        return Err(FetchError::Address);
    }
    let agent = ureq::Agent::with_parts(settings(PATIENCE), DefaultConnector::default(), guard);
    let mut response = agent.get(uri).call().map_err(failed)?;
    if response.status() != 200 {
        return Err(FetchError::Status(response.status().as_u16()));
    }
    let bytes = response.body_mut().with_config().limit(limit).read_to_vec().map_err(failed)?;
    String::from_utf8(bytes).map_err(|_| FetchError::NotText)
}

/// How this server asks others: what they answer is looked at, and nobody else is asked.
pub(crate) fn settings(patience: Duration) -> Config {
    ureq::Agent::config_builder()
        .timeout_global(Some(patience))
        .max_redirects(0)
        .http_status_as_error(false)
        // A proxy would look names up itself, behind the guard's back.
        .proxy(None)
        .user_agent("spaceiq")
        .build()
}

fn failed(error: ureq::Error) -> FetchError {
    match error {
        ureq::Error::BodyExceedsLimit(_) => FetchError::TooLarge,
        ureq::Error::Other(other) if other.is::<NotPublic>() => FetchError::NotPublic,
        error => FetchError::Unreachable(error.to_string()),
    }
}

/// Looks names up, and hands on no address where requests may not go.
#[derive(Debug)]
struct Guard<R> {
    reach: Reach,
    names: R,
}

impl<R: Resolver> Resolver for Guard<R> {
    fn resolve(&self, uri: &Uri, config: &Config, timeout: NextTimeout) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let found = self.names.resolve(uri, config, timeout)?;
        // One bad address among good ones is no accident.
        let allowed = |found: &SocketAddr| self.reach == Reach::Anywhere || address::is_public(found.ip());
        if found.iter().all(allowed) { Ok(found) } else { Err(ureq::Error::Other(Box::new(NotPublic))) }
    }
}

#[derive(Debug)]
struct NotPublic;

impl fmt::Display for NotPublic {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("the address is not in the internet")
    }
}

impl std::error::Error for NotPublic {}

#[cfg(test)]
mod tests;
