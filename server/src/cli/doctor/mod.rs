//! `spaceiq doctor`: what is wrong, and what to do about it.

mod database;
mod machine;
mod mail;

use clap::Args;
use serde_json::json;

use super::serve::ServeArgs;
use super::{Failure, Global, print_json};
use crate::config::{Config, Settings};
use crate::passkeys::Passkeys;

#[derive(Args)]
pub(super) struct DoctorArgs {
    /// As JSON
    #[arg(long)]
    json: bool,
    // What is said to the server is said to the doctor, who looks at the same settings.
    #[command(flatten)]
    serve: ServeArgs,
}

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Fine,
    /// Worth knowing; the server works.
    Note,
    Wrong,
}

/// One thing that was looked at.
struct Finding {
    what: &'static str,
    state: State,
    found: String,
    /// What to do about it; empty where there is nothing.
    advice: String,
}

impl Finding {
    fn fine(what: &'static str, found: impl Into<String>) -> Self {
        Self { what, state: State::Fine, found: found.into(), advice: String::new() }
    }

    fn note(what: &'static str, found: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { what, state: State::Note, found: found.into(), advice: advice.into() }
    }

    fn wrong(what: &'static str, found: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { what, state: State::Wrong, found: found.into(), advice: advice.into() }
    }
}

pub(super) async fn run(global: &Global, args: DoctorArgs) -> Result<(), Failure> {
    let findings = examine(global, args.serve).await;
    if args.json {
        print_json(&findings.iter().map(to_json).collect());
    } else {
        findings.iter().for_each(print);
    }
    let wrong = findings.iter().filter(|finding| finding.state == State::Wrong).count();
    match wrong {
        0 => Ok(()),
        1 => Err(Failure::new("one thing is wrong")),
        wrong => Err(Failure(format!("{wrong} things are wrong"))),
    }
}

async fn examine(global: &Global, args: ServeArgs) -> Vec<Finding> {
    const WHAT: &str = "configuration";
    let mut findings = Vec::new();
    let file = match Settings::read(global.config.as_deref()) {
        Ok(file) => file,
        Err(error) => return vec![Finding::wrong(WHAT, error, "mend the file, or start without --config")],
    };
    let mut host = None;
    match Config::new(args.settings(), &file) {
        Ok(config) => {
            host = Passkeys::new(&config.public_url).map(|here| here.host().to_owned());
            findings.push(Finding::fine(WHAT, format!("listens on {}, known as {}", config.listen, config.public_url)));
            findings.extend(machine::addresses(&config));
            findings.push(mail::server(&config).await);
        }
        Err(error) => findings.push(Finding::wrong(WHAT, error, "mend the setting; spaceiq serve --help lists them")),
    }
    if let Some(path) = &global.config {
        findings.push(machine::permissions("configuration file", path));
    }
    match global.database() {
        Ok((_, url)) => {
            findings.extend(database::examine(&url, host.as_deref()).await);
            findings.extend(url.file().map(machine::disk).unwrap_or_default());
        }
        Err(Failure(error)) => {
            findings.push(Finding::wrong("database", error, "mend --database-url or SPACEIQ_DATABASE_URL"));
        }
    }
    findings
}

fn to_json(finding: &Finding) -> serde_json::Value {
    let state = match finding.state {
        State::Fine => "fine",
        State::Note => "note",
        State::Wrong => "wrong",
    };
    json!({ "what": finding.what, "state": state, "found": finding.found, "advice": finding.advice })
}

fn print(finding: &Finding) {
    let mark = match finding.state {
        State::Fine => '✓',
        State::Note => '!',
        State::Wrong => '✗',
    };
    println!("{mark} {:20} {}", finding.what, finding.found);
    if !finding.advice.is_empty() {
        println!("  {:20} → {}", "", finding.advice);
    }
}
