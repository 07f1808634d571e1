//! `xmlsec1`, whose opinion of signatures the tests ask besides that of our own.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use crate::{apt, process};

/// The program: the one in `PATH`, or Debian's.
pub(crate) fn program() -> Result<PathBuf> {
    let find = || process::find(&["xmlsec1"]);
    let program = if let Some(program) = find() {
        program
    } else {
        apt::install("xmlsec1", "xmlsec1")?;
        find().context("the package xmlsec1 was installed and still there is no such program")?
    };
    println!("    {}", process::output(Command::new(&program).arg("--version"))?);
    Ok(program)
}
