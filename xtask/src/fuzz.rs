//! `cargo xtask fuzz`: the property tests of all parsers, again and again with other inputs.

use std::time::{Duration, Instant};

use anyhow::Result;

use crate::paths::Paths;
use crate::steps::Steps;
use crate::{lint, process};

/// Modules of this name hold the tests; what each run tries is drawn anew.
const NAME: &str = "fuzz";

/// Runs them until the time is over, at least once, and says how often that was. The first failure ends it: it is
/// printed in its smallest form, and kept beside the test, which from then on tries it first.
pub(crate) fn run(steps: &mut Steps, paths: &Paths, minutes: u64) {
    steps.run("fuzz", || {
        let until = Instant::now() + Duration::from_mins(minutes);
        let mut rounds = 0;
        loop {
            round(paths)?;
            rounds += 1;
            if Instant::now() >= until {
                println!("    {rounds} rounds");
                return Ok(());
            }
        }
    });
}

fn round(paths: &Paths) -> Result<()> {
    let mut command = process::cargo(&paths.root);
    process::run(command.args(["test", "--release", "--quiet", "--lib"]).args(lint::SERVER).args(["--", NAME]))
}
