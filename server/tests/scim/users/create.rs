//! POST `/Users`.

use ::scim::urn;
use serde_json::json;

use crate::support::{id, on_each_engine};

#[test]
fn a_created_user_comes_back_whole_with_its_place() {
    on_each_engine(|server| {
        let scim = server.tenant("Acme").scim();
        let sent = json!({
            "schemas": [urn::USER, urn::ENTERPRISE], "userName": "ada@x.test", "externalId": "4711", "active": true,
            "name": {"formatted": "Ada Lovelace", "givenName": "Ada", "familyName": "Lovelace"},
            "emails": [{"value": "ada@x.test", "type": "work", "primary": true}, {"value": "a@home.test", "type": "home"}],
            "phoneNumbers": [{"value": "+44 (0)20 7946-0018 x12", "type": "work"}],
            "roles": [], "title": null, "locale": "en-GB",
            urn::ENTERPRISE: {"department": "R&D", "employeeNumber": "007", "manager": {"value": "26118915"}},
        });
        let answer = scim.post("/Users", sent.clone());
        let mut user = answer.expect(201);
        let location = format!("https://console.test/scim/Users/{}", id(&user));
        assert_eq!(answer.header("location"), location);
        assert_eq!(answer.header("etag"), "W/\"1\"");
        assert_eq!(scim.get(&format!("/Users/{}", id(&user))).expect(200), user, "read as it was answered");
        let meta = user.as_object_mut().and_then(|user| user.remove("meta")).expect("meta");
        assert_eq!(
            meta,
            json!({
                "resourceType": "User", "created": "2026-11-23T09:00:00.000Z", "lastModified": "2026-11-23T09:00:00.000Z",
                "location": location, "version": "W/\"1\"",
            })
        );
        let mut wanted = sent;
        let wanted = wanted.as_object_mut().expect("an object");
        wanted.retain(|name, _| name != "roles" && name != "title");
        wanted.insert("id".to_owned(), user["id"].clone());
        assert_eq!(user.as_object().expect("an object"), wanted, "values come back as they were sent");
    });
}

#[test]
fn what_only_the_server_sets_is_ignored_and_a_password_never_comes_back() {
    on_each_engine(|server| {
        let acme = server.tenant("Acme");
        let scim = acme.scim();
        let user = scim
            .post(
                "/Users",
                json!({
                    "userName": "u", "id": "mine", "meta": {"created": "1999-01-01T00:00:00Z", "resourceType": "Shoe"},
                    "groups": [{"value": "g"}], "password": "hunter2hunter2", "shoeSize": 46,
                }),
            )
            .expect(201);
        assert_ne!(user["id"], "mine");
        assert_eq!(user["meta"]["created"], "2026-11-23T09:00:00.000Z");
        for absent in ["groups", "password", "shoeSize"] {
            assert!(user.get(absent).is_none(), "{absent}");
        }
        let path = format!("/Users/{}?attributes=password,userName", id(&user));
        assert!(!scim.get(&path).text.contains("hunter2"));
        let notes = format!("{:?}", acme.last_notes(id(&user)));
        assert!(notes.contains("password") && !notes.contains("hunter2"), "{notes}");
    });
}

#[test]
fn user_names_are_unique_without_regard_to_case_in_all_of_unicode() {
    on_each_engine(|server| {
        let scim = server.tenant("Acme").scim();
        for (first, second) in [
            ("ada@x.test", "ADA@X.Test"),
            ("straße@x.test", "STRASSE@x.test"),
            ("Σίσυφος", "ΣΊΣΥΦΟΣ"),
            ("zoe\u{301}", "ZOÉ"),
            ("Ａda", "ａda"),
            ("ĐORĐE", "đorđe"),
        ] {
            scim.post("/Users", json!({"userName": first})).expect(201);
            scim.post("/Users", json!({"userName": second})).refused(409, "uniqueness", "userName");
            let found = scim.filter("/Users", &format!("userName eq \"{second}\"")).expect(200);
            assert_eq!(found["Resources"][0]["userName"], first, "found by {second}, kept as sent");
        }
        for similar in ["ada_x.test", "ada%", "adaXx.test"] {
            scim.post("/Users", json!({"userName": similar})).expect(201);
        }
        assert_eq!(scim.filter("/Users", "userName eq \"ada_x.test\"").expect(200)["totalResults"], 1);
    });
}

#[test]
fn an_external_id_is_opaque_and_never_an_id() {
    on_each_engine(|server| {
        let scim = server.tenant("Acme").scim();
        let first = scim.post("/Users", json!({"userName": "a", "externalId": "1"})).expect(201);
        let second = scim.post("/Users", json!({"userName": "b", "externalId": id(&first)})).expect(201);
        let third = scim.post("/Users", json!({"userName": "c", "externalId": "1"})).expect(201);
        assert_eq!(scim.get(&format!("/Users/{}", id(&first))).expect(200)["userName"], "a");
        scim.get("/Users/1").expect(404);
        assert_eq!(
            scim.filter("/Users", "externalId eq \"1\"").expect(200)["totalResults"],
            2,
            "it need not be unique"
        );
        assert_eq!(scim.filter("/Users", "externalId eq 1").expect(200)["totalResults"], 2);
        scim.delete(&format!("/Users/{}", id(&second))).expect(204);
        scim.get(&format!("/Users/{}", id(&first))).expect(200);
        scim.get(&format!("/Users/{}", id(&third))).expect(200);
    });
}

#[test]
fn only_one_value_is_primary() {
    on_each_engine(|server| {
        let scim = server.tenant("Acme").scim();
        let emails = json!([{"value": "a@x", "primary": true}, {"value": "b@x", "primary": "True"}]);
        let user = scim.post("/Users", json!({"userName": "u", "emails": emails})).expect(201);
        assert_eq!(user["emails"], json!([{"value": "a@x", "primary": true}, {"value": "b@x", "primary": false}]));
    });
}
