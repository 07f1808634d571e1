//! Where things are.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// The folders that the steps share.
pub(crate) struct Paths {
    /// The workspace: where `Cargo.toml`, `style` and `public` are.
    pub(crate) root: PathBuf,
    /// Cargo's target folder.
    pub(crate) target: PathBuf,
}

impl Paths {
    /// Cargo has just put this program into `TARGET/release`, whatever set the target folder: a variable, a
    /// configuration file or nothing. Asking where it is answers for all of them.
    pub(crate) fn find() -> Result<Self> {
        let manifest =
            std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
        let root = manifest.parent().context("xtask is not inside a workspace")?.to_owned();
        let program = std::env::current_exe().context("cannot tell where xtask is")?;
        let target = program.ancestors().nth(2).context("xtask is not inside a target folder")?.to_owned();
        Ok(Self { root, target })
    }

    /// What the server embeds.
    pub(crate) fn site(&self) -> PathBuf {
        self.target.join("site")
    }

    /// What earlier runs left behind for later ones.
    pub(crate) fn cache(&self) -> PathBuf {
        self.target.join("xtask")
    }

    /// The finished program.
    pub(crate) fn binary(&self) -> PathBuf {
        self.target.join("release").join(format!("spaceiq{}", std::env::consts::EXE_SUFFIX))
    }
}

/// Writes a file unless it already says the same, so that what depends on its time of change is left in peace.
pub(crate) fn write_if_changed(path: &Path, content: &[u8]) -> Result<()> {
    if std::fs::read(path).is_ok_and(|old| old == content) {
        return Ok(());
    }
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
    }
    // A run that is interrupted here must not leave half a file that the next run takes for a whole one.
    let unfinished = path.with_added_extension("unfinished");
    std::fs::write(&unfinished, content)
        .and_then(|()| std::fs::rename(&unfinished, path))
        .with_context(|| format!("cannot write {}", path.display()))
}
