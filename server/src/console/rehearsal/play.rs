//! The two plays, told in the words of Azure's provisioning log.

use rehearse::check::{self, Finding, Outcome};
use rehearse::cycle::{Job, Settings, Stage as OnDemand};
use rehearse::dialect::Dialect;
use rehearse::mapping::Mapping;
use rehearse::people::{Directory, Evolution, evolve, generate};
use rehearse::report::{Action, Report};
use rehearse::transport::{Client, Patience, SystemTimer};
use serde_json::{Value, json};
use store::integrations::Provider;

use super::run::{Stage, Teller};

const PEOPLE: usize = 12;
const GROUPS: usize = 3;
const SEED: u64 = 7;
/// What a reader sees of the names, beside the mark.
const NOTE: &str = " (rehearsal)";

/// The lines so far; each new one is told.
struct Log<'t> {
    lines: Vec<Value>,
    teller: &'t Teller,
}

impl Log<'_> {
    fn add(&mut self, good: bool, title: impl Into<String>, detail: impl Into<String>) {
        let mark = if good { "done" } else { "failed" };
        self.push(json!({ "mark": mark, "title": title.into(), "detail": detail.into() }));
    }

    fn push(&mut self, line: Value) {
        self.lines.push(line);
        self.teller.tell(&self.lines);
    }
}

fn dialect(provider: Provider) -> Dialect {
    match provider {
        Provider::Azure => Dialect::Azure,
        Provider::Okta => Dialect::Okta,
        Provider::OneLogin => Dialect::OneLogin,
        // Nothing better is known of the others than that they follow the RFC.
        _ => Dialect::Azure062020,
    }
}

/// Everybody's name begins with the mark, whatever becomes of it later.
fn mapping(prefix: &str) -> Result<Mapping, String> {
    Mapping::azure()
        .with(&format!("userName=Append(\"{prefix}\", [userPrincipalName])"))?
        .with(&format!("externalId=Append(\"{prefix}\", [mailNickname])"))?
        .with(&format!("displayName=Append([displayName], \"{NOTE}\")"))
}

fn directory(prefix: &str) -> Directory {
    let mut directory = generate(PEOPLE, GROUPS, SEED);
    for team in &mut directory.teams {
        team.display_name = format!("{prefix}{}", team.display_name);
    }
    if let Some(last) = directory.people.last_mut() {
        last.role = Some("Default Access".to_owned());
    }
    directory
}

/// Plays the provider's cycles.
pub(super) fn rehearsal(stage: &Stage, teller: &Teller) {
    let mut log = Log { lines: Vec::new(), teller };
    let timer = SystemTimer::new();
    let client = Client::new(&stage.transport, &timer, Patience { tries: 3, ..Patience::default() });
    let mapping = match mapping(&stage.prefix) {
        Ok(mapping) => mapping,
        Err(reason) => return log.add(false, "Attribute mapping", reason),
    };
    let mut directory = directory(&stage.prefix);
    let mut job = Job::new(&client, Settings { mapping, ..Settings::new(dialect(stage.provider)) }, &());
    if let Err(reason) = job.test_connection() {
        return log.add(false, "Test Connection", reason);
    }
    log.add(true, "Test Connection", "The endpoint answers as it should, and the token is accepted.");
    if let Some(person) = directory.people.first() {
        job.on_demand(person).iter().for_each(|step| log.add(step.done, on_demand(step), step.detail.clone()));
    }
    let none = Evolution::default();
    for (name, evolution) in [
        ("Initial cycle", none),
        ("Incremental cycle: people and groups have changed", Evolution { change: 60, ..none }),
        ("Incremental cycle: people have left", Evolution { offboard: 25, ..none }),
    ] {
        evolve(&mut directory, evolution, SEED);
        let report = job.cycle(&directory);
        log.add(report.succeeded(), name, words(&report));
    }
    match job.verify(&directory) {
        Ok(verdict) if verdict.differences.is_empty() => {
            log.add(true, "Compare source and target", format!("{} people and groups are the same.", verdict.compared));
        }
        Ok(verdict) => log.add(false, "Compare source and target", verdict.differences.join("; ")),
        Err(reason) => log.add(false, "Compare source and target", reason),
    }
    let report = job.cycle(&Directory::default());
    log.add(report.succeeded(), "Clean up: everybody is deleted", words(&report));
}

fn on_demand(step: &OnDemand) -> String {
    format!("Provision on demand: {}", step.name)
}

fn words(report: &Report) -> String {
    let mut parts = Vec::new();
    for (counts, one, many) in [(&report.users, "user", "users"), (&report.groups, "group", "groups")] {
        for (action, count) in counts.iter().filter(|(action, _)| **action != Action::Skip) {
            parts.push(format!("{count} {} {}", if *count == 1 { one } else { many }, action.word()));
        }
    }
    if report.references > 0 {
        parts.push(format!("managers and memberships written: {}", report.references));
    }
    for (reason, count) in report.skips.iter().chain(&report.failures) {
        parts.push(format!("{count} × {reason}"));
    }
    parts.extend(report.quarantine.iter().map(|reason| format!("quarantine: {reason}")));
    if parts.is_empty() {
        parts.push("nothing to do".to_owned());
    }
    format!("{}. {} requests, {:.0} ms at the median.", parts.join(", "), report.requests(), median(report))
}

fn median(report: &Report) -> f64 {
    report.percentile(50).as_secs_f64() * 1000.0
}

/// Runs all checks.
pub(super) fn check(stage: &Stage, teller: &Teller) {
    let mut log = Log { lines: Vec::new(), teller };
    let timer = SystemTimer::new();
    let client = Client::new(&stage.transport, &timer, Patience::NONE);
    check::run(&client, &stage.public, stage.prefix.trim_end_matches('-'), |finding| log.push(line(finding)));
}

fn line(finding: &Finding) -> Value {
    let (mark, detail, fault) = match &finding.outcome {
        Outcome::Passed => ("done", "", None),
        Outcome::Skipped(reason) => ("skipped", reason.as_str(), None),
        Outcome::Failed(fault) => ("failed", "", Some(fault)),
        Outcome::Warned(fault) => ("warned", "", Some(fault)),
    };
    let fault = fault.map(|fault| {
        json!({ "sent": fault.sent, "came": fault.came, "expected": fault.expected, "rule": finding.check.rule })
    });
    json!({ "mark": mark, "title": finding.check.title, "detail": detail, "fault": fault })
}
