//! A PostgreSQL whose connections are killed or used up: 503 soon, and back soon.

use std::time::{Duration, Instant};

use serde_json::json;
use store::testing::Engine;

use crate::support::{Answer, Client, TestServer, id};

/// Asks until the answer is right; everything else has to be a 503 that comes in time.
pub(super) fn back_within(limit: Duration, scim: &Client, path: &str) {
    let since = Instant::now();
    loop {
        let asked = Instant::now();
        let answer = scim.get(path);
        assert!(asked.elapsed() < Duration::from_millis(3_500), "{:?}", asked.elapsed());
        if answer.status == 200 {
            return;
        }
        answer.refused(503, "", "Try again");
        let _: u64 = answer.header("retry-after").parse().expect("whole seconds");
        assert!(since.elapsed() < limit, "not back after {:?}", since.elapsed());
    }
}

/// A request that cannot be answered now is told so, in time.
#[track_caller]
pub(super) fn refused_soon(request: impl FnOnce() -> Answer) {
    let asked = Instant::now();
    let answer = request();
    assert!(asked.elapsed() < Duration::from_millis(3_500), "{:?}", asked.elapsed());
    answer.refused(503, "", "Try again");
}

#[test]
fn killed_connections_are_replaced() {
    let server = TestServer::start(Engine::Postgres);
    let scim = server.tenant("Acme").scim();
    let path = format!("/Users/{}", id(&scim.post("/Users", json!({"userName": "u"})).expect(201)));
    for _ in 0..5 {
        // From outside: the server's pool knows nothing of it.
        server.block_on(server.database().kill_connections());
        back_within(Duration::from_secs(5), &scim, &path);
        scim.patch(&path, json!([{"op": "replace", "path": "active", "value": true}])).expect(200);
    }
}

#[test]
fn a_database_without_a_free_connection_is_503_and_comes_back() {
    let server = TestServer::start(Engine::Postgres);
    let scim = server.tenant("Acme").scim();
    let path = format!("/Users/{}", id(&scim.post("/Users", json!({"userName": "u"})).expect(201)));
    server.block_on(server.database().allow_connections(false));
    server.block_on(server.database().kill_connections());
    for _ in 0..2 {
        refused_soon(|| scim.get(&path));
        refused_soon(|| scim.post("/Users", json!({"userName": "lost"})));
    }
    server.block_on(server.database().allow_connections(true));
    back_within(Duration::from_secs(5), &scim, &path);
    assert_eq!(scim.get("/Users").expect(200)["totalResults"], 1);
}
