//! The program with everything in its log, which is kept.

use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread::JoinHandle;

/// A running server whose output is kept.
pub(super) struct Program {
    child: Child,
    out: JoinHandle<Vec<u8>>,
    err: JoinHandle<Vec<u8>>,
    /// Where it is.
    pub(super) url: String,
    /// The code of the setup link that it printed.
    pub(super) setup: String,
}

/// The program with its settings.
pub(super) fn command(settings: &[(&str, String)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_spaceiq"));
    command
        .envs(settings.iter().map(|(name, value)| (*name, value)))
        .env("SPACEIQ_LOG", "trace")
        .env("RUST_BACKTRACE", "1");
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

impl Program {
    /// Starts it and reads its first lines.
    pub(super) fn start(settings: &[(&str, String)]) -> Self {
        let mut child =
            command(settings).args(["serve", "--listen", "127.0.0.1:0"]).spawn().expect("the program starts");
        let mut output = BufReader::new(child.stdout.take().expect("an output"));
        let mut errors = child.stderr.take().expect("an output for errors");
        let err = std::thread::spawn(move || {
            let mut all = Vec::new();
            errors.read_to_end(&mut all).expect("readable");
            all
        });
        let (mut first, mut lines) = (String::new(), String::new());
        output.read_line(&mut first).expect("text");
        let url = first.trim().split_once("is up: ").expect("its address").1.to_owned();
        while !lines.contains("/setup?code=") {
            assert!(output.read_line(&mut lines).expect("text") > 0, "{lines}");
        }
        let setup = lines.trim().rsplit_once("code=").expect("a link").1.to_owned();
        let out = std::thread::spawn(move || {
            // The setup link is printed for the operator, once.
            let mut all = Vec::new();
            output.read_to_end(&mut all).expect("readable");
            all
        });
        Self { child, out, err, url, setup }
    }

    /// Stops it: what it said on either output.
    pub(super) fn stop(mut self) -> [(&'static str, Vec<u8>); 2] {
        let asked = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().expect("kill runs");
        assert!(asked.success() && self.child.wait().expect("it ends").success());
        [("standard output", self.out.join().expect("read")), ("standard error", self.err.join().expect("read"))]
    }
}

/// Every file of a folder.
pub(super) fn files(folder: &std::path::Path) -> Vec<(PathBuf, Vec<u8>)> {
    let paths = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("a file").path());
    paths.filter(|path| path.is_file()).map(|path| (path.clone(), std::fs::read(path).expect("readable"))).collect()
}
