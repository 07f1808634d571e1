//! Codes from an app: TOTP (RFC 6238) as every app knows it, with SHA-1, six digits and steps of 30 seconds.

use ring::hmac;
use store::Random;
use time::OffsetDateTime;

/// RFC 4226 §4, R6, recommends 160 bits.
const SECRET_LENGTH: usize = 20;
/// Seconds for which a code stands (RFC 6238 §5.2 recommends 30).
const STEP: i64 = 30;
/// Steps that a phone's clock may be wrong by, and the time that typing takes (RFC 6238 §5.2 and §6).
const SKEW: i64 = 1;
const DIGITS: usize = 6;
/// 120 bits, which are 24 letters: OWASP ASVS 5.0, 6.5.2, asks for 112 where a fast hash is stored.
const RECOVERY_LENGTH: usize = 15;
/// RFC 4648 §6. Without 0, 1, 8 and 9, which look like letters.
const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const ISSUER: &str = "SpaceIQ";

/// A new secret.
pub(crate) fn new_secret(random: &dyn Random) -> Vec<u8> {
    let mut secret = vec![0; SECRET_LENGTH];
    random.fill(&mut secret);
    secret
}

/// The step whose code was typed: one of those around now, and later than the last one that was taken.
pub(crate) fn matching_step(secret: &[u8], typed: &str, now: OffsetDateTime, last_taken: i64) -> Option<i64> {
    let digits: String = typed.chars().filter(|letter| !letter.is_whitespace()).collect();
    if digits.len() != DIGITS || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let (typed, present) = (digits.parse::<u32>().ok()?, now.unix_timestamp().div_euclid(STEP));
    (present - SKEW..=present + SKEW).filter(|step| *step > last_taken).find(|step| code(secret, *step) == typed)
}

/// RFC 4226 §5.3, with the number of the step as the counter (RFC 6238 §4.2).
fn code(secret: &[u8], step: i64) -> u32 {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret);
    let tag = hmac::sign(&key, &step.to_be_bytes());
    let tag = tag.as_ref();
    let offset = usize::from(tag.last().copied().unwrap_or_default() & 0xf);
    let word = tag.iter().skip(offset).take(4).fold(0, |word, byte| (word << 8) | u32::from(*byte));
    (word & 0x7fff_ffff) % 10_u32.pow(6)
}

/// What a QR code tells an app.
pub(crate) fn address(secret: &[u8], email: &str) -> String {
    let (label, secret) = (escaped(email), base32(secret));
    format!(
        "otpauth://totp/{ISSUER}:{label}?secret={secret}&issuer={ISSUER}&algorithm=SHA1&digits={DIGITS}&period={STEP}"
    )
}

/// RFC 3986 §2.3: what needs no escape. Apps do not read `+` as a space.
fn escaped(text: &str) -> String {
    text.bytes().fold(String::new(), |escaped, byte| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => escaped + &char::from(byte).to_string(),
        _ => escaped + &format!("%{byte:02X}"),
    })
}

/// The secret for those who type it, in groups of four.
pub(crate) fn spelled(secret: &[u8]) -> String {
    in_fours(&base32(secret), ' ')
}

/// A new recovery code, as it is shown.
pub(crate) fn new_recovery_code(random: &dyn Random) -> String {
    let mut bytes = [0; RECOVERY_LENGTH];
    random.fill(&mut bytes);
    in_fours(&base32(&bytes), '-')
}

/// A recovery code as it is stored, however it was typed.
pub(crate) fn plain_recovery_code(typed: &str) -> String {
    typed.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_uppercase()).collect()
}

/// RFC 4648 §6, of whole groups of five bytes.
fn base32(bytes: &[u8]) -> String {
    let group = |bytes: &[u8]| {
        let word = bytes.iter().fold(0_u64, |word, byte| (word << 8) | u64::from(*byte));
        let letter =
            move |place: u32| usize::try_from((word >> (5 * place)) & 31).map_or(b'A', |index| ALPHABET[index]);
        (0..8).rev().map(letter).map(char::from)
    };
    bytes.chunks_exact(5).flat_map(group).collect()
}

fn in_fours(text: &str, between: char) -> String {
    text.char_indices().fold(String::new(), |mut grouped, (at, letter)| {
        if at > 0 && at % 4 == 0 {
            grouped.push(between);
        }
        grouped.push(letter);
        grouped
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B, has eight digits; six are the last six of them.
    #[test]
    fn the_vectors_of_rfc_6238() {
        let secret = b"12345678901234567890";
        for (seconds, wanted) in [
            (59, 94_287_082),
            (1_111_111_109, 7_081_804),
            (1_111_111_111, 14_050_471),
            (1_234_567_890, 89_005_924),
            (2_000_000_000, 69_279_037),
            (20_000_000_000, 65_353_130),
        ] {
            assert_eq!(code(secret, seconds / STEP), wanted % 1_000_000, "{seconds}");
        }
    }

    #[test]
    fn a_code_stands_for_its_step_and_one_before_and_after_and_once() {
        let (secret, now) = (b"12345678901234567890", time::macros::datetime!(2005-03-18 1:58:31 UTC));
        let present = now.unix_timestamp() / STEP;
        let typed = |step| format!("{:06}", code(secret, step));
        for (away, taken) in [(-2, false), (-1, true), (0, true), (1, true), (2, false)] {
            let found = matching_step(secret, &typed(present + away), now, 0);
            assert_eq!(found, Some(present + away).filter(|_| taken), "{away}");
        }
        assert_eq!(matching_step(secret, "050 471", now, 0), Some(present), "as apps show it");
        assert_eq!(matching_step(secret, "050471", now, present), None, "it was taken");
        for wrong in ["", "50471", "0050471", "+50471", "05047x", "０５０４７１"] {
            assert_eq!(matching_step(secret, wrong, now, 0), None, "{wrong}");
        }
    }

    #[test]
    fn secrets_and_codes_are_spelled_in_letters_that_can_be_told_apart() {
        // RFC 4648 §10.
        assert_eq!(base32(b"fooba"), "MZXW6YTB");
        assert_eq!(spelled(b"12345678901234567890"), "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ");
        let shown = new_recovery_code(&store::SeededRandom::new(1));
        assert_eq!((shown.len(), shown.matches('-').count()), (29, 5), "{shown}");
        let typed = format!(" {} ", shown.to_lowercase().replace('-', " "));
        assert_eq!(plain_recovery_code(&typed), shown.replace('-', ""));
    }

    #[test]
    fn an_app_learns_all_it_needs() {
        assert_eq!(
            address(b"12345678901234567890", "ada+x@acme.test"),
            "otpauth://totp/SpaceIQ:ada%2Bx%40acme.test?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=SpaceIQ\
             &algorithm=SHA1&digits=6&period=30"
        );
    }
}
