//! The whole server over HTTP, on both engines. Folders mirror URLs.

mod attack;
mod cli;
mod console;
mod notices;
mod rehearse;
mod saml;
mod scim;
mod secrets;
mod servers;
mod support;
mod traces;
mod transport;
