//! A real server on a real port with a database of its own, and those who talk to it.
//!
//! ```text
//! on_each_engine(|server| {                        // once with SQLite, once with PostgreSQL
//!     let acme = server.tenant("Acme");            // a company whose Azure integration has a live token
//!     let scim = acme.scim();                      // a provider that holds the token
//!     let ada = scim.post("/Users", json!({"userName": "ada"})).expect(201);
//!     server.clock.advance(Duration::minutes(1));  // time stands still until it is moved
//!     scim.get(&format!("/Users/{}", id(&ada))).expect(200);
//!     server.stranger().get("/Users").expect(401); // the same without a token
//!     server.raw("GET /scim HTTP/1.0\r\n\r\n");      // bytes on the wire
//! });
//! ```
//!
//! Ids and tokens repeat from run to run: the clock stands still and randomness is seeded. The server runs in the test's
//! own process, through the same router as `spaceiq serve`.

pub(crate) mod authenticator;
pub(crate) mod browser;
mod client;
pub(crate) mod idp;
pub(crate) mod passkey;
mod process;
pub(crate) mod replay;
mod server;
mod tenant;

pub(crate) use client::{Answer, Client};
pub(crate) use process::Process;
pub(crate) use server::{TestServer, on_each_engine};
pub(crate) use store::testing::Engine;
pub(crate) use tenant::Tenant;

use serde_json::Value;

/// The `id` of a resource that was answered.
pub(crate) fn id(resource: &Value) -> &str {
    resource["id"].as_str().expect("a resource with an id")
}
