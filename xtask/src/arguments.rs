//! The command line.

use std::ffi::OsString;

use crate::test::Part;

/// What a person may ask for.
pub(crate) const HELP: &str = "\
Usage: cargo xtask COMMAND

  build                       build the console's assets and target/release/spaceiq, one self-contained file
  run [-- ARGUMENTS]          build, then start `spaceiq serve` with its defaults or with these arguments
  test [PART…] [-- ARGUMENTS] set up what is missing and run every check, or some parts of it:
                                lint     format, clippy, documentation
                                unit     tests beside the code, and those of xtask
                                http     tests in `tests` folders: the store on both engines, the real server
                                browser  Chromium against the release build
                              ARGUMENTS go to the test runner of the one part that is named: a name to look for
  soak                        kill the server 200 times on each engine while it writes, and look for what is lost; and run
                              the tests of the store on a database that a newer version has added to
  fuzz [MINUTES]              try every parser on other inputs, again and again, for so long [10]
  bench [ARGUMENTS]           build, then measure what the server costs on both engines; `bench --help` lists the
                              workloads, --engine, --quick and --json
  lint                        format, components and clippy; licences and banned crates too where cargo-deny is installed
  deny                        cargo-deny, which has to be installed: licences, banned crates, and advisories over the network
  image [--check]             build the static program and, with buildah, an image that holds nothing else; with --check
                              try the program alone in a folder before
  sbom                        write the list of components, target/spaceiq.cdx.json (CycloneDX 1.5)
  passwords                   write the list of common passwords that the server refuses
  help                        show this

Tests look at two variables:
  SPACEIQ_TEST_POSTGRES  a PostgreSQL on which databases may be created, instead of a throw-away one
  SPACEIQ_CHROMIUM       the browser, instead of the first one in PATH";

/// How long parsers are tried when nobody says.
const FUZZ_MINUTES: u64 = 10;

/// A command line that was understood.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Command {
    Help,
    Build,
    Run(Vec<OsString>),
    Test { parts: Vec<Part>, arguments: Vec<OsString> },
    Soak,
    Fuzz { minutes: u64 },
    Bench(Vec<OsString>),
    Lint,
    Deny,
    Image { check: bool },
    Sbom,
    Passwords,
}

/// Understands a command line, or says what is wrong with it.
pub(crate) fn parse(arguments: impl Iterator<Item = OsString>) -> Result<Command, String> {
    let mut words: Vec<OsString> = arguments.collect();
    if words.first().is_some_and(|word| word == "bench") {
        return Ok(Command::Bench(words.split_off(1)));
    }
    // `--` ends what is for xtask; the rest is for the program it starts.
    let rest = words.iter().position(|word| word == "--").map(|at| words.split_off(at).split_off(1));
    let words: Vec<String> = words.iter().map(|word| word.to_string_lossy().into_owned()).collect();
    if words.iter().any(|word| word == "--help" || word == "-h") {
        return Ok(Command::Help);
    }
    let Some((command, words)) = words.split_first() else { return Err("Which command?".to_owned()) };
    match (command.as_str(), words, rest) {
        ("help", [], None) => Ok(Command::Help),
        ("build", [], None) => Ok(Command::Build),
        ("run", [], rest) => Ok(Command::Run(rest.unwrap_or_default())),
        ("soak", [], None) => Ok(Command::Soak),
        ("fuzz", [], None) => Ok(Command::Fuzz { minutes: FUZZ_MINUTES }),
        ("fuzz", [minutes], None) => {
            let minutes = minutes.parse().map_err(|_| "For how many minutes? Write a whole number.".to_owned())?;
            Ok(Command::Fuzz { minutes })
        }
        ("lint", [], None) => Ok(Command::Lint),
        ("deny", [], None) => Ok(Command::Deny),
        ("image", [], None) => Ok(Command::Image { check: false }),
        ("image", [check], None) if check == "--check" => Ok(Command::Image { check: true }),
        ("sbom", [], None) => Ok(Command::Sbom),
        ("passwords", [], None) => Ok(Command::Passwords),
        ("test", words, rest) => test(words, rest),
        ("help" | "build" | "run" | "soak" | "fuzz" | "lint" | "deny" | "image" | "sbom" | "passwords", _, _) => {
            Err(format!("`{command}` does not take these arguments."))
        }
        _ => Err(format!("There is no command `{command}`.")),
    }
}

