use serde_json::json;

use super::*;

fn parse(operations: &Value) -> BulkRequest {
    let body = json!({"schemas": [urn::BULK_REQUEST], "failOnErrors": 1, "Operations": operations});
    BulkRequest::parse(body.as_object().expect("object")).expect("readable")
}

#[test]
fn runs_creators_before_those_who_refer_to_them() {
    let mut request = parse(&json!([
        {"method": "POST", "path": "/Groups", "bulkId": "g", "data": {"displayName": "G", "members": [{"value": "bulkId:u"}]}},
        {"method": "post", "path": "/Users", "bulkId": "u", "data": {"userName": "u"}},
        {"method": "DELETE", "path": "/Users/bulkId:u"},
    ]));
    assert_eq!(order(&request.operations), [1, 0, 2]);
    let mut references = References::new(&request);
    let [Ok(group), Ok(user), Ok(delete)] = &mut request.operations[..] else { panic!("three readable operations") };
    assert_eq!(references.prepare(user), Ok(None));
    references.ran(user, Some("id-1"));
    assert_eq!(references.prepare(group), Ok(None));
    assert_eq!(group.data.as_ref().expect("data")["members"][0]["value"], "id-1");
    references.prepare(delete).expect("known");
    assert_eq!(delete.id.as_deref(), Some("id-1"));
}

#[test]
fn a_circle_is_opened_and_closed_again() {
    let mut request = parse(&json!([
        {"method": "POST", "path": "/Groups", "bulkId": "a", "data": {"displayName": "A", "members": [{"value": "bulkId:b"}]}},
        {"method": "POST", "path": "/Groups", "bulkId": "b", "data": {"displayName": "B", "members": [{"value": "bulkId:a"}, {"value": "x"}]}},
        {"method": "POST", "path": "/Users", "bulkId": "u", "data": {"userName": "u", urn::ENTERPRISE: {"manager": {"value": "bulkId:u"}}}},
    ]));
    assert_eq!(order(&request.operations), [1, 0, 2]);
    let mut references = References::new(&request);
    let [Ok(first), Ok(second), Ok(own)] = &mut request.operations[..] else { panic!("three readable operations") };
    let whole = references.prepare(second).expect("a circle").expect("to be completed");
    assert_eq!(second.data.as_ref().expect("data")["members"], json!([{"value": "x"}]));
    assert_eq!(references.complete(whole.clone()).expect_err("not yet").status, 409);
    references.ran(second, Some("id-b"));
    assert_eq!(references.prepare(first), Ok(None));
    references.ran(first, Some("id-a"));
    assert_eq!(references.complete(whole).expect("known")["members"], json!([{"value": "id-a"}, {"value": "x"}]));
    assert!(references.prepare(own).expect("a circle of one").is_some());
    assert_eq!(own.data.as_ref().expect("data")[urn::ENTERPRISE], json!({}));
}

#[test]
fn references_to_nothing_are_refused() {
    let mut request = parse(&json!([
        {"method": "POST", "path": "/Users", "bulkId": "u", "data": {"userName": "u"}},
        {"method": "POST", "path": "/Groups", "bulkId": "c", "data": {"displayName": "C", "members": [{"value": "bulkId:z"}]}},
        {"method": "POST", "path": "/Groups", "bulkId": "d", "data": {"displayName": "D", "members": [{"value": "bulkId:u"}]}},
        {"method": "PATCH", "path": "/Groups/bulkId:e", "data": {}},
    ]));
    let mut references = References::new(&request);
    references.ran(request.operations[0].as_ref().expect("readable"), None);
    for operation in request.operations.iter_mut().skip(1).flatten() {
        assert_eq!(references.prepare(operation).expect_err("unresolved").status, 409);
    }
}

#[test]
fn unreadable_operations_are_refused_in_their_place() {
    let request = parse(&json!([
        {"method": "GET", "path": "/Users"},
        {"method": "POST", "path": "/Users", "data": {}},
        {"method": "POST", "path": "/Shoes", "bulkId": "1", "data": {}},
        {"method": "PUT", "path": "/Users", "data": {}},
        {"method": "PATCH", "path": "/Users/1"},
        "x",
    ]));
    assert!(request.operations.iter().all(Result::is_err));
    assert_eq!(order(&request.operations), [0, 1, 2, 3, 4, 5]);
    let Err((sent, error)) = &request.operations[1] else { panic!("without bulkId") };
    assert_eq!(refused(sent, error)["method"], "POST");
}

#[test]
fn limits_hold() {
    let many = json!({"schemas": [urn::BULK_REQUEST], "Operations": vec![json!({}); MAX_OPERATIONS + 1]});
    assert_eq!(BulkRequest::parse(many.as_object().expect("object")).expect_err("too many").status, 413);
    assert!(BulkRequest::parse(&Map::new()).is_err());
}
