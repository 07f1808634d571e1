//! `spaceiq rehearse`.

mod output;
mod progress;

use std::path::{Path, PathBuf};

use clap::Args;
use rehearse::cycle::{DELETION_THRESHOLD, Job, Settings, THREADS};
use rehearse::dialect::Dialect;
use rehearse::mapping::Mapping;
use rehearse::people::{Directory, Evolution, Person, evolve, generate, read_csv, read_json};
use rehearse::scope::{Clause, Scope};
use rehearse::transport::{Client, Patience, SystemTimer};

use self::output::Output;
use self::progress::Progress;
use super::Failure;
use super::target::TargetArgs;

/// Plays an identity provider against a SCIM server: Test Connection, the initial cycle, and with --change and
/// --offboard an incremental cycle each; then reads everything back and compares it with the source, person by person.
///
/// The people do not exist; the same --seed gives the same ones, so a second run finds those of the first and has
/// nothing to do. They stay in the target: use a tenant of your own for it.
#[derive(Args)]
pub(super) struct RehearseArgs {
    #[command(flatten)]
    target: TargetArgs,
    /// People to make up
    #[arg(long, default_value_t = 1000, value_name = "NUMBER")]
    users: usize,
    /// Groups to make up
    #[arg(long, default_value_t = 50, value_name = "NUMBER")]
    groups: usize,
    /// Which people to make up
    #[arg(long, default_value_t = 7, value_name = "NUMBER")]
    seed: u64,
    /// Take people from a CSV or JSON file instead: columns are Azure's attributes (userPrincipalName, displayName,
    /// givenName, surname, mail, department, jobTitle …), and manager, accountEnabled, appRole, groups
    #[arg(long, value_name = "FILE", conflicts_with_all = ["users", "groups"])]
    people: Option<PathBuf>,
    /// Whom to play: azure, azure-2062020 (Azure with that feature flag), okta or onelogin
    #[arg(long, default_value = "azure", value_parser = |text: &str| text.parse::<Dialect>())]
    dialect: Dialect,
    /// After the initial cycle change so many percent, and run an incremental cycle
    #[arg(long, default_value_t = 0, value_name = "PERCENT", value_parser = percent)]
    change: usize,
    /// After that offboard so many percent (unassigned, in the recycle bin, deleted), and run another
    #[arg(long, default_value_t = 0, value_name = "PERCENT", value_parser = percent)]
    offboard: usize,
    /// Provision only this person (userPrincipalName), on demand
    #[arg(long, value_name = "NAME", conflicts_with_all = ["change", "offboard"])]
    on_demand: Option<String>,
    /// Scoping filter, such as "department EQUALS Sales"; all that are given must hold
    #[arg(long, value_name = "FILTER", value_parser = Clause::parse)]
    scope: Vec<Clause>,
    /// Attribute mapping beside the default ones, such as 'displayName=Join(" ", [givenName], [surname])'
    #[arg(long, value_name = "TARGET=EXPRESSION")]
    map: Vec<String>,
    /// Requests under way at once
    #[arg(long, default_value_t = THREADS, value_name = "NUMBER")]
    concurrency: usize,
    /// Disable or delete nobody when more than this many people would be, in one cycle
    #[arg(long, default_value_t = DELETION_THRESHOLD, value_name = "NUMBER")]
    deletion_threshold: usize,
    /// The report as JSON
    #[arg(long)]
    json: bool,
}

fn percent(text: &str) -> Result<usize, String> {
    text.trim_end_matches('%').parse().ok().filter(|share| *share <= 100).ok_or("a number from 0 to 100".to_owned())
}

/// Runs the command; it needs no database.
pub(super) fn run(args: &RehearseArgs) -> Result<(), Failure> {
    let mut directory = source(args)?;
    let settings = settings(args)?;
    let (people, groups) = (directory.people.len(), directory.teams.len());
    let intention = match &args.on_demand {
        Some(name) => format!("provision {name}"),
        None => format!("create and change {people} people and {groups} groups"),
    };
    let transport = args.target.connect(&intention)?;
    let timer = SystemTimer::new();
    let client = Client::new(&transport, &timer, Patience::default());
    let progress = Progress::new(!args.json);
    let mut output = Output::new(args.json, args.dialect.name(), args.target.url().base());
    let mut job = Job::new(&client, settings, &progress);
    output.connection(&job.test_connection());
    if output.failed() {
        return output.end();
    }
    if let Some(name) = &args.on_demand {
        let person = find(&directory, name)?;
        output.on_demand(&job.on_demand(person));
        return output.end();
    }
    let changes = Evolution { change: args.change, offboard: 0 };
    let leavers = Evolution { change: 0, offboard: args.offboard };
    let mut cycle = |directory: &Directory| {
        let report = job.cycle(directory);
        progress.clear();
        output.cycle(&report);
    };
    cycle(&directory);
    for (step, evolution) in (1..).zip([changes, leavers]).filter(|(_, evolution)| *evolution != Evolution::default()) {
        evolve(&mut directory, evolution, args.seed.wrapping_add(step));
        cycle(&directory);
    }
    if !output.failed() {
        output.comparison(&job.verify(&directory));
    }
    output.end()
}

fn source(args: &RehearseArgs) -> Result<Directory, Failure> {
    let Some(path) = &args.people else { return Ok(generate(args.users, args.groups, args.seed)) };
    let fail = |error: &dyn std::fmt::Display| Failure(format!("{}: {error}", path.display()));
    let text = std::fs::read_to_string(path).map_err(|error| fail(&error))?;
    let read = if is_json(path) { read_json(&text) } else { read_csv(&text) };
    read.map_err(|error| fail(&error))
}

fn is_json(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"))
}

fn settings(args: &RehearseArgs) -> Result<Settings, Failure> {
    let mapping = args.map.iter().try_fold(Mapping::azure(), |mapping, line| mapping.with(line))?;
    let scope = if args.scope.is_empty() { Scope::default() } else { Scope::new(vec![args.scope.clone()]) };
    Ok(Settings {
        mapping,
        scope,
        threads: args.concurrency.clamp(1, 64),
        deletion_threshold: args.deletion_threshold,
        ..Settings::new(args.dialect)
    })
}

fn find<'d>(directory: &'d Directory, name: &str) -> Result<&'d Person, Failure> {
    let named = |person: &&Person| person.label().eq_ignore_ascii_case(name);
    directory.people.iter().find(named).ok_or_else(|| {
        let example = directory.people.first().map_or("", Person::label);
        Failure(format!("nobody in the source is called {name}; there is, for example, {example}"))
    })
}
