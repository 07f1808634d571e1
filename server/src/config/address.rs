//! Where the server listens, how it is reached, and who stands before it.

use std::net::{IpAddr, SocketAddr};

use ipnet::IpNet;

const DEFAULT_LISTEN: &str = "127.0.0.1:3000";

/// Where to listen.
pub(super) fn listen(address: Option<&str>) -> Result<SocketAddr, String> {
    let address = address.unwrap_or(DEFAULT_LISTEN);
    address.parse().map_err(|_| format!("the address to listen on, {address}, must look like 127.0.0.1:3000"))
}

/// Where Prometheus finds the figures, when it is to.
pub(super) fn metrics(address: Option<&str>) -> Result<Option<SocketAddr>, String> {
    let parsed = |address: &str| {
        address.parse().map_err(|_| format!("the address for metrics, {address}, must look like 127.0.0.1:9090"))
    };
    address.map(parsed).transpose()
}

/// The address that browsers and identity providers use: the one that was given, or where the server listens.
pub(super) fn public_url(url: Option<&str>, listen: SocketAddr, speaks_tls: bool) -> Result<String, String> {
    match url {
        Some(url) => checked(url),
        None if speaks_tls => Ok(format!("https://{listen}")),
        None => Ok(format!("http://{listen}")),
    }
}

fn checked(url: &str) -> Result<String, String> {
    let trimmed = url.trim_end_matches('/');
    match of_a_server(trimmed).filter(|parsed| parsed.path().trim_matches('/').is_empty()) {
        Some(_) => Ok(trimmed.to_owned()),
        None => Err(format!("the public address {url} must look like https://console.example.com")),
    }
}

/// Where traces are sent, when they are to be. What is wrong is said without the address, in which somebody may have written
/// a key.
pub(super) fn collector(url: Option<&str>) -> Result<Option<String>, String> {
    let Some(url) = url.filter(|url| !url.is_empty()) else { return Ok(None) };
    let trimmed = url.trim_end_matches('/');
    match of_a_server(trimmed) {
        Some(parsed) if parsed.authority().is_some_and(|place| !place.as_str().contains('@')) => {
            Ok(Some(trimmed.to_owned()))
        }
        _ => Err("the collector's address must look like http://127.0.0.1:4318; keys for it belong into OTEL_EXPORTER_OTLP_HEADERS"
            .to_owned()),
    }
}

fn of_a_server(url: &str) -> Option<http::Uri> {
    url.parse::<http::Uri>().ok().filter(|parsed| {
        matches!(parsed.scheme_str(), Some("http" | "https"))
            && parsed.host().is_some_and(|host| !host.is_empty())
            && parsed.query().is_none()
    })
}

/// Addresses and networks with commas between.
pub(super) fn networks(list: Option<&str>) -> Result<Vec<IpNet>, String> {
    let items = list.unwrap_or_default().split(',').map(str::trim).filter(|item| !item.is_empty());
    let network = |item: &str| item.parse().or_else(|_| item.parse::<IpAddr>().map(IpNet::from));
    items
        .map(|item| {
            network(item).map_err(|_| format!("the trusted proxy {item} must look like 10.0.0.7 or 10.0.0.0/8"))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_values_are_named() {
        assert!(listen(Some("everywhere")).expect_err("no address").contains("everywhere"));
        assert!(metrics(Some("everywhere")).expect_err("no address").contains("everywhere"));
        let here = listen(None).expect("an address");
        for url in ["console.example.com", "ftp://x", "https://x/path", "https://", "https://x?y"] {
            assert!(public_url(Some(url), here, false).expect_err(url).contains(url));
        }
        for url in ["127.0.0.1:4318", "grpc://x", "https://u:hush@x", "https://x?key=hush"] {
            let said = collector(Some(url)).expect_err(url);
            assert!(said.contains("http://127.0.0.1:4318") && !said.contains("hush"), "{said}");
        }
        let collector = |url| collector(url).expect("valid");
        assert_eq!(collector(Some("https://x.test/otlp/")).as_deref(), Some("https://x.test/otlp"));
        assert_eq!((collector(None), collector(Some(""))), (None, None));
        assert_eq!(networks(Some("10.0.0.7, 2001:db8::/32")).expect("valid").len(), 2);
        assert!(networks(Some("10.0.0.0/33")).expect_err("no network").contains("10.0.0.0/33"));
    }

    #[test]
    fn without_a_public_address_it_is_where_the_server_listens() {
        let here = listen(None).expect("an address");
        assert_eq!(public_url(None, here, true).as_deref(), Ok("https://127.0.0.1:3000"));
        assert_eq!(public_url(None, here, false).as_deref(), Ok("http://127.0.0.1:3000"));
        assert_eq!(public_url(Some("https://x.test/"), here, false).as_deref(), Ok("https://x.test"));
    }
}
