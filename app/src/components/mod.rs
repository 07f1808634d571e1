//! Pieces that several pages are made of.

mod brakes;
mod chart;
mod field;
mod filters;
mod icon;
mod ignored;
mod layout;
mod pager;
mod passkey;
mod qr;
mod raw;
mod shown;
mod timeline;

pub use brakes::{BrakeNote, brake_notes};
pub use chart::{Bar, Chart};
pub use field::{Area, Choice, Field, FieldError, error_summary, tick};
pub use filters::{Filter, FilterOption, Filters, TypedFilter};
pub use icon::{Icon, icon};
pub use ignored::ignored;
pub use layout::{chip, copy_field, crumbs, empty_state, flash, settings_menu, signs_in_as};
pub use pager::{Pager, grouped, log_pager, pager};
pub use passkey::{PasskeyAct, passkey_button};
pub use qr::qr_code;
pub use raw::{Raw, raw};
pub use shown::{IN_A_LINE, marked_lines, marked_text, plain, shown, shown_in_full, shown_within};
pub use timeline::{TimelineChange, TimelineEvent, timeline};

use time::OffsetDateTime;
use time::macros::format_description;

/// A moment for people: in UTC, since the server does not know where they are.
pub fn moment(at: OffsetDateTime) -> String {
    let format = format_description!("[day padding:none] [month repr:short] [year], [hour]:[minute] UTC");
    at.to_offset(time::UtcOffset::UTC).format(format).unwrap_or_default()
}

/// A moment to the second: in a log what came first matters.
pub fn second(at: OffsetDateTime) -> String {
    let format = format_description!("[day padding:none] [month repr:short] [year], [hour]:[minute]:[second] UTC");
    at.to_offset(time::UtcOffset::UTC).format(format).unwrap_or_default()
}

/// A day for people.
pub fn day(at: OffsetDateTime) -> String {
    let format = format_description!("[day padding:none] [month repr:long] [year]");
    at.to_offset(time::UtcOffset::UTC).format(format).unwrap_or_default()
}
