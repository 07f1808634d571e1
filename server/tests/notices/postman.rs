//! A mail server as a process of its own: aiosmtpd, from PyPI.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde_json::Value;
use server::notices::Mailer;
use server::notices::smtp::Smtp;

/// A running mail server, which is ended with the value.
pub(super) struct Postman {
    child: Child,
    lines: Receiver<Value>,
    pub(super) port: u16,
}

impl Postman {
    /// Starts one that gives these answers.
    pub(super) fn start(arguments: &[&str]) -> Self {
        let environment = std::env::var("SPACEIQ_TEST_VENV")
            .expect("SPACEIQ_TEST_VENV names a virtual environment with aiosmtpd; cargo xtask test makes one");
        let program = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/notices/postman.py");
        let mut child = Command::new(PathBuf::from(environment).join("bin/python"))
            .arg(program)
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the mail server starts");
        let output = BufReader::new(child.stdout.take().expect("an output"));
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                let _ = sender.send(serde_json::from_str(&line).expect("JSON"));
            }
        });
        let first: Value = lines.recv_timeout(Duration::from_secs(30)).expect("its port");
        let port = first["port"].as_u64().and_then(|port| port.try_into().ok()).expect("a port");
        Self { child, lines, port }
    }

    /// Where it is.
    pub(super) fn url(&self) -> String {
        self.at("smtp://127.0.0.1")
    }

    /// The same under another beginning of the address.
    pub(super) fn at(&self, beginning: &str) -> String {
        format!("{beginning}:{}", self.port)
    }

    /// Ends it, and says what it was given. It wrote each line before it answered, so none is missing.
    pub(super) fn finish(mut self) -> Vec<Value> {
        self.child.kill().expect("killed");
        self.child.wait().expect("ended");
        self.lines.iter().collect()
    }
}

impl Drop for Postman {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A mailer that goes to this address.
pub(super) fn mailer(url: &str) -> Mailer {
    let smtp = Smtp::new(Some(url), Some("SpaceIQ <spaceiq@console.test>"), None).expect("valid").expect("an address");
    Mailer::new(&smtp, "https://console.test").expect("prepared")
}
