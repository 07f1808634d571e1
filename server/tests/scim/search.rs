//! POST `/.search`, at the root and of one kind, and GET at the root: RFC 7644 §3.4.2.1 and §3.4.3.

use ::scim::urn;
use serde_json::{Value, json};

use crate::support::{id, on_each_engine};

fn kinds(page: &Value) -> Vec<&str> {
    page["Resources"]
        .as_array()
        .expect("resources")
        .iter()
        .filter_map(|one| one["meta"]["resourceType"].as_str())
        .collect()
}

#[test]
fn one_list_holds_both_kinds() {
    on_each_engine(|server| {
        let scim = server.tenant("Acme").scim();
        for at in 0..3 {
            let user = scim.post("/Users", json!({"userName": format!("u{at}"), "displayName": "Same"})).expect(201);
            let group = json!({"displayName": format!("G{at}"), "members": [{"value": id(&user)}]});
            scim.post("/Groups", group).expect(201);
        }
        let search = |more: Value| {
            let mut body = json!({"schemas": [urn::SEARCH]});
            body.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
            scim.post("/.search", body)
        };
        let all = search(json!({})).expect(200);
        assert_eq!(
            (&all["totalResults"], kinds(&all)),
            (&json!(6), vec!["User", "User", "User", "Group", "Group", "Group"])
        );
        let across = search(json!({"startIndex": 3, "count": 2})).expect(200);
        assert_eq!((kinds(&across), &across["totalResults"]), (vec!["User", "Group"], &json!(6)));
        let late = search(json!({"startIndex": 5, "count": 9})).expect(200);
        assert_eq!((kinds(&late), &late["startIndex"]), (vec!["Group", "Group"], &json!(5)));
        assert_eq!(search(json!({"count": 0})).expect(200)["totalResults"], 6);
        for (filter, wanted) in [
            ("meta.resourceType eq \"Group\"", 3),
            ("(meta.resourceType eq User) or (meta.resourceType eq Group)", 6),
            ("userName eq \"u1\"", 1),
            ("displayName eq \"same\"", 3),
            ("members pr", 3),
            ("id pr", 6),
        ] {
            assert_eq!(search(json!({"filter": filter})).expect(200)["totalResults"], wanted, "{filter}");
            assert_eq!(scim.filter("", filter).expect(200)["totalResults"], wanted, "{filter}");
        }
        search(json!({"filter": "shoeSize eq 1"})).refused(400, "invalidFilter", "shoeSize");
        let few = search(json!({"filter": "members pr", "excludedAttributes": ["members", "meta"]})).expect(200);
        assert!(few["Resources"][0].get("members").is_none());
        for (endpoint, kind) in [("/Users/.search", "User"), ("/Groups/.search", "Group")] {
            let body =
                json!({"schemas": [urn::SEARCH], "count": 2, "sortBy": "displayName", "sortOrder": "descending"});
            let page = scim.post(endpoint, body).expect(200);
            assert_eq!((kinds(&page), &page["totalResults"]), (vec![kind, kind], &json!(3)));
        }
    });
}

#[test]
fn malformed_searches_are_named() {
    on_each_engine(|server| {
        let scim = server.tenant("Acme").scim();
        scim.post("/.search", json!({})).refused(400, "invalidSyntax", "schemas");
        for (more, keyword, word) in [
            (json!({"filter": 7}), "invalidValue", "filter"),
            (json!({"count": "x"}), "invalidValue", "count"),
            (json!({"attributes": "userName"}), "invalidValue", "attributes"),
            (json!({"attributes": [7]}), "invalidValue", "attributes"),
            (json!({"filter": "title"}), "invalidFilter", "filter"),
        ] {
            let mut body = json!({"schemas": [urn::SEARCH]});
            body.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
            scim.post("/Users/.search", body).refused(400, keyword, word);
        }
    });
}
