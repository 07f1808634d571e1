//! A provisioning client that plays Azure AD, Okta or OneLogin against any SCIM server, and a check of such servers.
//!
//! Reading order: [`people`] is the source directory, [`mapping`] turns a person into SCIM attributes, [`scope`] says
//! who is provisioned at all, [`dialect`] writes the bodies that one client would send, [`cycle`] decides what to send
//! when, [`transport`] sends it, and [`report`] counts what came of it. [`verify`] reads the target back and compares.
//! [`check`] stands by itself.
//!
//! The crate blocks: it has threads of its own, and no runtime.

pub mod check;
pub mod cycle;
pub mod dialect;
pub mod mapping;
pub mod people;
pub mod report;
pub mod scope;
pub mod transport;
pub mod verify;

mod parallel;
