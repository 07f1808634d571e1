//! What each client asks first.

use super::Job;
use crate::dialect::Dialect;
use crate::transport::{Answer, Request};

/// An id that nobody has.
const NOBODY: &str = "7a4ad7b4-8a5c-4f0e-9d2f-0f2b6f0c53a1";

impl Job<'_> {
    /// Test Connection, or what the dialect's owner does in its place.
    pub fn test_connection(&self) -> Result<(), String> {
        let dialect = self.settings.dialect;
        if dialect.is_azure() {
            // Azure looks for somebody who does not exist, then for one user and one group.
            let answer = self.ask(&dialect.query("/Users", "userName", NOBODY))?;
            list(&answer)?;
            if answer.json()["totalResults"] != 0 {
                return Err(format!("a query for a userName that nobody has found somebody: {}", short(&answer)));
            }
            list(&self.ask(&Request::get("/Users?startIndex=1&count=1"))?)?;
            list(&self.ask(&Request::get("/Groups?excludedAttributes=members&startIndex=1&count=1"))?)?;
            return Ok(());
        }
        if dialect == Dialect::Okta {
            list(&self.ask(&Request::get("/Users?startIndex=1&count=2"))?)?;
            return list(&self.ask(&Request::get("/Groups?startIndex=1&count=100"))?);
        }
        list(&self.ask(&Request::get("/Users?startIndex=1&count=1"))?)
    }

    fn ask(&self, request: &Request) -> Result<Answer, String> {
        self.send(request).map_err(|reason| {
            if reason.starts_with("401") { format!("the target does not accept the token ({reason})") } else { reason }
        })
    }
}

fn list(answer: &Answer) -> Result<(), String> {
    let body = answer.json();
    if answer.status == 200 && body["totalResults"].is_u64() {
        return Ok(());
    }
    Err(format!("the target answered {} instead of a SCIM list: {}", answer.status, short(answer)))
}

fn short(answer: &Answer) -> String {
    answer.text.chars().take(200).collect()
}
