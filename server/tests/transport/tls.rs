//! TLS of the server's own.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{
    ClientConfig, ClientConnection, ProtocolVersion, RootCertStore, StreamOwned, SupportedProtocolVersion, version,
};
use store::testing::TemporaryFolder;

use super::{Program, key_file};

/// What a client saw.
struct Met {
    version: Option<ProtocolVersion>,
    certificate: Vec<u8>,
    answer: String,
}

/// Asks for `/scim/Users` over TLS and checks the certificate as any client does.
fn meet(address: &str, versions: &[&'static SupportedProtocolVersion]) -> Result<Met, std::io::Error> {
    let mut roots = RootCertStore::empty();
    roots.add(certificate("ca.crt")).expect("a root");
    let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_protocol_versions(versions)
        .expect("versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from("localhost").expect("a name");
    let connection = ClientConnection::new(Arc::new(config), name).expect("a connection");
    let stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_secs(20)))?;
    let mut stream = StreamOwned::new(connection, stream);
    stream.write_all(b"GET /scim/Users HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let certificate = stream.conn.peer_certificates().and_then(|chain| chain.first()).expect("one").to_vec();
    Ok(Met { version: stream.conn.protocol_version(), certificate, answer })
}

fn certificate(name: &str) -> CertificateDer<'static> {
    CertificateDer::from_pem_file(key_file(name)).expect("a certificate")
}

fn start() -> (Program, [String; 2]) {
    let folder = TemporaryFolder::new();
    let files = ["certificate.pem", "key.pem"].map(|name| folder.path().join(name).display().to_string());
    put(&files, ["one.crt", "one.key"]);
    let arguments = ["--listen", "127.0.0.1:0", "--tls-certificate", &files[0], "--tls-key", &files[1]];
    (Program::start_in(folder, &arguments), files)
}

fn put(files: &[String; 2], names: [&str; 2]) {
    for (file, name) in files.iter().zip(names) {
        fs::copy(key_file(name), file).expect("copied");
    }
}

#[test]
fn both_versions_are_spoken_and_the_certificate_is_checked() {
    let (program, _) = start();
    assert!(program.url.starts_with("https://127.0.0.1:"), "{}", program.url);
    for (version, spoken) in [(&version::TLS12, ProtocolVersion::TLSv1_2), (&version::TLS13, ProtocolVersion::TLSv1_3)]
    {
        let met = meet(&program.address, &[version]).expect("an answer");
        assert_eq!(met.version, Some(spoken));
        assert_eq!(met.certificate, certificate("one.crt").to_vec());
        let answer = met.answer.to_ascii_lowercase();
        assert!(answer.starts_with("http/1.1 401"), "{answer}");
        assert!(answer.contains("strict-transport-security: max-age=63072000"), "{answer}");
    }
}

#[test]
fn who_does_not_speak_tls_is_hung_up_on_and_keeps_nobody_waiting() {
    let (program, _) = start();
    // Connections that say nothing stay open meanwhile.
    let silent: Vec<TcpStream> = (0..20).map(|_| TcpStream::connect(&program.address).expect("connected")).collect();
    let mut plain = TcpStream::connect(&program.address).expect("connected");
    plain.set_read_timeout(Some(Duration::from_secs(20))).expect("a timeout");
    plain.write_all(b"GET /scim/Users HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer x\r\n\r\n").expect("sent");
    let mut answer = Vec::new();
    let _ = plain.read_to_end(&mut answer);
    assert!(!answer.starts_with(b"HTTP/"), "{answer:?}");
    assert!(meet(&program.address, &[&version::TLS13]).is_ok());
    drop(silent);
}

#[test]
fn a_new_certificate_is_used_without_a_restart() {
    let (program, files) = start();
    let held = TcpStream::connect(&program.address).expect("connected");
    // A pair that does not fit together changes nothing.
    put(&files, ["two.crt", "one.key"]);
    hang_up(&program);
    assert_eq!(meet(&program.address, &[&version::TLS13]).expect("met").certificate, certificate("one.crt").to_vec());
    put(&files, ["two.crt", "two.key"]);
    hang_up(&program);
    let deadline = Instant::now() + Duration::from_secs(30);
    let wanted = certificate("two.crt").to_vec();
    while meet(&program.address, &[&version::TLS13]).expect("met").certificate != wanted {
        assert!(Instant::now() < deadline, "the new certificate is not used");
    }
    drop(held);
}

/// Asks it to read its files again.
fn hang_up(program: &Program) {
    let sent = Command::new("kill").args(["-HUP", &program.process.id().to_string()]).status().expect("sent");
    assert!(sent.success());
}

#[test]
fn what_is_wrong_with_the_files_is_said_before_it_starts() {
    let folder = TemporaryFolder::new();
    let (one, two, key) = (key_file("one.crt"), key_file("two.crt"), key_file("one.key"));
    for (certificate, key, word) in [
        ("/nonexistent.pem", key.as_str(), "cannot read the certificate"),
        (one.as_str(), "/nonexistent.pem", "cannot read the key"),
        (key.as_str(), key.as_str(), "there is no certificate in"),
        (one.as_str(), one.as_str(), "there is no private key in"),
        (two.as_str(), key.as_str(), "does not belong to the certificate"),
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_spaceiq"))
            .args(["serve", "--listen", "127.0.0.1:0", "--tls-certificate", certificate, "--tls-key", key])
            .env("SPACEIQ_DATABASE_URL", format!("sqlite:{}/x.db", folder.path().display()))
            .output()
            .expect("it runs");
        let said = String::from_utf8(output.stderr).expect("text");
        assert_eq!((output.status.code(), said.lines().count()), (Some(1), 1), "{said}");
        assert!(said.contains(word), "{said}");
    }
}
