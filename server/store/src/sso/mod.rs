//! Sign-on with SAML: settings, requests that wait, assertions that were used, and who signed in.

mod identities;
mod links;
mod mismatches;
mod people;
mod requests;
mod requirement;
mod sessions;
mod settings;

pub use identities::{Identity, Trust, confirm, confirmed, doubts, forget_identities, identities_of, trust};
pub use links::{AccountLink, link, link_of_account, link_of_employee, linked, unlink};
pub use mismatches::{Mismatch, Problem, mismatches};
pub use people::{MatchBy, find_people};
pub use requests::{
    OpenRequest, add_request, close_request, mark_as_fresh, mark_as_test, open_requests, use_assertion,
};
pub use requirement::{
    PROOF, Required, Requirement, give_break_glass, is_shut_out, lift, passed_test, require, requirement, tested_at,
};
pub(crate) use sessions::end_sessions_of;
pub use sessions::{EmployeeSession, begin_session, end_session, load_session, purge};
pub use settings::{Settings, disable, find, find_by_instance, instance_id, list, save};
