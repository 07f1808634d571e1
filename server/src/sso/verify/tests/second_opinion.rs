//! What `xmlsec1` says of the same documents: a signature that is accepted here is good there, and one that is refused
//! here as bad is bad there. It knows nothing of the rules around signatures, on which most refusals rest.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use super::hostile::corpus;
use super::idp::{Idp, Key, Sha, Signs, verify_with};
use crate::sso::verify::tests::idp::certificate;
use crate::sso::{Check, Refusal};

/// Whether it finds every one of the document's signatures good, with the pinned key only.
fn finds_good(folder: &Path, xml: &str, key: Key) -> bool {
    let (file, pem) = (folder.join("response.xml"), folder.join("pinned.crt"));
    fs::write(&file, xml).expect("written");
    fs::write(&pem, certificate(key).to_pem()).expect("written");
    let signatures = xml.matches("<ds:Signature ").count();
    signatures > 0
        && (1..=signatures).all(|number| {
            let which = format!("(//*[local-name()='Signature'])[{number}]");
            Command::new("xmlsec1")
                .args(["--verify", "--enabled-reference-uris", "same-doc", "--enabled-key-data", "x509"])
                .args(["--id-attr:ID", "urn:oasis:names:tc:SAML:2.0:assertion:Assertion"])
                .args(["--id-attr:ID", "urn:oasis:names:tc:SAML:2.0:protocol:Response"])
                .args(["--node-xpath", &which, "--pubkey-cert-pem"])
                .args([&pem, &file])
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status()
                .expect("xmlsec1 is missing. Run the tests with cargo xtask test, which installs it.")
                .success()
        })
}

fn folder(name: &str) -> std::path::PathBuf {
    let folder = std::env::temp_dir().join(format!("spaceiq-{name}-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder");
    folder
}

#[test]
fn what_is_accepted_here_is_good_there() {
    let folder = folder("accepted");
    let keys = [(Key::Pinned, Sha::Sha256), (Key::Pinned, Sha::Sha384), (Key::Pinned, Sha::Sha512)];
    for (key, sha) in keys.into_iter().chain([(Key::P256, Sha::Sha256), (Key::P384, Sha::Sha384)]) {
        for signs in [Signs::Assertion, Signs::Response, Signs::Both] {
            let xml = Idp { key, signs, sha, ..Idp::default() }.sends();
            assert!(verify_with(&xml, &[certificate(key)], |_| {}).is_ok(), "{signs:?} {sha:?}");
            assert!(finds_good(&folder, &xml, key), "{signs:?} {sha:?}: {xml}");
        }
    }
    fs::remove_dir_all(folder).expect("removed");
}

#[test]
fn what_is_refused_for_its_signature_is_bad_there_and_what_is_refused_later_is_good() {
    let folder = folder("refused");
    let (mut bad, mut good) = (0, 0);
    for case in corpus() {
        if case.refusal == Refusal::BadSignature {
            assert!(!finds_good(&folder, &case.xml, Key::Pinned), "{}", case.name);
            bad += 1;
        } else if case.refusal.check() > Check::Signature {
            assert!(finds_good(&folder, &case.xml, Key::Pinned), "{}", case.name);
            good += 1;
        }
    }
    assert!(bad >= 15 && good >= 30, "{bad} and {good}");
    fs::remove_dir_all(folder).expect("removed");
}
