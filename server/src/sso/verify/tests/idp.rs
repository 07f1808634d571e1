//! An identity provider for tests. It writes its messages in canonical form, so that what it signs is what it sends.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use sha2::{Digest, Sha256};
use time::OffsetDateTime;
use time::macros::datetime;

use crate::sso::Refusal;
use crate::sso::certificate::Certificate;
use crate::sso::verify::{Assertion, Expected, Verified, verify_xml};

pub(super) const NOW: OffsetDateTime = datetime!(2026-11-24 12:00 UTC);
pub(super) const ISSUER: &str = "https://idp.test/";
pub(super) const CALLBACK: &str = "https://console.test/saml/one/callback";
pub(super) const AUDIENCE: &str = "https://console.test/saml/one";
pub(super) const REQUEST: &str = "id-request";

/// The assertion, before it is signed. The signature goes where the mark is.
const ASSERTION: &str = concat!(
    r#"<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_a" IssueInstant="2026-11-24T12:00:00Z" Version="2.0">"#,
    "<saml:Issuer>https://idp.test/</saml:Issuer>{signature}<saml:Subject>",
    "<saml:NameID>ada@acme.test</saml:NameID>",
    r#"<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">"#,
    r#"<saml:SubjectConfirmationData InResponseTo="id-request" NotOnOrAfter="2026-11-24T12:05:00Z" Recipient="https://console.test/saml/one/callback"></saml:SubjectConfirmationData>"#,
    "</saml:SubjectConfirmation></saml:Subject>",
    r#"<saml:Conditions NotBefore="2026-11-24T11:55:00Z" NotOnOrAfter="2026-11-24T13:00:00Z">"#,
    "<saml:AudienceRestriction><saml:Audience>https://console.test/saml/one</saml:Audience></saml:AudienceRestriction></saml:Conditions>",
    r#"<saml:AuthnStatement AuthnInstant="2026-11-24T11:59:00Z" SessionNotOnOrAfter="2026-11-24T20:00:00Z"><saml:AuthnContext>"#,
    "<saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Password</saml:AuthnContextClassRef>",
    "</saml:AuthnContext></saml:AuthnStatement>",
    r#"<saml:AttributeStatement><saml:Attribute Name="mail"><saml:AttributeValue>ada@mail.test</saml:AttributeValue></saml:Attribute></saml:AttributeStatement>"#,
    "</saml:Assertion>"
);
const RESPONSE: &str = concat!(
    r#"<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" Destination="https://console.test/saml/one/callback" ID="_r" InResponseTo="id-request" IssueInstant="2026-11-24T12:00:00Z" Version="2.0">"#,
    r#"<saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">https://idp.test/</saml:Issuer>{signature}"#,
    r#"<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"></samlp:StatusCode></samlp:Status>"#,
    "{assertion}</samlp:Response>"
);
const SIGNED_INFO: &str = concat!(
    r##"<ds:SignedInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#">"##,
    r#"<ds:CanonicalizationMethod Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"></ds:CanonicalizationMethod>"#,
    r#"<ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"></ds:SignatureMethod>"#,
    r##"<ds:Reference URI="#{id}"><ds:Transforms>"##,
    r##"<ds:Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"></ds:Transform>"##,
    r#"<ds:Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"></ds:Transform></ds:Transforms>"#,
    r#"<ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"></ds:DigestMethod>"#,
    "<ds:DigestValue>{digest}</ds:DigestValue></ds:Reference></ds:SignedInfo>"
);

/// Which key signs.
#[derive(Clone, Copy)]
pub(super) enum Key {
    Pinned,
    Other,
}

pub(super) fn certificate(key: Key) -> Certificate {
    let pem = match key {
        Key::Pinned => include_str!("idp.crt"),
        Key::Other => include_str!("other.crt"),
    };
    Certificate::from_pem(pem).expect("a certificate")
}

/// What is in a message, and how it is signed. Changes here are made before signing: the identity provider means them.
pub(super) struct Idp {
    pub(super) assertion: String,
    pub(super) response: String,
    pub(super) signed_info: String,
    pub(super) key: Key,
    /// Whether the Response is signed instead of the Assertion.
    pub(super) signs_response: bool,
    /// What the Signature holds besides, such as KeyInfo.
    pub(super) more: String,
}

impl Default for Idp {
    fn default() -> Self {
        Self {
            assertion: ASSERTION.to_owned(),
            response: RESPONSE.to_owned(),
            signed_info: SIGNED_INFO.to_owned(),
            key: Key::Pinned,
            signs_response: false,
            more: String::new(),
        }
    }
}

impl Idp {
    /// The response with its signature.
    pub(super) fn sends(&self) -> String {
        if self.signs_response {
            let whole = self.response.replace("{assertion}", &self.assertion.replace("{signature}", ""));
            whole.replace("{signature}", &self.signature(&whole.replace("{signature}", ""), "_r"))
        } else {
            self.response.replace("{signature}", "").replace("{assertion}", &self.signed_assertion())
        }
    }

    /// The assertion with its signature.
    pub(super) fn signed_assertion(&self) -> String {
        let signature = self.signature(&self.assertion.replace("{signature}", ""), "_a");
        self.assertion.replace("{signature}", &signature)
    }

    fn signature(&self, canonical: &str, id: &str) -> String {
        let digest = STANDARD.encode(Sha256::digest(canonical));
        let signed_info = self.signed_info.replace("{id}", id).replace("{digest}", &digest);
        let key: &[u8] = match self.key {
            Key::Pinned => include_bytes!("idp.pk8"),
            Key::Other => include_bytes!("other.pk8"),
        };
        let key = RsaKeyPair::from_pkcs8(key).expect("a key");
        let mut value = vec![0; key.public().modulus_len()];
        key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), signed_info.as_bytes(), &mut value).expect("signed");
        format!(
            r#"<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#">{signed_info}<ds:SignatureValue>{}</ds:SignatureValue>{}</ds:Signature>"#,
            STANDARD.encode(value),
            self.more
        )
    }
}

/// The same text with one thing changed, which must be there.
#[track_caller]
pub(super) fn changed(text: &str, from: &str, to: &str) -> String {
    assert!(text.contains(from), "nothing to change: {from}");
    text.replace(from, to)
}

/// A service that made the request [`REQUEST`] and pinned one certificate.
pub(super) fn verify_as(xml: &str, change: impl FnOnce(&mut Expected<'_>)) -> Result<Verified<Assertion>, Refusal> {
    verify_with(xml, &[certificate(Key::Pinned)], change)
}

/// The same with other certificates.
pub(super) fn verify_with(
    xml: &str,
    certificates: &[Certificate],
    change: impl FnOnce(&mut Expected<'_>),
) -> Result<Verified<Assertion>, Refusal> {
    let requests = [REQUEST.to_owned()];
    let mut expected = Expected {
        issuer: ISSUER,
        certificates,
        callback_url: CALLBACK,
        audience: AUDIENCE,
        attribute: None,
        requests: &requests,
        allow_unsolicited: true,
        now: NOW,
    };
    change(&mut expected);
    verify_xml(xml.to_owned(), &expected)
}
