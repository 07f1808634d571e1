//! What clients may take, providers may do at once, and the log may keep.

use std::time::Duration;

use store::{brakes, events};

use super::Settings;
use crate::listener;

/// SCIM requests a second and tenant. Azure asks for at least 25.
pub(super) const DEFAULT_RATE: u32 = 250;
/// A year and the month in which somebody looks back at it.
const DEFAULT_LOG_KEEP_DAYS: u16 = 400;
/// More clients than any identity provider has, few enough to keep in memory.
const DEFAULT_CONNECTIONS: u32 = 20_000;
/// Seconds for which a client may be silent, or send a body.
const DEFAULT_PATIENCE: u32 = 60;

/// What clients may take.
pub(super) fn of_clients(settings: &Settings) -> listener::Limits {
    let seconds = |seconds: Option<u32>| Duration::from_secs(seconds.unwrap_or(DEFAULT_PATIENCE).max(1).into());
    listener::Limits {
        connections: settings.max_connections.unwrap_or(DEFAULT_CONNECTIONS).max(1),
        idle: seconds(settings.idle_timeout),
        body: seconds(settings.body_timeout),
    }
}

/// How many employees an integration may disable or delete.
pub(super) fn of_departures(settings: &Settings) -> Result<brakes::Limits, String> {
    let default = brakes::Limits::default();
    let percent = settings.brake_percent.unwrap_or(default.percent);
    if percent > 100 {
        return Err(format!("the share of employees that may leave within an hour, {percent}, must be 100 or less"));
    }
    Ok(brakes::Limits { percent, least: settings.brake_least.unwrap_or(default.least) })
}

/// What is kept of the provisioning log; 0 means everything.
pub(super) fn of_log(settings: &Settings) -> events::Limits {
    let days = Some(settings.log_keep_days.unwrap_or(DEFAULT_LOG_KEEP_DAYS)).filter(|days| *days > 0);
    let megabytes = settings.log_keep_megabytes.filter(|megabytes| *megabytes > 0);
    events::Limits {
        age: days.map(|days| time::Duration::days(days.into())),
        size: megabytes.map(|megabytes| i64::from(megabytes) * 1_000_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_and_everything_are_told_apart() {
        let settings = Settings { log_keep_days: Some(0), log_keep_megabytes: Some(5), ..Settings::default() };
        assert_eq!(of_log(&settings), events::Limits { age: None, size: Some(5_000_000) });
        let default = events::Limits { age: Some(time::Duration::days(400)), size: None };
        assert_eq!(of_log(&Settings::default()), default);
        let brake = Settings { brake_percent: Some(101), ..Settings::default() };
        assert!(of_departures(&brake).expect_err("more than all").contains("101"));
        let silent = Settings { max_connections: Some(0), idle_timeout: Some(0), ..Settings::default() };
        let limits = of_clients(&silent);
        assert_eq!((limits.connections, limits.idle), (1, Duration::from_secs(1)), "nobody could be served");
    }
}
