//! Which addresses are in the internet: what is not is where a company's own machines are, this one among them.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{Ipv4Net, Ipv6Net};

/// IANA's registry of special addresses, without those that are in the internet all the same.
const SPECIAL_V4: [([u8; 4], u8); 15] = [
    ([0, 0, 0, 0], 8),
    ([10, 0, 0, 0], 8),
    // RFC 6598: behind a carrier's address translation.
    ([100, 64, 0, 0], 10),
    ([127, 0, 0, 0], 8),
    // RFC 3927: link-local, where clouds answer with their machines' credentials.
    ([169, 254, 0, 0], 16),
    ([172, 16, 0, 0], 12),
    ([192, 0, 0, 0], 24),
    ([192, 0, 2, 0], 24),
    ([192, 88, 99, 0], 24),
    ([192, 168, 0, 0], 16),
    ([198, 18, 0, 0], 15),
    ([198, 51, 100, 0], 24),
    ([203, 0, 113, 0], 24),
    ([224, 0, 0, 0], 4),
    ([240, 0, 0, 0], 4),
];

/// RFC 4291 §2.5.4: what is given out today; everything special but these two is outside of it.
const GLOBAL_V6: ([u16; 8], u8) = ([0x2000, 0, 0, 0, 0, 0, 0, 0], 3);
/// RFC 2928: special purposes, Teredo among them; RFC 3849 and 9637: documentation; RFC 3056: 6to4, which holds a v4
/// address.
const SPECIAL_V6: [([u16; 8], u8); 4] = [
    ([0x2001, 0, 0, 0, 0, 0, 0, 0], 23),
    ([0x2001, 0xdb8, 0, 0, 0, 0, 0, 0], 32),
    ([0x3fff, 0, 0, 0, 0, 0, 0, 0], 20),
    ([0x2002, 0, 0, 0, 0, 0, 0, 0], 16),
];

/// Whether it is an address in the internet.
pub(super) fn is_public(address: IpAddr) -> bool {
    // `::ffff:127.0.0.1` is 127.0.0.1.
    match address.to_canonical() {
        IpAddr::V4(address) => !SPECIAL_V4.into_iter().any(|(network, length)| {
            Ipv4Net::new(Ipv4Addr::from(network), length).is_ok_and(|network| network.contains(&address))
        }),
        IpAddr::V6(address) => {
            within(GLOBAL_V6, address) && !SPECIAL_V6.into_iter().any(|known| within(known, address))
        }
    }
}

fn within((network, length): ([u16; 8], u8), address: Ipv6Addr) -> bool {
    Ipv6Net::new(Ipv6Addr::from(network), length).is_ok_and(|network| network.contains(&address))
}

#[cfg(test)]
mod tests {
    use super::is_public;

    #[test]
    fn what_is_not_in_the_internet_is_known() {
        for inside in [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "127.9.9.9",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.8",
            "192.168.1.1",
            "198.19.0.1",
            "203.0.113.9",
            "224.0.0.1",
            "239.255.255.255",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::ffff:169.254.169.254",
            "::127.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b:1::1",
            "fe80::1",
            "fc00::1",
            "fd00:ec2::254",
            "fec0::1",
            "ff02::1",
            "2001:db8::1",
            "2001::1",
            "2002:7f00:1::",
            "100::1",
        ] {
            assert!(!is_public(inside.parse().expect("an address")), "{inside}");
        }
        for outside in
            ["1.1.1.1", "100.63.0.1", "100.128.0.1", "172.32.0.1", "20.190.128.1", "2606:4700::1111", "2a01:111::1"]
        {
            assert!(is_public(outside.parse().expect("an address")), "{outside}");
        }
    }
}
