//! What surrounds the server: addresses, files, room on the disk.

use std::path::Path;
use std::time::Duration;

use super::Finding;
use crate::config::Config;

/// Below this a busy day can fill the disk.
const LITTLE_ROOM: u64 = 500 << 20;

/// Whether those who are told the public address get here by it.
pub(super) fn addresses(config: &Config) -> Vec<Finding> {
    const WHAT: &str = "public URL";
    let host = config.public_url.split("://").nth(1).unwrap_or_default();
    let is_local = ["127.", "localhost", "[::1]"].iter().any(|local| host.starts_with(local));
    let mut findings = Vec::new();
    if is_local {
        let advice = "give --public-url https://… before Azure or other people are to reach it";
        findings.push(Finding::note(WHAT, format!("{} is this machine alone", config.public_url), advice));
    } else if !config.is_https() {
        let advice = "put a TLS proxy in front and give its https:// address as --public-url";
        findings.push(Finding::wrong(WHAT, format!("{} sends tokens in the clear", config.public_url), advice));
    }
    let direct = answers(&format!("http://{}/healthz", config.listen));
    let public = answers(&format!("{}/healthz", config.public_url));
    findings.push(match (direct, public) {
        (true, true) => Finding::fine("server", "answers, also at its public URL"),
        (false, true) => Finding::fine("server", "answers at its public URL"),
        (false, false) => {
            Finding::note("server", "does not run, or not with these settings", "spaceiq serve starts it")
        }
        (true, false) => Finding::wrong(
            "server",
            format!("answers on {} and not at {}", config.listen, config.public_url),
            "look at DNS, the proxy and its certificate",
        ),
    });
    findings
}

fn answers(url: &str) -> bool {
    let agent: ureq::Agent =
        ureq::Agent::config_builder().timeout_global(Some(Duration::from_secs(3))).max_redirects(0).build().into();
    agent.get(url).call().is_ok_and(|answer| answer.status() == 200)
}

/// Whether others on this machine may read the file.
pub(super) fn permissions(what: &'static str, path: &Path) -> Finding {
    let mode = match std::fs::metadata(path) {
        #[cfg(unix)]
        Ok(metadata) => std::os::unix::fs::MetadataExt::mode(&metadata) & 0o777,
        #[cfg(not(unix))]
        Ok(_) => 0,
        Err(error) => return Finding::wrong(what, format!("{}: {error}", path.display()), "look at who owns it"),
    };
    let others_may = mode & 0o007;
    if others_may == 0 {
        return Finding::fine(what, format!("only its owner and group reach {} ({mode:03o})", path.display()));
    }
    let advice = format!("chmod o= {}", path.display());
    Finding::wrong(what, format!("everybody on this machine can read {} ({mode:03o})", path.display()), advice)
}

/// The database's file and the disk it is on.
pub(super) fn disk(path: &Path) -> Vec<Finding> {
    const WHAT: &str = "disk";
    if !path.exists() {
        return Vec::new();
    }
    let room = match rustix::fs::statvfs(path) {
        Ok(disk) => {
            let (free, megabytes) = (disk.f_bavail * disk.f_frsize, 1 << 20);
            let found = format!("{} MB are free", free / megabytes);
            if free < LITTLE_ROOM {
                Finding::wrong(WHAT, found, "make room, or keep less of the log (--log-keep-days)")
            } else {
                Finding::fine(WHAT, found)
            }
        }
        Err(error) => Finding::wrong(WHAT, error.to_string(), "look at the disk"),
    };
    vec![room, permissions("database file", path)]
}
