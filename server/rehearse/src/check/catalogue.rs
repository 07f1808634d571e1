//! All checks by area, in the order in which they run.

use super::{
    Check, connection, discovery, errors, filters, groups, interoperability, load, members, paging, patch, patch_forms,
    tls, users,
};

pub(super) const CATALOGUE: [&[Check]; 14] = [
    connection::CHECKS,
    tls::CHECKS,
    discovery::CHECKS,
    users::CHECKS,
    patch::CHECKS,
    patch_forms::CHECKS,
    groups::CHECKS,
    members::CHECKS,
    filters::CHECKS,
    paging::CHECKS,
    errors::CHECKS,
    interoperability::CHECKS,
    load::CHECKS,
    load::READINESS,
];
