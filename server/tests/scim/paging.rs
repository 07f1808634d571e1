//! Index paging, counting and sorting: RFC 7644 §3.4.2.3 and §3.4.2.4.

use serde_json::{Value, json};

use crate::support::on_each_engine;

fn names(page: &Value) -> Vec<&str> {
    let resources = page["Resources"].as_array().expect("resources");
    resources.iter().filter_map(|user| user["userName"].as_str()).collect()
}

#[test]
fn pages_follow_each_other_and_count_right() {
    on_each_engine(|server| {
        let scim = server.tenant("Acme").scim();
        (0..7).for_each(|at| drop(scim.post("/Users", json!({"userName": format!("u{at}")})).expect(201)));
        let page = |query: &str| scim.get(&format!("/Users?{query}")).expect(200);
        for (query, start, items) in [
            ("", 1, 7),
            ("startIndex=1&count=3", 1, 3),
            ("startIndex=4&count=3", 4, 3),
            ("startIndex=7&count=3", 7, 1),
            ("startIndex=8&count=3", 8, 0),
            ("startIndex=99999999999", 99_999_999_999_u64, 0),
            ("startIndex=0&count=3", 1, 3),
            ("startIndex=-3&count=3", 1, 3),
            ("count=0", 1, 0),
            ("count=-1", 1, 0),
            ("count=99999999999999999999", 1, 7),
            ("startindex=2&COUNT=1", 2, 1),
            ("count=&startIndex=", 1, 7),
        ] {
            let page = page(query);
            assert_eq!(
                (&page["totalResults"], &page["startIndex"], &page["itemsPerPage"], names(&page).len()),
                (&json!(7), &json!(start), &json!(items), items),
                "{query}"
            );
        }
        let mut walked = Vec::new();
        for start in [1, 3, 5, 7] {
            walked.extend(names(&page(&format!("startIndex={start}&count=2"))).into_iter().map(str::to_owned));
        }
        assert_eq!(walked, names(&page("")), "the same order on every page");
        for (query, word) in
            [("count=many", "count"), ("startIndex=1.5", "startIndex"), ("sortOrder=sideways&sortBy=id", "sortOrder")]
        {
            scim.get(&format!("/Users?{query}")).refused(400, "invalidValue", word);
        }
    });
}

#[test]
fn a_page_has_a_largest_size() {
    on_each_engine(|server| {
        let scim = server.tenant("Acme").scim();
        for start in [0, 600] {
            let operations: Vec<Value> = (start..start + 600)
                .map(|at| json!({"method": "POST", "path": "/Users", "bulkId": at.to_string(), "data": {"userName": format!("u{at}")}}))
                .collect();
            scim.post("/Bulk", json!({"schemas": [::scim::urn::BULK_REQUEST], "Operations": operations})).expect(200);
        }
        for (query, items) in [("", 100), ("?count=1200", 1000), ("?count=5000&startIndex=1001", 200)] {
            let page = scim.get(&format!("/Users{query}")).expect(200);
            assert_eq!((&page["totalResults"], &page["itemsPerPage"]), (&json!(1200), &json!(items)), "{query}");
        }
    });
}

/// What the server remembers of a long list, so that each page need not be counted to, is gone with every change.
#[test]
fn pages_of_a_long_list_are_right_after_every_change() {
    on_each_engine(|server| {
        let scim = server.tenant("Acme").scim();
        for start in [0, 600] {
            let operations: Vec<Value> = (start..start + 600)
                .map(|at| json!({"method": "POST", "path": "/Users", "bulkId": at.to_string(), "data": {"userName": format!("u{at:04}"), "active": true}}))
                .collect();
            scim.post("/Bulk", json!({"schemas": [::scim::urn::BULK_REQUEST], "Operations": operations})).expect(200);
        }
        let page = |query: &str| {
            let page = scim.get(&format!("/Users?{query}")).expect(200);
            (page["totalResults"].as_u64().expect("a total"), names(&page).first().map(|&name| name.to_owned()))
        };
        let deep = "startIndex=1101&count=20&sortBy=userName";
        let of_active = "startIndex=1101&count=20&sortBy=userName&filter=active%20eq%20true";
        let both = || (page(deep), page(of_active));
        let found = |total: u64, name: &str| (total, Some(name.to_owned()));
        assert_eq!(both(), (found(1_200, "u1100"), found(1_200, "u1100")));
        assert_eq!(both(), (found(1_200, "u1100"), found(1_200, "u1100")), "from what is remembered");
        let first = scim.filter("/Users", "userName eq \"u0000\"").expect(200)["Resources"][0]["id"].clone();
        let first = first.as_str().expect("an id");
        scim.patch(&format!("/Users/{first}"), json!([{"op": "replace", "path": "active", "value": false}]))
            .expect(200);
        assert_eq!(both(), (found(1_200, "u1100"), found(1_199, "u1101")), "one is inactive");
        scim.delete(&format!("/Users/{first}")).expect(204);
        assert_eq!(both(), (found(1_199, "u1101"), found(1_199, "u1101")), "and gone");
        scim.post("/Users", json!({"userName": "u0000"})).expect(201);
        assert_eq!(both(), (found(1_200, "u1100"), found(1_200, "u1100")), "another came");
        let operations =
            json!([{"method": "POST", "path": "/Users", "bulkId": "x", "data": {"userName": "a", "active": false}}]);
        scim.post("/Bulk", json!({"schemas": [::scim::urn::BULK_REQUEST], "Operations": operations})).expect(200);
        assert_eq!(both(), (found(1_201, "u1099"), found(1_200, "u1100")), "before all of them");
    });
}

#[test]
fn sorting_ignores_case_puts_nothing_last_and_reads_the_primary_value() {
    on_each_engine(|server| {
        let scim = server.tenant("Acme").scim();
        for user in [
            json!({"userName": "b", "title": "Ärztin", "name": {"familyName": "m"}, "emails": [{"value": "z@x"}, {"value": "a@x", "primary": true}]}),
            json!({"userName": "A", "title": "beta", "name": {"familyName": "L"}, "emails": [{"value": "b@x"}]}),
            json!({"userName": "c", "emails": [{"value": "c@x", "primary": true}]}),
        ] {
            scim.post("/Users", user).expect(201);
        }
        for (query, wanted) in [
            ("sortBy=userName", ["A", "b", "c"]),
            ("sortBy=userName&sortOrder=descending", ["c", "b", "A"]),
            ("sortBy=name.familyName", ["A", "b", "c"]),
            ("sortBy=title", ["A", "b", "c"]),
            ("sortBy=emails", ["b", "A", "c"]),
            ("sortBy=emails.value&sortOrder=descending", ["c", "A", "b"]),
            ("sortBy=urn:ietf:params:scim:schemas:core:2.0:User:userName", ["A", "b", "c"]),
        ] {
            assert_eq!(names(&scim.get(&format!("/Users?{query}")).expect(200)), wanted, "{query}");
        }
        // RFC 7644 §3.4.2.3: without a value "they SHALL be sorted last" when ascending, first when descending.
        assert_eq!(names(&scim.get("/Users?sortBy=title&sortOrder=descending").expect(200))[0], "c");
        scim.get("/Users?sortBy=shoeSize").refused(400, "invalidValue", "shoeSize");
    });
}
