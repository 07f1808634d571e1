//! A PostgreSQL that is stopped, started and full: 503 soon, and back soon.

use std::io::Write;
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::json;
use store::testing::TemporaryFolder;

use super::furnish;
use super::postgres_down::{back_within, refused_soon};
use crate::support::{Process, id};

/// As many as the database has for everybody.
const CONNECTIONS: usize = 20;

/// A PostgreSQL of this test's own, which is stopped with the value.
struct Cluster {
    port: u16,
    folder: TemporaryFolder,
}

impl Cluster {
    fn new() -> Self {
        let port = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address").port();
        let cluster = Self { port, folder: TemporaryFolder::new() };
        let owned = Command::new("chown").arg("nobody").arg(cluster.folder.path()).status();
        assert!(owned.is_ok_and(|status| status.success() || !is_root()));
        cluster.run("initdb", &["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]);
        let settings = format!(
            "\nport = {port}\nlisten_addresses = '127.0.0.1'\nunix_socket_directories = ''\nfsync = off\n\
             max_connections = {CONNECTIONS}\nsuperuser_reserved_connections = 0\nclient_connection_check_interval = 50\n"
        );
        let file = std::fs::File::options().append(true).open(cluster.folder.path().join("data/postgresql.conf"));
        file.and_then(|mut file| file.write_all(settings.as_bytes())).expect("configured");
        cluster.start();
        cluster
    }

    fn start(&self) {
        self.run("pg_ctl", &["-l", "log", "-w", "start"]);
    }

    fn stop(&self) {
        self.run("pg_ctl", &["-m", "fast", "-w", "stop"]);
    }

    /// Runs one of PostgreSQL's programs, which refuse to run as root.
    fn run(&self, program: &str, arguments: &[&str]) {
        let mut command = Command::new(if is_root() { "setpriv" } else { "env" });
        if is_root() {
            command.args(["--reuid", "nobody", "--clear-groups"]);
        }
        let status = command
            .arg(program)
            .args(arguments)
            .env("PATH", path())
            .env("PGDATA", "data")
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        assert!(status.expect("the program runs").success(), "{program} {arguments:?}");
    }

    fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.run("pg_ctl", &["-m", "immediate", "-w", "stop"]);
    }
}

fn is_root() -> bool {
    rustix::process::getuid().is_root()
}

/// Debian keeps the server's programs where nobody looks for them.
fn path() -> String {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let folders = versions.map(|version| version.path().join("bin").display().to_string());
    folders.chain([std::env::var("PATH").expect("a path")]).collect::<Vec<_>>().join(":")
}

#[test]
fn postgresql_is_stopped_and_started() {
    let cluster = Cluster::new();
    let token = furnish(&cluster.url());
    let server = Process::start(&cluster.url(), &[]);
    let scim = server.scim(&token);
    let path = format!("/Users/{}", id(&scim.post("/Users", json!({"userName": "u"})).expect(201)));
    for _ in 0..2 {
        cluster.stop();
        for _ in 0..2 {
            refused_soon(|| scim.get(&path));
            refused_soon(|| scim.get("/Users?filter=userName+eq+%22u%22"));
            refused_soon(|| scim.post("/Users", json!({"userName": "lost"})));
        }
        cluster.start();
        back_within(Duration::from_secs(5), &scim, &path);
    }
    assert_eq!(scim.get("/Users").expect(200)["totalResults"], 1, "what was refused is not there");
    scim.patch(&path, json!([{"op": "replace", "path": "active", "value": false}])).expect(200);
}

/// A client that does nothing, and keeps its connection for that.
fn idle(cluster: &Cluster) -> Child {
    psql(cluster, "SELECT pg_sleep(600)").stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("psql runs")
}

fn end(mut client: Child) {
    client.kill().expect("killed");
    client.wait().expect("ended");
}

fn psql(cluster: &Cluster, sql: &str) -> Command {
    let mut command = Command::new("psql");
    command.args(["-X", "-q", "-d", &cluster.url(), "-c", sql]).env("PATH", path());
    command
}

/// Clients until there is no room for another.
fn fill(cluster: &Cluster, clients: &mut Vec<Child>) {
    for _ in 0..CONNECTIONS {
        clients.push(idle(cluster));
    }
    // Those who were turned away have ended.
    while psql(cluster, "SELECT 1").output().expect("psql runs").status.success() {}
    clients.retain_mut(|client| client.try_wait().expect("a state").is_none());
}

#[test]
fn others_take_every_connection() {
    let cluster = Cluster::new();
    let token = furnish(&cluster.url());
    let server = Process::start(&cluster.url(), &[]);
    let scim = server.scim(&token);
    let path = format!("/Users/{}", id(&scim.post("/Users", json!({"userName": "u"})).expect(201)));
    let mut clients = vec![idle(&cluster)];
    fill(&cluster, &mut clients);
    // The server works with what it has, until that is taken away too.
    scim.get(&path).expect(200);
    let others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                  WHERE backend_type = 'client backend' AND application_name <> 'psql'";
    let mut rounds = 0;
    while scim.get(&path).status == 200 {
        rounds += 1;
        assert!(rounds < 20, "the server always finds a connection");
        // Some of them were turned away and do not know it yet.
        while !psql(&cluster, others).output().expect("psql runs").status.success() {
            end(clients.pop().expect("a client"));
        }
        fill(&cluster, &mut clients);
    }
    refused_soon(|| scim.get(&path));
    refused_soon(|| scim.post("/Users", json!({"userName": "lost"})));
    clients.into_iter().for_each(end);
    back_within(Duration::from_secs(5), &scim, &path);
    assert_eq!(scim.get("/Users").expect(200)["totalResults"], 1);
}
