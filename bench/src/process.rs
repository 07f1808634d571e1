//! What the system has counted for a process.

use std::fs;
use std::time::Duration;

use anyhow::{Context, Result};

/// The kernel's unit of processor time in `/proc`, on every architecture that Linux runs servers on.
const TICK: Duration = Duration::from_millis(10);

/// The fields of `/proc/PID/stat` behind the program's name, which may hold anything.
fn fields(pid: u32) -> Result<Vec<u64>> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).with_context(|| format!("process {pid} is gone"))?;
    let (_, rest) = text.rsplit_once(')').context("a line of /proc that has no program in it")?;
    Ok(rest.split_whitespace().map(|field| field.parse().unwrap_or(0)).collect())
}

fn ticks(count: u64) -> Duration {
    TICK * u32::try_from(count).unwrap_or(u32::MAX)
}

/// Processor time of a process so far, its own and the kernel's on its behalf.
pub(crate) fn cpu(pid: u32) -> Result<Duration> {
    let fields = fields(pid)?;
    Ok(ticks(fields.get(11..13).context("a short line of /proc")?.iter().sum()))
}

/// Processor time of a process and its children: those that live and those that have ended.
pub(crate) fn cpu_of_family(parent: u32) -> Result<Duration> {
    let own = fields(parent)?;
    let mut total = ticks(own.get(11..15).context("a short line of /proc")?.iter().sum());
    for entry in fs::read_dir("/proc")?.flatten() {
        let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
        // It may have ended since the folder was read.
        let Ok(child) = fields(pid) else { continue };
        if child.get(1) == Some(&u64::from(parent)) {
            total += ticks(child[11..13].iter().sum());
        }
    }
    Ok(total)
}

/// The process that started this one.
pub(crate) fn parent(pid: u32) -> Result<u32> {
    Ok(u32::try_from(*fields(pid)?.get(1).context("a short line of /proc")?)?)
}

/// Bytes of memory that a process has resident now.
pub(crate) fn resident(pid: u32) -> Result<u64> {
    let text = fs::read_to_string(format!("/proc/{pid}/status")).with_context(|| format!("process {pid} is gone"))?;
    let kilobytes = text
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:")?.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok())
        .context("no resident memory in /proc")?;
    Ok(kilobytes * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_is_counted() {
        let (pid, mut turns) = (std::process::id(), 0_u64);
        let before = cpu(pid).unwrap();
        while cpu(pid).unwrap() == before {
            turns += 1;
        }
        assert!(turns > 0 && cpu_of_family(pid).unwrap() >= cpu(pid).unwrap());
        assert!(resident(pid).unwrap() > 100_000);
    }
}
