//! The command line. Every command opens the same database as the running server, which obeys at its next request.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "this is where the program speaks to people")]

mod account;
mod audit;
mod backup;
mod check;
mod copy;
mod doctor;
mod duration;
mod rehearse;
mod serve;
mod sso;
mod target;
mod tenant;
mod token;

use std::path::PathBuf;
use std::process::ExitCode;
use std::str::FromStr;
use std::sync::Arc;

use clap::{Args, Parser, Subcommand};
use store::{Conn, DatabaseUrl, Random, Store, StoreError, SystemClock, SystemRandom, tenants};

use crate::config::{DEFAULT_DATABASE_URL, Settings};

/// Admin console and SCIM 2.0 endpoint for provisioning from Azure AD, Okta and others.
#[derive(Parser)]
#[command(name = "spaceiq", version, about, max_term_width = 100)]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

#[derive(Args)]
struct Global {
    /// Where the data lives
    #[arg(
        long,
        help = "Database: sqlite:PATH or postgres://USER:PASSWORD@HOST/NAME [default: sqlite:data/spaceiq.db]",
        global = true,
        env = "SPACEIQ_DATABASE_URL",
        hide_env_values = true,
        value_name = "URL"
    )]
    database_url: Option<String>,
    /// TOML file with the same settings
    #[arg(long, global = true, env = "SPACEIQ_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
}

#[derive(Subcommand)]
enum Command {
    /// Start the server
    Serve(serve::ServeArgs),
    /// Bring the database up to date and end
    Migrate,
    /// Write all data into a file, while the server runs
    Backup(backup::BackupArgs),
    /// Put a backup back
    Restore(backup::RestoreArgs),
    /// Copy all data into another database, of the same or the other engine
    Copy(copy::CopyArgs),
    /// Say what is wrong with configuration, database, clock, disk and addresses, and what to do
    Doctor(Box<doctor::DoctorArgs>),
    /// Companies
    #[command(subcommand)]
    Tenant(tenant::TenantCommand),
    /// People who sign in to the console
    #[command(subcommand)]
    Account(account::AccountCommand),
    /// SCIM Bearer Tokens
    #[command(subcommand)]
    Token(token::TokenCommand),
    /// Play Azure AD, Okta or OneLogin against a SCIM server, with people who do not exist
    Rehearse(Box<rehearse::RehearseArgs>),
    /// Check whether a SCIM server keeps the rules, and what identity providers will make of it
    Check(Box<check::CheckArgs>),
    /// Sign-on with SAML
    #[command(subcommand)]
    Sso(sso::SsoCommand),
    /// The record of what accounts and the command line did
    #[command(subcommand)]
    Audit(audit::AuditCommand),
}

/// Why a command failed, in one line for the person at the terminal.
#[derive(Debug)]
pub(crate) struct Failure(String);

impl Failure {
    fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }
}

impl From<String> for Failure {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        let mut text = error.to_string();
        let mut source = std::error::Error::source(&error);
        while let Some(cause) = source {
            text = format!("{text}: {cause}");
            source = cause.source();
        }
        Self(text.replace('\n', " "))
    }
}

/// What a command has at hand.
pub(crate) struct Session {
    store: Store,
    random: Arc<dyn Random>,
    file: Settings,
}

impl Global {
    /// The configuration file, and where the database is.
    fn database(&self) -> Result<(Settings, DatabaseUrl), Failure> {
        let file = Settings::read(self.config.as_deref())?;
        let url = self.database_url.as_deref().or(file.database_url.as_deref()).unwrap_or(DEFAULT_DATABASE_URL);
        let url = DatabaseUrl::from_str(url)?;
        Ok((file, url))
    }
}

impl Session {
    async fn open(global: &Global) -> Result<Self, Failure> {
        let (file, url) = global.database()?;
        let random: Arc<dyn Random> = Arc::new(SystemRandom);
        let store = Store::open(&url, Arc::new(SystemClock), random.clone()).await?;
        Ok(Self { store, random, file })
    }
}

/// The company with this name.
async fn tenant_named(conn: &mut Conn<'_>, name: &str) -> Result<tenants::Tenant, Failure> {
    tenants::find_by_name(conn, name).await?.ok_or_else(|| {
        Failure(format!(
            "there is no tenant named {name}; spaceiq tenant list shows them, spaceiq tenant create makes one"
        ))
    })
}

/// Runs the program with the process's arguments.
///
/// Exit codes: 0 done, 1 failed, 2 wrong usage.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    // What only talks to a SCIM server opens no database and needs no runtime.
    match &cli.command {
        Command::Rehearse(args) => return exit_code(rehearse::run(args)),
        Command::Check(args) => return exit_code(check::run(args)),
        _ => {}
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("spaceiq: cannot start: {error}");
            return ExitCode::FAILURE;
        }
    };
    exit_code(runtime.block_on(execute(cli)))
}

fn exit_code(result: Result<(), Failure>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure(text)) => {
            eprintln!("spaceiq: {text}");
            ExitCode::FAILURE
        }
    }
}

async fn execute(cli: Cli) -> Result<(), Failure> {
    let global = cli.global;
    match cli.command {
        // These take the database as it is, whatever version made it.
        Command::Backup(args) => backup::backup(&global, args).await,
        Command::Restore(args) => backup::restore(&global, args).await,
        Command::Copy(args) => copy::run(args).await,
        Command::Doctor(args) => doctor::run(&global, *args).await,
        command => on_database(Session::open(&global).await?, command).await,
    }
}

async fn on_database(session: Session, command: Command) -> Result<(), Failure> {
    match command {
        Command::Serve(args) => serve::serve(session, args).await,
        Command::Migrate => {
            println!("The database is up to date.");
            Ok(())
        }
        Command::Tenant(command) => tenant::run(session, command).await,
        Command::Account(command) => account::run(session, command).await,
        Command::Token(command) => token::run(session, command).await,
        Command::Sso(command) => sso::run(session, command).await,
        Command::Audit(command) => audit::run(session, command).await,
        Command::Rehearse(_)
        | Command::Check(_)
        | Command::Backup(_)
        | Command::Restore(_)
        | Command::Copy(_)
        | Command::Doctor(_) => Err(Failure::new("this command opens no database")),
    }
}

/// Prints a value as JSON on standard output.
fn print_json(value: &serde_json::Value) {
    println!("{value:#}");
}
