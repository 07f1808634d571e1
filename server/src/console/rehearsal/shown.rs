//! A run as its page shows it.

use app::components::moment;
use app::pages::{Mark, ReportLine, RunReport};
use serde_json::Value;
use store::rehearsals::Rehearsal;

/// The last run.
pub(super) fn report(run: &Rehearsal) -> RunReport {
    let lines = run.report.as_array().into_iter().flatten().map(line).collect();
    RunReport {
        running: run.finished_at.is_none(),
        started: format!("Started by {} on {}", run.started_by, moment(run.started_at)),
        lines,
    }
}

fn line(line: &Value) -> ReportLine {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mark = match line["mark"].as_str() {
        Some("done") => Mark::Done,
        Some("warned") => Mark::Warned,
        Some("skipped") => Mark::Skipped,
        _ => Mark::Failed,
    };
    let fault = [("Sent", "sent"), ("Came back", "came"), ("Expected", "expected"), ("Rule", "rule")]
        .into_iter()
        .filter(|_| line["fault"].is_object())
        .map(|(name, key)| (name, text(&line["fault"][key])))
        .collect();
    ReportLine { mark, title: text(&line["title"]), detail: text(&line["detail"]), fault }
}
