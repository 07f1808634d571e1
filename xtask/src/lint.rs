//! Checks that run nothing.

use crate::paths::Paths;
use crate::steps::Steps;
use crate::{deny, process, proofs, sbom, wasm};

/// The crates that make the server. Building others beside them would switch on other features of shared dependencies
/// and compile those once more; the islands' crate must not meet the server's features at all.
pub(crate) const SERVER: [&str; 5] = ["--workspace", "--exclude", "frontend", "--exclude", "xtask"];

const DENY_WARNINGS: [&str; 3] = ["--", "-D", "warnings"];

/// Format, the proofs of SECURITY.md, the list of components, and clippy, for the server, the islands and this program.
pub(crate) fn source(steps: &mut Steps, paths: &Paths) {
    steps.run("format", || process::run(process::cargo(&paths.root).args(["fmt", "--all", "--check"])));
    steps.run("proofs", || proofs::check(paths));
    steps.run("components", || sbom::make(paths));
    steps.run("clippy: server", || {
        let mut command = process::cargo(&paths.root);
        process::run(
            command.args(["clippy", "--release", "--keep-going", "--all-targets"]).args(SERVER).args(DENY_WARNINGS),
        )
    });
    steps.run("clippy: xtask", || {
        let mut command = process::cargo(&paths.root);
        process::run(
            command
                .args(["clippy", "--release", "--keep-going", "--all-targets", "--package", "xtask"])
                .args(DENY_WARNINGS),
        )
    });
    steps.run("clippy: islands", || {
        wasm::add_target(paths, wasm::TARGET)?;
        process::run(wasm::cargo(paths, "clippy").args(DENY_WARNINGS))
    });
}

/// Broken links in the documentation.
pub(crate) fn documentation(steps: &mut Steps, paths: &Paths) {
    steps.run("documentation", || {
        let mut command = process::cargo(&paths.root);
        process::run(command.env("RUSTDOCFLAGS", "-D warnings").args(["doc", "--release", "--no-deps"]).args(SERVER))
    });
}

/// Licences and banned crates, where cargo-deny is installed, which takes too long for the tests to do it.
pub(crate) fn dependencies(steps: &mut Steps, paths: &Paths) {
    if deny::is_installed() {
        deny::rules(steps, paths);
    } else {
        println!("==> dependencies: not looked at; `cargo xtask deny` says what that takes");
    }
}
