//! An app that shows codes, by its own arithmetic and not the server's.

use ring::hmac;
use time::OffsetDateTime;

/// Seconds for which a code stands.
pub(crate) const STEP: i64 = 30;

/// A phone with the app.
#[derive(Clone)]
pub(crate) struct Authenticator(Vec<u8>);

impl Authenticator {
    /// Scans or types the setup key that a page shows.
    #[track_caller]
    pub(crate) fn scan(page: &str) -> Self {
        Self(decoded(&super::browser::value_by_id(page, "secret")))
    }

    /// Of an account that has none.
    pub(crate) fn empty() -> Self {
        Self(Vec::new())
    }

    /// What it shows at a moment.
    pub(crate) fn code(&self, at: OffsetDateTime) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &self.0);
        let counter = u64::try_from(at.unix_timestamp() / STEP).expect("after 1970").to_be_bytes();
        let tag = hmac::sign(&key, &counter);
        let tag = tag.as_ref();
        let offset = usize::from(tag[19] & 15);
        let word = u32::from_be_bytes(tag[offset..offset + 4].try_into().expect("four bytes")) & 0x7fff_ffff;
        format!("{:06}", word % 1_000_000)
    }
}

/// Base32 (RFC 4648), with spaces between.
fn decoded(text: &str) -> Vec<u8> {
    let (mut bytes, mut bits, mut held) = (Vec::new(), 0_u32, 0);
    for letter in text.bytes().filter(|letter| *letter != b' ') {
        let value = if letter.is_ascii_uppercase() { letter - b'A' } else { letter - b'2' + 26 };
        (bits, held) = ((bits << 5) | u32::from(value), held + 5);
        if held >= 8 {
            held -= 8;
            bytes.push(u8::try_from((bits >> held) & 255).expect("a byte"));
        }
    }
    bytes
}
