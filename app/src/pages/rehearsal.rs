//! A rehearsal or a check of the company's own endpoint: what it is, how far it is, and what came of it.

use leptos::prelude::*;
use store::integrations::Provider;

use super::provider::{WITHIN, address};
use crate::components::{Icon, chip, crumbs, flash, icon};
use crate::islands::live::Live;
use crate::shell::Frame;

/// How often a page asks how far a run is.
const LIVE_SECONDS: u32 = 1;

/// What is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Run {
    /// The provider's cycles, with people who do not exist.
    Rehearsal,
    /// The rules of SCIM and of its clients.
    Check,
}

impl Run {
    /// The last part of its address.
    pub fn key(self) -> &'static str {
        match self {
            Self::Rehearsal => "rehearsal",
            Self::Check => "check",
        }
    }
}

/// How a line of a report stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// It went well.
    Done,
    /// It did not.
    Failed,
    /// It went well, and something could be better.
    Warned,
    /// It was not looked at.
    Skipped,
}

/// One line of a report.
#[derive(Debug, Clone)]
pub struct ReportLine {
    /// How it went.
    pub mark: Mark,
    /// What was done.
    pub title: String,
    /// What came of it.
    pub detail: String,
    /// What was sent, what came, what was expected, and the rule; for what went wrong.
    pub fault: Vec<(&'static str, String)>,
}

/// The state of the last run.
#[derive(Debug, Clone)]
pub struct RunReport {
    /// Whether it goes on.
    pub running: bool,
    /// Who started it, and when.
    pub started: String,
    /// What is known so far.
    pub lines: Vec<ReportLine>,
}

/// The page.
#[derive(Debug, Clone)]
pub struct RehearsalPage {
    /// For which provider.
    pub provider: Provider,
    /// Rehearsal or check.
    pub run: Run,
    /// The last run, if there was one.
    pub report: Option<RunReport>,
}

impl RehearsalPage {
    pub(super) fn title(&self) -> String {
        match self.run {
            Run::Rehearsal => format!("Rehearse {}", self.provider.name()),
            Run::Check => "Check the endpoint".to_owned(),
        }
    }

    fn words(&self) -> (String, &'static str) {
        let name = self.provider.name();
        match self.run {
            Run::Rehearsal => (
                format!(
                    "Plays what {name} does: Test Connection, one person on demand, an initial cycle, a cycle with changes, and one in which people leave. It takes a few seconds, uses a token of its own, and twelve people who do not exist. They are marked, and gone again at the end. Nobody else is touched."
                ),
                "Start rehearsal",
            ),
            Run::Check => (
                "Asks this endpoint everything that identity providers are known to ask, and compares the answers with the rules. What it creates is marked, and gone again at the end. Nobody else is touched.".to_owned(),
                "Start check",
            ),
        }
    }

    pub(super) fn view(&self, frame: &Frame) -> AnyView {
        let (text, button) = self.words();
        let here = format!("{}/{}", address(self.provider), self.run.key());
        let start = self.report.is_none().then(|| start(&here, button));
        let report = self.report.as_ref().map(|report| {
            let body = report_body(report, &here, &frame.sprite);
            let body = if report.running {
                let address = format!("{here}/report");
                view! { <Live address seconds=LIVE_SECONDS>{body}</Live> }.into_any()
            } else {
                body
            };
            view! { <section class="card" aria-labelledby="report"><h2 id="report">"Last run"</h2>{body}</section> }
        });
        let back = view! { <a class="btn quiet" href=address(self.provider)>"Back to " {self.provider.name()}</a> };
        view! {
            <main id="main" class="page one">
                {crumbs(&WITHIN, &self.title())}
                <div class="head"><h1>{self.title()}</h1></div>
                {flash(frame)}
                <section class="card" aria-label="What it does"><p>{text}</p><div class="actions">{start}{back}</div></section>
                {report}
            </main>
        }
        .into_any()
    }
}

fn start(here: &str, words: &'static str) -> AnyView {
    view! { <form method="post" action=here.to_owned()><button class="btn main" type="submit">{words}</button></form> }
        .into_any()
}

/// The report as far as it is known, and what can be done next at the address of its page.
pub fn report_body(report: &RunReport, here: &str, sprite: &str) -> AnyView {
    let count = |mark: Mark| report.lines.iter().filter(|line| line.mark == mark).count();
    let (failed, warned) = (count(Mark::Failed), count(Mark::Warned));
    let state = if report.running {
        chip(sprite, "", Icon::Clock, "Running")
    } else if failed > 0 {
        chip(sprite, "bad", Icon::Alert, "Failed")
    } else {
        chip(sprite, "ok", Icon::Check, "Passed")
    };
    let parts =
        [(count(Mark::Done), "passed"), (failed, "failed"), (warned, "warned"), (count(Mark::Skipped), "skipped")];
    let counts: Vec<String> =
        parts.iter().filter(|(count, _)| *count > 0).map(|(count, word)| format!("{count} {word}")).collect();
    let lines = report.lines.iter().map(|line| line.view(sprite)).collect_view();
    let next = if report.running {
        view! { <a class="btn" href=here.to_owned()>"See how far it is"</a> }.into_any()
    } else {
        start(here, "Start again")
    };
    view! {
        <p class="run-state">{state}<span>{counts.join(", ")}</span><span class="hint">{report.started.clone()}</span></p>
        <ol class="report">{lines}</ol>
        <div class="actions">{next}</div>
    }
    .into_any()
}

impl ReportLine {
    pub(super) fn view(&self, sprite: &str) -> AnyView {
        let (class, shown, word) = match self.mark {
            Mark::Done => ("ok", Icon::Check, "Passed: "),
            Mark::Failed => ("bad", Icon::Alert, "Failed: "),
            Mark::Warned => ("warn", Icon::Alert, "Warning: "),
            Mark::Skipped => ("", Icon::Clock, "Skipped: "),
        };
        let fault = (!self.fault.is_empty()).then(|| {
            let row = |(name, text): &(&'static str, String)| {
                view! { <dt>{*name}</dt><dd>{text.clone()}</dd> }
            };
            view! { <dl class="fault">{self.fault.iter().map(row).collect_view()}</dl> }
        });
        let detail = (!self.detail.is_empty()).then(|| view! { <span class="hint">{self.detail.clone()}</span> });
        view! {
            <li class=class>
                {icon(sprite, shown)}
                <div><span class="visually-hidden">{word}</span><span>{self.title.clone()}</span>{detail}{fault}</div>
            </li>
        }
        .into_any()
    }
}
