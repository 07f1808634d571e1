//! `kill -9` at any moment: what was acknowledged is there, and nothing is there by halves.
//!
//! `cargo xtask soak` does the same for longer: it says how often in `SPACEIQ_SOAK_KILLS`.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::{Value, json};
use store::testing::{Engine, TestDatabase, rows};

use super::{command, furnish};
use crate::support::{Client, Process};

/// Who writes at the same time.
const WRITERS: usize = 4;

/// What a writer knows of one employee.
struct Known {
    id: String,
    /// The last state that was acknowledged.
    active: bool,
    is_member: bool,
    /// What was asked last and not answered: it may have been done or not.
    open: bool,
}

/// Creates, disables and groups people until nobody answers any more.
fn write(scim: &Client, group: &str, names: &str, stopped: &AtomicBool) -> Vec<Known> {
    let mut known: Vec<Known> = Vec::new();
    let patch = |path: &str, operation: Value| {
        let answer =
            scim.try_send("PATCH", path, &json!({ "schemas": [::scim::urn::PATCH], "Operations": [operation] }))?;
        assert!(answer.status < 300, "{path}: {} {}", answer.status, answer.text);
        Some(())
    };
    for number in 0.. {
        if stopped.load(Ordering::SeqCst) {
            break;
        }
        let user = json!({"userName": format!("{names}-{number}"), "active": true});
        let Some(answer) = scim.try_send("POST", "/Users", &user) else { break };
        let id = answer.expect(201)["id"].as_str().expect("an id").to_owned();
        known.push(Known { id: id.clone(), active: true, is_member: false, open: true });
        let Some(one) = known.last_mut() else { break };
        let member = json!({"op": "add", "path": "members", "value": [{"value": id}]});
        if patch(&format!("/Groups/{group}"), member).is_none() {
            break;
        }
        one.is_member = true;
        let off = json!({"op": "replace", "path": "active", "value": false});
        if patch(&format!("/Users/{id}"), off).is_none() {
            break;
        }
        one.active = false;
        one.open = false;
    }
    known
}

/// Everything that was acknowledged is there; of what was open, the state before or after.
fn check(scim: &Client, group: &str, known: &[Known]) {
    let all = scim.get(&format!("/Groups/{group}?attributes=members")).expect(200);
    let members: std::collections::HashSet<&str> =
        all["members"].as_array().into_iter().flatten().filter_map(|member| member["value"].as_str()).collect();
    for one in known {
        let user = scim.get(&format!("/Users/{}", one.id)).expect(200);
        assert!(user["active"] == one.active || one.open, "{user}: {} was acknowledged", one.active);
        assert!(!one.is_member || members.contains(one.id.as_str()), "{user} is no member");
    }
}

/// Rows that a whole write would not have left behind.
const HALVES: [&str; 3] = [
    "SELECT id FROM employees e WHERE NOT EXISTS (SELECT 1 FROM provisioning_events v WHERE v.tenant_id = e.tenant_id
         AND v.resource_id = e.id AND v.action = 'created')",
    "SELECT resource_id FROM provisioning_events v WHERE action = 'created' AND resource_type = 'User'
         AND NOT EXISTS (SELECT 1 FROM employees e WHERE e.tenant_id = v.tenant_id AND e.id = v.resource_id)",
    "SELECT id FROM employees e WHERE NOT EXISTS (SELECT 1 FROM employee_words w WHERE w.tenant_id = e.tenant_id
         AND w.employee_id = e.id)",
];

fn killed_again_and_again(engine: Engine, times: u64) {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let database = runtime.block_on(TestDatabase::create(engine));
    let url = database.url.as_str();
    let mut server = Process::start(url, &[]);
    let token = furnish(url);
    let group = server.scim(&token).post("/Groups", json!({"displayName": "staff"})).expect(201);
    let group = group["id"].as_str().expect("an id").to_owned();
    let mut written = 0;
    for round in 0..times {
        let stopped = AtomicBool::new(false);
        let known: Vec<Known> = std::thread::scope(|scope| {
            let writers: Vec<_> = (0..WRITERS)
                .map(|writer| {
                    let (scim, group, stopped) = (server.scim(&token), &group, &stopped);
                    scope.spawn(move || write(&scim, group, &format!("u{round}-{writer}"), stopped))
                })
                .collect();
            // Anywhere between the first commit and well into the work.
            std::thread::sleep(Duration::from_millis(5 + (round * 7919) % 307));
            server.kill();
            stopped.store(true, Ordering::SeqCst);
            writers.into_iter().flat_map(|writer| writer.join().expect("no panic")).collect()
        });
        written += known.len();
        server = Process::start(url, &[]);
        check(&server.scim(&token), &group, &known);
    }
    assert!(written as u64 > times, "the writers wrote");
    let halves = runtime.block_on(async {
        let (store, _) = database.open().await;
        let mut reader = store.read().await.expect("a reader");
        let mut found = Vec::new();
        for sql in HALVES {
            found.extend(rows(&mut reader.conn(), sql).await.expect("read"));
        }
        found
    });
    assert_eq!(halves, Vec::<String>::new());
    assert!(command(url, &["audit", "verify"]).contains("whole"));
    let found: Value = serde_json::from_str(&command(url, &["doctor", "--json"])).expect("JSON");
    for what in ["integrity", "references", "audit log"] {
        let finding = found.as_array().expect("findings").iter().find(|finding| finding["what"] == what);
        assert_eq!(finding.expect("looked at")["state"], "fine", "{found:#}");
    }
}

fn times(short: u64) -> u64 {
    std::env::var("SPACEIQ_SOAK_KILLS").ok().and_then(|times| times.parse().ok()).unwrap_or(short)
}

#[test]
fn sqlite_loses_nothing_when_the_server_is_killed() {
    killed_again_and_again(Engine::Sqlite, times(10));
}

#[test]
fn postgres_loses_nothing_when_the_server_is_killed() {
    killed_again_and_again(Engine::Postgres, times(5));
}

/// Whoever was answered before the end finds it stored; whoever asked before the end is answered.
#[test]
fn a_server_that_is_asked_to_stop_finishes_what_it_began() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        let database = runtime.block_on(TestDatabase::create(engine));
        let server = Process::start(&database.url, &[]);
        let token = furnish(&database.url);
        let scim = server.scim(&token);
        let created: usize = std::thread::scope(|scope| {
            let writers: Vec<_> = (0..WRITERS)
                .map(|writer| {
                    let scim = scim.clone();
                    scope.spawn(move || {
                        let user = |number| json!({"userName": format!("u{writer}-{number}")});
                        let answers = (0..).map_while(|number| scim.try_send("POST", "/Users", &user(number)));
                        answers.inspect(|answer| assert_eq!(answer.status, 201, "{}", answer.text)).count()
                    })
                })
                .collect();
            std::thread::sleep(Duration::from_millis(300));
            server.ask_to_stop();
            writers.into_iter().map(|writer| writer.join().expect("no panic")).sum()
        });
        assert!(server.stopped().success());
        let again = Process::start(&database.url, &[]);
        let stored = again.scim(&token).get("/Users?count=0").expect(200)["totalResults"].as_u64().expect("a count");
        // ureq asks anew on a connection, so that nobody was answered whose request was not read.
        assert_eq!(usize::try_from(stored).expect("few"), created, "on {engine:?}");
    }
}
