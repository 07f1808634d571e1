//! What the storage layer promises, held against both engines.
//!
//! A test is a function of an [`Engine`](store::testing::Engine); `on_both_engines!` makes two tests of it. A PostgreSQL
//! that is missing fails the run.
#![expect(clippy::expect_used, reason = "a test stops at the first thing that is wrong")]

#[macro_use]
mod support;

mod accounts;
mod attempts;
mod audit;
mod brakes;
mod custom_attributes;
mod deleted_employees;
mod door;
mod employees;
mod events;
mod filters;
mod groups;
mod identities;
mod integrations;
mod invitations;
mod isolation;
mod leases;
mod listing;
mod meter;
mod notices;
mod opening;
mod paging;
mod passkeys;
mod plans;
mod rehearsals;
mod schema;
mod second_factor;
mod sessions;
mod setup_codes;
mod sso;
mod standing;
mod tenants;
mod tokens;
mod transfer;
mod undo;
mod walks;
