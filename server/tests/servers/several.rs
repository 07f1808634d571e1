//! Two servers on one PostgreSQL: whatever ends in one has ended in the other at its next request.

use serde_json::json;
use store::testing::{Engine, TestDatabase};

use super::{command, furnish, token};
use crate::support::browser::PASSWORD;
use crate::support::{Process, TestServer, id};

#[test]
fn two_servers_are_one() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let database = runtime.block_on(TestDatabase::create(Engine::Postgres));
    let url = database.url.as_str();
    // On an empty database, at the same time: one of them migrates.
    let (one, two) = std::thread::scope(|scope| {
        let starting = [(); 2].map(|()| scope.spawn(|| Process::start(url, &[])));
        let mut started = starting.map(|server| server.join().expect("no panic")).into_iter();
        (started.next().expect("one"), started.next().expect("two"))
    });
    let azure = furnish(url);

    let ada = one.scim(&azure).post("/Users", json!({"userName": "ada"})).expect(201);
    let path = format!("/Users/{}", id(&ada));
    assert_eq!(two.scim(&azure).get(&path).expect(200)["userName"], "ada");
    let off = json!([{"op": "replace", "path": "active", "value": false}]);
    two.scim(&azure).patch(&path, off).expect(200);
    assert_eq!(one.scim(&azure).get(&path).expect(200)["active"], false);

    // Sessions.
    let here = one.browser();
    let signed_in = here.post("/login", &[("email", "ada@acme.test"), ("password", PASSWORD)]);
    assert_eq!(signed_in.status, 303);
    let there = two.browser();
    there.set_cookies(&here.cookies());
    assert!(there.page("/employees").contains("ada"));
    assert!(there.page("/provisioning-log").contains("ada"), "what one wrote down the other shows");
    here.post("/logout", &[]);
    assert_eq!(there.get("/employees").status, 303, "signed out of both");

    // Accounts.
    let bob = two.browser();
    assert_eq!(bob.post("/login", &[("email", "bob@acme.test"), ("password", PASSWORD)]).status, 303);
    let elsewhere = one.browser();
    elsewhere.set_cookies(&bob.cookies());
    assert_eq!(elsewhere.get("/employees").status, 200);
    command(url, &["account", "disable", "--tenant", "Acme", "--email", "bob@acme.test"]);
    assert_eq!((bob.get("/employees").status, elsewhere.get("/employees").status), (303, 303));

    // Wrong passwords are counted together.
    let wrong = |server: &Process| {
        let answer = server.browser().post("/login", &[("email", "ada@acme.test"), ("password", "wrong wrong")]);
        answer.headers.contains_key("retry-after")
    };
    assert_eq!([&one, &two, &one, &two, &one].map(wrong), [false; 5]);
    assert!(wrong(&two), "the sixth waits wherever it is tried");

    // Tokens.
    let (okta, okta_id) = token(url, "okta");
    for server in [&one, &two] {
        server.scim(&okta).get("/Users").expect(200);
    }
    command(url, &["token", "revoke", "--tenant", "Acme", "--id", &okta_id]);
    for server in [&one, &two] {
        server.scim(&okta).get("/Users").expect(401);
    }
    assert!(command(url, &["audit", "verify"]).contains("whole"));
}

/// A code that works once works once, wherever: two servers are given it at the same time.
#[test]
fn a_code_works_in_one_server_only() {
    let server = TestServer::start(Engine::Postgres);
    let other = Process::start(server.database_url(), &[]);
    let code = server.setup_code();
    let fields = [
        ("code", code.as_str()),
        ("company", "Acme"),
        ("email", "ada@acme.test"),
        ("password", PASSWORD),
        ("password_again", PASSWORD),
    ];
    let here = server.browser().post("/setup", &fields);
    let there = other.browser().post("/setup", &fields);
    assert_eq!(here.status, 303, "{}", here.text);
    assert_ne!(there.status, 303);
}

/// What runs from time to time runs in one server; when that one stops, another takes over.
#[test]
fn one_server_cleans_up() {
    let server = TestServer::start(Engine::Postgres);
    let (one, two) = (Process::start(server.database_url(), &[]), Process::start(server.database_url(), &[]));
    let mut holders = std::collections::BTreeSet::new();
    for _ in 0..200 {
        let taken = server.rows("SELECT name || ' ' || holder FROM leases");
        holders.extend(taken.iter().filter(|lease| lease.starts_with("purge ")).cloned());
        if taken.len() == 2 {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    assert_eq!(holders.len(), 1, "{holders:?}");
    for server in [one, two] {
        server.ask_to_stop();
        assert!(server.stopped().success());
    }
    assert_eq!(server.rows("SELECT name FROM leases"), Vec::<String>::new(), "they left it to others");
}
