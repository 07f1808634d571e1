//! The bench in tiny sizes: that every workload runs and every answer says yes. No time is asserted.

use std::process::Command;

use serde_json::Value;

/// The server's binary, as `cargo xtask test` names it.
const BINARY: &str = "SPACEIQ_BIN";
/// A PostgreSQL on which databases may be created.
const POSTGRES: &str = "SPACEIQ_TEST_POSTGRES";

fn named(variable: &str) -> String {
    std::env::var(variable)
        .unwrap_or_else(|_| panic!("{variable} is not set. Run the tests with cargo xtask test, which sets it."))
}

#[test]
fn every_workload_runs_on_both_engines() {
    let file = std::env::temp_dir().join(format!("spaceiq-smoke-{}.json", std::process::id()));
    let run = Command::new(env!("CARGO_BIN_EXE_bench"))
        .args(["--quick", "--spaceiq", &named(BINARY), "--postgres", &named(POSTGRES), "--json"])
        .arg(&file)
        .output()
        .unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let measured: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    std::fs::remove_file(&file).unwrap();
    let rows = measured["rows"].as_array().unwrap();
    for engine in ["sqlite", "postgres"] {
        let of_engine = rows.iter().filter(|row| row["engine"] == engine);
        let of_engine: Vec<_> = of_engine.inspect(|row| assert!(is_sane(row), "{row}")).collect();
        assert!(of_engine.len() > 2, "{measured}");
    }
}

fn is_sane(row: &Value) -> bool {
    let number = |name: &str| row[name].as_f64().unwrap_or(-1.0);
    number("requests") > 0.0
        && number("requests_per_second") > 0.0
        && number("p50_ms") > 0.0
        && number("p99_ms") >= number("p50_ms")
        && number("server_cpu_ms") >= 0.0
        && number("disk_mb") > 0.0
}
