//! Days in addresses, in UTC.

use time::format_description::well_known::Iso8601;
use time::{Date, OffsetDateTime};

/// The beginning of a day as `2026-11-24`.
pub(super) fn day(text: &str) -> Option<OffsetDateTime> {
    Some(Date::parse(text.trim(), &Iso8601::DATE).ok()?.midnight().assume_utc())
}

/// The end of it: the beginning of the next one.
pub(super) fn day_after(text: &str) -> Option<OffsetDateTime> {
    Some(Date::parse(text.trim(), &Iso8601::DATE).ok()?.next_day()?.midnight().assume_utc())
}
