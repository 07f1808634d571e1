//! How requests reach the server: TLS of its own, and what is refused without it.

pub mod certificate;
mod plain;

pub(crate) use plain::refuse_plain;
