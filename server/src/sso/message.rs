//! What we send: the request that begins a sign-on, and our metadata.

use std::io::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::DeflateEncoder;
use time::OffsetDateTime;
use time::macros::format_description;

use super::address::Addresses;

/// Text within XML.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// saml-core §3.4.1: a request for sign-on. It asks for no kind of name and no strength: the identity provider decides. But
/// it may ask that the person signs in anew, however well the identity provider knows the browser.
fn authn_request(addresses: &Addresses, id: &str, destination: &str, (now, anew): (OffsetDateTime, bool)) -> String {
    let force = if anew { " ForceAuthn=\"true\"" } else { "" };
    let format = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]Z");
    let issued = now.to_offset(time::UtcOffset::UTC).format(format).unwrap_or_default();
    format!(
        "<samlp:AuthnRequest xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" \
         xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" ID=\"{}\" Version=\"2.0\" IssueInstant=\"{issued}\"{force} \
         Destination=\"{}\" AssertionConsumerServiceURL=\"{}\" \
         ProtocolBinding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST\">\
         <saml:Issuer>{}</saml:Issuer></samlp:AuthnRequest>",
        escaped(id),
        escaped(destination),
        escaped(&addresses.callback()),
        escaped(&addresses.audience()),
    )
}

/// saml-bindings §3.4.4.1: the request deflated, in base64, in the query of the identity provider's address.
pub(super) fn redirect_address(
    addresses: &Addresses,
    id: &str,
    destination: &str,
    (now, anew): (OffsetDateTime, bool),
) -> Option<String> {
    let mut deflated = DeflateEncoder::new(Vec::new(), Compression::default());
    deflated.write_all(authn_request(addresses, id, destination, (now, anew)).as_bytes()).ok()?;
    let message = STANDARD.encode(deflated.finish().ok()?);
    let query = serde_urlencoded::to_string([("SAMLRequest", message)]).ok()?;
    let joint = if destination.contains('?') { '&' } else { '?' };
    Some(format!("{destination}{joint}{query}"))
}

/// saml-metadata §2.4.4: what an identity provider needs to know about us.
pub(super) fn metadata(addresses: &Addresses) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <md:EntityDescriptor xmlns:md=\"urn:oasis:names:tc:SAML:2.0:metadata\" entityID=\"{}\">\n  \
         <md:SPSSODescriptor AuthnRequestsSigned=\"false\" WantAssertionsSigned=\"true\" \
         protocolSupportEnumeration=\"urn:oasis:names:tc:SAML:2.0:protocol\">\n    \
         <md:AssertionConsumerService Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST\" Location=\"{}\" \
         index=\"0\" isDefault=\"true\"/>\n  </md:SPSSODescriptor>\n</md:EntityDescriptor>\n",
        escaped(&addresses.audience()),
        escaped(&addresses.callback()),
    )
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use flate2::read::DeflateDecoder;
    use time::macros::datetime;

    use super::*;
    use crate::config::{Config, Settings};

    #[test]
    fn a_request_can_be_read_from_the_address() {
        let flags = Settings { public_url: Some("https://x.test".to_owned()), ..Settings::default() };
        let config = Config::new(flags, &Settings::default()).expect("valid");
        let addresses = Addresses::new(&config, "one");
        for (destination, anew) in [("https://idp.test/sso", false), ("https://idp.test/sso?a=1&b=2", true)] {
            let when = (datetime!(2026-11-24 12:00 UTC), anew);
            let address = redirect_address(&addresses, "id-1", destination, when).expect("made");
            let query = address.strip_prefix(destination).expect("the destination")[1..].to_owned();
            let pairs: Vec<(String, String)> = serde_urlencoded::from_str(&query).expect("a query");
            assert_eq!(pairs[0].0, "SAMLRequest");
            let mut xml = String::new();
            let deflated = STANDARD.decode(&pairs[0].1).expect("base64");
            DeflateDecoder::new(&deflated[..]).read_to_string(&mut xml).expect("deflated");
            assert_eq!(xml.contains(" ForceAuthn=\"true\""), anew);
            let place = format!("Destination=\"{}\"", escaped(destination));
            for part in [
                "ID=\"id-1\"",
                "IssueInstant=\"2026-11-24T12:00:00Z\"",
                "AssertionConsumerServiceURL=\"https://x.test/saml/one/callback\"",
                "<saml:Issuer>https://x.test/saml/one</saml:Issuer>",
                &place,
            ] {
                assert!(xml.contains(part), "{part} in {xml}");
            }
        }
    }
}
