//! Large groups, and many clients at one group.

use std::thread;

use ::scim::urn;
use serde_json::{Value, json};

use crate::support::{Client, id, on_each_engine};

/// Creates so many users through Bulk; their ids.
fn users(scim: &Client, count: usize) -> Vec<String> {
    let mut ids = Vec::new();
    for start in (0..count).step_by(1000) {
        let operations: Vec<Value> = (start..count.min(start + 1000))
            .map(|at| json!({"method": "POST", "path": "/Users", "bulkId": at.to_string(), "data": {"userName": format!("u{at}")}}))
            .collect();
        let answer = scim.post("/Bulk", json!({"schemas": [urn::BULK_REQUEST], "Operations": operations})).expect(200);
        for operation in answer["Operations"].as_array().expect("results") {
            assert_eq!(operation["status"], "201", "{operation}");
            let location = operation["location"].as_str().expect("a location");
            ids.push(location.rsplit('/').next().expect("an id").to_owned());
        }
    }
    ids
}

fn members(ids: &[String]) -> Value {
    ids.iter().map(|id| json!({"value": id})).collect()
}

#[test]
fn a_change_of_a_large_group_is_answered_without_its_members() {
    on_each_engine(|server| {
        let scim = server.tenant("Acme").scim();
        let people = users(&scim, 2001);
        let group = scim.post("/Groups", json!({"displayName": "G", "members": members(&people[..199])})).expect(201);
        let path = format!("/Groups/{}", id(&group));
        let add = |ids: &[String]| json!([{"op": "add", "path": "members", "value": members(ids)}]);
        let two_hundred = scim.patch(&path, add(&people[199..200])).expect(200);
        assert_eq!(two_hundred["members"].as_array().map(Vec::len), Some(200));
        let answer = scim.patch(&path, add(&people[200..2000]));
        assert_eq!((answer.status, answer.text.as_str(), answer.header("etag")), (204, "", "W/\"3\""));
        let asked = scim.patch(&format!("{path}?excludedAttributes=members"), add(&people[2000..])).expect(200);
        assert_eq!((&asked["displayName"], asked.get("members")), (&json!("G"), None));
        let whole = scim.get(&path).expect(200);
        assert_eq!(whole["members"].as_array().map(Vec::len), Some(2001));
        let remove = json!([{"op": "Remove", "path": "members", "value": members(&people[1..])}]);
        let left = scim.patch(&path, remove).expect(200);
        assert_eq!(left["members"].as_array().map(Vec::len), Some(1));
    });
}

/// Eight clients change one group at the same time: each adds its own members one by one and removes some of them.
#[test]
fn parallel_changes_of_one_group_lose_nothing() {
    const CLIENTS: usize = 8;
    const EACH: usize = 300;
    on_each_engine(|server| {
        let scim = server.tenant("Acme").scim();
        let people = users(&scim, CLIENTS * EACH);
        let group = scim.post("/Groups", json!({"displayName": "G"})).expect(201);
        let path = format!("/Groups/{}", id(&group));
        thread::scope(|scope| {
            for own in people.chunks(EACH) {
                let (scim, path) = (&scim, &path);
                scope.spawn(move || {
                    for (at, person) in own.iter().enumerate() {
                        let add = json!([{"op": "Add", "path": "members", "value": [{"value": person}]}]);
                        assert!([200, 204].contains(&scim.patch(path, add).status));
                        if at % 3 != 0 {
                            let remove = json!([{"op": "remove", "path": format!("members[value eq \"{person}\"]")}]);
                            assert!([200, 204].contains(&scim.patch(path, remove).status));
                        }
                    }
                });
            }
        });
        let whole = scim.get(&path).expect(200);
        let mut left: Vec<&str> = whole["members"]
            .as_array()
            .expect("members")
            .iter()
            .filter_map(|member| member["value"].as_str())
            .collect();
        left.sort_unstable();
        let mut wanted: Vec<&str> =
            people.chunks(EACH).flat_map(|own| own.iter().step_by(3)).map(String::as_str).collect();
        wanted.sort_unstable();
        assert_eq!(left, wanted);
        let changes = CLIENTS * (EACH + EACH / 3 * 2);
        assert_eq!(changes, 4000);
        assert_eq!(whole["meta"]["version"], format!("W/\"{}\"", changes + 1), "every change counts");
    });
}
