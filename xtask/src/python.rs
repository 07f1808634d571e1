//! SCIM clients from PyPI, in a folder of their own under the target folder.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::paths::{Paths, write_if_changed};
use crate::{apt, process};

/// Makes the virtual environment, unless it already holds what `requirements.txt` names.
pub(crate) fn environment(paths: &Paths) -> Result<PathBuf> {
    let requirements = paths.root.join("xtask/requirements.txt");
    let wanted = std::fs::read(&requirements).with_context(|| format!("cannot read {}", requirements.display()))?;
    let folder = paths.cache().join("python");
    let installed = folder.join("installed.txt");
    if std::fs::read(&installed).is_ok_and(|installed| installed == wanted) {
        return Ok(folder);
    }
    let python = process::find(&["python3"]).context("python3 is missing. Install Python 3.11 or newer")?;
    let script = "import sys; sys.exit(sys.version_info < (3, 11))";
    if process::output(Command::new(&python).args(["-c", script])).is_err() {
        bail!("{} is too old: the SCIM clients in the tests need Python 3.11 or newer", python.display());
    }
    // Debian's Python comes without the part that puts pip into a virtual environment.
    if process::output(Command::new(&python).args(["-c", "import ensurepip, venv"])).is_err() {
        apt::install("python3-venv", "Python's module venv")?;
    }
    process::run(Command::new(&python).args(["-m", "venv", "--clear"]).arg(&folder))?;
    let pip = ["-m", "pip", "--disable-pip-version-check", "--no-input", "install", "--quiet", "--requirement"];
    process::run(Command::new(folder.join("bin/python")).args(pip).arg(&requirements))?;
    write_if_changed(&installed, &wanted)?;
    Ok(folder)
}
