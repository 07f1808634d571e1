//! The command line.

use std::ffi::OsString;

/// What a person may ask for.
pub(crate) const HELP: &str = "\
Usage: cargo xtask COMMAND

  build                 build the console's assets and target/release/spaceiq, one self-contained file
  run [-- ARGUMENTS]    build, then start `spaceiq serve` with its defaults or with these arguments
  help                  show this";

/// A command line that was understood.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Command {
    Help,
    Build,
    Run(Vec<OsString>),
}

/// Understands a command line, or says what is wrong with it.
pub(crate) fn parse(arguments: impl Iterator<Item = OsString>) -> Result<Command, String> {
    let mut words: Vec<OsString> = arguments.collect();
    // `--` ends what is for xtask; the rest is for the program it starts.
    let rest = words.iter().position(|word| word == "--").map(|at| words.split_off(at).split_off(1));
    let words: Vec<String> = words.iter().map(|word| word.to_string_lossy().into_owned()).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match (&words[..], rest) {
        (["help" | "--help" | "-h"] | [_, "--help" | "-h"], None) => Ok(Command::Help),
        (["build"], None) => Ok(Command::Build),
        (["run"], rest) => Ok(Command::Run(rest.unwrap_or_default())),
        ([], _) => Err("Which command?".to_owned()),
        _ => Err(format!("Not understood: {}", words.join(" "))),
    }
}
