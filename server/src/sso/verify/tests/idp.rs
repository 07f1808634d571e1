//! An identity provider for tests. It writes its messages in canonical form, so that what it signs is what it sends.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, EcdsaSigningAlgorithm,
    RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512, RsaEncoding, RsaKeyPair,
};
use sha2::{Digest, Sha256, Sha384, Sha512};
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
    r#"<ds:SignatureMethod Algorithm="{method}"></ds:SignatureMethod>"#,
    r##"<ds:Reference URI="#{id}"><ds:Transforms>"##,
    r##"<ds:Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"></ds:Transform>"##,
    r#"<ds:Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"></ds:Transform></ds:Transforms>"#,
    r#"<ds:DigestMethod Algorithm="{digest method}"></ds:DigestMethod>"#,
    "<ds:DigestValue>{digest}</ds:DigestValue></ds:Reference></ds:SignedInfo>"
);

/// Which key signs.
#[derive(Clone, Copy)]
pub(super) enum Key {
    Pinned,
    Other,
    P256,
    P384,
}

/// What is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Signs {
    Assertion,
    Response,
    /// The assertion, and then the response with it.
    Both,
}

/// The length of the hashes, those of the signature and of the digest.
#[derive(Clone, Copy, Debug)]
pub(super) enum Sha {
    Sha256,
    Sha384,
    Sha512,
}

impl Sha {
    fn digest(self, text: &str) -> String {
        match self {
            Self::Sha256 => STANDARD.encode(Sha256::digest(text)),
            Self::Sha384 => STANDARD.encode(Sha384::digest(text)),
            Self::Sha512 => STANDARD.encode(Sha512::digest(text)),
        }
    }

    fn digest_method(self) -> &'static str {
        match self {
            Self::Sha256 => "http://www.w3.org/2001/04/xmlenc#sha256",
            Self::Sha384 => "http://www.w3.org/2001/04/xmldsig-more#sha384",
            Self::Sha512 => "http://www.w3.org/2001/04/xmlenc#sha512",
        }
    }

    fn rsa(self) -> (&'static str, &'static dyn RsaEncoding) {
        match self {
            Self::Sha256 => ("rsa-sha256", &RSA_PKCS1_SHA256),
            Self::Sha384 => ("rsa-sha384", &RSA_PKCS1_SHA384),
            Self::Sha512 => ("rsa-sha512", &RSA_PKCS1_SHA512),
        }
    }
}

pub(super) fn certificate(key: Key) -> Certificate {
    let pem = match key {
        Key::Pinned => include_str!("idp.crt"),
        Key::Other => include_str!("other.crt"),
        Key::P256 => include_str!("p256.crt"),
        Key::P384 => include_str!("p384.crt"),
    };
    Certificate::from_pem(pem).expect("a certificate")
}

/// What is in a message, and how it is signed. Changes here are made before signing: the identity provider means them.
pub(super) struct Idp {
    pub(super) assertion: String,
    pub(super) response: String,
    pub(super) signed_info: String,
    pub(super) key: Key,
    pub(super) signs: Signs,
    pub(super) sha: Sha,
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
            signs: Signs::Assertion,
            sha: Sha::Sha256,
            more: String::new(),
        }
    }
}

impl Idp {
    /// The response with its signature.
    pub(super) fn sends(&self) -> String {
        let assertion = match self.signs {
            Signs::Response => self.assertion.replace("{signature}", ""),
            Signs::Assertion | Signs::Both => self.signed_assertion(),
        };
        let signature = match self.signs {
            Signs::Assertion => String::new(),
            Signs::Response | Signs::Both => {
                let bare = self.response.replace("{signature}", "");
                self.signature(&bare.replace("{assertion}", &assertion), "_r")
            }
        };
        self.response.replace("{signature}", &signature).replace("{assertion}", &assertion)
    }

    /// The assertion with its signature.
    pub(super) fn signed_assertion(&self) -> String {
        let signature = self.signature(&self.assertion.replace("{signature}", ""), "_a");
        self.assertion.replace("{signature}", &signature)
    }

    fn signature(&self, canonical: &str, id: &str) -> String {
        let rsa = |key: &[u8]| {
            let key = RsaKeyPair::from_pkcs8(key).expect("a key");
            let (name, padding) = self.sha.rsa();
            let signed_info = self.info(canonical, id, name);
            let mut value = vec![0; key.public().modulus_len()];
            key.sign(padding, &SystemRandom::new(), signed_info.as_bytes(), &mut value).expect("signed");
            (signed_info, value)
        };
        let ecdsa = |key: &[u8], name, algorithm: &'static EcdsaSigningAlgorithm| {
            let random = SystemRandom::new();
            let key = EcdsaKeyPair::from_pkcs8(algorithm, key, &random).expect("a key");
            let signed_info = self.info(canonical, id, name);
            let value = key.sign(&random, signed_info.as_bytes()).expect("signed");
            (signed_info, value.as_ref().to_vec())
        };
        let (signed_info, value) = match self.key {
            Key::Pinned => rsa(include_bytes!("idp.pk8")),
            Key::Other => rsa(include_bytes!("other.pk8")),
            Key::P256 => ecdsa(include_bytes!("p256.pk8"), "ecdsa-sha256", &ECDSA_P256_SHA256_FIXED_SIGNING),
            Key::P384 => ecdsa(include_bytes!("p384.pk8"), "ecdsa-sha384", &ECDSA_P384_SHA384_FIXED_SIGNING),
        };
        // Within the Signature, canonical form does not repeat the namespace.
        let signed_info = signed_info.replacen(r#" xmlns:ds="http://www.w3.org/2000/09/xmldsig#""#, "", 1);
        format!(
            r#"<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#">{signed_info}<ds:SignatureValue>{}</ds:SignatureValue>{}</ds:Signature>"#,
            STANDARD.encode(value),
            self.more
        )
    }

    fn info(&self, canonical: &str, id: &str, method: &str) -> String {
        let filled = self.signed_info.replace("{id}", id).replace("{digest}", &self.sha.digest(canonical));
        filled
            .replace("{method}", &format!("http://www.w3.org/2001/04/xmldsig-more#{method}"))
            .replace("{digest method}", self.sha.digest_method())
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
    verify_xml(xml.to_owned(), &expected).outcome
}
