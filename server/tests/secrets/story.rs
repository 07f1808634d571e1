//! What happens to the program, and what came of it.

use std::cell::RefCell;
use std::io::Write;

use super::marks::Marks;
use super::program::command;
use crate::support::Answer;
use crate::support::browser::{Browser, plain};

/// What happens, and what came of it.
pub(super) struct Story {
    pub(super) marks: Marks,
    pub(super) leaks: RefCell<Vec<String>>,
    pub(super) settings: Vec<(&'static str, String)>,
    pub(super) url: String,
}

impl Story {
    /// Looks through an answer. `meant` are the secrets that it is there to give; cookies are given by their own header.
    pub(super) fn look(&self, what: &str, answer: &Answer, meant: &[&str]) {
        self.note(self.marks.found(&format!("the answer to {what}"), answer.text.as_bytes(), meant));
        let cookies = self.marks.names("the cookie ");
        let cookies: Vec<_> = cookies.iter().map(String::as_str).collect();
        for (name, value) in &answer.headers {
            let meant = if name == "set-cookie" { &cookies[..] } else { meant };
            self.note(self.marks.found(&format!("{name} of {what}"), value.as_bytes(), meant));
        }
    }

    pub(super) fn note(&self, leaks: Vec<String>) {
        self.leaks.borrow_mut().extend(leaks);
    }

    pub(super) fn get(&self, browser: &Browser, path: &str) -> String {
        let answer = browser.get(path);
        self.look(path, &answer, &[]);
        plain(&answer.text)
    }

    pub(super) fn post(&self, browser: &Browser, path: &str, fields: &[(&str, &str)]) -> Answer {
        let before = browser.cookies();
        let answer = browser.post(path, fields);
        self.look(path, &answer, &[]);
        self.remember_cookies(browser, &before);
        answer
    }

    pub(super) fn remember_cookies(&self, browser: &Browser, before: &str) {
        for (name, value) in browser.cookies().split("; ").filter_map(|pair| pair.split_once('=')) {
            if !before.contains(value) && value.len() >= 16 {
                self.marks.add(&format!("the cookie {name}"), value);
            }
        }
    }

    /// Runs a command. What it prints is searched, but for what it is meant to print.
    pub(super) fn run(&self, arguments: &[&str], input: &str, meant: &[&str]) -> String {
        let mut child = command(&self.settings).args(arguments).spawn().expect("the program starts");
        let _ = child.stdin.take().expect("an input").write_all(input.as_bytes());
        let output = child.wait_with_output().expect("it ends");
        let what = arguments[..arguments.len().min(2)].join(" ");
        self.note(self.marks.found(&format!("what {what} prints"), &output.stdout, meant));
        self.note(self.marks.found(&format!("what {what} complains"), &output.stderr, &[]));
        String::from_utf8(output.stdout).expect("text")
    }
}
