//! `spaceiq check`.

use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use clap::Args;
use rehearse::check::{Fault, Finding, Outcome, junit};
use rehearse::transport::{Client, Patience, SystemTimer};
use serde_json::json;

use super::target::TargetArgs;
use super::{Failure, print_json};

/// Checks a SCIM server, whoever made it: does it keep the RFCs, and will Azure AD, Okta and OneLogin get on with it?
///
/// A line a check; a failure says what was sent, what came back, what was expected, and which rule says so. What the
/// checks create is removed at the end. A warning (!) is a recommendation that is not followed.
#[derive(Args)]
pub(super) struct CheckArgs {
    #[command(flatten)]
    target: TargetArgs,
    /// The findings as JSON
    #[arg(long)]
    json: bool,
    /// Write the findings to a file that build servers read
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
}

/// Runs the command; it needs no database.
pub(super) fn run(args: &CheckArgs) -> Result<(), Failure> {
    let transport = args.target.connect("create, change and delete some users and groups")?;
    let timer = SystemTimer::new();
    let client = Client::new(&transport, &timer, Patience::NONE);
    let marker = SystemTime::now().duration_since(UNIX_EPOCH).map(|time| time.as_micros()).unwrap_or_default();
    let show = |finding: &Finding| {
        if !args.json {
            lines(finding).iter().for_each(|line| println!("{line}"));
        }
    };
    let findings = rehearse::check::run(&client, args.target.url(), &format!("check-{marker:x}"), show);
    if let Some(path) = &args.junit {
        write(path, &junit(&findings))?;
    }
    let failed = findings.iter().filter(|finding| finding.failed()).count();
    if args.json {
        let checks: Vec<_> = findings.iter().map(Finding::to_json).collect();
        print_json(&json!({ "url": args.target.url().base(), "passed": failed == 0, "checks": checks }));
    } else {
        println!("{}", summary(&findings));
    }
    match failed {
        0 => Ok(()),
        1 => Err(Failure::new("1 check failed")),
        _ => Err(Failure(format!("{failed} checks failed"))),
    }
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    std::fs::write(path, text).map_err(|error| Failure(format!("{}: {error}", path.display())))
}

fn lines(finding: &Finding) -> Vec<String> {
    let line = |mark: &str| format!("{mark} {:<32} {}", finding.check.id, finding.check.title);
    let details = |fault: &Fault| {
        [("sent", &*fault.sent), ("came", &*fault.came), ("expected", &*fault.expected), ("rule", finding.check.rule)]
            .map(|(name, text)| format!("    {name:<9} {}", text.replace('\n', " ")))
    };
    match &finding.outcome {
        Outcome::Passed => vec![line("✓")],
        Outcome::Skipped(reason) => vec![line("-"), format!("    skipped   {reason}")],
        Outcome::Failed(fault) => [line("✗")].into_iter().chain(details(fault)).collect(),
        Outcome::Warned(fault) => [line("!")].into_iter().chain(details(fault)).collect(),
    }
}

fn summary(findings: &[Finding]) -> String {
    let count = |wanted: fn(&Outcome) -> bool| findings.iter().filter(|finding| wanted(&finding.outcome)).count();
    let counts = [
        (count(|outcome| matches!(outcome, Outcome::Passed)), "passed"),
        (count(|outcome| matches!(outcome, Outcome::Failed(_))), "failed"),
        (count(|outcome| matches!(outcome, Outcome::Warned(_))), "warned"),
        (count(|outcome| matches!(outcome, Outcome::Skipped(_))), "skipped"),
    ];
    let words: Vec<String> =
        counts.iter().filter(|(count, _)| *count > 0).map(|(count, word)| format!("{count} {word}")).collect();
    words.join(", ")
}
