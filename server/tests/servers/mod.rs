//! Servers as processes: several on one database, killed, starved, and under load of the wrong kind.

mod disk_full;
mod killed;
mod limits;
mod pgbouncer;
mod postgres_down;
mod postgres_stopped;
mod rolling;
mod several;

use std::process::Command;

/// Runs the command line on a database; it must succeed.
#[track_caller]
fn command(database: &str, arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_spaceiq"))
        .args(arguments)
        .env("SPACEIQ_DATABASE_URL", database)
        .stdin(std::process::Stdio::from(password_file()))
        .output()
        .expect("the program runs");
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

/// Something to read a password from.
fn password_file() -> std::fs::File {
    use std::io::{Seek, Write};
    static NEXT: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
    let number = NEXT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    let path = std::env::temp_dir().join(format!("spaceiq-password-{}-{number}", std::process::id()));
    let mut options = std::fs::File::options();
    let mut file = options.read(true).write(true).create(true).truncate(true).open(&path).expect("a file");
    std::fs::remove_file(&path).expect("a file without a name");
    writeln!(file, "correct horse battery").expect("written");
    file.rewind().expect("at its beginning");
    file
}

/// A company with an admin and a token, which is given.
pub(crate) fn furnish(database: &str) -> String {
    command(database, &["tenant", "create", "--name", "Acme"]);
    for email in ["ada@acme.test", "bob@acme.test"] {
        let account = ["account", "create", "--tenant", "Acme", "--email", email, "--role", "admin"];
        command(database, &[&account[..], &["--password-stdin"]].concat());
    }
    token(database, "azure").0
}

/// A token and its id.
fn token(database: &str, provider: &str) -> (String, String) {
    let issue = ["token", "issue", "--tenant", "Acme", "--provider", provider, "--name", "x"];
    let token = command(database, &issue).trim().to_owned();
    let listed = command(database, &["token", "list", "--tenant", "Acme", "--json"]);
    let listed: serde_json::Value = serde_json::from_str(&listed).expect("JSON");
    let ours = |one: &&serde_json::Value| {
        token.contains(one["last_four"].as_str().expect("letters"))
            && token.starts_with(one["prefix"].as_str().expect("a prefix"))
    };
    let id =
        listed.as_array().expect("a list").iter().find(ours).expect("listed")["id"].as_str().expect("an id").to_owned();
    (token, id)
}
