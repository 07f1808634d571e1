//! Everything a browser sees.
//!
//! Pages and components are rendered on the server and never leave it; islands are the only code compiled to
//! WebAssembly. Data comes in as view models: nothing here asks a database or a clock.

#[cfg(feature = "ssr")]
pub mod components;
pub mod islands;
#[cfg(feature = "ssr")]
pub mod pages;
#[cfg(feature = "ssr")]
pub mod shell;
