//! What an identity provider's metadata says (saml-metadata §2). Nothing follows from it until an admin confirms it, with
//! the certificates' fingerprints before their eyes: its own signature would only say that the file is whole.

use time::OffsetDateTime;

use super::Refusal;
use super::certificate::{Certificate, CertificateError};
use super::verify;
use super::xml::{Element, SIGNATURE, attribute, children, is, only_text};

/// The most bytes that are read of it.
pub const MAX_SIZE: usize = verify::MAX_SIZE;
const METADATA: &str = "urn:oasis:names:tc:SAML:2.0:metadata";
const PROTOCOL: &str = "urn:oasis:names:tc:SAML:2.0:protocol";
const REDIRECT: &str = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect";

/// What is taken from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Metadata {
    /// The identity provider's identifier.
    pub issuer: String,
    /// Where our requests go.
    pub redirect_url: Option<String>,
    /// What it signs with, in its order, each once.
    pub certificates: Vec<Certificate>,
}

impl Metadata {
    /// Those of its certificates that have not expired, the one that began last behind the others.
    pub fn usable(&self, now: OffsetDateTime) -> Vec<Certificate> {
        let mut usable: Vec<_> =
            self.certificates.iter().filter(|certificate| certificate.not_after > now).cloned().collect();
        usable.sort_by_key(|certificate| certificate.not_before);
        usable
    }
}

/// Why nothing can be taken from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MetadataError {
    /// It has nothing in it.
    Empty,
    /// It is larger than any.
    TooLarge,
    /// It has a document type declaration.
    Doctype,
    /// It is no XML that can be read.
    NotXml,
    /// It is not the metadata of one entity.
    NotAnEntity,
    /// It is a service provider's, such as our own.
    NoIdentityProvider,
    /// It describes the identity provider more than once.
    SeveralRoles,
    /// It names no certificate to sign with.
    NoCertificate,
    /// One of its certificates is of no use.
    Certificate(CertificateError),
}

impl MetadataError {
    /// What to do about it.
    pub fn words(self) -> &'static str {
        match self {
            Self::Empty => "Paste the metadata, or enter the address where it is.",
            Self::TooLarge => "The metadata is larger than 128 kB. Fill in the fields by hand instead.",
            Self::Doctype => {
                "The metadata has a document type declaration, which is not read. Fill in the fields by hand instead."
            }
            Self::NotXml => "This is no metadata: paste the whole XML file, from its first < to its last >.",
            Self::NotAnEntity => {
                "This is not the metadata of one identity provider (EntityDescriptor with an entityID)."
            }
            Self::NoIdentityProvider => {
                "This is the metadata of a service provider. Take that of the identity provider (IDPSSODescriptor)."
            }
            Self::SeveralRoles => {
                "The metadata describes the identity provider more than once (IDPSSODescriptor). Fill in the fields by hand instead."
            }
            Self::NoCertificate => "The metadata has no certificate to sign with.",
            Self::Certificate(error) => match error {
                CertificateError::OtherKey => {
                    "A certificate in the metadata has a key that is not accepted here: RSA, or ECDSA on P-256 or P-384, is."
                }
                CertificateError::ShortKey => "A certificate in the metadata has an RSA key with fewer than 2048 bits.",
                _ => "A certificate in the metadata cannot be read.",
            },
        }
    }
}

/// Reads metadata of one identity provider.
pub fn read(text: &str) -> Result<Metadata, MetadataError> {
    // Windows tools write a byte order mark.
    let text = text.trim_start_matches('\u{feff}').trim();
    if text.is_empty() {
        return Err(MetadataError::Empty);
    }
    let document = verify::parse(text.to_owned()).map_err(|refusal| match refusal {
        Refusal::TooLarge => MetadataError::TooLarge,
        Refusal::Doctype => MetadataError::Doctype,
        _ => MetadataError::NotXml,
    })?;
    document.with_view(|view| entity(view.document().root_element()))
}

fn entity(root: Element<'_>) -> Result<Metadata, MetadataError> {
    let entity = if is(root, METADATA, "EntitiesDescriptor") { sole(root, "EntityDescriptor") } else { Some(root) };
    let entity = entity.filter(|entity| is(*entity, METADATA, "EntityDescriptor")).ok_or(MetadataError::NotAnEntity)?;
    let issuer = attribute(entity, "entityID").map(str::trim).filter(|id| !id.is_empty());
    let issuer = issuer.ok_or(MetadataError::NotAnEntity)?.to_owned();
    // saml-metadata §2.4: a role says which protocols it speaks.
    let speaks = |role: &Element<'_>| {
        attribute(*role, "protocolSupportEnumeration")
            .is_some_and(|all| all.split_whitespace().any(|one| one == PROTOCOL))
    };
    let mut roles = children(entity, METADATA, "IDPSSODescriptor").filter(speaks);
    let role = roles.next().ok_or(MetadataError::NoIdentityProvider)?;
    // saml-metadata §2.3.2 allows more than one; whose certificates are meant is then for nobody to guess.
    if roles.next().is_some() {
        return Err(MetadataError::SeveralRoles);
    }
    let mut services = children(role, METADATA, "SingleSignOnService");
    let redirect = services.find(|service| attribute(*service, "Binding") == Some(REDIRECT));
    let redirect_url = redirect.and_then(|service| attribute(service, "Location")).map(str::to_owned);
    Ok(Metadata { issuer, redirect_url, certificates: certificates(role)? })
}

fn sole<'a>(parent: Element<'a>, name: &'a str) -> Option<Element<'a>> {
    super::xml::only_child(parent, METADATA, name)
}

/// saml-metadata §2.4.1.1: a key without a use is for signing too.
fn certificates(role: Element<'_>) -> Result<Vec<Certificate>, MetadataError> {
    let keys = children(role, METADATA, "KeyDescriptor");
    let signing = keys.filter(|key| matches!(attribute(*key, "use"), None | Some("signing")));
    let texts = signing
        .flat_map(|key| children(key, SIGNATURE, "KeyInfo"))
        .flat_map(|info| children(info, SIGNATURE, "X509Data"))
        .flat_map(|data| children(data, SIGNATURE, "X509Certificate"));
    let mut found: Vec<Certificate> = Vec::new();
    for text in texts {
        let pem = only_text(text).ok_or(MetadataError::Certificate(CertificateError::Unreadable))?;
        let certificate = Certificate::from_pem(&pem).map_err(MetadataError::Certificate)?;
        if !found.contains(&certificate) {
            found.push(certificate);
        }
    }
    if found.is_empty() { Err(MetadataError::NoCertificate) } else { Ok(found) }
}

#[cfg(test)]
mod tests;
