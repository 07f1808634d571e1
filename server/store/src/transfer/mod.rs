//! Data on the move: into a backup, out of one, and from one database to another.
//!
//! All three see tables as lists of rows in the order of their keys, with three kinds of values that both engines know.

mod backup;
mod catalogue;
mod copy;
mod file;
mod link;
mod restore;
mod rows;
mod value;
mod walk;

pub use backup::backup;
pub use copy::{Copied, Progress, copy, unfinished_copy};
pub use file::{Header, Summary, check};
pub use restore::{Restored, restore};
