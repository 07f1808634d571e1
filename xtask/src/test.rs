//! `cargo xtask test`.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use crate::paths::Paths;
use crate::postgres::{Durability, Postgres};
use crate::steps::Steps;
use crate::{apt, browser, build, lint, process, python, xmlsec};

/// A part of the tests that can be run alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    Lint,
    Unit,
    Http,
    Browser,
}

impl Part {
    /// All of them.
    pub(crate) const ALL: [Self; 4] = [Self::Lint, Self::Unit, Self::Http, Self::Browser];

    /// The part with this name.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "lint" => Self::Lint,
            "unit" => Self::Unit,
            "http" => Self::Http,
            "browser" => Self::Browser,
            _ => return None,
        })
    }
}

/// Runs the parts. A step that fails does not keep the others from running, unless they need what it makes.
pub(crate) fn run(steps: &mut Steps, paths: &Paths, parts: &[Part], arguments: &[OsString]) {
    let (unit, http, browser) =
        (parts.contains(&Part::Unit), parts.contains(&Part::Http), parts.contains(&Part::Browser));
    if parts.contains(&Part::Lint) {
        lint::source(steps, paths);
    }
    let built = (http || browser) && build::all(steps, paths).is_some();
    if parts.contains(&Part::Lint) {
        lint::documentation(steps, paths);
    }
    if !(unit || http || browser) {
        return;
    }
    let Some((_postgres, url)) = steps.run("PostgreSQL", postgres) else {
        return missing(steps, parts, "there is no PostgreSQL");
    };
    if unit {
        steps.run("tests of xtask", || {
            process::run(process::cargo(&paths.root).args(["test", "--release", "--package", "xtask"]))
        });
    }
    if unit || http {
        let names = match (unit, http) {
            (true, true) => "unit and HTTP tests",
            (true, false) => "unit tests",
            _ => "HTTP tests",
        };
        // The tests look for it in PATH, and fail without it.
        if unit && steps.run("xmlsec1", xmlsec::program).is_none() {
            return steps.not_run(names, "xmlsec1 is missing");
        }
        let environment = if http { steps.run("SCIM clients", || python::environment(paths)) } else { None };
        let pooler = !http || steps.run("PgBouncer", pgbouncer).is_some();
        if http && (!built || environment.is_none() || !pooler) {
            steps.not_run(names, "what they need is missing");
        } else {
            steps.run(names, || cargo_test(paths, (unit, http), &url, environment, arguments));
        }
    }
    if browser {
        browser_tests(steps, paths, built, &url, arguments);
    }
}

fn missing(steps: &mut Steps, parts: &[Part], reason: &str) {
    for (part, name) in [(Part::Unit, "unit tests"), (Part::Http, "HTTP tests"), (Part::Browser, "browser tests")] {
        if parts.contains(&part) {
            steps.not_run(name, reason);
        }
    }
}

/// A PostgreSQL that goes with the first value, or one that a person has named.
fn postgres() -> Result<(Option<Postgres>, String)> {
    if let Ok(url) = std::env::var("SPACEIQ_TEST_POSTGRES") {
        println!("    {url}");
        return Ok((None, url));
    }
    let postgres = Postgres::start(Durability::None)?;
    let url = postgres.url.clone();
    Ok((Some(postgres), url))
}

/// Debian's package starts a pooler of its own, which nobody here asked for and which has no database.
fn pgbouncer() -> Result<()> {
    if process::find(&["pgbouncer"]).is_some() {
        return Ok(());
    }
    apt::install("pgbouncer", "PgBouncer")?;
    let _ = process::output(Command::new("service").args(["pgbouncer", "stop"]));
    Ok(())
}

/// How often the server is killed in the long run.
const SOAK_KILLS: &str = "200";

/// The fault tests for as long as it takes.
pub(crate) fn soak(steps: &mut Steps, paths: &Paths) {
    let Some((_postgres, url)) = steps.run("PostgreSQL", postgres) else {
        return steps.not_run("soak", "there is no PostgreSQL");
    };
    steps.run("soak", || {
        let mut command = process::cargo(&paths.root);
        forget_configuration(&mut command);
        command.env("SPACEIQ_TEST_POSTGRES", &url).env("SPACEIQ_SOAK_KILLS", SOAK_KILLS);
        command.args(["test", "--release"]).args(lint::SERVER);
        process::run(command.args(["--test", "http", "--", "servers::killed"]))
    });
    steps.run("the store on a newer database", || {
        let mut command = process::cargo(&paths.root);
        forget_configuration(&mut command);
        command.env("SPACEIQ_TEST_POSTGRES", &url).env("SPACEIQ_TEST_NEWER_SCHEMA", "yes");
        command.args(["test", "--release"]).args(lint::SERVER).args(["--test", "contract", "--"]);
        // These are about the schema itself, and about versions that have to agree.
        process::run(command.args(["--skip", "schema::", "--skip", "transfer::"]))
    });
}

fn cargo_test(
    paths: &Paths,
    (unit, http): (bool, bool),
    url: &str,
    environment: Option<PathBuf>,
    arguments: &[OsString],
) -> Result<()> {
    let mut command = process::cargo(&paths.root);
    forget_configuration(&mut command);
    command.env("SPACEIQ_TEST_POSTGRES", url).env("SPACEIQ_BIN", paths.binary());
    if let Some(environment) = environment {
        command.env("SPACEIQ_TEST_VENV", environment);
    }
    command.args(["test", "--release", "--no-fail-fast"]).args(lint::SERVER);
    match (unit, http) {
        (true, false) => command.args(["--lib", "--bins"]),
        (false, true) => command.args(["--test", "*"]),
        _ => &mut command,
    };
    process::run(command.arg("--").args(arguments))
}

fn browser_tests(steps: &mut Steps, paths: &Paths, built: bool, url: &str, arguments: &[OsString]) {
    let packages = steps.run("npm packages", || browser::packages(paths));
    let chromium = steps.run("Chromium", browser::chromium);
    let (true, Some(()), Some(chromium)) = (built, packages, chromium) else {
        return steps.not_run("browser tests", "what they need is missing");
    };
    steps.run("browser tests", || {
        let variables = [
            ("SPACEIQ_BIN", paths.binary().into_os_string()),
            ("SPACEIQ_CHROMIUM", chromium.into_os_string()),
            ("SPACEIQ_TEST_POSTGRES", url.into()),
        ];
        browser::run(paths, &variables, arguments)
    });
}

/// Tests must not reach a database that a person has configured for the real server.
pub(crate) fn forget_configuration(command: &mut Command) {
    for (name, _) in std::env::vars_os() {
        // The site's folder is a setting of the build; changing it would build the server again.
        if name.to_string_lossy().starts_with("SPACEIQ_") && name != "SPACEIQ_SITE" {
            command.env_remove(&name);
        }
    }
}
