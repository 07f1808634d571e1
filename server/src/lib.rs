//! The composition root: command line, console, SCIM endpoint, and the server around them.

pub mod assets;
pub mod cli;
mod client_address;
pub mod config;
pub mod console;
pub mod email_address;
pub mod endpoint;
mod framing;
pub mod listener;
mod log;
pub mod metrics;
pub mod notices;
pub mod outbound;
pub mod passkeys;
pub mod password;
mod rate_limit;
pub mod router;
pub mod sso;
pub mod state;
pub mod telemetry;
mod token_report;
mod totp;
pub mod traces;
pub mod transport;
mod upkeep;
mod usage;
