//! The connection's encryption.

use super::context::Problem;
use super::{Check, Fault, Level};
use crate::transport::{HttpTransport, Request, Transport};

const PATH: &str = "/ServiceProviderConfig";

pub(super) const CHECKS: &[Check] = &[Check {
    id: "tls.certificate",
    title: "The connection is encrypted, with a certificate that a public authority has signed",
    level: Level::Must,
    rule: "Microsoft Entra, SCIM provisioning tutorial: TLS with a certificate of a public authority; RFC 7644 §7.1; SCIM 2.0 Interoperability Profile, Transport Security",
    run: |context| {
        if context.target.is_loopback() {
            return Err(Problem::Impossible("this is a loopback address; Azure never comes this way".to_owned()));
        }
        // With https a certificate that nobody trusts, or that is another's, gets no answer at all. The console's own
        // requests come another way, and this one needs no token.
        if context.target.is_https() {
            let sent = HttpTransport::new(context.target.clone(), String::new()).send(&Request::get(PATH));
            return sent.map(drop).map_err(|error| {
                Problem::Wrong(Fault {
                    sent: format!("GET {}{PATH}", context.target.base()),
                    came: format!("no answer: {error}"),
                    expected: "an answer over TLS 1.2 or 1.3".to_owned(),
                })
            });
        }
        Err(Problem::Wrong(Fault {
            sent: format!("requests to {}", context.target.base()),
            came: "answers without encryption".to_owned(),
            expected: "an address that begins with https://".to_owned(),
        }))
    },
}];
