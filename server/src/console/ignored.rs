//! Filters in addresses that mean nothing here. They are left out, and the list says so.

use super::day::day;

/// The sentences, in the order of the filters.
#[derive(Debug, Default)]
pub(super) struct Ignored(pub(super) Vec<String>);

impl Ignored {
    /// A filter whose value is one of some words; `known` says whether it is, and an empty one asks for nothing.
    pub(super) fn word(&mut self, label: &str, value: &str, known: bool) {
        if !value.is_empty() && !known {
            self.0.push(format!("{label} “{value}” is not one of the choices, so it was left out."));
        }
    }

    /// A filter by day.
    pub(super) fn day(&mut self, label: &str, value: &str) {
        if !value.trim().is_empty() && day(value).is_none() {
            self.0.push(format!("{label} “{value}” is not a day, so it was left out. Days look like 2026-11-24."));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Ignored;

    #[test]
    fn what_is_understood_or_not_asked_is_not_mentioned() {
        let mut ignored = Ignored::default();
        ignored.word("Status", "", false);
        ignored.word("Status", "active", true);
        ignored.day("From", " ");
        ignored.day("From", "2026-02-28");
        assert!(ignored.0.is_empty(), "{ignored:?}");
        ignored.word("Status", "asleep", false);
        ignored.day("To", "2026-02-30");
        assert_eq!(ignored.0.len(), 2);
        assert!(ignored.0[0].contains("Status “asleep”") && ignored.0[1].contains("To “2026-02-30”"), "{ignored:?}");
    }
}
