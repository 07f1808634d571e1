//! TLS as clients meet it, and what is refused without it: the real program on a real port.

mod plain;
mod tls;

use std::io::{BufRead, BufReader, Lines};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use store::testing::TemporaryFolder;

/// `spaceiq serve`, as a process. It ends with the value.
struct Program {
    process: Child,
    /// Host and port.
    address: String,
    /// The address that it says it is up at.
    url: String,
    folder: TemporaryFolder,
    /// What it prints meanwhile needs a reader.
    _output: Lines<BufReader<ChildStdout>>,
}

impl Program {
    /// Starts it on a free port, with a database of its own.
    fn start(arguments: &[&str]) -> Self {
        Self::start_in(TemporaryFolder::new(), arguments)
    }

    fn start_in(folder: TemporaryFolder, arguments: &[&str]) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_spaceiq"))
            .arg("serve")
            .args(arguments)
            .env("SPACEIQ_DATABASE_URL", format!("sqlite:{}/x.db", folder.path().display()))
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program starts");
        let mut lines = BufReader::new(process.stdout.take().expect("an output")).lines();
        let first = lines.next().expect("a line").expect("text");
        let url = first.strip_prefix("SpaceIQ is up: ").expect("the address").to_owned();
        let address = url.split("://").nth(1).expect("an address").replace("0.0.0.0", "127.0.0.1");
        Self { process, address, url, folder, _output: lines }
    }

    /// Runs another command on its database; what it printed.
    fn command(&self, arguments: &[&str]) -> String {
        let output = Command::new(env!("CARGO_BIN_EXE_spaceiq"))
            .args(arguments)
            .env("SPACEIQ_DATABASE_URL", format!("sqlite:{}/x.db", self.folder.path().display()))
            .output()
            .expect("it runs");
        String::from_utf8(output.stdout).expect("text").trim().to_owned()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A file beside this one.
pub(crate) fn key_file(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/transport/keys").join(name).display().to_string()
}
