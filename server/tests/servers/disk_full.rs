//! A disk without room: writes are refused in words, reads go on, and nothing is damaged.

use serde_json::{Value, json};
use store::testing::{Engine, TestDatabase};

use super::{command, furnish};
use crate::support::Process;

#[test]
fn a_full_disk_refuses_writes_and_damages_nothing() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let database = runtime.block_on(TestDatabase::create(Engine::Sqlite));
    let token = {
        let server = Process::start(&database.url, &[]);
        let token = furnish(&database.url);
        server.scim(&token).get("/Users").expect(200);
        token
    };
    let server = Process::start_on_a_small_disk(&database.url, 6);
    let scim = server.scim(&token);
    let mut stored = Vec::new();
    let refused = (0..500).find_map(|number| {
        let user = json!({"userName": format!("u{number}"), "nickName": "n".repeat(100_000)});
        let answer = scim.post("/Users", user);
        if answer.status == 201 {
            stored.push(answer.json()["id"].as_str().expect("an id").to_owned());
            return None;
        }
        Some(answer)
    });
    let refused = refused.expect("the disk is full at last");
    refused.refused(503, "", "cannot store");
    assert!(!refused.header("retry-after").is_empty());
    assert!(stored.len() > 5, "{}", stored.len());
    for _ in 0..3 {
        scim.get("/Users?count=1").expect(200);
        scim.post("/Users", json!({"userName": "again", "nickName": "n".repeat(100_000)})).refused(
            503,
            "",
            "cannot store",
        );
    }
    server.kill();

    let server = Process::start(&database.url, &[]);
    let scim = server.scim(&token);
    for id in &stored {
        scim.get(&format!("/Users/{id}")).expect(200);
    }
    assert_eq!(scim.get("/Users?count=0").expect(200)["totalResults"], stored.len());
    scim.post("/Users", json!({"userName": "later"})).expect(201);
    assert!(command(&database.url, &["audit", "verify"]).contains("whole"));
    let found: Value = serde_json::from_str(&command(&database.url, &["doctor", "--json"])).expect("JSON");
    let integrity = found.as_array().expect("findings").iter().find(|finding| finding["what"] == "integrity");
    assert_eq!(integrity.expect("looked at")["state"], "fine");
}
