//! SAML 2.0 sign-on: the service provider.

pub mod certificate;
mod refusal;
pub mod verify;

pub use refusal::{Check, Refusal};