fn test(words: &[String], rest: Option<Vec<OsString>>) -> Result<Command, String> {
    let part = |word: &String| Part::parse(word).ok_or_else(|| format!("There is no part `{word}` of the tests."));
    let parts = words.iter().map(part).collect::<Result<Vec<_>, _>>()?;
    // A name that only one of several runners knows would make the others succeed with nothing run.
    if rest.is_some() && !matches!(parts[..], [Part::Unit | Part::Http | Part::Browser]) {
        return Err("Name the one part of the tests that gets the arguments: unit, http or browser.".to_owned());
    }
    let parts = if parts.is_empty() { Part::ALL.to_vec() } else { parts };
    Ok(Command::Test { parts, arguments: rest.unwrap_or_default() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Command, String> {
        parse(line.split_whitespace().map(OsString::from))
    }

    #[test]
    fn commands_are_understood() {
        assert_eq!(parsed("build"), Ok(Command::Build));
        assert_eq!(parsed("lint"), Ok(Command::Lint));
        assert_eq!(parsed("deny"), Ok(Command::Deny));
        assert_eq!(parsed("image"), Ok(Command::Image { check: false }));
        assert_eq!(parsed("image --check"), Ok(Command::Image { check: true }));
        assert_eq!(parsed("soak"), Ok(Command::Soak));
        assert_eq!(parsed("fuzz"), Ok(Command::Fuzz { minutes: 10 }));
        assert_eq!(parsed("fuzz 90"), Ok(Command::Fuzz { minutes: 90 }));
        assert_eq!(parsed("passwords"), Ok(Command::Passwords));
        assert_eq!(parsed("--help"), Ok(Command::Help));
        assert_eq!(parsed("test --help"), Ok(Command::Help));
        assert_eq!(parsed("run"), Ok(Command::Run(vec![])));
    }

    #[test]
    fn what_follows_two_dashes_belongs_to_the_server() {
        let arguments = ["--listen", "127.0.0.1:4000", "--help"].map(OsString::from).to_vec();
        assert_eq!(parsed("run -- --listen 127.0.0.1:4000 --help"), Ok(Command::Run(arguments)));
    }

    #[test]
    fn what_follows_bench_belongs_to_it() {
        let arguments = ["initial-sync", "--engine", "sqlite", "--help"].map(OsString::from).to_vec();
        assert_eq!(parsed("bench initial-sync --engine sqlite --help"), Ok(Command::Bench(arguments)));
        assert_eq!(parsed("bench"), Ok(Command::Bench(vec![])));
    }

    #[test]
    fn tests_run_all_parts_or_the_named_ones() {
        assert_eq!(parsed("test"), Ok(Command::Test { parts: Part::ALL.to_vec(), arguments: vec![] }));
        let parts = vec![Part::Unit, Part::Browser];
        assert_eq!(parsed("test unit browser"), Ok(Command::Test { parts, arguments: vec![] }));
        let arguments = vec![OsString::from("rotate")];
        assert_eq!(parsed("test http -- rotate"), Ok(Command::Test { parts: vec![Part::Http], arguments }));
    }

    #[test]
    fn everything_else_is_refused() {
        for line in [
            "",
            "bild",
            "fuzz long",
            "fuzz 1 2",
            "build now",
            "run --listen x",
            "test brwoser",
            "test -- rotate",
            "test lint -- x",
            "lint -- x",
            "deny bans",
            "image --chekc",
        ] {
            assert!(parsed(line).is_err(), "{line}");
        }
    }
}
