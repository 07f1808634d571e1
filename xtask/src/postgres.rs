//! A throw-away PostgreSQL: in a temporary folder, on a free port of this machine alone, gone with the value.

use std::fs::File;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::{apt, process};

/// Durability costs time and nothing here outlives the run.
const SETTINGS: &str = "\
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 200
fsync = off
synchronous_commit = off
full_page_writes = off
";

/// A running server.
pub(crate) struct Postgres {
    /// The address for the tests.
    pub(crate) url: String,
    programs: Programs,
    server: Option<Child>,
}

impl Postgres {
    /// Starts one, after installing it where that is possible.
    pub(crate) fn start() -> Result<Self> {
        let programs = Programs::find()?;
        println!("    {}", process::output(&mut programs.command("postgres", &["--version"]))?);
        let mut postgres = Self { url: String::new(), programs, server: None };
        let options = ["-D", "data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"];
        process::output(&mut postgres.programs.command("initdb", &options))?;
        // Another program may take the port between our look at it and the server's start.
        let mut tries = 3;
        loop {
            tries -= 1;
            match postgres.listen() {
                Err(error) if tries == 0 => return Err(error),
                Err(error) => eprintln!("    {error:#}"),
                Ok(()) => return Ok(postgres),
            }
        }
    }

    fn listen(&mut self) -> Result<()> {
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port().to_string();
        let folder = &self.programs.folder;
        std::fs::write(folder.join("data/postgresql.auto.conf"), SETTINGS).context("cannot configure PostgreSQL")?;
        let log = File::create(folder.join("log"))?;
        let mut command = self.programs.server(&["-D", "data", "-p", &port]);
        command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        let server = self.server.insert(command.spawn().context("cannot start PostgreSQL")?);
        let deadline = Instant::now() + Duration::from_mins(1);
        let question = ["-q", "-h", "127.0.0.1", "-p", &port, "-U", "postgres"];
        while process::output(&mut self.programs.command("pg_isready", &question)).is_err() {
            let ended = server.try_wait()?.is_some();
            if ended || Instant::now() > deadline {
                let log = std::fs::read_to_string(folder.join("log")).unwrap_or_default();
                bail!("PostgreSQL {}:\n{log}", if ended { "ended" } else { "does not answer" });
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        self.url = format!("postgres://postgres@127.0.0.1:{port}/postgres");
        Ok(())
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        if let Some(mut server) = self.server.take() {
            let stopped =
                process::output(&mut self.programs.command("pg_ctl", &["-D", "data", "-m", "immediate", "stop"]));
            if stopped.is_err() {
                let _ = server.kill();
            }
            let _ = server.wait();
        }
    }
}

/// PostgreSQL's programs, the folder they work in, and who runs them.
struct Programs {
    bin: PathBuf,
    folder: PathBuf,
    /// User and group. PostgreSQL refuses to run as root.
    owner: Option<(String, String)>,
}

impl Programs {
    fn find() -> Result<Self> {
        let bin = match find_bin() {
            Some(bin) => bin,
            None => install()?,
        };
        let folder = std::env::temp_dir().join(format!("spaceiq-postgres-{}", std::process::id()));
        std::fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
        let mut programs = Self { bin, folder, owner: None };
        if apt::is_root() {
            let user =
                ["postgres", "nobody"].into_iter().find(|user| process::output(Command::new("id").arg(user)).is_ok());
            let user = user.context("PostgreSQL does not run as root, and there is no user `postgres` or `nobody`")?;
            let [uid, gid] = ["-u", "-g"].map(|what| process::output(Command::new("id").args([what, user])));
            let (uid, gid) = (uid?, gid?);
            process::output(Command::new("chown").arg(format!("{uid}:{gid}")).arg(&programs.folder))?;
            programs.owner = Some((uid, gid));
        }
        Ok(programs)
    }

    fn command(&self, name: &str, arguments: &[&str]) -> Command {
        self.wrapped(&[], name, arguments)
    }

    /// The server goes when this program does, however that ends.
    fn server(&self, arguments: &[&str]) -> Command {
        let wrapper: &[&str] = if cfg!(target_os = "linux") { &["--pdeathsig", "INT"] } else { &[] };
        self.wrapped(wrapper, "postgres", arguments)
    }

    fn wrapped(&self, wrapper: &[&str], name: &str, arguments: &[&str]) -> Command {
        let program = self.bin.join(name);
        let mut command = if wrapper.is_empty() && self.owner.is_none() {
            Command::new(program)
        } else {
            let mut command = Command::new("setpriv");
            command.args(wrapper);
            if let Some((user, group)) = &self.owner {
                command.args(["--reuid", user, "--regid", group, "--clear-groups"]);
            }
            command.arg(program);
            command
        };
        command.args(arguments).current_dir(&self.folder);
        for (variable, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("PG")) {
            command.env_remove(variable);
        }
        command
    }
}

impl Drop for Programs {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.folder) {
            eprintln!("    cannot remove {}: {error}", self.folder.display());
        }
    }
}

/// The folder of the server's programs: where `pg_config` says, in `PATH`, or Debian's newest.
fn find_bin() -> Option<PathBuf> {
    let configured = process::output(Command::new("pg_config").arg("--bindir")).ok().map(PathBuf::from);
    let in_path = process::find(&["initdb"]).and_then(|program| Some(program.parent()?.to_owned()));
    let mut debian: Vec<(u32, PathBuf)> = std::fs::read_dir("/usr/lib/postgresql").map_or(vec![], |versions| {
        let versions = versions.filter_map(|entry| Some(entry.ok()?.path()));
        versions.filter_map(|path| Some((path.file_name()?.to_str()?.parse().ok()?, path.join("bin")))).collect()
    });
    debian.sort();
    let newest = debian.into_iter().rev().map(|(_, bin)| bin);
    configured.into_iter().chain(in_path).chain(newest).find(|bin| is_complete(bin))
}

/// Client packages bring some of the programs but not the server.
fn is_complete(bin: &Path) -> bool {
    ["initdb", "postgres", "pg_ctl", "pg_isready"].iter().all(|name| bin.join(name).is_file())
}

fn install() -> Result<PathBuf> {
    apt::install("postgresql", "PostgreSQL")?;
    // Debian's package starts a server of its own, which nobody here asked for.
    for line in process::output(Command::new("pg_lsclusters").arg("-h")).unwrap_or_default().lines() {
        let mut fields = line.split_whitespace();
        if let (Some(version), Some(cluster), _, Some("online")) =
            (fields.next(), fields.next(), fields.next(), fields.next())
        {
            process::output(Command::new("pg_ctlcluster").args([version, cluster, "stop"]))?;
        }
    }
    find_bin().context("the package postgresql was installed and still there is no initdb")
}
