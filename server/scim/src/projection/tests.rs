use serde_json::json;

use super::*;

fn project(query: &[(&str, &str)]) -> Value {
    let parameters: Vec<_> = query.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    let mut resource = json!({
        "schemas": ["s"], "id": "1", "externalId": "e", "userName": "u", "meta": {"version": "1"},
        "name": {"givenName": "g", "familyName": "f"},
        "emails": [{"value": "a", "type": "work"}, {"value": "b"}],
        urn::ENTERPRISE: {"department": "d", "manager": {"value": "m"}},
    });
    let projection = Projection::from_query(&parameters).expect("projection");
    projection.apply(resource.as_object_mut().expect("object"), ResourceKind::User, Schemas::standard());
    resource
}

#[test]
fn only_what_was_asked_for_and_what_is_always_returned() {
    for (attributes, more) in [
        ("externalId", json!({"externalId": "e"})),
        ("NAME.givenname", json!({"name": {"givenName": "g"}})),
        ("emails.type", json!({"emails": [{"type": "work"}]})),
        ("department", json!({urn::ENTERPRISE: {"department": "d"}})),
        (
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department",
            json!({urn::ENTERPRISE: {"department": "d"}}),
        ),
        (urn::ENTERPRISE, json!({urn::ENTERPRISE: {"department": "d", "manager": {"value": "m"}}})),
        ("shoeSize", json!({})),
    ] {
        let mut wanted = json!({"schemas": ["s"], "id": "1"});
        wanted.as_object_mut().expect("object").extend(more.as_object().expect("object").clone());
        assert_eq!(project(&[("attributes", attributes)]), wanted, "{attributes}");
    }
}

#[test]
fn excluded_attributes_are_left_out_but_never_the_id() {
    let left = project(&[("excludedAttributes", "id,userName,emails,name.givenName,department,meta,externalId")]);
    let wanted = json!({
        "schemas": ["s"], "id": "1", "name": {"familyName": "f"},
        urn::ENTERPRISE: {"manager": {"value": "m"}},
    });
    assert_eq!(left, wanted);
}

#[test]
fn says_whether_members_must_be_read() {
    let wants = |key: &str, value: &str| {
        Projection::from_query(&[(key.to_owned(), value.to_owned())]).expect("projection").wants("members")
    };
    assert!(Projection::default().wants("members"));
    assert!(!wants("excludedAttributes", "Members") && wants("excludedAttributes", "displayName"));
    assert!(wants("excludedAttributes", "members.display"));
    assert!(!wants("attributes", "id") && wants("attributes", "members.value") && wants("attributes", urn::GROUP));
}
