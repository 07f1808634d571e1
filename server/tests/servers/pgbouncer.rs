//! PgBouncer in transaction mode between the server and PostgreSQL.

use std::io::Write;
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::json;
use store::testing::{Engine, TemporaryFolder, TestDatabase};

use super::{command, furnish};
use crate::support::browser::PASSWORD;
use crate::support::{Process, id};

/// A PgBouncer of its own, which goes with the value.
struct PgBouncer {
    child: Child,
    url: String,
    _folder: TemporaryFolder,
}

impl PgBouncer {
    /// Starts one that has two connections for everybody, so that transactions of one client meet different ones.
    fn start(database: &str) -> Self {
        let folder = TemporaryFolder::new();
        let port = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address").port();
        let (user, rest) = database.trim_start_matches("postgres://").split_once('@').expect("a user");
        let (address, name) = rest.split_once('/').expect("a database");
        let (host, target) = address.split_once(':').expect("a port");
        let user = user.split(':').next().expect("a name");
        let settings = format!(
            "[databases]\n{name} = host={host} port={target} user={user}\n[pgbouncer]\nlisten_addr = 127.0.0.1\n\
             listen_port = {port}\nauth_type = any\npool_mode = transaction\ndefault_pool_size = 2\nmax_client_conn = 200\n\
             unix_socket_dir =\n"
        );
        let file = folder.path().join("pgbouncer.ini");
        std::fs::File::create(&file).and_then(|mut file| file.write_all(settings.as_bytes())).expect("written");
        let mut program = Command::new("pgbouncer");
        // It does not run as root.
        let is_root = Command::new("id").arg("-u").output().is_ok_and(|id| id.stdout == b"0\n");
        if is_root {
            program.args(["-u", "nobody"]);
            Command::new("chmod").args(["-R", "a+rX"]).arg(folder.path()).status().expect("chmod");
        }
        let child = program.arg(&file).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let child = child.expect("pgbouncer is installed: cargo xtask test does that");
        let url = format!("postgres://{user}@127.0.0.1:{port}/{name}?pgbouncer=true");
        let mut tries = 200;
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            tries -= 1;
            assert!(tries > 0, "PgBouncer does not listen");
            std::thread::sleep(Duration::from_millis(20));
        }
        Self { child, url, _folder: folder }
    }
}

impl Drop for PgBouncer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn everything_works_through_pgbouncer() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let database = runtime.block_on(TestDatabase::create(Engine::Postgres));
    let pooler = PgBouncer::start(&database.url);
    let server = Process::start(&pooler.url, &[]);
    let token = furnish(&pooler.url);
    let scim = server.scim(&token);
    let group = scim.post("/Groups", json!({"displayName": "staff"})).expect(201);
    // More at once than there are connections.
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let (scim, group) = (scim.clone(), id(&group));
            scope.spawn(move || {
                for number in 0..10 {
                    let name = format!("u{thread}-{number}");
                    let user = scim.post("/Users", json!({"userName": name})).expect(201);
                    let member = json!([{"op": "add", "path": "members", "value": [{"value": id(&user)}]}]);
                    scim.patch(&format!("/Groups/{group}"), member).expect(200);
                    let found = scim.get(&format!("/Users?filter=userName%20eq%20%22{name}%22")).expect(200);
                    assert_eq!(found["totalResults"], 1);
                }
            });
        }
    });
    assert_eq!(scim.get("/Users?count=0").expect(200)["totalResults"], 80);
    let browser = server.browser();
    assert_eq!(browser.post("/login", &[("email", "ada@acme.test"), ("password", PASSWORD)]).status, 303);
    for page in ["/employees", "/groups", "/provisioning-log", "/audit-log"] {
        assert_eq!(browser.get(page).status, 200, "{page}");
    }
    assert!(command(&pooler.url, &["audit", "verify"]).contains("whole"));
    assert!(command(&pooler.url, &["migrate"]).contains("up to date"));
}
