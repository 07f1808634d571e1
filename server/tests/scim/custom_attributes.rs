//! A company's own attributes, under the enterprise URN and under ours.

use ::scim::schema::{CustomAttribute, CustomKind};
use ::scim::urn;
use serde_json::json;

use crate::support::{id, on_each_engine};

#[test]
fn they_are_typed_searched_patched_and_advertised_to_their_company_alone() {
    on_each_engine(|server| {
        let (acme, other) = (server.tenant("Acme"), server.tenant("Other"));
        acme.define(&[
            CustomAttribute::new("badge", CustomKind::Integer, "Badge number", false),
            CustomAttribute::new("remote", CustomKind::Boolean, "Works remotely", false),
            CustomAttribute::new("since", CustomKind::DateTime, "Since", false),
            CustomAttribute::new("floor", CustomKind::String, "Floor", false),
        ]);
        let scim = acme.scim();
        let sent = json!({
            "userName": "u", urn::ENTERPRISE: {"department": "D", "badge": "7", "remote": "True"},
            urn::SPACEIQ: {"since": "2026-01-01T01:00:00+01:00", "Floor": "EG"},
        });
        let user = scim.post("/Users", sent.clone()).expect(201);
        let own = json!({"badge": 7, "remote": true, "since": "2026-01-01T01:00:00+01:00", "floor": "EG"});
        assert_eq!(user[urn::SPACEIQ], own);
        assert_eq!(user[urn::ENTERPRISE], json!({"department": "D"}));
        assert_eq!(user["schemas"], json!([urn::USER, urn::ENTERPRISE, urn::SPACEIQ]));
        for filter in [
            format!("{}:badge eq 7", urn::SPACEIQ),
            format!("{}:badge gt 6.5", urn::ENTERPRISE),
            "badge le 7 and remote eq true".to_owned(),
            "since eq \"2026-01-01T00:00:00Z\"".to_owned(),
            "floor sw \"e\"".to_owned(),
        ] {
            assert_eq!(scim.filter("/Users", &filter).expect(200)["totalResults"], 1, "{filter}");
        }
        let path = format!("/Users/{}", id(&user));
        let patched = scim
            .patch(
                &path,
                json!([
                    {"op": "Add", "path": format!("{}:badge", urn::ENTERPRISE), "value": "8"},
                    {"op": "replace", "path": format!("{}:remote", urn::SPACEIQ), "value": "False"},
                    {"op": "replace", "value": {format!("{}:floor", urn::SPACEIQ): "1"}},
                    {"op": "remove", "path": format!("{}:since", urn::SPACEIQ)},
                ]),
            )
            .expect(200);
        assert_eq!(patched[urn::SPACEIQ], json!({"badge": 8, "remote": false, "floor": "1"}));
        scim.patch(&path, json!([{"op": "replace", "path": "badge", "value": "x"}])).refused(
            400,
            "invalidValue",
            "badge",
        );
        let schema = scim.get(&format!("/Schemas/{}", urn::SPACEIQ)).expect(200);
        let names: Vec<_> = schema["attributes"]
            .as_array()
            .expect("attributes")
            .iter()
            .map(|one| (&one["name"], &one["type"]))
            .collect();
        assert_eq!(names[0], (&json!("badge"), &json!("integer")));
        assert_eq!(scim.get("/ResourceTypes/User").expect(200)["schemaExtensions"][1]["schema"], urn::SPACEIQ);

        let elsewhere = other.scim().post("/Users", sent).expect(201);
        assert!(elsewhere.get(urn::SPACEIQ).is_none());
        other.scim().filter("/Users", "badge eq 7").refused(400, "invalidFilter", "badge");
        other.scim().get(&format!("/Schemas/{}", urn::SPACEIQ)).expect(404);
    });
}

#[test]
fn an_attribute_that_became_required_keeps_no_leaver_from_being_disabled() {
    on_each_engine(|server| {
        let acme = server.tenant("Acme");
        let scim = acme.scim();
        let user = scim.post("/Users", json!({"userName": "u"})).expect(201);
        acme.define(&[CustomAttribute::new("badge", CustomKind::Integer, "Badge", true)]);
        scim.post("/Users", json!({"userName": "v"})).refused(400, "invalidValue", "badge");
        let path = format!("/Users/{}", id(&user));
        let disable = json!([{"op": "Replace", "path": "active", "value": "False"}]);
        assert_eq!(scim.patch(&path, disable).expect(200)["active"], false);
        scim.patch(&path, json!([{"op": "add", "path": "badge", "value": 7}])).expect(200);
        scim.patch(&path, json!([{"op": "remove", "path": "badge"}])).refused(400, "mutability", "badge");
        scim.patch(&path, json!([{"op": "replace", "path": "badge", "value": null}])).refused(
            400,
            "invalidValue",
            "badge",
        );
    });
}
