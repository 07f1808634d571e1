//! What was measured: a table for people, JSON for machines.

use std::time::Duration;

use serde_json::{Value, json};

use crate::load::Timing;

/// One workload, measured once.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) workload: String,
    /// `sqlite`, `postgres`, or `none` where no database takes part.
    pub(crate) engine: &'static str,
    pub(crate) timing: Timing,
    /// Processor time of the server.
    pub(crate) server: Duration,
    /// Processor time of the database, where that has processes of its own.
    pub(crate) database: Duration,
    /// Processor time of the load generator.
    pub(crate) client: Duration,
    /// Bytes that the server has resident at the end.
    pub(crate) resident: u64,
    /// Bytes on disk at the end.
    pub(crate) disk: u64,
}

impl Row {
    /// Answers, or whatever else was counted.
    pub(crate) fn count(&self) -> f64 {
        u32::try_from(self.timing.latencies.len()).map_or(f64::MAX, f64::from).max(1.0)
    }

    pub(crate) fn per_second(&self) -> f64 {
        self.count() / self.timing.wall.as_secs_f64()
    }

    /// Processor milliseconds of the server for each request.
    pub(crate) fn server_cost(&self) -> f64 {
        self.server.as_secs_f64() * 1000.0 / self.count()
    }

    /// The same of the database's own processes.
    pub(crate) fn database_cost(&self) -> f64 {
        self.database.as_secs_f64() * 1000.0 / self.count()
    }

    /// The load generator's share of all processor time, in percent.
    fn client_share(&self) -> f64 {
        let all = self.client + self.server + self.database;
        if all.is_zero() { 0.0 } else { 100.0 * self.client.as_secs_f64() / all.as_secs_f64() }
    }

    pub(crate) fn json(&self) -> Value {
        json!({
            "workload": self.workload, "engine": self.engine,
            "requests": self.timing.latencies.len(), "requests_per_second": rounded(self.per_second()),
            "server_cpu_ms": rounded(self.server_cost()), "database_cpu_ms": rounded(self.database_cost()),
            "p50_ms": rounded(self.timing.percentile(50)), "p99_ms": rounded(self.timing.percentile(99)),
            "load_generator_percent": rounded(self.client_share()),
            "resident_mb": rounded(megabytes(self.resident)), "disk_mb": rounded(megabytes(self.disk)),
        })
    }

    pub(crate) fn line(&self) -> String {
        format!(
            "{:<42} {:<9} {:>9.0} {:>9.3} {:>9.3} {:>8.2} {:>8.2} {:>7.0} {:>8.0} {:>6.0}%",
            self.workload,
            self.engine,
            self.per_second(),
            self.server_cost(),
            self.database_cost(),
            self.timing.percentile(50),
            self.timing.percentile(99),
            megabytes(self.resident),
            megabytes(self.disk),
            self.client_share()
        )
    }
}

/// What stands above the lines.
pub(crate) fn heading() -> String {
    format!(
        "{:<42} {:<9} {:>9} {:>9} {:>9} {:>8} {:>8} {:>7} {:>8} {:>7}",
        "workload", "engine", "per s", "CPU ms", "DB ms", "p50 ms", "p99 ms", "RSS MB", "disk MB", "client"
    )
}

/// One figure beside another of the same run: what noise of the machine there is, both have.
#[derive(Debug, Clone)]
pub(crate) struct Ratio {
    pub(crate) what: String,
    pub(crate) value: f64,
}

impl Ratio {
    pub(crate) fn json(&self) -> Value {
        json!({ "what": self.what, "ratio": rounded(self.value) })
    }
}

pub(crate) fn rounded(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}

#[expect(clippy::cast_precision_loss, reason = "shown with three digits")]
fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1_000_000.0
}
