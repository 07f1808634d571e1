//! `cargo xtask`: sets up, builds, runs and tests the project. The only build tool a person has to know.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a terminal is where this program speaks")]

mod apt;
mod arguments;
mod bench;
mod browser;
mod build;
mod compress;
mod deny;
mod fuzz;
mod image;
mod lint;
mod passwords;
mod paths;
mod postgres;
mod process;
mod proofs;
mod python;
mod sbom;
mod site;
mod steps;
mod style;
mod test;
mod wasm;
mod xmlsec;

use std::process::ExitCode;

use arguments::Command;
use paths::Paths;
use steps::Steps;

fn main() -> ExitCode {
    let command = match arguments::parse(std::env::args_os().skip(1)) {
        Ok(command) => command,
        Err(problem) => {
            eprintln!("{problem}\n\n{}", arguments::HELP);
            return ExitCode::from(2);
        }
    };
    let paths = match Paths::find() {
        Ok(paths) => paths,
        Err(error) => {
            eprintln!("error: {error:#}");
            return ExitCode::FAILURE;
        }
    };
    let mut steps = Steps::default();
    match command {
        Command::Help => {
            println!("{}", arguments::HELP);
            return ExitCode::SUCCESS;
        }
        Command::Build => {
            build::all(&mut steps, &paths);
        }
        Command::Run(arguments) => {
            if build::all(&mut steps, &paths).is_some() {
                steps.run("start", || build::start(&paths, &arguments));
            }
        }
        Command::Test { parts, arguments } => test::run(&mut steps, &paths, &parts, &arguments),
        Command::Soak => test::soak(&mut steps, &paths),
        Command::Fuzz { minutes } => fuzz::run(&mut steps, &paths, minutes),
        Command::Bench(arguments) => bench::run(&mut steps, &paths, &arguments),
        Command::Lint => {
            lint::source(&mut steps, &paths);
            lint::dependencies(&mut steps, &paths);
        }
        Command::Deny => deny::run(&mut steps, &paths),
        Command::Image { check } => image::run(&mut steps, &paths, check),
        Command::Sbom => {
            steps.run("components", || sbom::write(&paths).map(|file| println!("    {}", file.display())));
        }
        Command::Passwords => {
            steps.run("common passwords", || passwords::write(&paths));
        }
    }
    steps.finish()
}
