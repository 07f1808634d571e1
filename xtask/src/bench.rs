//! `cargo xtask bench`.

use std::ffi::OsString;
use std::process::Command;

use anyhow::Result;

use crate::paths::Paths;
use crate::postgres::{Durability, Postgres};
use crate::steps::Steps;
use crate::{build, process};

/// Builds server and load generator and lets one loose on the other.
pub(crate) fn run(steps: &mut Steps, paths: &Paths, arguments: &[OsString]) {
    if build::all(steps, paths).is_some() && steps.run("load generator", || load_generator(paths)).is_some() {
        steps.run("bench", || race(paths, arguments));
    }
}

/// Beside the server, so that what both depend on is not compiled once more with fewer features.
fn load_generator(paths: &Paths) -> Result<()> {
    process::run(process::cargo(&paths.root).args([
        "build",
        "--release",
        "--package",
        "server",
        "--package",
        "bench",
        "--bins",
    ]))
}

fn race(paths: &Paths, arguments: &[OsString]) -> Result<()> {
    let named = |what: &str| arguments.iter().any(|argument| argument == what);
    // With the durability that the server's users have: whoever acknowledges without it is no rival.
    let postgres = if named("--postgres") || named("--help") || only_sqlite(arguments) {
        None
    } else {
        Some(Postgres::start(Durability::Real)?)
    };
    let mut command = Command::new(paths.binary().with_file_name(format!("bench{}", std::env::consts::EXE_SUFFIX)));
    command.arg("--spaceiq").arg(paths.binary());
    if let Some(postgres) = &postgres {
        command.args(["--postgres", &postgres.url]);
    }
    process::run(command.args(arguments))
}

fn only_sqlite(arguments: &[OsString]) -> bool {
    arguments.windows(2).any(|pair| pair[0] == "--engine" && pair[1] == "sqlite")
        || arguments.iter().any(|argument| argument == "--engine=sqlite")
}
