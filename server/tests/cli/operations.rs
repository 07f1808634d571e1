//! Backup, restore, copy and doctor beside a running server.

use std::io::Read;

use serde_json::{Value, json};
use store::testing::{TemporaryFolder, TestDatabase};

use super::{failure, spaceiq, spaceiq_on};
use crate::support::{Engine, TestServer, on_each_engine};

/// A database on the other engine, or another one on this.
fn another(server: &TestServer, engine: Engine) -> TestDatabase {
    server.block_on(TestDatabase::create(engine))
}

#[test]
fn a_backup_is_made_while_the_server_runs_and_comes_back() {
    on_each_engine(|server| {
        let acme = server.tenant("Acme");
        let scim = acme.scim();
        scim.post("/Users", json!({"userName": "ada"})).expect(201);
        let folder = TemporaryFolder::new();
        let file = folder.path().join("backup").display().to_string();
        assert!(spaceiq(server, &["backup", &file]).contains("as it was when this began"));
        scim.post("/Users", json!({"userName": "late"})).expect(201);
        assert!(failure(server, &["restore", &file]).contains("holds data"));
        for engine in [Engine::Sqlite, Engine::Postgres] {
            let target = another(server, engine);
            let said = spaceiq_on(&target.url, &["restore", &file], "");
            assert_eq!(said.code, 0, "{}", said.err);
            assert!(said.out.contains("Everybody signs in anew") && said.out.contains("1 SCIM tokens"), "{}", said.out);
            assert_eq!(spaceiq_on(&target.url, &["tenant", "list"], "").out, "Acme\n");
            let again = spaceiq_on(&target.url, &["restore", &file], "");
            assert!(again.code == 1 && again.err.contains("--replace"), "{}", again.err);
            assert_eq!(spaceiq_on(&target.url, &["restore", &file, "--replace"], "").code, 0);
            assert!(spaceiq_on(&target.url, &["audit", "verify"], "").out.contains("whole"));
        }
        std::fs::write(&file, "text").expect("written");
        assert!(failure(server, &["restore", &file]).contains("no backup"));
        assert!(failure(server, &["backup", "/nonexistent/file"]).contains("cannot write"));
        assert!(failure(server, &["restore", "/nonexistent"]).contains("cannot read"));
    });
}

/// What is in a backup lets nobody in: no token, password, session or link, in clear or in Base64.
#[test]
fn no_secret_is_in_a_backup() {
    on_each_engine(|server| {
        let acme = server.tenant("Acme");
        acme.scim().post("/Users", json!({"userName": "ada", "password": "t1meless-marker"})).expect(201);
        let account = ["account", "create", "--tenant", "Acme", "--email", "ada@acme.test", "--role", "admin"];
        spaceiq(server, &[&account[..], &["--password-stdin"]].concat());
        let browser = server.signed_in("ada@acme.test");
        browser.get("/employees");
        let issue = ["token", "issue", "--tenant", "Acme", "--provider", "okta", "--name", "marked"];
        let token = spaceiq(server, &issue).trim().to_owned();
        server.stranger().get("/Users").expect(401);
        crate::support::Client::new(server.url("/scim"), Some(&token)).get("/Users").expect(200);
        let folder = TemporaryFolder::new();
        let file = folder.path().join("backup");
        spaceiq(server, &["backup", &file.display().to_string()]);
        let mut text = String::new();
        let opened = std::fs::File::open(&file).expect("there");
        flate2::read::GzDecoder::new(opened).read_to_string(&mut text).expect("text");
        assert!(text.contains("ada@acme.test") && text.contains(&token[token.len() - 4..]));
        let cookies = browser.cookies();
        let session = cookies.rsplit('=').next().expect("a session");
        for secret in [&token, &token[..20], "correct horse battery", "t1meless-marker", session] {
            assert!(!text.contains(secret), "{secret}");
        }
        #[cfg(unix)]
        {
            let mode = std::os::unix::fs::PermissionsExt::mode(&file.metadata().expect("there").permissions());
            assert_eq!(mode & 0o777, 0o600);
        }
    });
}

#[test]
fn a_running_server_is_copied_to_the_other_engine() {
    on_each_engine(|server| {
        let acme = server.tenant("Acme");
        for name in ["ada", "bob"] {
            acme.scim().post("/Users", json!({"userName": name})).expect(201);
        }
        for engine in [Engine::Sqlite, Engine::Postgres] {
            let target = another(server, engine);
            let copy = ["copy", "--from", server.database_url(), "--to", target.url.as_str()];
            assert!(spaceiq(server, &copy).contains("each was read back and compared"));
            let listed = spaceiq_on(&target.url, &["token", "list", "--tenant", "Acme", "--json"], "").out;
            let listed: Value = serde_json::from_str(&listed).expect("JSON");
            assert_eq!(listed[0]["status"], "active", "{listed}");
            assert!(failure(server, &copy).contains("empty database"));
        }
    });
}

