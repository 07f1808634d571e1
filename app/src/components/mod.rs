//! Pieces that several pages are made of.

mod field;
mod icon;
mod layout;
mod pager;

pub use field::{Area, Choice, Field, FieldError, error_summary, tick};
pub use icon::{Icon, icon};
pub use layout::{chip, copy_field, crumbs, empty_state, flash, settings_menu, signs_in_as};
pub use pager::{Pager, grouped, pager};

use time::OffsetDateTime;
use time::macros::format_description;

/// A moment for people: in UTC, since the server does not know where they are.
pub fn moment(at: OffsetDateTime) -> String {
    let format = format_description!("[day padding:none] [month repr:short] [year], [hour]:[minute] UTC");
    at.to_offset(time::UtcOffset::UTC).format(format).unwrap_or_default()
}

/// A day for people.
pub fn day(at: OffsetDateTime) -> String {
    let format = format_description!("[day padding:none] [month repr:long] [year]");
    at.to_offset(time::UtcOffset::UTC).format(format).unwrap_or_default()
}
