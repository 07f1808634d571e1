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
    let folder = folder(paths);
    let mut specs = Vec::new();
    find_specs(&folder, &mut specs)?;
    specs.sort();
    if specs.is_empty() {
        bail!("there is no *.test.mjs in {}", folder.display());
    }
    let report = paths.cache().join("browser.tap");
    let mut command = Command::new("node");
    forget_configuration(&mut command);
    command.current_dir(&folder).envs(variables.iter().map(|(name, value)| (name, value)));
    // What hangs must not hold the build machine for ever.
    command.args([
        "--test",
        "--test-timeout=900000",
        "--test-reporter=spec",
        "--test-reporter-destination=stdout",
        "--test-reporter=tap",
    ]);
    command.arg(format!("--test-reporter-destination={}", report.display()));
    command.args(arguments).args(specs.iter().map(|spec| spec.strip_prefix(&folder).unwrap_or(spec)));
    let ran = process::run(&mut command);
    let report = std::fs::read_to_string(&report).context("Node left no report")?;
    if ran.is_err() {
        let failures = failures(&report);
        bail!("{} browser tests failed\n{}", failures.len(), failures.join("\n"));
    }
    check_report(&report)
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

/// The tests that failed, each with the first lines of its error: Node's own account of them is hundreds of lines long.
fn failures(report: &str) -> Vec<String> {
    const ERROR_LINES: usize = 12;
    let mut failures = Vec::new();
    let mut lines = report.lines().map(str::trim);
    while let Some(line) = lines.next() {
        let Some((_, name)) = line.strip_prefix("not ok ").and_then(|rest| rest.split_once(" - ")) else { continue };
        let details = lines.by_ref().take_while(|line| *line != "...");
        let error =
            details.skip_while(|line| !line.starts_with("error:")).take_while(|line| !line.starts_with("code:"));
        failures.push(format!("  {name}: {}", error.take(ERROR_LINES).collect::<Vec<_>>().join("\n    ")));
    }
    failures
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
    fn failures_are_told_with_their_errors() {
        let report = "ok 1 - signs in\n  ---\n  ...\n# Subtest: signs out\nnot ok 2 - signs out\n  ---\n  duration_ms: 7\n  error: |-\n    no button\n  code: 'ERR'\n  stack: |-\n    at x\n  ...\n";
        assert_eq!(failures(report), ["  signs out: error: |-\n    no button"]);
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