/// What the doctor says about one thing.
fn diagnosis(said: &str, what: &str) -> (String, String) {
    let findings: Vec<Value> = serde_json::from_str(said).expect("JSON");
    let finding = findings.iter().find(|finding| finding["what"] == what).unwrap_or_else(|| panic!("{what}: {said}"));
    (finding["state"].as_str().expect("a state").to_owned(), finding["found"].as_str().expect("words").to_owned())
}

#[test]
fn the_doctor_finds_what_is_wrong() {
    on_each_engine(|server| {
        server.tenant("Acme");
        spaceiq(server, &["token", "issue", "--tenant", "Acme", "--provider", "okta", "--name", "x"]);
        let listen = server.url("").replace("http://", "");
        let ask = |more: &[&str]| {
            spaceiq_on(server.database_url(), &[&["doctor", "--json", "--listen", &listen], more].concat(), "")
        };
        let well = ask(&[]);
        assert_eq!(well.code, 0, "{} {}", well.out, well.err);
        for what in
            ["configuration", "server", "database", "migrations", "integrity", "references", "clock", "audit log"]
        {
            assert_eq!(diagnosis(&well.out, what).0, "fine", "{what}");
        }
        assert!(diagnosis(&well.out, "database").1.contains(if server.engine == Engine::Sqlite {
            "SQLite 3"
        } else {
            "PostgreSQL 1"
        }));

        let said = ask(&["--public-url", "http://console.invalid"]);
        assert_eq!((said.code, diagnosis(&said.out, "public URL").0.as_str()), (1, "wrong"));
        assert_eq!(diagnosis(&said.out, "server").0, "wrong", "it does not answer there");
        let said = ask(&["--public-url", "console"]);
        assert_eq!((said.code, diagnosis(&said.out, "configuration").0.as_str()), (1, "wrong"));

        server.tamper("UPDATE audit_events SET actor = 'mallory' WHERE seq = 1");
        let said = ask(&[]);
        assert_eq!(said.code, 1);
        assert!(diagnosis(&said.out, "audit log").1.contains("Acme is broken at number 1"));
        server.tamper("UPDATE audit_events SET actor = 'cli' WHERE seq = 1");

        server.tamper("UPDATE tenants SET created_at = created_at");
        server.tamper("INSERT INTO unfinished_copies (source, started_at) VALUES ('sqlite:x', 0)");
        let said = ask(&[]);
        assert!(said.code == 1 && diagnosis(&said.out, "references").1.contains("sqlite:x"));
        let serve = spaceiq_on(server.database_url(), &["serve", "--listen", "127.0.0.1:0"], "");
        assert!(serve.code == 1 && serve.err.contains("spaceiq copy again"), "{}", serve.err);
        server.tamper("DELETE FROM unfinished_copies");

        server.tamper("DELETE FROM _sqlx_migrations WHERE version = (SELECT max(version) FROM _sqlx_migrations)");
        let said = ask(&[]);
        assert_eq!((said.code, diagnosis(&said.out, "migrations").0.as_str()), (1, "wrong"));
    });
}

#[test]
fn the_doctor_looks_at_files() {
    let folder = TemporaryFolder::new();
    let file = folder.path().join("x.db");
    let database = format!("sqlite:{}", file.display());
    let said = spaceiq_on(&database, &["doctor"], "");
    assert!(said.code == 1 && said.out.contains("✗ database") && said.out.contains("serve makes it"), "{}", said.out);
    assert!(!file.exists(), "looking makes nothing");
    spaceiq_on(&database, &["migrate"], "");
    let said = spaceiq_on(&database, &["doctor", "--json"], "");
    assert_eq!(diagnosis(&said.out, "database file").0, "fine", "a new file is private: {}", said.out);
    assert!(diagnosis(&said.out, "disk").1.contains("MB are free"));
    #[cfg(unix)]
    {
        let open = std::os::unix::fs::PermissionsExt::from_mode(0o644);
        std::fs::set_permissions(&file, open).expect("opened to all");
        let said = spaceiq_on(&database, &["doctor", "--json"], "");
        assert_eq!((said.code, diagnosis(&said.out, "database file").0.as_str()), (1, "wrong"));
    }
}
