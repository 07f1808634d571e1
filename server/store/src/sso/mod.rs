//! Sign-on with SAML: settings, requests that wait, assertions that were used, and who signed in.

mod links;
mod people;
mod requests;
mod sessions;
mod settings;

pub use links::{AccountLink, link, link_of_account, link_of_employee, unlink};
pub use people::{MatchBy, find_people};
pub use requests::{add_request, close_request, open_requests, use_assertion};
pub use sessions::{EmployeeSession, begin_session, end_session, load_session, purge};
pub use settings::{Settings, disable, find, find_by_instance, instance_id, list, save};
