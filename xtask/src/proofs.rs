//! The tests that `SECURITY.md` names must exist: a promise whose proof was renamed or removed is no promise.

use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::paths::Paths;

/// Fails when the last column of a table names a test that is nowhere in the sources, or a row names none.
pub(crate) fn check(paths: &Paths) -> Result<()> {
    let document = std::fs::read_to_string(paths.root.join("SECURITY.md")).context("cannot read SECURITY.md")?;
    let mut sources = String::new();
    for (folder, ending) in [("server", ".rs"), ("xtask/src", ".rs"), ("app/e2e", ".test.mjs")] {
        read(&paths.root.join(folder), ending, &mut sources)?;
    }
    let wrong = wrong(&document, &sources);
    if !wrong.is_empty() {
        bail!("SECURITY.md: {}", wrong.join("; "));
    }
    Ok(())
}

fn wrong(document: &str, sources: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    for row in document.lines().filter(|line| line.starts_with("| ") && !line.ends_with("| proof |")) {
        let proofs: Vec<&str> =
            row.trim_end_matches('|').rsplit('|').next().unwrap_or_default().split('`').skip(1).step_by(2).collect();
        if proofs.is_empty() {
            wrong.push(format!("no proof in {row:?}"));
        }
        let missing = proofs.iter().filter(|proof| !is_test(proof, sources));
        wrong.extend(missing.map(|proof| format!("there is no test `{proof}`")));
    }
    wrong
}

/// A function in Rust, or a title in a browser test.
fn is_test(name: &str, sources: &str) -> bool {
    if name.contains(' ') {
        return sources.contains(&format!("(\"{name}\""));
    }
    sources.contains(&format!("fn {name}("))
}

fn read(folder: &Path, ending: &str, into: &mut String) -> Result<()> {
    for entry in std::fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))? {
        let path = entry?.path();
        if path.is_dir() && !path.ends_with("node_modules") && !path.ends_with("target") {
            read(&path, ending, into)?;
        } else if path.to_string_lossy().ends_with(ending) {
            into.push_str(&std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::wrong;

    #[test]
    fn proofs_that_are_missing_are_named() {
        let sources = "async fn a_token_expires(world: World) {}\ntest(\"signing out ends the session\", () => {});";
        let table =
            |proof: &str| format!("| demand | how | proof |\n|---|---|---|\n| tokens end | `exp` | {proof} |\n");
        assert!(wrong(&table("`a_token_expires`, `signing out ends the session`"), sources).is_empty());
        assert_eq!(wrong(&table("`a_token`"), sources), ["there is no test `a_token`"]);
        assert_eq!(wrong(&table("`signing out`"), sources), ["there is no test `signing out`"]);
        assert_eq!(wrong(&table("soon"), sources).len(), 1);
    }
}
