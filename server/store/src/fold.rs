//! Names cut and folded for columns and indexes: an index of PostgreSQL takes no entry of more than 2,700 bytes.

/// At most so many letters, and none that PostgreSQL cannot store.
pub(crate) fn bounded(text: &str, letters: usize) -> String {
    let mut kept: String =
        text.chars().take(letters).map(|letter| if letter == '\0' { '\u{fffd}' } else { letter }).collect();
    if text.chars().nth(letters).is_some() {
        kept.push('…');
    }
    kept
}

/// The beginning of a name without regard to case, to be found by.
pub(crate) fn key(text: &str, letters: usize) -> String {
    scim::fold::fold(text.trim()).chars().filter(|letter| *letter != '\0').take(letters).collect()
}
