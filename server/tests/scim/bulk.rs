//! POST `/Bulk`.

use ::scim::urn;
use serde_json::{Value, json};

use crate::support::{Answer, Client, on_each_engine};

fn bulk(scim: &Client, more: &Value, operations: &Value) -> Answer {
    let mut body = json!({"schemas": [urn::BULK_REQUEST], "Operations": operations});
    body.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    scim.post("/Bulk", body)
}

fn statuses(answer: &Value) -> Vec<&str> {
    answer["Operations"].as_array().expect("results").iter().filter_map(|result| result["status"].as_str()).collect()
}

fn id_at(answer: &Value, at: usize) -> &str {
    answer["Operations"][at]["location"].as_str().and_then(|at| at.rsplit('/').next()).expect("a location")
}

#[test]
fn operations_refer_to_each_other_forward_and_back() {
    on_each_engine(|server| {
        let scim = server.tenant("Acme").scim();
        let answer = bulk(
            &scim,
            &json!({}),
            &json!([
                {"method": "POST", "path": "/Groups", "bulkId": "g", "data": {"displayName": "G", "members": [{"value": "bulkId:u"}]}},
                {"method": "POST", "path": "/Users", "bulkId": "u", "data": {"userName": "u"}},
                {"method": "PATCH", "path": "/Users/bulkId:u", "data": {"schemas": [urn::PATCH],
                    "Operations": [{"op": "replace", "path": "title", "value": "Dr"}]}},
                {"method": "POST", "path": "/Users", "bulkId": "v", "data": {"userName": "v", urn::ENTERPRISE: {"manager": {"value": "bulkId:u"}}}},
                {"method": "PUT", "path": "/Users/bulkId:v", "data": {"userName": "w"}},
                {"method": "DELETE", "path": "/Users/bulkId:v"},
            ]),
        );
        let answer = answer.expect(200);
        assert_eq!(answer["schemas"], json!([urn::BULK_RESPONSE]));
        assert_eq!(statuses(&answer), ["201", "201", "200", "201", "200", "204"]);
        let first = &answer["Operations"][0];
        assert_eq!(
            (&first["method"], &first["bulkId"], &first["version"]),
            (&json!("POST"), &json!("g"), &json!("W/\"1\""))
        );
        let group = scim.get(&format!("/Groups/{}", id_at(&answer, 0))).expect(200);
        assert_eq!(group["members"][0]["value"], id_at(&answer, 1));
        assert_eq!(scim.get(&format!("/Users/{}", id_at(&answer, 1))).expect(200)["title"], "Dr");
        scim.get(&format!("/Users/{}", id_at(&answer, 3))).expect(404);
    });
}

#[test]
fn circles_are_resolved() {
    on_each_engine(|server| {
        let scim = server.tenant("Acme").scim();
        let answer = bulk(
            &scim,
            &json!({}),
            &json!([
                {"method": "POST", "path": "/Groups", "bulkId": "a", "data": {"displayName": "A", "members": [{"value": "bulkId:b"}]}},
                {"method": "POST", "path": "/Groups", "bulkId": "b", "data": {"displayName": "B", "members": [{"value": "bulkId:a"}]}},
                {"method": "POST", "path": "/Users", "bulkId": "u", "data": {"userName": "u", urn::ENTERPRISE: {"manager": {"value": "bulkId:u"}}}},
            ]),
        )
        .expect(200);
        assert_eq!(statuses(&answer), ["201", "201", "201"], "{answer}");
        for (at, other) in [(0, 1), (1, 0)] {
            let group = scim.get(&format!("/Groups/{}", id_at(&answer, at))).expect(200);
            assert_eq!(group["members"][0]["value"], id_at(&answer, other));
        }
        let own = scim.get(&format!("/Users/{}", id_at(&answer, 2))).expect(200);
        assert_eq!(own[urn::ENTERPRISE]["manager"]["value"], own["id"]);
    });
}

