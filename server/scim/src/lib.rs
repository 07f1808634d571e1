//! SCIM 2.0 (RFC 7643, RFC 7644, cursor paging of RFC 9865) without I/O.
//!
//! The crate turns request bodies, filters and PATCH documents into typed values, applies them, and prints
//! answers. It knows nothing of HTTP, databases or clocks: those belong to its callers.
//!
//! Reading order: [`schema`] is the one table of attributes that everything else obeys; [`resource`] reads bodies
//! by it, [`patch`] changes documents by it, [`filter`] and [`condition`] search by it, [`discovery`] prints it.

pub mod bulk;
mod coerce;
pub mod condition;
pub mod cursor;
pub mod discovery;
pub mod document;
pub mod error;
pub mod etag;
pub mod filter;
pub mod fold;
#[cfg(any(test, feature = "fuzzing"))]
pub mod fuzz;
pub mod json;
pub mod list;
pub mod note;
pub mod patch;
pub mod path;
pub mod projection;
pub mod render;
pub mod resource;
pub mod schema;

pub use document::Document;
pub use error::{ScimError, ScimType};
pub use note::{Note, NoteKind, Notes};
pub use schema::{ResourceKind, Schemas};

/// Schema URNs of RFC 7643 and RFC 7644, and our own extension's.
pub mod urn {
    /// Core User, RFC 7643 §4.1.
    pub const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
    /// Core Group, RFC 7643 §4.2.
    pub const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";
    /// Enterprise User extension, RFC 7643 §4.3.
    pub const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
    /// The tenant's own attributes.
    pub const SPACEIQ: &str = "urn:ietf:params:scim:schemas:extension:spaceiq:2.0:User";
    /// List response, RFC 7644 §3.4.2.
    pub const LIST: &str = "urn:ietf:params:scim:api:messages:2.0:ListResponse";
    /// Search request, RFC 7644 §3.4.3.
    pub const SEARCH: &str = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";
    /// PATCH request, RFC 7644 §3.5.2.
    pub const PATCH: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
    /// Bulk request, RFC 7644 §3.7.
    pub const BULK_REQUEST: &str = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";
    /// Bulk response, RFC 7644 §3.7.
    pub const BULK_RESPONSE: &str = "urn:ietf:params:scim:api:messages:2.0:BulkResponse";
    /// Error, RFC 7644 §3.12.
    pub const ERROR: &str = "urn:ietf:params:scim:api:messages:2.0:Error";
}
