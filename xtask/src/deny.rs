//! `cargo xtask deny`: what may come into the program, as `deny.toml` has it.

use anyhow::{Context, Result};

use crate::paths::Paths;
use crate::process;
use crate::steps::Steps;

/// Whether the program that knows is here.
pub(crate) fn is_installed() -> bool {
    process::find(&["cargo-deny"]).is_some()
}

/// Everything. Advisories are asked for over the network, so that they are a step of their own.
pub(crate) fn run(steps: &mut Steps, paths: &Paths) {
    if !is_installed() {
        return steps.not_run(
            "dependencies",
            "cargo-deny is missing; `cargo install cargo-deny --locked` installs it, in some ten minutes of processor time",
        );
    }
    rules(steps, paths);
    steps.run("advisories", || {
        check(paths, &["advisories"]).context("there is an advisory, or github.com/RustSec/advisory-db was not reached")
    });
}

/// Banned crates, licences and where crates come from: nothing of it needs the network.
pub(crate) fn rules(steps: &mut Steps, paths: &Paths) {
    steps.run("dependencies", || check(paths, &["bans", "licenses", "sources"]));
}

fn check(paths: &Paths, what: &[&str]) -> Result<()> {
    process::run(process::cargo(&paths.root).args(["deny", "check"]).args(what))
}
