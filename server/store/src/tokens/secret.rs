//! The secret of a SCIM token: `siq_scim_`, 43 random letters, `_`, 6 letters of checksum.
//!
//! Secret scanners find it by `\bsiq_scim_[0-9A-Za-z]{43}_[0-9A-Za-z]{6}\b`. The checksum tells scanners a token from a
//! look-alike, and refuses a mistyped one before the database is asked; it protects nothing.

use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use crate::Random;

/// Never change it: every token in use begins with it.
pub const PREFIX: &str = "siq_scim_";
const RANDOM_LETTERS: usize = 43;
const CHECK_LETTERS: usize = 6;
const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// SHA-256 of a token.
pub type TokenDigest = [u8; 32];

/// A SCIM token in clear. It prints as nothing, and is wiped from memory when it is dropped.
pub struct TokenSecret(SecretString);

impl std::fmt::Debug for TokenSecret {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("TokenSecret")
    }
}

impl TokenSecret {
    /// A new token of 256 random bits.
    pub fn generate(random: &dyn Random) -> Self {
        let mut text = String::with_capacity(PREFIX.len() + RANDOM_LETTERS + 1 + CHECK_LETTERS);
        text.push_str(PREFIX);
        let mut byte = [0];
        while text.len() < PREFIX.len() + RANDOM_LETTERS {
            random.fill(&mut byte);
            // 248 is the largest multiple of 62 in a byte: what lies above it would favour the first letters.
            if byte[0] < 248 {
                text.push(char::from(BASE62[usize::from(byte[0] % 62)]));
            }
        }
        let check = checksum(&text);
        text.push('_');
        text.push_str(&check);
        Self(text.into())
    }

    /// Reads a presented token. `None` for what cannot be one of ours.
    pub fn parse(text: &str) -> Option<Self> {
        let random = text.strip_prefix(PREFIX)?;
        let (random, check) = random.split_once('_')?;
        let letters = |text: &str| text.bytes().all(|letter| letter.is_ascii_alphanumeric());
        let shaped =
            random.len() == RANDOM_LETTERS && check.len() == CHECK_LETTERS && letters(random) && letters(check);
        let signed = shaped && checksum(&text[..PREFIX.len() + RANDOM_LETTERS]) == check;
        signed.then(|| Self(text.into()))
    }

    /// What is stored and looked up.
    pub fn digest(&self) -> TokenDigest {
        Sha256::digest(self.0.expose_secret().as_bytes()).into()
    }

    /// The text itself, to be shown once.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// The first letters, by which people recognise it.
    pub fn shown_prefix(&self) -> &str {
        &self.expose()[..PREFIX.len() + 4]
    }

    /// The last four letters.
    pub fn last_four(&self) -> &str {
        &self.expose()[self.expose().len() - 4..]
    }
}

/// CRC-32 in base 62, six letters.
fn checksum(text: &str) -> String {
    let mut rest = crc32fast::hash(text.as_bytes());
    let mut letters = [b'0'; CHECK_LETTERS];
    for letter in letters.iter_mut().rev() {
        *letter = BASE62[(rest % 62) as usize];
        rest /= 62;
    }
    letters.iter().copied().map(char::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SeededRandom;

    #[test]
    fn a_token_reads_back_and_hides_itself() {
        let token = TokenSecret::generate(&SeededRandom::new(1));
        assert_eq!(token.expose().len(), 59);
        assert!(token.expose().bytes().all(|letter| letter.is_ascii_alphanumeric() || letter == b'_'));
        let again = TokenSecret::parse(token.expose()).expect("its own text");
        assert_eq!(again.digest(), token.digest());
        assert_eq!(format!("{token:?}"), "TokenSecret");
        assert_ne!(token.digest(), TokenSecret::generate(&SeededRandom::new(2)).digest());
    }

    #[test]
    fn anything_else_is_refused() {
        let token = TokenSecret::generate(&SeededRandom::new(1));
        let text = token.expose();
        let mut flipped = text.to_owned().into_bytes();
        flipped[12] = if flipped[12] == b'a' { b'b' } else { b'a' };
        let flipped = String::from_utf8(flipped).expect("ASCII");
        for wrong in [
            "",
            "siq_scim_",
            "x",
            &text[1..],
            &text[..58],
            &format!("{text}0"),
            &flipped,
            &text.to_uppercase(),
            &text.replace("siq", "sıq"),
        ] {
            assert!(TokenSecret::parse(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn letters_are_evenly_distributed() {
        let random = SeededRandom::new(3);
        let mut counts = std::collections::HashMap::new();
        for _ in 0..500 {
            for letter in TokenSecret::generate(&random).expose()[PREFIX.len()..PREFIX.len() + RANDOM_LETTERS].chars() {
                *counts.entry(letter).or_insert(0) += 1;
            }
        }
        assert_eq!(counts.len(), 62);
        // 21,500 letters: about 347 of each. Without the rejection the first eight would come to about 420.
        assert!(counts.values().all(|count| (260..430).contains(count)), "{counts:?}");
    }
}

#[cfg(test)]
mod fuzz {
    use proptest::prelude::*;

    use super::*;
    use crate::SeededRandom;

    proptest! {
        /// One changed letter is another text, not another token.
        #[test]
        fn a_changed_token_is_none(seed in any::<u64>(), at in any::<prop::sample::Index>(), letter in any::<char>()) {
            let token = TokenSecret::generate(&SeededRandom::new(seed));
            let mut letters: Vec<char> = token.expose().chars().collect();
            let at = at.index(letters.len());
            let was = std::mem::replace(&mut letters[at], letter);
            let changed: String = letters.into_iter().collect();
            prop_assert_eq!(TokenSecret::parse(&changed).is_some(), letter == was);
        }

        #[test]
        fn any_text_is_none(text in "(siq_scim_)?[0-9A-Za-z_]{0,60}|\\PC{0,80}") {
            prop_assert!(TokenSecret::parse(&text).is_none());
        }
    }
}
