//! Who is in a group.

use serde_json::{Value, json};

use crate::support::{Client, id, on_each_engine};

/// Creates so many users; their ids.
fn users(scim: &Client, count: usize) -> Vec<String> {
    (0..count)
        .map(|at| id(&scim.post("/Users", json!({"userName": format!("u{at}")})).expect(201)).to_owned())
        .collect()
}

fn values(group: &Value) -> Vec<&str> {
    let mut ids: Vec<_> =
        group["members"].as_array().into_iter().flatten().filter_map(|member| member["value"].as_str()).collect();
    ids.sort_unstable();
    ids
}

#[test]
fn every_form_of_change_does_what_its_client_means() {
    on_each_engine(|server| {
        let scim = server.tenant("Acme").scim();
        let mut people = users(&scim, 4);
        people.sort_unstable();
        let [a, b, c, d] = [&people[0], &people[1], &people[2], &people[3]];
        let group = scim.post("/Groups", json!({"displayName": "G"})).expect(201);
        let path = format!("/Groups/{}", id(&group));
        for (operations, wanted) in [
            (json!([{"op": "Add", "path": "members", "value": [{"$ref": null, "value": c}]}]), vec![a, b, c]),
            (
                json!([{"op": "add", "path": "members", "value": [{"value": c}, {"value": d}, {"value": c}]}]),
                vec![a, b, c, d],
            ),
            (json!([{"op": "add", "path": "members", "value": {"value": c}}]), vec![a, b, c]),
            (json!([{"op": "add", "path": "members", "value": [c]}]), vec![a, b, c]),
            (json!([{"op": "add", "value": {"members": [{"value": c}]}}]), vec![a, b, c]),
            (json!([{"op": "add", "path": "members", "value": [{"value": a}]}]), vec![a, b]),
            (json!([{"op": "Remove", "path": "members", "value": [{"$ref": null, "value": a}]}]), vec![b]),
            (json!([{"op": "remove", "path": format!("members[value eq \"{a}\"]")}]), vec![b]),
            (json!([{"op": "remove", "path": format!("members[value eq \"{a}\" or value eq \"{b}\"]")}]), vec![]),
            (json!([{"op": "remove", "path": format!("members[value eq \"{c}\"]")}]), vec![a, b]),
            (json!([{"op": "remove", "path": "members"}]), vec![]),
            (json!([{"op": "replace", "path": "members", "value": [{"value": c}]}]), vec![c]),
            (json!([{"op": "replace", "path": "members", "value": []}]), vec![]),
            (json!([{"op": "replace", "value": {"members": [], "displayName": "G"}}]), vec![]),
            (json!([{"op": "replace", "value": {"displayName": "G"}}]), vec![a, b]),
            (
                json!([
                    {"op": "remove", "path": format!("members[value eq \"{a}\"]")},
                    {"op": "add", "path": "members", "value": [{"value": c, "display": "C"}]},
                ]),
                vec![b, c],
            ),
            (
                json!([
                    {"op": "add", "path": "members", "value": [{"value": c}]},
                    {"op": "remove", "path": format!("members[value eq \"{c}\"]")},
                ]),
                vec![a, b],
            ),
        ] {
            let start = json!([{"op": "replace", "path": "members", "value": [{"value": a}, {"value": b}]}]);
            scim.patch(&path, start).expect(200);
            let shown = operations.to_string();
            let after = scim.patch(&path, operations).expect(200);
            assert_eq!(values(&after), wanted, "{shown}");
            assert_eq!(values(&scim.get(&path).expect(200)), wanted, "{shown}");
        }
    });
}

