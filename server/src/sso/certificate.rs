//! The certificates that an identity provider signs with, as admins paste them.
//!
//! Only what is needed is read of a certificate: its key and its times. Trust comes from an admin having pinned it, so
//! neither its issuer nor its own signature means anything here.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};
use time::macros::format_description;
use time::{OffsetDateTime, PrimitiveDateTime};

/// `SEQUENCE { OID rsaEncryption, NULL }`, RFC 3279 §2.3.1.
const RSA: &[u8] = &[0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00];
/// `SEQUENCE { OID id-ecPublicKey, OID curve }`, RFC 5480 §2.1.1, for P-256 and P-384.
const ECDSA: [&[u8]; 2] = [
    &[0x30, 0x13, 0x06, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1, 0x06, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7],
    &[0x30, 0x10, 0x06, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1, 0x06, 5, 0x2b, 0x81, 0x04, 0, 0x22],
];
/// Larger than any certificate that an identity provider makes.
const MAX_SIZE: usize = 16 * 1024;
const MIN_KEY_BITS: usize = 2048;

const SEQUENCE: u8 = 0x30;
const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
const VERSION: u8 = 0xa0;

/// A certificate with a key that we accept signatures of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    der: Vec<u8>,
    public_key: Vec<u8>,
    /// From when it is valid.
    pub not_before: OffsetDateTime,
    /// Until when it is valid.
    pub not_after: OffsetDateTime,
}

/// Why a certificate is of no use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CertificateError {
    /// It is no certificate.
    Unreadable,
    /// There is more than one in the text.
    Several,
    /// It is a private key.
    PrivateKey,
    /// Its key is neither RSA nor of a curve that we know.
    OtherKey,
    /// Its key is RSA and shorter than 2048 bits.
    ShortKey,
}

impl CertificateError {
    /// What to do about it.
    pub fn words(self) -> &'static str {
        match self {
            Self::Unreadable => "Paste the whole certificate, from -----BEGIN CERTIFICATE----- to the end.",
            Self::Several => "Paste one certificate only; the other field is for the second.",
            Self::PrivateKey => "This is a private key. Keep it secret, and paste the certificate instead.",
            Self::OtherKey => "The certificate's key must be RSA, or ECDSA on the curve P-256 or P-384.",
            Self::ShortKey => "The certificate's RSA key must have 2048 bits or more.",
        }
    }
}

impl Certificate {
    /// Reads PEM, or the base64 of it without its first and last line.
    pub fn from_pem(text: &str) -> Result<Self, CertificateError> {
        const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
        const END: &str = "-----END CERTIFICATE-----";
        if text.contains("PRIVATE KEY") {
            return Err(CertificateError::PrivateKey);
        }
        if text.matches(BEGIN).count() > 1 {
            return Err(CertificateError::Several);
        }
        let inner = match text.split_once(BEGIN) {
            Some((_, rest)) => rest.split_once(END).ok_or(CertificateError::Unreadable)?.0,
            None => text,
        };
        let inner: String = inner.chars().filter(|letter| !letter.is_ascii_whitespace()).collect();
        Self::from_der(STANDARD.decode(inner).map_err(|_| CertificateError::Unreadable)?)
    }

    /// Reads DER.
    pub fn from_der(der: Vec<u8>) -> Result<Self, CertificateError> {
        if der.len() > MAX_SIZE {
            return Err(CertificateError::Unreadable);
        }
        let read = read(&der).ok_or(CertificateError::Unreadable)?;
        let elliptic = ECDSA.into_iter().any(|curve| read.public_key.starts_with_algorithm(curve));
        if !elliptic && !read.public_key.starts_with_algorithm(RSA) {
            return Err(CertificateError::OtherKey);
        }
        if !elliptic && read.public_key.modulus_bits().ok_or(CertificateError::Unreadable)? < MIN_KEY_BITS {
            return Err(CertificateError::ShortKey);
        }
        let (public_key, not_before, not_after) = (read.public_key.0.to_vec(), read.not_before, read.not_after);
        Ok(Self { der, public_key, not_before, not_after })
    }

    /// As it is stored.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// As people paste it.
    pub fn to_pem(&self) -> String {
        let text = STANDARD.encode(&self.der);
        let lines: Vec<_> = text.as_bytes().chunks(64).map(String::from_utf8_lossy).collect();
        format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", lines.join("\n"))
    }

    /// SHA-256, as portals show it: pairs of hexadecimal digits.
    pub fn fingerprint(&self) -> String {
        let digest = Sha256::digest(&self.der);
        digest.iter().map(|byte| format!("{byte:02X}")).collect::<Vec<_>>().join(":")
    }

    /// The `SubjectPublicKeyInfo`.
    pub(super) fn public_key(&self) -> &[u8] {
        &self.public_key
    }
}

struct Read<'a> {
    public_key: PublicKey<'a>,
    not_before: OffsetDateTime,
    not_after: OffsetDateTime,
}

