//! The pieces that run in the browser. Every flow works without them.

pub mod copy;
