//! Whole provisioning cycles, as identity providers run them, and whether the server ends with what the source says.

mod check;
mod cycles;
mod faults;
mod rules;

use ::rehearse::transport::{Client, HttpTransport, Patience, SystemTimer, Target};

use crate::support::Tenant;

/// Gives a provisioning client that holds the company's token.
fn with_client<R>(tenant: &Tenant<'_>, token: &str, work: impl FnOnce(&Client<'_>) -> R) -> R {
    let target = Target::parse(&tenant.server().url("/scim")).expect("an address");
    let (transport, timer) = (HttpTransport::new(target, token.to_owned()), SystemTimer::new());
    work(&Client::new(&transport, &timer, Patience::default()))
}
