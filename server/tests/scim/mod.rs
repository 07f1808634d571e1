//! `/scim`.

mod replay;
