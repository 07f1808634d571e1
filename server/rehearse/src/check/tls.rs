//! The connection's encryption.

use std::net::{TcpStream, ToSocketAddrs};
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::ServerName;
use rustls::version::TLS12;
use rustls::{ClientConfig, ClientConnection, RootCertStore};

use super::context::Problem;
use super::{Check, Fault, Level};
use crate::transport::{HttpTransport, Request, Target, Transport};

const PATH: &str = "/ServiceProviderConfig";
const PATIENCE: Duration = Duration::from_secs(10);

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "tls.certificate",
        title: "The connection is encrypted, with a certificate that a public authority has signed",
        level: Level::Must,
        rule: "Microsoft Entra, SCIM provisioning tutorial: TLS with a certificate of a public authority; RFC 7644 §7.1; SCIM 2.0 Interoperability Profile, Transport Security",
        run: |context| {
            let target = public(context.target)?;
            if !target.is_https() {
                return Err(wrong(target, "answers without encryption", "an address that begins with https://"));
            }
            // A certificate that nobody trusts, or that is another's, gets no answer at all. The console's own
            // requests come another way, and this one needs no token.
            let sent = HttpTransport::new(target.clone(), String::new()).send(&Request::get(PATH));
            sent.map(drop).map_err(|error| wrong(target, &format!("no answer: {error}"), "an answer over TLS"))
        },
    },
    Check {
        id: "tls.version",
        title: "TLS 1.2 is offered, with a suite that Azure takes",
        level: Level::Must,
        rule: "Microsoft Entra, SCIM provisioning tutorial: TLS 1.2 with ECDHE suites; whether Azure takes TLS 1.3 is not said",
        run: |context| {
            let target = public(context.target)?;
            if !target.is_https() {
                return Err(Problem::Impossible("there is no encryption".to_owned()));
            }
            handshake(target).map_err(|error| {
                wrong(target, &format!("no TLS 1.2 handshake: {error}"), "TLS 1.2 with ECDHE and AES-GCM")
            })
        },
    },
];

fn public(target: &Target) -> Result<&Target, Problem> {
    if target.is_loopback() {
        return Err(Problem::Impossible("this is a loopback address; Azure never comes this way".to_owned()));
    }
    Ok(target)
}

fn wrong(target: &Target, came: &str, expected: &str) -> Problem {
    Problem::Wrong(Fault {
        sent: format!("GET {}{PATH}", target.base()),
        came: came.to_owned(),
        expected: expected.to_owned(),
    })
}

/// A TLS 1.2 handshake with the suites that Azure has, and nothing after it.
fn handshake(target: &Target) -> Result<(), Box<dyn std::error::Error>> {
    let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let mut provider = rustls::crypto::ring::default_provider();
    // All of this library's suites have ECDHE; those with ChaCha20 are not among Azure's.
    provider.cipher_suites.retain(|suite| suite.version() == &TLS12 && format!("{:?}", suite.suite()).contains("AES"));
    let config = ClientConfig::builder_with_provider(Arc::new(provider))
        .with_protocol_versions(&[&TLS12])?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let mut connection = ClientConnection::new(Arc::new(config), ServerName::try_from(target.host().to_owned())?)?;
    let address = (target.host(), target.port()).to_socket_addrs()?.next().ok_or("the name leads nowhere")?;
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    while connection.is_handshaking() {
        connection.complete_io(&mut stream)?;
    }
    Ok(())
}
