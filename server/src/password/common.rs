//! Passwords that are tried first, because so many people have them. `cargo xtask passwords` writes the list.

use std::collections::HashSet;
use std::sync::LazyLock;

static COMMON: LazyLock<HashSet<&str>> = LazyLock::new(|| include_str!("../common_passwords.txt").lines().collect());

/// Whether the password is in the list, or a word of the list with digits and punctuation behind it. Without regard to
/// case: the text is folded.
pub(super) fn is_common(folded: &str) -> bool {
    COMMON.contains(folded) || COMMON.contains(bare(folded))
}

/// Without the digits and punctuation at its end.
pub(super) fn bare(folded: &str) -> &str {
    folded.trim_end_matches(|letter: char| !letter.is_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_put_behind_a_word_makes_it_no_better() {
        for known in ["12345678", "password", "welcome2026!", "p@ssw0rd", "summer-2026", "1qaz2wsx", "monday..."] {
            assert!(is_common(known), "{known}");
        }
        for rare in ["correct horse battery", "summer nights in delft", "q7#kd0!v", "............", ""] {
            assert!(!is_common(rare), "{rare}");
        }
    }

    #[test]
    fn the_list_is_as_long_as_asvs_asks() {
        // OWASP ASVS 5.0, 6.2.4: 3,000 of those that the rule of length would take.
        assert!(COMMON.iter().filter(|entry| entry.chars().count() >= crate::password::MIN_LENGTH).count() >= 3_000);
    }
}
