//! What the server embeds: every file under a name with its content's hash, and the list of them.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};

use crate::compress;
use crate::paths::write_if_changed;
use crate::wasm::Islands;

/// The files so far, in the order of the list.
pub(crate) struct Site {
    folder: PathBuf,
    manifest: String,
    names: BTreeSet<String>,
}

impl Site {
    /// Starts a list; files go to `folder`.
    pub(crate) fn new(folder: PathBuf) -> Self {
        Self { folder, manifest: String::new(), names: BTreeSet::new() }
    }

    /// The script and its WebAssembly. leptos asks for `NAME.js` and `NAME_bg.wasm`, so they share one hash.
    pub(crate) fn add_islands(&mut self, islands: &Islands) -> Result<()> {
        let name = format!("spaceiq-{}", hash(&[&islands.script, &islands.wasm]));
        let _ = writeln!(self.manifest, "islands\t{name}");
        self.add_named("spaceiq.js", format!("{name}.js"), &islands.script)?;
        self.add_named("spaceiq_bg.wasm", format!("{name}_bg.wasm"), &islands.wasm)
    }

    /// One file.
    pub(crate) fn add(&mut self, source: &str, content: &[u8]) -> Result<()> {
        self.add_named(source, hashed_name(source, content), content)
    }

    /// Every file in a folder.
    pub(crate) fn add_folder(&mut self, folder: &Path) -> Result<()> {
        let entries = std::fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))?;
        let mut files = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<PathBuf>>>()?;
        files.sort();
        for file in files {
            let name = file.file_name().unwrap_or_default().to_string_lossy();
            let content = std::fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
            self.add(&name, &content)?;
        }
        Ok(())
    }

    /// Writes the list and removes files that are no longer on it.
    pub(crate) fn finish(self) -> Result<()> {
        for entry in std::fs::read_dir(&self.folder)? {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let plain = name.strip_suffix(".br").or_else(|| name.strip_suffix(".gz")).unwrap_or(&name);
            if name != "manifest.txt" && !self.names.contains(plain) {
                std::fs::remove_file(&path).with_context(|| format!("cannot remove {}", path.display()))?;
            }
        }
        write_if_changed(&self.folder.join("manifest.txt"), self.manifest.as_bytes())
    }

    fn add_named(&mut self, source: &str, hashed: String, content: &[u8]) -> Result<()> {
        let content_type = content_type(source)?;
        compress::write(&self.folder, &hashed, content)?;
        let _ = writeln!(self.manifest, "{source}\t{hashed}\t{content_type}");
        self.names.insert(hashed);
        Ok(())
    }
}

/// The first 64 bits of SHA-256: enough to tell versions of one file apart.
pub(crate) fn hash(parts: &[&[u8]]) -> String {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update(part);
    }
    digest.finalize().iter().take(8).fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn hashed_name(source: &str, content: &[u8]) -> String {
    let hash = hash(&[content]);
    match source.rsplit_once('.') {
        Some((stem, extension)) => format!("{stem}-{hash}.{extension}"),
        None => format!("{source}-{hash}"),
    }
}

fn content_type(source: &str) -> Result<&'static str> {
    Ok(match source.rsplit_once('.').map(|(_, extension)| extension) {
        Some("css") => "text/css; charset=utf-8",
        Some("ico") => "image/x-icon",
        Some("js") => "text/javascript; charset=utf-8",
        Some("png") => "image/png",
        Some("svg") => "image/svg+xml",
        Some("txt") => "text/plain; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("webmanifest") => "application/manifest+json",
        Some("woff2") => "font/woff2",
        _ => bail!("{source}: xtask/src/site.rs knows no content type for this kind of file"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// SHA-256 of "abc" is in FIPS 180-2, appendix B.1.
    const ABC: &str = "ba7816bf8f01cfea";

    fn folder(name: &str) -> PathBuf {
        std::env::temp_dir().join(format!("xtask-site-{}-{name}", std::process::id()))
    }

    #[test]
    fn names_carry_the_hash_before_the_extension() {
        assert_eq!(hashed_name("icons.svg", b"abc"), format!("icons-{ABC}.svg"));
        assert_eq!(hash(&[b"a", b"bc"]), ABC);
    }

    #[test]
    fn the_list_names_source_file_and_type() {
        let folder = folder("list");
        let mut site = Site::new(folder.clone());
        site.add_islands(&Islands { script: b"a".to_vec(), wasm: b"bc".to_vec() }).unwrap();
        site.add("robots.txt", b"abc").unwrap();
        site.finish().unwrap();
        let manifest = std::fs::read_to_string(folder.join("manifest.txt")).unwrap();
        let expected = format!(
            "islands\tspaceiq-{ABC}\nspaceiq.js\tspaceiq-{ABC}.js\ttext/javascript; charset=utf-8\n\
             spaceiq_bg.wasm\tspaceiq-{ABC}_bg.wasm\tapplication/wasm\nrobots.txt\trobots-{ABC}.txt\ttext/plain; charset=utf-8\n"
        );
        assert_eq!(manifest, expected);
        for suffix in ["", ".br", ".gz"] {
            assert!(folder.join(format!("robots-{ABC}.txt{suffix}")).exists());
        }
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn old_files_go_and_an_unchanged_list_is_not_touched() {
        let folder = folder("old");
        let build = |content: &[u8]| {
            let mut site = Site::new(folder.clone());
            site.add("robots.txt", content).unwrap();
            site.finish().unwrap();
            std::fs::metadata(folder.join("manifest.txt")).unwrap().modified().unwrap()
        };
        let first = build(b"abc");
        assert_eq!(build(b"abc"), first);
        build(b"other");
        assert!(!folder.join(format!("robots-{ABC}.txt")).exists());
        assert!(!folder.join(format!("robots-{ABC}.txt.br")).exists());
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_kind_of_file_without_a_type_is_refused() {
        assert!(content_type("photo.tiff").is_err() && content_type("README").is_err());
    }
}