/// RFC 5280 §4.1: Certificate, and in it `TBSCertificate` up to the public key.
fn read(der: &[u8]) -> Option<Read<'_>> {
    let mut whole = Der(der);
    let mut certificate = Der(whole.take(SEQUENCE)?);
    let mut signed = Der(certificate.take(SEQUENCE)?);
    if signed.0.first() == Some(&VERSION) {
        signed.take(VERSION)?;
    }
    signed.take(INTEGER)?;
    signed.take(SEQUENCE)?;
    signed.take(SEQUENCE)?;
    let mut validity = Der(signed.take(SEQUENCE)?);
    let (not_before, not_after) = (validity.time()?, validity.time()?);
    signed.take(SEQUENCE)?;
    let before = signed.0;
    signed.take(SEQUENCE)?;
    let public_key = &before[..before.len() - signed.0.len()];
    whole.0.is_empty().then_some(Read { public_key: PublicKey(public_key), not_before, not_after })
}

struct PublicKey<'a>(&'a [u8]);

impl PublicKey<'_> {
    fn starts_with_algorithm(&self, algorithm: &[u8]) -> bool {
        Der(self.0).take(SEQUENCE).is_some_and(|inner| inner.starts_with(algorithm))
    }

    fn modulus_bits(&self) -> Option<usize> {
        let mut info = Der(Der(self.0).take(SEQUENCE)?);
        info.take(SEQUENCE)?;
        let (unused, key) = info.take(BIT_STRING)?.split_first()?;
        let mut key = Der(Der(key).take(SEQUENCE)?);
        let modulus = key.take(INTEGER)?;
        let modulus = modulus.strip_prefix(&[0]).unwrap_or(modulus);
        let leading = usize::try_from(modulus.first()?.leading_zeros()).ok()?;
        (*unused == 0).then(|| modulus.len() * 8 - leading)
    }
}

/// What is left to read of DER.
struct Der<'a>(&'a [u8]);

impl<'a> Der<'a> {
    /// The content of the next value, which must have this tag.
    fn take(&mut self, tag: u8) -> Option<&'a [u8]> {
        let (&found, rest) = self.0.split_first()?;
        let (&first, rest) = rest.split_first()?;
        if found != tag {
            return None;
        }
        let (length, rest) = match first {
            0..=0x7f => (usize::from(first), rest),
            // X.690 §8.1.3.5: the low bits say in how many bytes the length follows.
            0x81 | 0x82 => {
                let (bytes, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
                (bytes.iter().fold(0, |length, byte| length << 8 | usize::from(*byte)), rest)
            }
            _ => return None,
        };
        let (content, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some(content)
    }

    /// RFC 5280 §4.1.2.5: two digits of the year up to 2049, four from then on.
    fn time(&mut self) -> Option<OffsetDateTime> {
        let utc = self.0.first() == Some(&UTC_TIME);
        let text = std::str::from_utf8(self.take(if utc { UTC_TIME } else { GENERALIZED_TIME })?).ok()?;
        let century = match text.get(..2) {
            Some(year) if utc => {
                if year < "50" {
                    "20"
                } else {
                    "19"
                }
            }
            _ => "",
        };
        let format = format_description!("[year][month][day][hour][minute][second]Z");
        PrimitiveDateTime::parse(&format!("{century}{text}"), format).ok().map(PrimitiveDateTime::assume_utc)
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    const PEM: &str = include_str!("verify/tests/idp.crt");

    #[test]
    fn a_certificate_is_read_as_people_paste_it() {
        let certificate = Certificate::from_pem(PEM).expect("a certificate");
        assert_eq!(certificate.not_before, datetime!(2026-11-24 12:34:43 UTC));
        assert_eq!(certificate.not_after, datetime!(2036-11-21 12:34:43 UTC));
        assert_eq!(certificate.to_pem(), PEM);
        let fingerprint =
            "94:DB:AB:6A:00:09:22:C2:C4:96:D6:F9:C3:A7:4F:AD:D2:B8:D9:CB:75:0D:A5:85:9B:B4:F9:73:48:FE:30:A2";
        assert_eq!(certificate.fingerprint(), fingerprint);
        let bare: String = PEM.lines().filter(|line| !line.starts_with('-')).collect();
        for text in [&bare, &PEM.replace('\n', "\r\n"), &format!("Bag attributes\n{PEM}\n\n")] {
            assert_eq!(Certificate::from_pem(text).as_ref(), Ok(&certificate), "{text}");
        }
    }

    #[test]
    fn what_is_no_such_certificate_is_refused_by_name() {
        let bare = PEM.replace("-----END CERTIFICATE-----", "");
        for (text, error) in [
            ("", CertificateError::Unreadable),
            ("hello", CertificateError::Unreadable),
            (&bare, CertificateError::Unreadable),
            (&PEM[..400], CertificateError::Unreadable),
            (&format!("{PEM}{PEM}"), CertificateError::Several),
            ("-----BEGIN PRIVATE KEY-----", CertificateError::PrivateKey),
            (include_str!("verify/tests/other_curve.crt"), CertificateError::OtherKey),
            (include_str!("verify/tests/short.crt"), CertificateError::ShortKey),
        ] {
            assert_eq!(Certificate::from_pem(text), Err(error), "{text}");
        }
        let mut longer = Certificate::from_pem(PEM).expect("a certificate").der().to_vec();
        longer.push(0);
        assert_eq!(Certificate::from_der(longer), Err(CertificateError::Unreadable), "something behind it");
    }
}
