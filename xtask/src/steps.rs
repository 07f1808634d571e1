//! Steps: each is announced, timed and listed at the end.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::Result;

enum Outcome {
    Done(Duration),
    Failed(Duration, String),
    NotRun(String),
}

/// What was done so far.
#[derive(Default)]
pub(crate) struct Steps {
    done: Vec<(String, Outcome)>,
}

impl Steps {
    /// Runs a step. `None` says that it failed; the error is already on the screen.
    pub(crate) fn run<T>(&mut self, name: &str, step: impl FnOnce() -> Result<T>) -> Option<T> {
        println!("==> {name}");
        let start = Instant::now();
        let result = step();
        let took = start.elapsed();
        let (outcome, value) = match result {
            Ok(value) => {
                println!("    {name}: {}", seconds(took));
                (Outcome::Done(took), Some(value))
            }
            Err(error) => {
                eprintln!("    {name}: failed after {}\nerror: {error:#}", seconds(took));
                (Outcome::Failed(took, format!("{error:#}")), None)
            }
        };
        self.done.push((name.to_owned(), outcome));
        value
    }

    /// Notes a step that could not be tried. It counts as a failure.
    pub(crate) fn not_run(&mut self, name: &str, reason: &str) {
        println!("==> {name}: not run, {reason}");
        self.done.push((name.to_owned(), Outcome::NotRun(reason.to_owned())));
    }

    /// Whether every step so far was done.
    pub(crate) fn succeeded(&self) -> bool {
        self.done.iter().all(|(_, outcome)| matches!(outcome, Outcome::Done(_)))
    }

    /// The list of all steps and what came of them.
    pub(crate) fn summary(&self) -> String {
        let width = self.done.iter().map(|(name, _)| name.len()).max().unwrap_or_default();
        let lines = self.done.iter().map(|(name, outcome)| match outcome {
            Outcome::Done(took) => format!("  ok       {name:width$}  {}\n", seconds(*took)),
            Outcome::Failed(took, error) => {
                let first = error.lines().next().unwrap_or_default();
                format!("  FAILED   {name:width$}  {}  {first}\n", seconds(*took))
            }
            Outcome::NotRun(reason) => format!("  NOT RUN  {name:width$}  {reason}\n"),
        });
        lines.collect()
    }

    /// Prints the summary and says how the program ends.
    pub(crate) fn finish(self) -> ExitCode {
        println!("\n{}", self.summary());
        if self.succeeded() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}

fn seconds(duration: Duration) -> String {
    format!("{:.1} s", duration.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use anyhow::anyhow;

    use super::*;

    #[test]
    fn every_step_is_listed_with_its_outcome() {
        let mut steps = Steps::default();
        assert_eq!(steps.run("first", || Ok(7)), Some(7));
        assert!(steps.succeeded());
        assert_eq!(steps.run::<()>("second", || Err(anyhow!("no room\nmore about it"))), None);
        steps.not_run("third", "second failed");
        let summary = steps.summary();
        let lines: Vec<&str> = summary.lines().collect();
        assert!(lines[0].starts_with("  ok       first "), "{summary}");
        assert!(lines[1].starts_with("  FAILED   second") && lines[1].ends_with("no room"), "{summary}");
        assert_eq!(lines[2], "  NOT RUN  third   second failed");
        assert!(!steps.succeeded());
    }

    #[test]
    fn a_step_that_was_not_run_is_no_success() {
        let mut steps = Steps::default();
        steps.not_run("browser", "no browser");
        assert!(!steps.succeeded());
    }
}
