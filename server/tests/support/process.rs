//! `spaceiq serve` as a process of its own: it can be killed, stopped, and be one of several.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use super::browser::Browser;
use super::client::Client;

/// How long a process may take to start or to stop.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running server, which is killed with the value.
pub(crate) struct Process {
    child: Child,
    /// Its address.
    pub(crate) url: String,
}

impl Process {
    /// Starts one and waits until it listens.
    pub(crate) fn start(database: &str, arguments: &[&str]) -> Self {
        Self::try_start(database, arguments).expect("the server starts")
    }

    /// Starts one with more variables.
    pub(crate) fn start_with(database: &str, variables: &[(&str, &str)]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_spaceiq"));
        command.envs(variables.iter().copied());
        Self::run(command, database, &[]).expect("the server starts")
    }

    /// Starts one, or gives what it complained about.
    fn try_start(database: &str, arguments: &[&str]) -> Result<Self, String> {
        Self::run(Command::new(env!("CARGO_BIN_EXE_spaceiq")), database, arguments)
    }

    /// Starts one that may write no file longer than this: to it the disk is full.
    pub(crate) fn start_on_a_small_disk(database: &str, megabytes: usize) -> Self {
        // The limit is in blocks of 512 bytes. Whoever ignores the signal gets an error instead.
        let script = format!("trap '' XFSZ; ulimit -f {}; exec \"$0\" \"$@\"", megabytes * 2048);
        let mut command = Command::new("sh");
        command.args(["-c", &script, env!("CARGO_BIN_EXE_spaceiq")]);
        Self::run(command, database, &[]).expect("the server starts")
    }

    fn run(mut command: Command, database: &str, arguments: &[&str]) -> Result<Self, String> {
        let mut child = command
            .args(["serve", "--listen", "127.0.0.1:0", "--rate-limit", "0"])
            .args(arguments)
            .env("SPACEIQ_DATABASE_URL", database)
            .env("SPACEIQ_LOG", "warn")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut output = BufReader::new(child.stdout.take().expect("an output"));
        let mut line = String::new();
        output.read_line(&mut line).expect("text");
        let Some((_, url)) = line.trim().split_once("is up: ") else {
            let mut said = String::new();
            let _ = child.stderr.take().expect("an output for errors").read_to_string(&mut said);
            let _ = child.wait();
            return Err(said);
        };
        let url = url.to_owned();
        // Nobody reads the rest, and a full pipe would stop the server.
        std::thread::spawn(move || std::io::copy(&mut output, &mut std::io::sink()));
        let mut errors = child.stderr.take().expect("an output for errors");
        std::thread::spawn(move || std::io::copy(&mut errors, &mut std::io::sink()));
        Ok(Self { child, url })
    }

    /// A provider with a token.
    pub(crate) fn scim(&self, token: &str) -> Client {
        Client::new(format!("{}/scim", self.url), Some(token))
    }

    /// Someone who is not signed in.
    pub(crate) fn browser(&self) -> Browser {
        Browser::at(self.url.clone())
    }

    /// Host and port.
    pub(crate) fn address(&self) -> &str {
        self.url.trim_start_matches("http://")
    }

    /// Ends it as a power cut would.
    pub(crate) fn kill(mut self) {
        self.child.kill().expect("killed");
        self.child.wait().expect("ended");
    }

    /// Asks it to stop.
    pub(crate) fn ask_to_stop(&self) {
        let asked = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().expect("kill runs");
        assert!(asked.success());
    }

    /// Waits until it has stopped.
    pub(crate) fn stopped(mut self) -> ExitStatus {
        let until = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().expect("a state") {
                return status;
            }
            assert!(Instant::now() < until, "the server does not stop");
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