#[test]
fn members_are_shown_with_type_and_place_and_may_be_groups() {
    on_each_engine(|server| {
        let scim = server.tenant("Acme").scim();
        let person = users(&scim, 1).remove(0);
        let inner = scim.post("/Groups", json!({"displayName": "Inner"})).expect(201);
        let outer =
            json!({"displayName": "Outer", "members": [{"value": person}, {"value": id(&inner), "type": "Group"}]});
        let outer = scim.post("/Groups", outer).expect(201);
        let mut members = outer["members"].as_array().expect("members").clone();
        members.sort_by_key(|member| member["type"].to_string());
        let place = |endpoint: &str, id: &str| format!("https://console.test/scim/{endpoint}/{id}");
        assert_eq!(
            members,
            [
                json!({"value": id(&inner), "$ref": place("Groups", id(&inner)), "type": "Group"}),
                json!({"value": person, "$ref": place("Users", &person), "type": "User"}),
            ]
        );
        scim.delete(&format!("/Groups/{}", id(&inner))).expect(204);
        assert_eq!(values(&scim.get(&format!("/Groups/{}", id(&outer))).expect(200)), [person.as_str()]);
    });
}

#[test]
fn unknown_members_are_refused_and_nothing_of_the_request_is_kept() {
    on_each_engine(|server| {
        let scim = server.tenant("Acme").scim();
        let person = users(&scim, 1).remove(0);
        let group = scim.post("/Groups", json!({"displayName": "G"})).expect(201);
        let path = format!("/Groups/{}", id(&group));
        let operations = json!([
            {"op": "replace", "path": "displayName", "value": "H"},
            {"op": "add", "path": "members", "value": [{"value": person}, {"value": "nobody"}]},
        ]);
        scim.patch(&path, operations).refused(400, "invalidValue", "nobody");
        assert_eq!(scim.get(&path).expect(200), group);
        let rename = json!([{"op": "replace", "path": format!("members[value eq \"{person}\"].value"), "value": "x"}]);
        scim.patch(&path, rename).refused(400, "mutability", "members");
        scim.patch(&path, json!([{"op": "remove", "path": "members[display eq \"x\"]"}])).refused(
            400,
            "invalidFilter",
            "members",
        );
    });
}

#[test]
fn a_replacement_without_members_keeps_them() {
    on_each_engine(|server| {
        let scim = server.tenant("Acme").scim();
        let person = users(&scim, 1).remove(0);
        let group = scim.post("/Groups", json!({"displayName": "G", "members": [{"value": person}]})).expect(201);
        let path = format!("/Groups/{}", id(&group));
        assert_eq!(values(&scim.put(&path, json!({"displayName": "H"})).expect(200)), [person.as_str()]);
        assert!(values(&scim.put(&path, json!({"displayName": "H", "members": []})).expect(200)).is_empty());
    });
}

#[test]
fn leaving_members_out_of_an_answer_leaves_them_out() {
    on_each_engine(|server| {
        let scim = server.tenant("Acme").scim();
        let person = users(&scim, 1).remove(0);
        let group = scim.post("/Groups", json!({"displayName": "G", "members": [{"value": person}]})).expect(201);
        let path = format!("/Groups/{}", id(&group));
        for query in ["excludedAttributes=members", "excludedAttributes=Members,meta", "attributes=displayName"] {
            let one = scim.get(&format!("{path}?{query}")).expect(200);
            assert!(one.get("members").is_none(), "{query}");
            let page = scim.get(&format!("/Groups?{query}&filter=displayName+eq+%22g%22")).expect(200);
            assert_eq!(page["totalResults"], 1);
            assert!(page["Resources"][0].get("members").is_none(), "{query}");
        }
        let check = format!("id eq \"{}\" and members eq \"{person}\"", id(&group));
        assert_eq!(scim.filter("/Groups", &check).expect(200)["totalResults"], 1);
        let check = format!("members[value eq \"{person}\"]");
        assert_eq!(scim.filter("/Groups", &check).expect(200)["totalResults"], 1);
        assert_eq!(scim.filter("/Groups", "members eq \"nobody\"").expect(200)["totalResults"], 0);
    });
}
