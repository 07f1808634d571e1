//! The command line, as a process of its own, beside a running server and without one.

mod audit;
mod operations;
mod rehearse;
mod sso;
mod tokens;

use std::io::Write;
use std::process::{Command, Stdio};

use crate::support::{TestServer, on_each_engine};

/// What a command said.
pub(crate) struct Said {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// Runs `spaceiq` on a database.
pub(crate) fn spaceiq_on(database: &str, arguments: &[&str], input: &str) -> Said {
    let mut child = Command::new(env!("CARGO_BIN_EXE_spaceiq"))
        .args(arguments)
        .env("SPACEIQ_DATABASE_URL", database)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    // A program that refuses its arguments does not wait for input.
    let _ = child.stdin.take().expect("an input").write_all(input.as_bytes());
    let output = child.wait_with_output().expect("the program ends");
    Said {
        code: output.status.code().expect("an exit code"),
        out: String::from_utf8(output.stdout).expect("text"),
        err: String::from_utf8(output.stderr).expect("text"),
    }
}

/// Runs `spaceiq` on the server's database; it must succeed.
#[track_caller]
pub(crate) fn spaceiq(server: &TestServer, arguments: &[&str]) -> String {
    let said = spaceiq_on(server.database_url(), arguments, "correct horse battery\n");
    assert_eq!(said.code, 0, "{arguments:?}: {}", said.err);
    said.out
}

/// Runs `spaceiq` on the server's database; it must fail in one line, which it gives.
#[track_caller]
fn failure(server: &TestServer, arguments: &[&str]) -> String {
    let said = spaceiq_on(server.database_url(), arguments, "correct horse battery\n");
    assert_eq!((said.code, said.out.as_str()), (1, ""), "{arguments:?}");
    assert_eq!(said.err.lines().count(), 1, "{}", said.err);
    said.err
}

#[test]
fn tenants_and_accounts() {
    on_each_engine(|server| {
        assert_eq!(spaceiq(server, &["migrate"]), "The database is up to date.\n");
        spaceiq(server, &["tenant", "create", "--name", "Acme"]);
        assert!(failure(server, &["tenant", "create", "--name", "ACME"]).contains("already"));
        assert_eq!(spaceiq(server, &["tenant", "list"]), "Acme\n");
        let create = |role| {
            ["account", "create", "--tenant", "Acme", "--email", "ada@acme.test", "--role", role, "--password-stdin"]
        };
        spaceiq(server, &create("admin"));
        assert!(failure(server, &create("admin")).contains("already"));
        assert!(failure(server, &["account", "list", "--tenant", "Nobody"]).contains("tenant"));
        let listed: serde_json::Value =
            serde_json::from_str(&spaceiq(server, &["account", "list", "--tenant", "Acme", "--json"])).expect("JSON");
        assert_eq!((&listed[0]["email"], &listed[0]["role"]), (&"ada@acme.test".into(), &"admin".into()));
        let browser = server.signed_in("ada@acme.test");
        let disable = ["account", "disable", "--tenant", "Acme", "--email", "ada@acme.test"];
        assert!(failure(server, &disable).contains("last admin"));
        assert_eq!(browser.get("/employees").status, 200);
        let another = ["account", "create", "--tenant", "Acme", "--email", "bo@acme.test", "--role", "admin"];
        spaceiq(server, &[&another[..], &["--password-stdin"]].concat());
        assert!(spaceiq(server, &disable).contains("Disabled"));
        assert!(spaceiq(server, &disable).contains("already"));
        assert_eq!(browser.get("/employees").status, 303, "the running server obeys at its next request");
        spaceiq(server, &["account", "recover", "--tenant", "Acme", "--email", "ADA@acme.test", "--password-stdin"]);
        server.signed_in("ada@acme.test");
        assert!(spaceiq(server, &["audit", "verify"]).contains("whole"));
    });
}

#[test]
fn passwords_are_checked_and_never_arguments() {
    on_each_engine(|server| {
        spaceiq(server, &["tenant", "create", "--name", "Acme"]);
        let arguments =
            ["account", "create", "--tenant", "Acme", "--email", "a@b.test", "--role", "viewer", "--password-stdin"];
        let said = spaceiq_on(server.database_url(), &arguments, "short\n");
        assert_eq!(said.code, 1);
        assert!(said.err.contains("at least 8 characters"), "{}", said.err);
        let said = spaceiq_on(server.database_url(), &arguments[..8], "correct horse battery\n");
        assert_eq!(said.code, 2, "without --password-stdin it is wrong usage");
    });
}

#[test]
fn wrong_usage_is_2_and_failure_is_1_in_one_line() {
    let folder = store::testing::TemporaryFolder::new();
    let database = format!("sqlite:{}/x.db", folder.path().display());
    for arguments in [vec![], vec!["nonsense"], vec!["tenant", "create"], vec!["token", "issue", "--provider", "adfs"]]
    {
        assert_eq!(spaceiq_on(&database, &arguments, "").code, 2, "{arguments:?}");
    }
    for database in ["mysql://x", "sqlite:", "postgres://127.0.0.1:1/none", "sqlite:/proc/none/x.db"] {
        let said = spaceiq_on(database, &["tenant", "list"], "");
        assert_eq!((said.code, said.err.lines().count()), (1, 1), "{database}: {}", said.err);
        assert!(said.err.starts_with("spaceiq: "), "{}", said.err);
    }
    std::fs::write(folder.path().join("broken.db"), "this is no database, and long enough to be looked at".repeat(40))
        .expect("a file");
    let said = spaceiq_on(&format!("sqlite:{}/broken.db", folder.path().display()), &["tenant", "list"], "");
    assert_eq!((said.code, said.err.lines().count()), (1, 1), "{}", said.err);
}

#[test]
fn serve_says_what_is_wrong_before_it_starts() {
    let folder = store::testing::TemporaryFolder::new();
    let database = format!("sqlite:{}/x.db", folder.path().display());
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    for (arguments, word) in [
        (["serve", "--listen", address.as_str()], "cannot listen"),
        (["serve", "--listen", "everywhere"], "127.0.0.1:3000"),
        (["serve", "--public-url", "console.example.com"], "https://"),
        (["serve", "--config", "/nonexistent.toml"], "configuration file"),
    ] {
        let said = spaceiq_on(&database, &arguments, "");
        assert_eq!((said.code, said.err.lines().count()), (1, 1), "{arguments:?}: {}", said.err);
        assert!(said.err.contains(word), "{arguments:?}: {}", said.err);
    }
}
