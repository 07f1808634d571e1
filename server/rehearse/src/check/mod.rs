//! Does a SCIM server keep the rules, and will identity providers get on with it?
//!
//! Each check is one function that makes what it needs, asks, and says what was wrong with the answer. Everything that
//! was made is removed at the end.

mod catalogue;
mod connection;
mod context;
mod discovery;
mod errors;
mod filters;
mod groups;
mod interoperability;
mod junit;
mod load;
mod members;
mod paging;
mod patch;
mod patch_forms;
mod tls;
mod users;

use serde_json::{Value, json};

use crate::transport::{Client, Target};
use context::{Context, Problem};

pub use junit::junit;

/// How much a rule binds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// Whoever breaks it is not conformant, or a known client fails.
    Must,
    /// Recommended, or wanted only of applications in Azure's gallery.
    Should,
}

/// One check.
pub struct Check {
    /// Its name, such as `users.create`: area, dot, what is looked at.
    pub id: &'static str,
    /// What is as it should be when it passes.
    pub title: &'static str,
    /// How much it binds.
    pub level: Level,
    /// Which rule says so.
    pub rule: &'static str,
    run: fn(&Context<'_>) -> Result<(), Problem>,
}

/// What was wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The request.
    pub sent: String,
    /// The answer.
    pub came: String,
    /// What should have come.
    pub expected: String,
}

/// How a check ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// As it should be.
    Passed,
    /// The rule is broken.
    Failed(Fault),
    /// A recommendation is not followed.
    Warned(Fault),
    /// It could not be looked at, and why.
    Skipped(String),
}

/// A check and how it ended.
pub struct Finding {
    /// The check.
    pub check: &'static Check,
    /// How it ended.
    pub outcome: Outcome,
}

/// All checks, in their order.
pub fn checks() -> impl Iterator<Item = &'static Check> {
    catalogue::CATALOGUE.iter().copied().flatten()
}

/// Runs all checks; the names of what is created begin with `marker`, which nobody else's
/// does. Each finding is shown as it is made.
pub fn run(client: &Client<'_>, target: &Target, marker: &str, mut show: impl FnMut(&Finding)) -> Vec<Finding> {
    let context = Context::new(client, target, marker);
    let mut findings = Vec::new();
    for check in checks() {
        let outcome = match ((check.run)(&context), check.level) {
            (Ok(()), _) => Outcome::Passed,
            (Err(Problem::Wrong(fault)), Level::Must) => Outcome::Failed(fault),
            (Err(Problem::Wrong(fault)), Level::Should) => Outcome::Warned(fault),
            (Err(Problem::Impossible(reason)), _) => Outcome::Skipped(reason),
        };
        let finding = Finding { check, outcome };
        show(&finding);
        findings.push(finding);
    }
    context.clean_up();
    findings
}

impl Finding {
    /// Whether the rule is broken.
    pub fn failed(&self) -> bool {
        matches!(self.outcome, Outcome::Failed(_))
    }

    /// For machines.
    pub fn to_json(&self) -> Value {
        let mut value = json!({ "check": self.check.id, "title": self.check.title, "rule": self.check.rule });
        match &self.outcome {
            Outcome::Passed => value["outcome"] = "passed".into(),
            Outcome::Skipped(reason) => {
                value["outcome"] = "skipped".into();
                value["reason"] = reason.as_str().into();
            }
            Outcome::Failed(fault) | Outcome::Warned(fault) => {
                value["outcome"] = if self.failed() { "failed" } else { "warned" }.into();
                value["sent"] = fault.sent.as_str().into();
                value["came"] = fault.came.as_str().into();
                value["expected"] = fault.expected.as_str().into();
            }
        }
        value
    }
}
