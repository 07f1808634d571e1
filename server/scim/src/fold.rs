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

#[cfg(test)]
mod tests {
    use super::fold;

    #[test]
    fn folds_beyond_ascii() {
        assert_eq!(fold("STRASSE"), fold("straße"));
        assert_eq!(fold("ΣΊΣΥΦΟΣ"), fold("σίσυφος"));
        assert_eq!(fold("Ａ"), fold("ａ"), "full-width letters");
        assert_eq!(fold("e\u{301}"), fold("É"), "combining and composed");
        assert_ne!(fold("a"), fold("b"));
    }
}
