//! Where a request comes from.

use std::net::{IpAddr, SocketAddr};

use axum::extract::ConnectInfo;
use axum::http::{Extensions, HeaderMap};
use ipnet::IpNet;

const FORWARDED_FOR: &str = "x-forwarded-for";
const FORWARDED_PROTO: &str = "x-forwarded-proto";

/// The other end of the connection or, when that is a proxy that was named, the address that the proxy heard from.
pub(crate) fn of(extensions: &Extensions, headers: &HeaderMap, proxies: &[IpNet]) -> Option<IpAddr> {
    let peer = extensions.get::<ConnectInfo<SocketAddr>>()?.0.ip().to_canonical();
    Some(behind(peer, headers, proxies))
}

/// What one subscriber holds: an IPv4 address, or a /64 of IPv6.
pub(crate) fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => IpAddr::V6((address.to_bits() & !u128::from(u64::MAX)).into()),
    }
}

/// Whether a proxy that was named says that it was reached over https.
pub(crate) fn is_forwarded_https(extensions: &Extensions, headers: &HeaderMap, proxies: &[IpNet]) -> bool {
    let Some(ConnectInfo(peer)) = extensions.get::<ConnectInfo<SocketAddr>>() else { return false };
    let mut said = headers.get_all(FORWARDED_PROTO).iter();
    // Of two lines one may be what a client made up.
    let is_https = said.next().is_some_and(|proto| proto == "https") && said.next().is_none();
    is_https && proxies.iter().any(|network| network.contains(&peer.ip().to_canonical()))
}

/// Each proxy adds the address it heard from at the end, so that what a client made up itself stands before what is
/// true: the list is read backwards, for as long as it is about proxies that were named.
fn behind(peer: IpAddr, headers: &HeaderMap, proxies: &[IpNet]) -> IpAddr {
    let lines = headers.get_all(FORWARDED_FOR).iter().filter_map(|line| line.to_str().ok());
    let listed: Vec<&str> = lines.flat_map(|line| line.split(',')).collect();
    let mut address = peer;
    for text in listed.into_iter().rev() {
        if !proxies.iter().any(|network| network.contains(&address)) {
            break;
        }
        let Some(before) = parse(text.trim()) else { break };
        address = before;
    }
    address
}

/// Some proxies add the port.
fn parse(text: &str) -> Option<IpAddr> {
    let address = text.parse::<IpAddr>().or_else(|_| text.parse::<SocketAddr>().map(|socket| socket.ip()));
    address.ok().map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn behind(peer: &str, lines: &[&'static str], proxies: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(FORWARDED_FOR, HeaderValue::from_static(line));
        }
        let proxies: Vec<IpNet> = proxies.iter().map(|network| network.parse().expect("a network")).collect();
        super::behind(peer.parse().expect("an address"), &headers, &proxies).to_string()
    }

    #[test]
    fn a_network_is_what_one_subscriber_holds() {
        let of = |address: &str| network(address.parse().expect("an address")).to_string();
        assert_eq!(of("192.0.2.1"), "192.0.2.1");
        assert_eq!(of("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
    }

    #[test]
    fn only_proxies_that_were_named_are_believed() {
        assert_eq!(behind("198.51.100.1", &["203.0.113.9"], &[]), "198.51.100.1");
        assert_eq!(behind("198.51.100.1", &["203.0.113.9"], &["127.0.0.0/8"]), "198.51.100.1");
        assert_eq!(behind("127.0.0.1", &["203.0.113.9"], &["127.0.0.0/8"]), "203.0.113.9");
        assert_eq!(behind("127.0.0.1", &[], &["127.0.0.0/8"]), "127.0.0.1");
    }

    #[test]
    fn what_a_client_made_up_is_not_believed() {
        let proxies = ["127.0.0.0/8", "10.0.0.0/8"];
        assert_eq!(behind("127.0.0.1", &["192.0.2.1, 203.0.113.9"], &proxies), "203.0.113.9");
        assert_eq!(behind("127.0.0.1", &["192.0.2.1", "203.0.113.9, 10.1.2.3"], &proxies), "203.0.113.9");
        assert_eq!(behind("127.0.0.1", &["nonsense"], &proxies), "127.0.0.1");
        assert_eq!(behind("127.0.0.1", &["203.0.113.9:4711"], &proxies), "203.0.113.9");
        assert_eq!(behind("127.0.0.1", &["[2001:db8::1]:4711"], &proxies), "2001:db8::1");
    }
}

#[cfg(test)]
mod fuzz {
    use axum::http::HeaderValue;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Whoever is no proxy may claim what they like.
        #[test]
        fn nothing_that_is_claimed_counts(lines in proptest::collection::vec("[ -~]{0,60}|[0-9a-f.:,\\[\\] ]{0,60}", 0..4)) {
            let mut headers = HeaderMap::new();
            for line in &lines {
                headers.append(FORWARDED_FOR, HeaderValue::from_str(line).expect("visible letters"));
            }
            let [peer, proxy] = ["198.51.100.1", "127.0.0.1"].map(|address| address.parse().expect("an address"));
            let proxies = ["127.0.0.0/8".parse().expect("a network")];
            prop_assert_eq!(behind(peer, &headers, &proxies), peer);
            // And a proxy's word is an address or nothing.
            let heard = behind(proxy, &headers, &proxies);
            prop_assert!(heard == proxy || lines.iter().any(|line| line.split(',').any(|one| parse(one.trim()) == Some(heard))));
        }
    }
}
