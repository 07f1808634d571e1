//! Comparison without regard to case, in all of Unicode.

use icu_casemap::CaseMapper;
use unicode_normalization::UnicodeNormalization;

/// The key under which two spellings of one name meet: NFC, then full case folding, then NFC again.
///
/// RFC 7643 §2.2: `caseExact` false means that "the server SHALL preserve case … and comparison is
/// case-insensitive". Databases fold ASCII only, or by locale; so it is done here, once, for all of them.
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let composed: String = text.nfc().collect();
    CaseMapper::new().fold_string(&composed).nfc().collect()
}

/// Whether two spellings are one name to sign in with. [`fold`] lets names meet that an identity provider holds apart,
/// "straße" and "strasse" or the Kelvin sign and "k", so that one person could come as another; here only a letter's own
/// other case meets it.
pub fn same(one: &str, other: &str) -> bool {
    let lower = |text: &str| text.nfc().flat_map(char::to_lowercase).nfc().collect::<String>();
    one == other || (!has_double(one) && !has_double(other) && lower(one) == lower(other))
}

/// Whether a letter beyond ASCII becomes an ASCII one by composing or folding it.
fn has_double(text: &str) -> bool {
    let becomes_ascii =
        |letter: char| std::iter::once(letter).nfc().flat_map(char::to_lowercase).all(|one| one.is_ascii());
    text.chars().any(|letter| !letter.is_ascii() && becomes_ascii(letter))
}

#[cfg(test)]
mod tests {
    use super::{fold, same};

    #[test]
    fn one_person_never_comes_as_another_whose_name_only_folds_alike() {
        for (one, other) in
            [("ada@x.test", "ADA@X.test"), ("Émile", "e\u{301}mile"), ("Straße", "straße"), ("ЖАН", "жан")]
        {
            assert!(same(one, other), "{one} {other}");
        }
        for (one, other) in [
            ("strasse", "straße"),
            ("\u{212a}im", "kim"),
            ("a\u{17f}h", "ash"),
            ("\u{131}da", "ida"),
            ("\u{430}da", "ada"),
            ("ada ", "ada"),
            ("ada", "adam"),
        ] {
            assert!(!same(one, other) && !same(other, one), "{one} {other}");
        }
    }

    #[test]
    fn folds_beyond_ascii() {
        assert_eq!(fold("STRASSE"), fold("straße"));
        assert_eq!(fold("ΣΊΣΥΦΟΣ"), fold("σίσυφος"));
        assert_eq!(fold("Ａ"), fold("ａ"), "full-width letters");
        assert_eq!(fold("e\u{301}"), fold("É"), "combining and composed");
        assert_ne!(fold("a"), fold("b"));
    }
}
