//! A throw-away PostgreSQL: in a temporary folder, on a free port of this machine alone, gone with the value.

mod programs;

use std::fs::File;
use std::net::{Ipv4Addr, TcpListener};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::process;
use programs::Programs;

const SETTINGS: &str = "\
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 200
";

/// Durability costs time, and nothing of a test outlives the run.
const NOT_DURABLE: &str = "\
fsync = off
synchronous_commit = off
full_page_writes = off
";

/// Whether what it acknowledges is on the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Durability {
    /// Yes, as anywhere.
    Real,
    /// No: for tests.
    None,
}

/// A running server.
pub(crate) struct Postgres {
    /// The address for the tests.
    pub(crate) url: String,
    programs: Programs,
    server: Option<Child>,
    durability: Durability,
}

impl Postgres {
    /// Starts one, after installing it where that is possible.
    pub(crate) fn start(durability: Durability) -> Result<Self> {
        let programs = Programs::find()?;
        println!("    {}", process::output(&mut programs.command("postgres", &["--version"]))?);
        let mut postgres = Self { url: String::new(), programs, server: None, durability };
        let options = ["-D", "data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"];
        process::output(&mut postgres.programs.command("initdb", &options))?;
        // Another program may take the port between our look at it and the server's start.
        let mut tries = 3;
        loop {
            tries -= 1;
            match postgres.listen() {
                Err(error) if tries == 0 => return Err(error),
                Err(error) => eprintln!("    {error:#}"),
                Ok(()) => return Ok(postgres),
            }
        }
    }

    fn listen(&mut self) -> Result<()> {
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port().to_string();
        let folder = &self.programs.folder;
        let more = if self.durability == Durability::None { NOT_DURABLE } else { "" };
        let settings = format!("{SETTINGS}{more}");
        std::fs::write(folder.join("data/postgresql.auto.conf"), settings).context("cannot configure PostgreSQL")?;
        let log = File::create(folder.join("log"))?;
        let mut command = self.programs.server(&["-D", "data", "-p", &port]);
        command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        let server = self.server.insert(command.spawn().context("cannot start PostgreSQL")?);
        let deadline = Instant::now() + Duration::from_mins(1);
        let question = ["-q", "-h", "127.0.0.1", "-p", &port, "-U", "postgres"];
        while process::output(&mut self.programs.command("pg_isready", &question)).is_err() {
            let ended = server.try_wait()?.is_some();
            if ended || Instant::now() > deadline {
                let log = std::fs::read_to_string(folder.join("log")).unwrap_or_default();
                bail!("PostgreSQL {}:\n{log}", if ended { "ended" } else { "does not answer" });
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        self.url = format!("postgres://postgres@127.0.0.1:{port}/postgres");
        Ok(())
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        if let Some(mut server) = self.server.take() {
            let stopped =
                process::output(&mut self.programs.command("pg_ctl", &["-D", "data", "-m", "immediate", "stop"]));
            if stopped.is_err() {
                let _ = server.kill();
            }
            let _ = server.wait();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpStream;

    use super::*;

    #[test]
    fn the_server_and_its_folder_go_with_the_value() {
        let postgres = Postgres::start(Durability::None).unwrap();
        let (_, address) = postgres.url.split_once('@').unwrap();
        let address = address.trim_end_matches("/postgres").to_owned();
        let folder = postgres.programs.folder.clone();
        assert!(TcpStream::connect(&address).is_ok() && folder.join("data").exists());
        drop(postgres);
        assert!(TcpStream::connect(&address).is_err(), "the server still listens");
        assert!(!folder.exists());
    }
}
