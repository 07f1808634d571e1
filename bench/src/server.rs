//! The release binary, started on a database.

use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::database::Database;
use crate::load::Target;

/// What its command line says when it listens.
const UP: &str = "SpaceIQ is up: http://";
/// A server that is not up after this long never will be.
const PATIENCE: Duration = Duration::from_mins(1);

/// The program.
#[derive(Debug, Clone)]
pub(crate) struct Program(pub(crate) PathBuf);

impl Program {
    fn command(&self, database: &Database, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.0);
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("SPACEIQ_") {
                command.env_remove(name);
            }
        }
        command.args(arguments).args(["--database-url", &database.url]);
        command
    }

    /// Runs one of its commands and returns what it prints.
    fn run(&self, database: &Database, arguments: &[&str], input: &str) -> Result<String> {
        let mut command = self.command(database, arguments);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().context("cannot start spaceiq")?;
        child.stdin.take().context("no standard input")?.write_all(input.as_bytes())?;
        let output = child.wait_with_output()?;
        if !output.status.success() {
            bail!("spaceiq {}: {}", arguments.join(" "), output.status);
        }
        Ok(String::from_utf8(output.stdout)?.trim().to_owned())
    }

    /// Makes a company and a token of its own.
    pub(crate) fn company(&self, database: &Database, name: &str) -> Result<String> {
        self.run(database, &["tenant", "create", "--name", name], "")?;
        self.run(database, &["token", "issue", "--tenant", name, "--provider", "azure", "--name", "bench"], "")
    }

    /// Makes an account that manages integrations.
    pub(crate) fn account(&self, database: &Database, company: &str, email: &str, password: &str) -> Result<()> {
        let arguments =
            ["account", "create", "--tenant", company, "--email", email, "--role", "admin", "--password-stdin"];
        self.run(database, &arguments, password).map(drop)
    }
}

/// A running server, stopped with the value.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: SocketAddr,
    /// From its start until it listened.
    pub(crate) started_in: Duration,
}

impl Server {
    /// Starts one; without a rate limit, unless it is named, and without asking anybody before many are disabled.
    pub(crate) fn start(program: &Program, database: &Database, rate_limit: u32) -> Result<Self> {
        let limit = rate_limit.to_string();
        let arguments = ["serve", "--listen", "127.0.0.1:0", "--rate-limit", &limit, "--brake-percent", "0"];
        let started = Instant::now();
        let mut child = program
            .command(database, &arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            // It writes its log, as it does anywhere; nobody keeps it.
            .stderr(Stdio::null())
            .spawn()
            .context("cannot start the server")?;
        let mut lines = BufReader::new(child.stdout.take().context("no standard output")?);
        let mut line = String::new();
        while !line.starts_with(UP) {
            line.clear();
            if lines.read_line(&mut line)? == 0 || started.elapsed() > PATIENCE {
                bail!("the server did not start");
            }
        }
        let started_in = started.elapsed();
        let address = line[UP.len()..].trim().parse().context("the server listens somewhere else")?;
        // Whatever it still has to say must not meet a closed pipe.
        std::thread::spawn(move || std::io::copy(&mut lines, &mut std::io::sink()));
        Ok(Self { child, address, started_in })
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The SCIM endpoint, for the holder of a token.
    pub(crate) fn scim(&self, token: &str) -> Target {
        Target { address: self.address, headers: format!("authorization: Bearer {token}\r\n") }
    }

    /// The console, for the holder of a cookie.
    pub(crate) fn console(&self, cookie: &str) -> Target {
        let headers = format!("cookie: {cookie}\r\norigin: http://{}\r\n", self.address);
        Target { address: self.address, headers }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
