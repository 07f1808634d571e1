//! The pieces that run in the browser. Every flow works without them.

mod copy;

pub use copy::CopyButton;
