//! The browser at the other end: where it is, and what it calls itself.

use std::net::IpAddr;

use axum::http::header::USER_AGENT;
use axum::http::{Extensions, HeaderMap};
use ipnet::IpNet;

use crate::client_address;

/// The longest name of a browser that is kept, in letters.
const MAX_AGENT: usize = 200;
/// The longest one that is shown.
const MAX_SHOWN: usize = 40;

/// What is known of it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Client {
    pub(super) address: Option<IpAddr>,
    pub(super) agent: String,
}

impl Client {
    pub(super) fn of(extensions: &Extensions, headers: &HeaderMap, proxies: &[IpNet]) -> Self {
        let address = client_address::of(extensions, headers, proxies);
        let agent = headers.get(USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
        Self { address, agent: agent.chars().take(MAX_AGENT).collect() }
    }

    /// The address that wrong passwords are counted for. This machine's own is that of a proxy that nobody named: it
    /// stands for everybody.
    pub(super) fn counted_address(&self) -> Option<IpAddr> {
        self.address.filter(|address| !address.is_loopback())
    }

    /// The network that sign-ons are counted for, likewise.
    pub(crate) fn counted_network(&self) -> Option<IpAddr> {
        self.counted_address().map(client_address::network)
    }

    /// Where a request comes from, for people: "203.0.113.7, Firefox on Windows".
    pub(crate) fn place(&self) -> String {
        let parts = [self.shown_address(), browser_name(&self.agent)];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
    }

    pub(crate) fn shown_address(&self) -> String {
        self.address.map(|address| address.to_string()).unwrap_or_default()
    }
}

/// Marks of browsers, the more special ones first: each also names those whose pages it wants to be given.
const BROWSERS: [(&str, &str); 6] = [
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
];
/// Marks of systems, likewise.
const SYSTEMS: [(&str, &str); 7] = [
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
];

/// A browser's name for people: "Firefox on Windows".
pub(super) fn browser_name(agent: &str) -> String {
    let named =
        |marks: &[(&str, &'static str)]| marks.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name);
    match (named(&BROWSERS), named(&SYSTEMS)) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(browser), None) => browser.to_owned(),
        (None, _) if agent.trim().is_empty() => "Unknown browser".to_owned(),
        (None, _) => agent.trim().chars().take(MAX_SHOWN).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::browser_name;

    #[test]
    fn browsers_have_names_that_people_know() {
        let windows = "Mozilla/5.0 (Windows NT 10.0; Win64; x64)";
        let chrome = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/148.0.0.0 Safari/537.36";
        for (agent, name) in [
            (format!("{windows} {chrome}"), "Chrome on Windows"),
            (format!("{windows} {chrome} Edg/148.0.0.0"), "Edge on Windows"),
            ("Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0".to_owned(), "Firefox on Linux"),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 26_0 like Mac OS X) AppleWebKit/605.1.15 Version/26.0 Safari/604.1"
                    .to_owned(),
                "Safari on iPhone",
            ),
            ("curl/8.5.0".to_owned(), "curl/8.5.0"),
            ("x".repeat(100), &"x".repeat(40)),
            (" ".to_owned(), "Unknown browser"),
        ] {
            assert_eq!(browser_name(&agent), name, "{agent}");
        }
    }
}
