//! Cursor paging, RFC 9865.

use std::collections::HashSet;

use ::scim::urn;
use serde_json::{Value, json};

use crate::support::{Client, id, on_each_engine};

fn names(page: &Value) -> Vec<String> {
    let resources = page["Resources"].as_array().expect("resources");
    resources.iter().map(|user| user["userName"].as_str().expect("a name").to_owned()).collect()
}

fn create(scim: &Client, name: &str) -> String {
    id(&scim.post("/Users", json!({"userName": name})).expect(201)).to_owned()
}

#[test]
fn a_walk_meets_everyone_who_stays_while_others_come_and_go() {
    on_each_engine(|server| {
        let scim = server.tenant("Acme").scim();
        let ids: Vec<String> = (0..30).map(|at| create(&scim, &format!("u{at:02}"))).collect();
        let (mut seen, mut cursor, mut pages) = (Vec::new(), String::new(), 0);
        loop {
            let page = scim.get(&format!("/Users?count=4&cursor={cursor}")).expect(200);
            assert!(page.get("startIndex").is_none());
            assert_eq!(page["itemsPerPage"], names(&page).len());
            seen.extend(names(&page));
            // One of each three goes, one is renamed, and somebody new comes, while the walk goes on.
            scim.delete(&format!("/Users/{}", ids[pages * 3])).expect(204);
            let rename = json!([{"op": "replace", "path": "title", "value": "x"}]);
            scim.patch(&format!("/Users/{}", ids[pages * 3 + 1]), rename).expect(200);
            create(&scim, &format!("new{pages}"));
            pages += 1;
            match page["nextCursor"].as_str() {
                Some(next) => cursor = next.to_owned(),
                None => break,
            }
        }
        let unique: HashSet<_> = seen.iter().collect();
        assert_eq!(unique.len(), seen.len(), "nobody twice");
        let gone: HashSet<usize> = (0..pages).map(|page| page * 3).collect();
        for at in (0..30).filter(|at| !gone.contains(at)) {
            assert!(seen.contains(&format!("u{at:02}")), "u{at:02} was missed");
        }
    });
}

#[test]
fn cursors_belong_to_their_query() {
    on_each_engine(|server| {
        let scim = server.tenant("Acme").scim();
        (0..5).for_each(|at| drop(create(&scim, &format!("u{at}"))));
        let first = scim.get("/Users?cursor&count=2&filter=userName+sw+%22u%22").expect(200);
        assert_eq!((first["totalResults"].as_u64(), names(&first).len()), (Some(5), 2));
        let cursor = first["nextCursor"].as_str().expect("more");
        let second = scim.get(&format!("/Users?cursor={cursor}&count=3&filter=userName+sw+%22u%22")).expect(200);
        assert_eq!((names(&second).len(), second.get("nextCursor")), (3, None));
        for query in [
            format!("cursor={cursor}"),
            "cursor=x".to_owned(),
            "cursor=%27%20or%201".to_owned(),
            format!("cursor={cursor}x"),
        ] {
            scim.get(&format!("/Users?{query}")).refused(400, "invalidCursor", "cursor");
        }
        scim.get("/Users?cursor=&sortBy=userName").refused(400, "invalidValue", "cursor");
        scim.get("?cursor=").refused(400, "invalidValue", "cursor");
        let body = json!({"schemas": [urn::SEARCH], "cursor": "", "count": 2, "attributes": ["userName"]});
        let searched = scim.post("/Users/.search", body).expect(200);
        assert!(searched["nextCursor"].is_string());
    });
}
