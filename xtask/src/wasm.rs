//! The islands: Rust to WebAssembly and the script that loads it.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use wasm_bindgen_cli_support::Bindgen;

use crate::paths::{Paths, write_if_changed};
use crate::process;
use crate::site::hash;

/// What islands are compiled for.
pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

/// Small before fast, for this build alone. A profile of its own in `Cargo.toml` would not be seen by the server's
/// dependencies, but neither are these: build scripts and macros have settings of their own.
const PROFILE: [(&str, &str); 5] = [
    ("CARGO_PROFILE_RELEASE_OPT_LEVEL", "z"),
    ("CARGO_PROFILE_RELEASE_LTO", "fat"),
    ("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "1"),
    ("CARGO_PROFILE_RELEASE_PANIC", "abort"),
    // wasm-bindgen finds its instructions in what `strip` takes away.
    ("CARGO_PROFILE_RELEASE_STRIP", "none"),
];

/// The two files a browser loads.
pub(crate) struct Islands {
    pub(crate) script: Vec<u8>,
    pub(crate) wasm: Vec<u8>,
}

/// Sees to it that Rust can compile for a target.
pub(crate) fn add_target(paths: &Paths, target: &str) -> Result<()> {
    let installed = process::output(Command::new("rustc").current_dir(&paths.root).args([
        "--print",
        "target-libdir",
        "--target",
        target,
    ]));
    if installed.is_ok_and(|folder| Path::new(&folder).exists()) {
        return Ok(());
    }
    process::run(Command::new("rustup").current_dir(&paths.root).args(["target", "add", target])).with_context(|| {
        format!(
            "Rust's {target} target is missing. Install Rust through https://rustup.rs and run `rustup target add {target}`, \
             or install your distribution's package for that target"
        )
    })
}

/// A cargo command that sees the WebAssembly profile.
pub(crate) fn cargo(paths: &Paths, subcommand: &str) -> Command {
    let mut command = process::cargo(&paths.root);
    // Erased component types, which the server's pages are compiled with, make islands a fifth heavier.
    command.env("CARGO_ENCODED_RUSTFLAGS", "");
    command.envs(PROFILE).args([subcommand, "--release", "--package", "frontend", "--target", TARGET]);
    command
}

/// Compiles the islands' crate.
pub(crate) fn compile(paths: &Paths) -> Result<PathBuf> {
    process::run(&mut cargo(paths, "build"))?;
    Ok(paths.target.join(TARGET).join("release/frontend.wasm"))
}

/// Runs wasm-bindgen, unless it has already seen this very file.
pub(crate) fn bind(paths: &Paths, compiled: &Path) -> Result<Islands> {
    let input = std::fs::read(compiled).with_context(|| format!("cannot read {}", compiled.display()))?;
    let cache = paths.cache().join("islands");
    let (seen, script, wasm) = (cache.join("input"), cache.join("islands.js"), cache.join("islands.wasm"));
    let input_hash = hash(&[&input]);
    let same = std::fs::read_to_string(&seen).is_ok_and(|old| old == input_hash);
    if same && let (Ok(script), Ok(wasm)) = (std::fs::read(&script), std::fs::read(&wasm)) {
        return Ok(Islands { script, wasm });
    }
    let islands = bindgen(input)?;
    write_if_changed(&script, &islands.script)?;
    write_if_changed(&wasm, &islands.wasm)?;
    // Last, so that an interrupted run is done again.
    write_if_changed(&seen, input_hash.as_bytes())?;
    Ok(islands)
}

fn bindgen(input: Vec<u8>) -> Result<Islands> {
    let mut output = Bindgen::new()
        .input_bytes("spaceiq", input)
        .web(true)?
        .typescript(false)
        .remove_name_section(true)
        .remove_producers_section(true)
        // leptos says where the WebAssembly is. The default would name a file without its hash.
        .omit_default_module_path(true)
        .generate_output()?;
    let inline = output.snippets().values().any(|scripts| !scripts.is_empty());
    if inline || !output.local_modules().is_empty() || !output.npm_dependencies().is_empty() {
        bail!(
            "an island brings JavaScript of its own; it would have to be served beside the script, and nothing does that"
        );
    }
    Ok(Islands { script: output.js().as_bytes().to_vec(), wasm: output.wasm_mut().emit_wasm() })
}
