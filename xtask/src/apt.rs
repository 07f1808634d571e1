//! Debian packages, where this program may install them.

use std::process::Command;
use std::sync::Once;

use anyhow::{Context, Result, bail};

use crate::process;

/// Whether this program may do everything, as it may on a build machine.
pub(crate) fn is_root() -> bool {
    process::output(Command::new("id").arg("-u")).is_ok_and(|id| id == "0")
}

/// Installs a package as root on Debian and its relatives. Anywhere else it says what a person has to do.
pub(crate) fn install(package: &str, purpose: &str) -> Result<()> {
    static UPDATE: Once = Once::new();
    if !is_root() || process::find(&["apt-get"]).is_none() {
        bail!("{purpose} is missing. Install it (Debian's package is called {package}) and try again");
    }
    UPDATE.call_once(|| {
        // A machine without working package lists may still hold the package.
        if let Err(error) = process::run(apt().arg("update")) {
            eprintln!("    {error:#}");
        }
    });
    process::run(apt().args(["install", "--yes", "--no-install-recommends", package]))
        .with_context(|| format!("{purpose} is missing and its package {package} could not be installed"))
}

fn apt() -> Command {
    let mut command = Command::new("apt-get");
    command.env("DEBIAN_FRONTEND", "noninteractive").arg("--quiet=2");
    command
}