#[test]
fn each_error_stands_in_its_place_and_fail_on_errors_ends_the_run() {
    on_each_engine(|server| {
        let scim = server.tenant("Acme").scim();
        let operations = json!([
            {"method": "POST", "path": "/Users", "bulkId": "1", "data": {"userName": "a"}},
            {"method": "POST", "path": "/Users", "bulkId": "2", "data": {"userName": "A"}},
            {"method": "POST", "path": "/Groups", "bulkId": "3", "data": {"displayName": "G", "members": [{"value": "bulkId:2"}]}},
            {"method": "POST", "path": "/Users", "data": {"userName": "b"}},
            {"method": "GET", "path": "/Users/1"},
            {"method": "DELETE", "path": "/Users/none"},
            {"method": "POST", "path": "/Shoes", "bulkId": "4", "data": {}},
            {"method": "POST", "path": "/Users", "bulkId": "5", "data": {"userName": "c"}},
        ]);
        let answer = bulk(&scim, &json!({}), &operations).expect(200);
        assert_eq!(statuses(&answer), ["201", "409", "409", "400", "400", "404", "400", "201"]);
        let taken = &answer["Operations"][1];
        assert_eq!((&taken["bulkId"], &taken["response"]["scimType"]), (&json!("2"), &json!("uniqueness")));
        assert_eq!((&taken["response"]["status"], taken.get("location")), (&json!("409"), None));
        assert_eq!(answer["Operations"][3]["method"], "POST");
        assert!(answer["Operations"][5]["location"].as_str().is_some_and(|at| at.ends_with("/Users/none")));

        let scim = server.tenant("Other").scim();
        let answer = bulk(&scim, &json!({"failOnErrors": 2}), &operations).expect(200);
        assert_eq!(statuses(&answer), ["201", "409", "409"]);
        assert_eq!(scim.get("/Users").expect(200)["totalResults"], 1);
        for wrong in [json!(0), json!(-1), json!("x"), json!(1.5)] {
            bulk(&scim, &json!({"failOnErrors": wrong}), &json!([])).refused(400, "invalidValue", "failOnErrors");
        }
    });
}

#[test]
fn versions_guard_operations() {
    on_each_engine(|server| {
        let scim = server.tenant("Acme").scim();
        let user = scim.post("/Users", json!({"userName": "u"})).expect(201);
        let path = format!("/Users/{}", crate::support::id(&user));
        let operations = json!([
            {"method": "PUT", "path": path, "version": "W/\"9\"", "data": {"userName": "v"}},
            {"method": "PUT", "path": path, "version": "W/\"1\"", "data": {"userName": "w"}},
            {"method": "DELETE", "path": path, "version": "W/\"1\""},
        ]);
        let answer = bulk(&scim, &json!({}), &operations).expect(200);
        assert_eq!(statuses(&answer), ["412", "200", "412"]);
        assert_eq!(answer["Operations"][1]["version"], "W/\"2\"");
    });
}

#[test]
fn limits_hold() {
    on_each_engine(|server| {
        let scim = server.tenant("Acme").scim();
        let many: Vec<Value> = (0..1001).map(|_| json!({"method": "DELETE", "path": "/Users/none"})).collect();
        bulk(&scim, &json!({}), &json!(many)).refused(413, "", "1000");
        assert_eq!(statuses(&bulk(&scim, &json!({}), &json!(many[..1000])).expect(200)).len(), 1000);
        scim.post("/Bulk", json!({"schemas": [urn::BULK_REQUEST], "x": "x".repeat(1_048_576)}))
            .refused(413, "", "bytes");
        scim.post("/Bulk", json!({"Operations": []})).refused(400, "invalidSyntax", "schemas");
        scim.post("/Bulk", json!({"schemas": [urn::BULK_REQUEST]})).refused(400, "invalidSyntax", "Operations");
        assert_eq!(bulk(&scim, &json!({}), &json!([])).expect(200)["Operations"], json!([]));
    });
}
