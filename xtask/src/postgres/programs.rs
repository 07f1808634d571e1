//! PostgreSQL's programs and who runs them.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::{apt, process};

/// The temporary folder's name, before the number of the process that made it.
const FOLDER: &str = "spaceiq-postgres-";

/// PostgreSQL's programs, the folder they work in, and who runs them.
pub(super) struct Programs {
    bin: PathBuf,
    pub(super) folder: PathBuf,
    /// User and group. PostgreSQL refuses to run as root.
    owner: Option<(String, String)>,
}

impl Programs {
    pub(super) fn find() -> Result<Self> {
        let bin = match find_bin() {
            Some(bin) => bin,
            None => install()?,
        };
        remove_leftovers();
        let folder = std::env::temp_dir().join(format!("{FOLDER}{}", std::process::id()));
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

    pub(super) fn command(&self, name: &str, arguments: &[&str]) -> Command {
        self.wrapped(&[], name, arguments)
    }

    /// The server goes when this program does, however that ends.
    pub(super) fn server(&self, arguments: &[&str]) -> Command {
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

/// Removes the folders of runs that were killed. Their servers ended with them.
fn remove_leftovers() {
    for entry in std::fs::read_dir(std::env::temp_dir()).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let process = name.to_str().and_then(|name| name.strip_prefix(FOLDER));
        if process.is_some_and(|process| Path::new("/proc/self").exists() && !Path::new("/proc").join(process).exists())
        {
            // Another person's folder stays, and is no reason to stop.
            let _ = std::fs::remove_dir_all(entry.path());
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
