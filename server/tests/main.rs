//! The whole server over HTTP, on both engines. Folders mirror URLs.
#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    reason = "tests stop at the first thing that is wrong"
)]

mod cli;
mod console;
mod scim;
mod support;
