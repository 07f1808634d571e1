//! Embeds what `cargo xtask build` left in `target/site`. Without it (a plain `cargo check`) the tables are empty.

use std::fmt::Write;
use std::path::{Path, PathBuf};

fn main() {
    let out = PathBuf::from(std::env::var("OUT_DIR").unwrap_or_default());
    let site = site_folder(&out);
    println!("cargo::rerun-if-env-changed=SPACEIQ_SITE");
    println!("cargo::rerun-if-changed={}", site.join("manifest.txt").display());
    let manifest = std::fs::read_to_string(site.join("manifest.txt")).unwrap_or_default();
    let mut names = String::new();
    let mut assets = String::new();
    let mut islands = "spaceiq".to_owned();
    // A line a file: source name, hashed name, content type, with tabs between; `islands` names the pair of files.
    for line in manifest.lines() {
        let fields: Vec<&str> = line.split('\t').collect();
        match fields[..] {
            ["islands", name] => name.clone_into(&mut islands),
            [source, hashed, content_type] => {
                let _ = writeln!(names, "    ({source:?}, {hashed:?}),");
                let file = |suffix: &str| site.join(format!("{hashed}{suffix}")).display().to_string();
                let (identity, brotli, gzip) = (file(""), file(".br"), file(".gz"));
                let _ = writeln!(
                    assets,
                    "    Asset {{ name: {hashed:?}, content_type: {content_type:?}, identity: include_bytes!({identity:?}), \
                     brotli: include_bytes!({brotli:?}), gzip: include_bytes!({gzip:?}) }},"
                );
            }
            _ => {}
        }
    }
    let code = format!(
        "static NAMES: &[(&str, &str)] = &[\n{names}];\nstatic ASSETS: &[Asset] = &[\n{assets}];\nconst ISLANDS: &str = {islands:?};\n"
    );
    if let Err(error) = std::fs::write(out.join("assets.rs"), code) {
        println!("cargo::error=cannot write the table of assets: {error}");
    }
}

/// `SPACEIQ_SITE`, or `site` in the target folder that holds this build's output.
fn site_folder(out: &Path) -> PathBuf {
    if let Ok(site) = std::env::var("SPACEIQ_SITE") {
        return site.into();
    }
    let target = out.ancestors().find(|folder| folder.join("CACHEDIR.TAG").exists());
    target.unwrap_or(out).join("site")
}
