//! What `spaceiq rehearse` prints: lines while it goes on, or one JSON value at the end.

use std::collections::BTreeMap;
use std::time::Duration;

use rehearse::cycle::Stage;
use rehearse::report::{Action, Report};
use rehearse::verify::Verdict;
use serde_json::{Value, json};

use crate::cli::{Failure, print_json};

/// Failures and differences that are listed; of more only the number is said.
const LISTED: usize = 10;

/// Collects and prints.
pub(super) struct Output {
    json: bool,
    value: Value,
    failure: Option<String>,
}

impl Output {
    pub(super) fn new(json: bool, dialect: &str, url: &str) -> Self {
        if !json {
            println!("Rehearsing {dialect} against {url}");
        }
        Self { json, value: json!({ "url": url, "dialect": dialect, "cycles": [] }), failure: None }
    }

    pub(super) fn failed(&self) -> bool {
        self.failure.is_some()
    }

    fn say(&self, line: &str) {
        if !self.json {
            println!("{line}");
        }
    }

    pub(super) fn connection(&mut self, result: &Result<(), String>) {
        match result {
            Ok(()) => self.say("Test Connection: passed"),
            Err(reason) => self.failure = Some(format!("Test Connection failed: {reason}")),
        }
        self.value["test_connection"] = result.as_ref().map_or_else(|reason| reason.as_str(), |()| "passed").into();
    }

    pub(super) fn on_demand(&mut self, stages: &[Stage]) {
        for stage in stages {
            self.say(&format!("{} {}: {}", if stage.done { "✓" } else { "✗" }, stage.name, stage.detail));
        }
        let shown = |stage: &Stage| json!({ "step": stage.name, "done": stage.done, "detail": stage.detail });
        self.value["on_demand"] = stages.iter().map(shown).collect();
        if stages.last().is_none_or(|stage| !stage.done) {
            self.failure = Some("the person was not provisioned".to_owned());
        }
    }

    pub(super) fn cycle(&mut self, report: &Report) {
        lines(report).iter().for_each(|line| self.say(line));
        if let Some(cycles) = self.value["cycles"].as_array_mut() {
            cycles.push(report.to_json());
        }
        if let Some(reason) = &report.quarantine {
            self.failure = Some(format!("the job is in quarantine: {reason}"));
        } else if report.failed > 0 {
            self.failure = Some(format!("{} failed in the {} cycle", number(report.failed), report.cycle));
        }
    }

    pub(super) fn comparison(&mut self, result: &Result<Verdict, String>) {
        match result {
            Ok(verdict) => {
                self.value["compared"] = verdict.compared.into();
                self.value["differences"] = json!(verdict.differences);
                self.value["foreign_members"] = verdict.foreign_members.into();
                if verdict.foreign_members > 0 {
                    let count = number(verdict.foreign_members);
                    self.say(&format!(
                        "Groups that were there before have {count} members of others: Azure never asks for those."
                    ));
                }
                let compared = number(verdict.compared);
                if verdict.differences.is_empty() {
                    self.say(&format!("Compared {compared} people and groups: the target equals the source."));
                    return;
                }
                verdict.differences.iter().take(LISTED).for_each(|line| self.say(&format!("  {line}")));
                let count = number(verdict.differences.len());
                self.failure = Some(format!("{count} differences between source and target"));
            }
            Err(reason) => self.failure = Some(format!("the target could not be read back: {reason}")),
        }
    }

    pub(super) fn end(mut self) -> Result<(), Failure> {
        if self.json {
            self.value["succeeded"] = self.failure.is_none().into();
            print_json(&self.value);
        }
        self.failure.map_or(Ok(()), |failure| Err(Failure(failure.replace('\n', " "))))
    }
}

fn lines(report: &Report) -> Vec<String> {
    let mut lines = vec![format!("{} cycle", capitalised(&report.cycle))];
    let mut row = |name: &str, text: String| lines.push(format!("  {name:<11} {text}"));
    for (name, counts) in [("users", &report.users), ("groups", &report.groups)] {
        if !counts.is_empty() {
            row(name, actions(counts));
        }
    }
    if report.references > 0 {
        row("references", format!("{} managers and memberships", number(report.references)));
    }
    for (reason, count) in &report.skips {
        row("", format!("{} × {reason}", number(*count)));
    }
    if report.failed > 0 {
        row("failed", number(report.failed));
    }
    for (reason, count) in report.failures.iter().take(LISTED) {
        row("", format!("{} × {reason}", number(*count)));
    }
    let (p50, p95, p99) = (report.percentile(50), report.percentile(95), report.percentile(99));
    row(
        "requests",
        format!(
            "{} in {:.1} s ({:.0}/s), answers within {} (p50), {} (p95), {} (p99)",
            number(report.requests()),
            report.elapsed.as_secs_f64(),
            report.rate(),
            milliseconds(p50),
            milliseconds(p95),
            milliseconds(p99)
        ),
    );
    if report.timings.retries > 0 {
        row("retries", number(report.timings.retries));
    }
    lines
}

fn actions(counts: &BTreeMap<Action, usize>) -> String {
    let words: Vec<String> =
        counts.iter().map(|(action, count)| format!("{} {}", number(*count), action.word())).collect();
    words.join(", ")
}

fn milliseconds(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1000.0)
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// With commas between thousands.
fn number(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_have_commas() {
        assert_eq!([0, 999, 1000, 1_234_567].map(number), ["0", "999", "1,000", "1,234,567"]);
    }
}
