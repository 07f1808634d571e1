//! `cargo xtask build` and `run`.

use std::ffi::OsString;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::paths::{Paths, write_if_changed};
use crate::site::Site;
use crate::steps::Steps;
use crate::{process, style, wasm};

/// Builds everything into one program. `None` says that a step failed.
pub(crate) fn all(steps: &mut Steps, paths: &Paths) -> Option<()> {
    site(steps, paths)?;
    steps.run("server", || server(paths))
}

/// Builds what the server embeds.
pub(crate) fn site(steps: &mut Steps, paths: &Paths) -> Option<()> {
    steps.run("WebAssembly target", || wasm::add_target(paths, wasm::TARGET))?;
    let compiled = steps.run("islands to WebAssembly", || wasm::compile(paths))?;
    let islands = steps.run("wasm-bindgen", || wasm::bind(paths, &compiled))?;
    steps.run("styles and public files", || assets(paths, &islands))
}

fn assets(paths: &Paths, islands: &wasm::Islands) -> Result<()> {
    let (entry, public) = (paths.root.join("style/main.css"), paths.root.join("public"));
    for needed in [&entry, &public] {
        if !needed.exists() {
            bail!("{} is missing", needed.display());
        }
    }
    // The server's build script knows the target folder by this file, which cargo writes only if it makes the folder.
    let tag = paths.target.join("CACHEDIR.TAG");
    if !tag.exists() {
        write_if_changed(&tag, b"Signature: 8a477f597d28d172789f06886806bc55\n")?;
    }
    let mut site = Site::new(paths.site());
    site.add_islands(islands)?;
    site.add("main.css", style::bundle(&entry)?.as_bytes())?;
    site.add_folder(&public)?;
    site.finish()
}

fn server(paths: &Paths) -> Result<()> {
    process::run(process::cargo(&paths.root).args(["build", "--release", "--package", "server"]))?;
    let binary = paths.binary();
    let size = std::fs::metadata(&binary).with_context(|| format!("cannot read {}", binary.display()))?.len();
    println!("    {} ({} MB)", binary.display(), size / 1_000_000);
    Ok(())
}

/// Becomes the server, so that signals reach it and nothing waits beside it.
pub(crate) fn start(paths: &Paths, arguments: &[OsString]) -> Result<()> {
    let mut command = Command::new(paths.binary());
    command.current_dir(&paths.root).arg("serve").args(arguments);
    process::forget_package(&mut command);
    become_program(&mut command)
}

#[cfg(unix)]
fn become_program(command: &mut Command) -> Result<()> {
    use std::os::unix::process::CommandExt;
    Err(command.exec()).context("cannot start the server")
}

#[cfg(not(unix))]
fn become_program(command: &mut Command) -> Result<()> {
    let status = command.status().context("cannot start the server")?;
    if !status.success() {
        bail!("the server ended: {status}");
    }
    Ok(())
}
