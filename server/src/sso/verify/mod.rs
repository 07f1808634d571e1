//! From the bytes of a SAML response to a verified assertion: the one place where that happens.
//!
//! One parser and one tree. Structure is checked first, then the signature, then everything else; data is read only from
//! the element that the signature covers.

mod details;
mod profile;
mod signature;
mod structure;
#[cfg(test)]
mod tests;

use std::ops::Deref;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use time::OffsetDateTime;
use xml_sec::XmlDocument;

use super::Refusal;
use super::certificate::Certificate;
pub use details::Details;
pub(super) use profile::SKEW;
use signature::Signatures;

/// The largest message, in bytes of XML. Real ones have 5 to 20 kB.
pub const MAX_SIZE: usize = 128 * 1024;
/// Comparing attributes with each other is quadratic in the parser: so many on one element are refused before it.
const MAX_ATTRIBUTES: usize = 64;

/// What a verification makes. There is no other way to one, and without one nobody is signed in.
#[derive(Debug)]
pub struct Verified<T>(T);

impl<T> Deref for Verified<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

/// What is taken from an assertion.
#[derive(Debug, PartialEq, Eq)]
pub struct Assertion {
    /// Its ID, which may be used once.
    pub id: String,
    /// Who it is about: the NameID, or the value of the chosen attribute.
    pub person: String,
    /// The request that it answers.
    pub in_response_to: Option<String>,
    /// When the person signed in at the identity provider, at the latest.
    pub authenticated_at: Option<OffsetDateTime>,
    /// When the session there ends.
    pub session_until: Option<OffsetDateTime>,
    /// From then on it would be refused as too old, and need not be remembered.
    pub remembered_until: OffsetDateTime,
}

/// What a response must say.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    /// The SAML Issuer URL.
    pub issuer: &'a str,
    /// The pinned certificates.
    pub certificates: &'a [Certificate],
    /// The SAML CallBack Endpoint URL.
    pub callback_url: &'a str,
    /// The SAML Audience URI.
    pub audience: &'a str,
    /// The attribute that names the employee; the NameID without it.
    pub attribute: Option<&'a str>,
    /// The open requests of this browser.
    pub requests: &'a [String],
    /// Whether a response may answer no request.
    pub allow_unsolicited: bool,
    /// The time.
    pub now: OffsetDateTime,
}

/// A response that was looked at.
#[derive(Debug)]
pub struct Examined {
    /// The message as it came, if it could be decoded. Nothing in it may be believed.
    pub message: Option<String>,
    /// What the assertion says, once its signature was verified.
    pub details: Option<Details>,
    /// The assertion, or why it signs nobody in.
    pub outcome: Result<Verified<Assertion>, Refusal>,
}

/// Verifies the value of the form field `SAMLResponse`.
pub fn verify(message: &str, expected: &Expected<'_>) -> Examined {
    match decode(message) {
        Ok(xml) => verify_xml(xml, expected),
        Err(refusal) => Examined { message: None, details: None, outcome: Err(refusal) },
    }
}

fn verify_xml(xml: String, expected: &Expected<'_>) -> Examined {
    let message = Some(xml.clone());
    let mut details = None;
    let outcome = parsed(xml).and_then(|(signatures, document)| {
        signatures.verify(&document, expected.certificates)?;
        document.with_view(|view| {
            let parts = structure::parts(view.document())?;
            details = Some(details::read(&parts));
            profile::read(&parts, expected).map(Verified)
        })
    });
    Examined { message, details, outcome }
}

/// saml-bindings §3.5.4: base64, in which line breaks may stand.
fn decode(message: &str) -> Result<String, Refusal> {
    if message.is_empty() {
        return Err(Refusal::Missing);
    }
    let message: String = message.chars().filter(|letter| !letter.is_ascii_whitespace()).collect();
    if message.len() / 4 * 3 > MAX_SIZE {
        return Err(Refusal::TooLarge);
    }
    let bytes = STANDARD.decode(message).map_err(|_| Refusal::NotBase64)?;
    String::from_utf8(bytes).map_err(|_| Refusal::NotXml)
}

/// The one parser, for metadata too: it refuses document types, and what is large, deep or has many attributes.
pub(super) fn parse(xml: String) -> Result<XmlDocument, Refusal> {
    parsed(xml).map(|(_, document)| document)
}

fn parsed(xml: String) -> Result<(Signatures, XmlDocument), Refusal> {
    if xml.len() > MAX_SIZE {
        return Err(Refusal::TooLarge);
    }
    if xml.split('<').any(|piece| piece.matches('=').count() > MAX_ATTRIBUTES) {
        return Err(Refusal::TooManyAttributes);
    }
    let signatures = Signatures::new().map_err(|_| Refusal::BadSignature)?;
    let document = signatures.parse(xml)?;
    Ok((signatures, document))
}
