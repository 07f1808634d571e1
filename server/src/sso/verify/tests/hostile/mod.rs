//! Responses as attackers and broken identity providers send them.
//!
//! `meant` changes the message before it is signed, with the right key: what a stolen key or another service's response
//! could say. `tampered` changes it afterwards, as whoever carries the message can.

mod profile;
mod signature;
mod structure;
mod wrapping;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::idp::{Idp, changed, verify_as};
use crate::sso::Refusal;
use crate::sso::verify::{MAX_SIZE, verify};

const NAME: &str = "<saml:NameID>ada@acme.test</saml:NameID>";
const EVIL_NAME: &str = "<saml:NameID>bob@acme.test</saml:NameID>";
const END: &str = "</samlp:Response>";
const STATUS: &str = "<samlp:Status>";
const OBJECT: &str = r#"<ds:Object xmlns:ds="http://www.w3.org/2000/09/xmldsig#">"#;

/// A response, and why it is refused.
pub(super) struct Case {
    pub(super) name: &'static str,
    pub(super) xml: String,
    pub(super) refusal: Refusal,
}

/// Changes the assertion before it is signed.
fn meant(name: &'static str, from: &str, to: &str, refusal: Refusal) -> Case {
    let mut idp = Idp::default();
    idp.assertion = changed(&idp.assertion, from, to);
    Case { name, xml: idp.sends(), refusal }
}

/// Changes the response around the assertion, of which nothing is signed.
fn wrapped(name: &'static str, from: &str, to: &str, refusal: Refusal) -> Case {
    let mut idp = Idp::default();
    idp.response = changed(&idp.response, from, to);
    Case { name, xml: idp.sends(), refusal }
}

/// Changes what the signature says of itself, and signs that.
fn signed_as(name: &'static str, from: &str, to: &str, refusal: Refusal) -> Case {
    let mut idp = Idp::default();
    idp.signed_info = changed(&idp.signed_info, from, to);
    Case { name, xml: idp.sends(), refusal }
}

/// Changes the finished message.
fn tampered(name: &'static str, from: &str, to: &str, refusal: Refusal) -> Case {
    Case { name, xml: changed(&Idp::default().sends(), from, to), refusal }
}

/// An assertion about someone else, which nobody signed.
fn evil(id: &str) -> String {
    let assertion = Idp::default().assertion.replace("{signature}", "").replace(NAME, EVIL_NAME);
    changed(&assertion, r#"ID="_a""#, &format!(r#"ID="{id}""#))
}

fn signature_of(assertion: &str) -> String {
    let start = assertion.find("<ds:Signature ").expect("signed");
    let end = assertion.find("</ds:Signature>").expect("signed") + "</ds:Signature>".len();
    assertion[start..end].to_owned()
}

/// All of them.
pub(super) fn corpus() -> Vec<Case> {
    let all = [
        structure::messages(),
        structure::structures(),
        wrapping::wrapping(),
        signature::signatures(),
        signature::signed_twice(),
        profile::addressed(),
        profile::timed(),
        profile::requested(),
    ];
    all.into_iter().flatten().collect()
}

#[test]
fn each_is_refused_for_the_reason_that_its_name_says() {
    let all = corpus();
    let mut wrong = Vec::new();
    for case in &all {
        let refused = verify_as(&case.xml, |_| {}).err();
        if refused != Some(case.refusal) {
            wrong.push(format!("{}: {refused:?} instead of {:?}", case.name, case.refusal));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), all.len(), wrong.join("\n"));
    assert!(all.len() >= 125, "{}", all.len());
}

#[test]
fn messages_that_are_no_xml_are_refused() {
    let reason = |message: &str| {
        let mut reason = None;
        let _ = verify_as("", |expected| reason = verify(message, expected).outcome.err());
        reason
    };
    assert_eq!(reason(""), Some(Refusal::Missing));
    assert_eq!(reason("<samlp:Response/>"), Some(Refusal::NotBase64));
    assert_eq!(reason(&STANDARD.encode("x".repeat(MAX_SIZE + 3))), Some(Refusal::TooLarge));
    let utf16: Vec<u8> = Idp::default().sends().encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(reason(&STANDARD.encode(&utf16)), Some(Refusal::NotXml));
    let broken: String = STANDARD.encode(Idp::default().sends()).chars().flat_map(|letter| [letter, '\n']).collect();
    assert_eq!(reason(&broken), None, "line breaks may stand in base64");
}

#[test]
fn an_attribute_must_be_there_once_with_one_value() {
    let mail =
        r#"<saml:Attribute Name="mail"><saml:AttributeValue>ada@mail.test</saml:AttributeValue></saml:Attribute>"#;
    for (what, from, to) in [
        ("another", r#"Name="mail""#, r#"Name="Mail""#.to_owned()),
        ("twice", mail, format!("{mail}{mail}")),
        (
            "two values",
            "</saml:AttributeValue>",
            "</saml:AttributeValue><saml:AttributeValue>x</saml:AttributeValue>".to_owned(),
        ),
        ("no value", "<saml:AttributeValue>ada@mail.test</saml:AttributeValue>", String::new()),
        ("an empty value", "ada@mail.test", String::new()),
    ] {
        let case = meant("", from, &to, Refusal::NoAttribute);
        let refused = verify_as(&case.xml, |expected| expected.attribute = Some("mail")).err();
        assert_eq!(refused, Some(Refusal::NoAttribute), "{what}");
    }
}
