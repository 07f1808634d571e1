//! Is it there already?

use serde_json::Value;

use super::Job;
use crate::dialect::Dialect;

/// What a match query gave.
pub(super) enum Found {
    Nobody,
    One(Value),
}

impl Job<'_> {
    /// Asks for each matching attribute in its order until one is found.
    pub(super) fn find(&self, endpoint: &str, dialect: Dialect, asked: &[(String, String)]) -> Result<Found, String> {
        for (path, value) in asked {
            let answer = self.send(&dialect.query(endpoint, path, value))?;
            let body = answer.json();
            // What is not found is an empty list; 404 means that there is no SCIM here.
            let Some(total) = body["totalResults"].as_u64().filter(|_| answer.status == 200) else {
                let reason = format!(
                    "SystemForCrossDomainIdentityManagementServiceIncompatible: a query for {path} was answered {} instead of a list",
                    answer.reason()
                );
                if matches!(answer.status, 400 | 404) {
                    self.stop(reason.clone());
                }
                return Err(reason);
            };
            match total {
                0 => {}
                1 => return Ok(Found::One(body["Resources"][0].clone())),
                _ => return Err(format!("DuplicateTargetEntries: {total} resources have this {path}")),
            }
        }
        Ok(Found::Nobody)
    }
}
