//! The pieces that run in the browser. Every flow works without them.

pub mod confirm;
pub mod copy;
#[cfg(feature = "hydrate")]
mod fetch;
pub mod live;
pub mod theme;
