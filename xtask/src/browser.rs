//! Browser tests: packages from npm, Chromium, Node's test runner.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::paths::{Paths, write_if_changed};
use crate::test::forget_configuration;
use crate::{apt, process};

/// Chromium: the one that `SPACEIQ_CHROMIUM` names, one in `PATH`, or Debian's.
pub(crate) fn chromium() -> Result<PathBuf> {
    let chosen = std::env::var_os("SPACEIQ_CHROMIUM").map(PathBuf::from);
    let find = || process::find(&["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]);
    let browser = if let Some(browser) = chosen.or_else(find) {
        browser
    } else {
        apt::install("chromium", "A browser")?;
        find().context("the package chromium was installed and still there is no browser")?
    };
    println!("    {}", process::output(Command::new(&browser).arg("--version"))?);
    Ok(browser)
}

/// Installs what `package-lock.json` names, unless it is there.
pub(crate) fn packages(paths: &Paths) -> Result<()> {
    let version =
        process::output(Command::new("node").arg("--version")).context("Node is missing. Install Node 20 or newer")?;
    let major = version.trim_start_matches('v').split('.').next().and_then(|major| major.parse::<u32>().ok());
    if major.is_none_or(|major| major < 20) {
        bail!("Node {version} is too old: the browser tests need Node 20 or newer");
    }
    let folder = folder(paths);
    let lock = folder.join("package-lock.json");
    let wanted = std::fs::read(&lock).with_context(|| format!("cannot read {}", lock.display()))?;
    let installed = folder.join("node_modules/installed.json");
    if std::fs::read(&installed).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    process::run(Command::new("npm").current_dir(&folder).args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]))?;
    write_if_changed(&installed, &wanted)
}

/// Runs every `*.test.mjs`. No test, or one that skips itself, is a failure.
pub(crate) fn run(paths: &Paths, variables: &[(&str, OsString)], arguments: &[OsString]) -> Result<()> {
    let mut specs = Vec::new();
    find_specs(&folder(paths), &mut specs)?;
    specs.sort();
    if specs.is_empty() {
        bail!("there is no *.test.mjs in {}", folder(paths).display());
    }
    let report = paths.cache().join("browser.tap");
    let mut command = Command::new("node");
    forget_configuration(&mut command);
    command.current_dir(folder(paths)).envs(variables.iter().map(|(name, value)| (name, value)));
    // What hangs must not hold the build machine for ever.
    command.args([
        "--test",
        "--test-timeout=900000",
        "--test-reporter=spec",
        "--test-reporter-destination=stdout",
        "--test-reporter=tap",
    ]);
    command.arg(format!("--test-reporter-destination={}", report.display()));
    command.args(arguments).args(specs);
    process::run(&mut command)?;
    check_report(&std::fs::read_to_string(&report).context("Node left no report")?)
}

fn folder(paths: &Paths) -> PathBuf {
    paths.root.join("app/e2e")
}

fn find_specs(folder: &Path, specs: &mut Vec<PathBuf>) -> Result<()> {
    for entry in std::fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))? {
        let path = entry?.path();
        if path.is_dir() && !path.ends_with("node_modules") {
            find_specs(&path, specs)?;
        } else if path.to_string_lossy().ends_with(".test.mjs") {
            specs.push(path);
        }
    }
    Ok(())
}

/// Node ends with success when nothing ran: an empty file counts as one passed test that has the file's name.
fn check_report(report: &str) -> Result<()> {
    let count = |what: &str| {
        let line = report.lines().rev().find_map(|line| line.strip_prefix(&format!("# {what} ")));
        line.and_then(|count| count.parse::<u32>().ok())
            .with_context(|| format!("Node's report does not count `{what}`"))
    };
    if let Some(line) = report.lines().find(|line| line.starts_with("ok ") && line.ends_with(".test.mjs")) {
        bail!("a file holds no test: {line}");
    }
    if count("pass")? == 0 {
        bail!("no browser test was run");
    }
    if count("skipped")? + count("todo")? > 0 {
        bail!("a browser test was skipped");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(line: &str, pass: u32, skipped: u32, todo: u32) -> String {
        format!(
            "TAP version 13\n{line}\n1..1\n# tests 1\n# pass {pass}\n# fail 0\n# skipped {skipped}\n# todo {todo}\n"
        )
    }

    #[test]
    fn only_tests_that_ran_are_a_success() {
        assert!(check_report(&report("ok 1 - signs in", 1, 0, 0)).is_ok());
        assert!(check_report(&report("ok 1 - signs in # SKIP", 0, 1, 0)).is_err());
        assert!(check_report(&report("ok 1 - signs in", 1, 1, 0)).is_err());
        assert!(check_report(&report("ok 1 - signs in", 1, 0, 1)).is_err());
        assert!(check_report(&report("", 0, 0, 0)).is_err());
        assert!(check_report(&report("ok 1 - /home/me/app/e2e/empty.test.mjs", 1, 0, 0)).is_err());
        assert!(check_report("").is_err());
    }

    #[test]
    fn specs_are_found_in_folders_but_not_in_packages() {
        let folder = std::env::temp_dir().join(format!("xtask-specs-{}", std::process::id()));
        for file in ["a.test.mjs", "pages/b.test.mjs", "helper.mjs", "node_modules/c/c.test.mjs"] {
            let path = folder.join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "").unwrap();
        }
        let mut specs = Vec::new();
        find_specs(&folder, &mut specs).unwrap();
        specs.sort();
        assert_eq!(specs, [folder.join("a.test.mjs"), folder.join("pages/b.test.mjs")]);
        std::fs::remove_dir_all(folder).unwrap();
    }
}
