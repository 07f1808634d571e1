//! What came of it.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};

use crate::transport::Timings;

/// What was done with one person or group, in the words of Azure's provisioning log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Action {
    /// Added to the target.
    Create,
    /// Changed in the target.
    Update,
    /// `active` became false.
    Disable,
    /// Removed from the target.
    Delete,
    /// Nothing had to be done, or was not to be done.
    Skip,
}

impl Action {
    /// The word for reports.
    pub fn word(self) -> &'static str {
        match self {
            Self::Create => "created",
            Self::Update => "updated",
            Self::Disable => "disabled",
            Self::Delete => "deleted",
            Self::Skip => "skipped",
        }
    }
}

/// One step of a cycle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Whom or what it was about.
    pub subject: String,
    /// What was to be done.
    pub action: Action,
    /// Why it was not done; for skipped ones why nothing was to be done.
    pub reason: Option<String>,
    /// Whether it failed.
    pub failed: bool,
}

impl Step {
    /// Done.
    pub fn done(subject: impl Into<String>, action: Action) -> Self {
        Self { subject: subject.into(), action, reason: None, failed: false }
    }

    /// Nothing to do.
    pub fn skipped(subject: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { reason: Some(reason.into()), ..Self::done(subject, Action::Skip) }
    }

    /// Refused.
    pub fn failed(subject: impl Into<String>, action: Action, reason: impl Into<String>) -> Self {
        Self { reason: Some(reason.into()), failed: true, ..Self::done(subject, action) }
    }
}

/// Somebody who watches.
pub trait Observer: Sync {
    /// A stage begins that has so many items.
    fn stage(&self, name: &str, items: usize);
    /// One item is done.
    fn step(&self, step: &Step);
}

/// Nobody watches.
impl Observer for () {
    fn stage(&self, _: &str, _: usize) {}
    fn step(&self, _: &Step) {}
}

/// What one cycle did.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// Its name: initial, incremental, on demand.
    pub cycle: String,
    /// People, by what was done.
    pub users: BTreeMap<Action, usize>,
    /// Groups, by what was done.
    pub groups: BTreeMap<Action, usize>,
    /// Managers and memberships that were written.
    pub references: usize,
    /// What failed.
    pub failed: usize,
    /// Why, and how often; ids and names are taken out so that equal causes meet.
    pub failures: BTreeMap<String, usize>,
    /// Why some were skipped, and how often.
    pub skips: BTreeMap<String, usize>,
    /// Why the job was put into quarantine.
    pub quarantine: Option<String>,
    /// From the first request to the last answer.
    pub elapsed: Duration,
    /// How long the answers took.
    pub timings: Timings,
}

impl Report {
    pub(crate) fn count(&mut self, step: &Step, groups: bool) {
        if step.failed {
            self.failed += 1;
            *self.failures.entry(step.reason.clone().unwrap_or_default()).or_default() += 1;
            return;
        }
        let counts = if groups { &mut self.groups } else { &mut self.users };
        *counts.entry(step.action).or_default() += 1;
        if let Some(reason) = &step.reason {
            *self.skips.entry(reason.clone()).or_default() += 1;
        }
    }

    /// Requests that were answered, or should have been.
    pub fn requests(&self) -> usize {
        self.timings.durations.len()
    }

    /// Requests a second.
    #[expect(clippy::cast_precision_loss, reason = "a rate for people to read")]
    pub fn rate(&self) -> f64 {
        self.requests() as f64 / self.elapsed.as_secs_f64().max(0.001)
    }

    /// The time within which so many percent of the answers came.
    pub fn percentile(&self, percent: usize) -> Duration {
        let mut durations = self.timings.durations.clone();
        durations.sort_unstable();
        let place = (durations.len() * percent).div_ceil(100).saturating_sub(1);
        durations.get(place).copied().unwrap_or_default()
    }

    /// Whether all that was to be done was done.
    pub fn succeeded(&self) -> bool {
        self.failed == 0 && self.quarantine.is_none()
    }

    /// For machines.
    pub fn to_json(&self) -> Value {
        let counts = |counts: &BTreeMap<Action, usize>| -> Value {
            counts
                .iter()
                .map(|(action, count)| (action.word().to_owned(), (*count).into()))
                .collect::<serde_json::Map<_, _>>()
                .into()
        };
        let milliseconds = |percent| (self.percentile(percent).as_secs_f64() * 100_000.0).round() / 100.0;
        json!({
            "cycle": self.cycle,
            "users": counts(&self.users),
            "groups": counts(&self.groups),
            "references": self.references,
            "failed": self.failed,
            "failures": self.failures,
            "skips": self.skips,
            "quarantine": self.quarantine,
            "requests": self.requests(),
            "retries": self.timings.retries,
            "seconds": (self.elapsed.as_secs_f64() * 1000.0).round() / 1000.0,
            "requests_per_second": self.rate().round(),
            "milliseconds": { "p50": milliseconds(50), "p95": milliseconds(95), "p99": milliseconds(99) },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_of_the_nearest_rank() {
        let durations = (1..=200).rev().map(Duration::from_millis).collect();
        let report = Report { timings: Timings { durations, retries: 0 }, ..Report::default() };
        let percentile = |percent| report.percentile(percent).as_millis();
        assert_eq!((percentile(50), percentile(95), percentile(99), percentile(100)), (100, 190, 198, 200));
        assert_eq!(Report::default().percentile(99), Duration::ZERO);
    }
}
