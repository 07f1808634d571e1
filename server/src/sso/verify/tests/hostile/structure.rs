//! Messages that are not one response with one assertion and one signature.

use super::super::idp::{Idp, changed};
use super::{Case, END, EVIL_NAME, NAME, OBJECT, STATUS, meant, signature_of, tampered, wrapped};
use crate::sso::Refusal;

pub(super) fn messages() -> Vec<Case> {
    let good = Idp::default().sends();
    let entity = |declaration: &str| format!("<!DOCTYPE r [{declaration}]>{}", changed(&good, "ada@acme.test", "&e;"));
    let attributes: String = (0..200).fold(String::new(), |text, number| text + &format!(" a{number}=\"\""));
    let deep = format!("{}{}", "<x>".repeat(200), "</x>".repeat(200));
    vec![
        Case { name: "cut off", xml: good[..good.len() / 2].to_owned(), refusal: Refusal::NotXml },
        Case { name: "something behind the root", xml: format!("{good}<x/>"), refusal: Refusal::NotXml },
        tampered("a null character", "ada@", "&#0;ada@", Refusal::NotXml),
        tampered("an unknown entity", "ada@", "&nobody;ada@", Refusal::NotXml),
        tampered("an unbound prefix", NAME, "<x:NameID>ada@acme.test</x:NameID>", Refusal::NotXml),
        tampered("nested too deeply", STATUS, &format!("{deep}{STATUS}"), Refusal::NotXml),
        tampered("too many attributes", STATUS, &format!("<x{attributes}/>{STATUS}"), Refusal::TooManyAttributes),
        Case { name: "a document type", xml: format!("<!DOCTYPE r>{good}"), refusal: Refusal::Doctype },
        Case { name: "an entity", xml: entity("<!ENTITY e 'bob'>"), refusal: Refusal::Doctype },
        Case { name: "a file", xml: entity("<!ENTITY e SYSTEM 'file:///etc/passwd'>"), refusal: Refusal::Doctype },
        Case {
            name: "a billion laughs",
            xml: entity("<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;'><!ENTITY e '&b;&b;&b;&b;'>"),
            refusal: Refusal::Doctype,
        },
    ]
}

pub(super) fn structures() -> Vec<Case> {
    let good = Idp::default().sends();
    let signed = Idp::default().signed_assertion();
    let two_status = format!("<samlp:Status></samlp:Status>{STATUS}");
    vec![
        Case { name: "an assertion alone", xml: signed.clone(), refusal: Refusal::NotAResponse },
        wrapped("a logout", "samlp:Response", "samlp:LogoutResponse", Refusal::NotAResponse),
        wrapped("a response of SAML 1", "SAML:2.0:protocol", "SAML:1.0:protocol", Refusal::NotAResponse),
        meant("a comment in the name", "ada@acme.test", "ada@acme.test<!---->.evil.test", Refusal::Comment),
        tampered("a comment in the name, put in later", "ada@", "ada@<!-- -->", Refusal::Comment),
        Case { name: "a comment at the end", xml: format!("{good}<!-- -->"), refusal: Refusal::Comment },
        tampered("an instruction in the name", "ada@", "ada@<?x y?>", Refusal::Comment),
        wrapped(
            "encrypted",
            "{assertion}",
            "<saml:EncryptedAssertion xmlns:saml='urn:oasis:names:tc:SAML:2.0:assertion'/>",
            Refusal::Encrypted,
        ),
        meant("an encrypted name", NAME, "<saml:EncryptedID></saml:EncryptedID>", Refusal::Encrypted),
        wrapped("a failed sign-on", "status:Success", "status:Requester", Refusal::Status),
        wrapped("no status", STATUS, "<samlp:State>", Refusal::NotXml),
        wrapped("two states", STATUS, &two_status, Refusal::Status),
        wrapped("no assertion", "{assertion}", "", Refusal::NoAssertion),
        wrapped(
            "an assertion in extensions",
            "{assertion}",
            "<samlp:Extensions>{assertion}</samlp:Extensions>",
            Refusal::MisplacedAssertion,
        ),
        wrapped(
            "an assertion of SAML 1 beside",
            "{assertion}",
            "{assertion}<Assertion xmlns='urn:oasis:names:tc:SAML:1.0:assertion'/>",
            Refusal::SeveralAssertions,
        ),
        tampered("not signed", &signature_of(&signed), "", Refusal::Unsigned),
        tampered("a signature in the subject", &signature_of(&signed), "<x/>", Refusal::Unsigned),
        tampered("a second signature", END, &format!("{}{END}", signature_of(&signed)), Refusal::WrongReference),
        tampered(
            "a second signature beside",
            "<saml:Subject>",
            &format!("{}<saml:Subject>", signature_of(&signed)),
            Refusal::SeveralSignatures,
        ),
        Case {
            name: "a signature further down",
            xml: changed(&good.replace(&signature_of(&signed), ""), NAME, &format!("{NAME}{}", signature_of(&signed))),
            refusal: Refusal::MisplacedSignature,
        },
        tampered(
            "a name in the signature",
            "</ds:Signature>",
            &format!("{OBJECT}{EVIL_NAME}</ds:Object></ds:Signature>"),
            Refusal::SignatureObject,
        ),
        tampered(
            "a manifest",
            "</ds:Signature>",
            "<ds:Manifest></ds:Manifest></ds:Signature>",
            Refusal::SignatureObject,
        ),
        tampered(
            "a second SignedInfo",
            "<ds:SignatureValue>",
            "<ds:SignedInfo></ds:SignedInfo><ds:SignatureValue>",
            Refusal::SeveralReferences,
        ),
        tampered("a duplicate ID", NAME, r#"<saml:NameID ID="_a">ada@acme.test</saml:NameID>"#, Refusal::DuplicateId),
        tampered("a duplicate Id", NAME, r#"<saml:NameID Id="_a">ada@acme.test</saml:NameID>"#, Refusal::DuplicateId),
        tampered(
            "a duplicate xml:id",
            NAME,
            r#"<saml:NameID xml:id="_a">ada@acme.test</saml:NameID>"#,
            Refusal::DuplicateId,
        ),
        meant("an assertion of version 1.1", r#"Version="2.0""#, r#"Version="1.1""#, Refusal::Version),
        wrapped("a response without version", r#" Version="2.0""#, "", Refusal::Version),
        wrapped("a response without ID", r#" ID="_r""#, "", Refusal::NoId),
        meant("an ID that is none", r#"ID="_a""#, r#"ID="a b""#, Refusal::NoId),
    ]
}
