//! `cargo xtask image`: the program as one static file, and an image with nothing else in it.

mod alone;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::paths::Paths;
use crate::steps::Steps;
use crate::{apt, build, process, wasm};

/// Programs for it need nothing of the system that they run on.
const TARGET: &str = "x86_64-unknown-linux-musl";

/// Builds the program and then the image; in between, the program is tried with nothing around it.
pub(crate) fn run(steps: &mut Steps, paths: &Paths, check: bool) {
    let Some(program) = program(steps, paths) else { return steps.not_run("image", "there is no program for it") };
    if check && steps.run("alone in a folder", || alone::check(paths, &program)).is_none() {
        return steps.not_run("image", "the program does not work alone");
    }
    steps.run("image", || image(paths, &program));
}

fn program(steps: &mut Steps, paths: &Paths) -> Option<PathBuf> {
    build::site(steps, paths)?;
    steps.run("musl", || {
        wasm::add_target(paths, TARGET)?;
        if process::find(&["musl-gcc"]).is_none() {
            apt::install("musl-tools", "musl's C compiler, musl-gcc,")?;
        }
        Ok(())
    })?;
    steps.run("static program", || {
        let mut command = process::cargo(&paths.root);
        command.env("SPACEIQ_SITE", paths.site()).args(["build", "--release", "--target", TARGET]);
        process::run(command.args(["--package", "server", "--bin", "spaceiq"]))?;
        let program = paths.target.join(TARGET).join("release/spaceiq");
        let size = fs::metadata(&program).with_context(|| format!("cannot read {}", program.display()))?.len();
        println!("    {} ({} MB)", program.display(), size / 1_000_000);
        Ok(program)
    })
}

/// Follows `.deploy/Containerfile` with buildah, which wants no daemon, and leaves the image in a file as well.
fn image(paths: &Paths, program: &Path) -> Result<()> {
    if process::find(&["buildah"]).is_none() {
        apt::install("buildah", "buildah")?;
    }
    // A folder with the program alone: what else lies beside it is no business of the image.
    let folder = paths.target.join("image");
    fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
    fs::copy(program, folder.join("spaceiq")).with_context(|| format!("cannot copy {}", program.display()))?;
    let mut build = Command::new("buildah");
    // The recipe runs nothing, so that there is nothing to isolate.
    build.args(["build", "--isolation", "chroot", "--tag", "spaceiq", "--file"]);
    process::run(build.arg(paths.root.join(".deploy/Containerfile")).arg(&folder))?;
    let file = paths.target.join("spaceiq.oci.tar");
    let _ = fs::remove_file(&file);
    process::run(
        Command::new("buildah").args(["push", "--quiet", "spaceiq"]).arg(format!("oci-archive:{}", file.display())),
    )?;
    println!("    localhost/spaceiq, and {}", file.display());
    Ok(())
}
