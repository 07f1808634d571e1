//! "SCIM schema custom attributes".

use serde_json::json;
use store::accounts::Role;

use super::AZURE;
use crate::support::browser::plain;
use crate::support::{id, on_each_engine};

const SPACEIQ: &str = "urn:ietf:params:scim:schemas:extension:spaceiq:2.0:User";

#[test]
fn a_row_becomes_an_attribute_and_goes_again() {
    on_each_engine(|server| {
        let acme = server.tenant("Acme");
        let admin = acme.account("ada@acme.test", Role::It);
        let add = format!("{AZURE}/attributes");
        let fields = [("attribute_name", "badge_number"), ("attribute_label", "Badge"), ("attribute_type", "integer")];
        assert!(admin.submit(&add, &fields).contains("badge_number"));
        let user = json!({"userName": "u", SPACEIQ: {"badge_number": 7}});
        let user = acme.scim().post("/Users", user).expect(201);
        assert_eq!(user[SPACEIQ]["badge_number"], 7);
        assert!(acme.scim().get("/Schemas").text.contains("badge_number"));
        let page = admin.page(&format!("/employees/{}", id(&user)));
        assert!(page.contains("Badge") && page.contains('7'), "{page}");
        admin.submit(&format!("{AZURE}/attributes/remove"), &[("name", "badge_number")]);
        assert!(!acme.scim().get("/Schemas").text.contains("badge_number"));
        let other = server.tenant("Other").scim();
        assert!(!other.get("/Schemas").text.contains("badge_number"), "another company never had it");
    });
}

#[test]
fn bad_rows_are_refused_beside_their_field() {
    on_each_engine(|server| {
        let admin = server.tenant("Acme").admin();
        let add = format!("{AZURE}/attributes");
        for (name, label, kind, field) in [
            ("2nd", "x", "string", "attribute_name"),
            ("a b", "x", "string", "attribute_name"),
            ("userName", "x", "string", "attribute_name"),
            ("department", "x", "string", "attribute_name"),
            ("badge", "", "string", "attribute_label"),
            ("badge", "x", "colour", "attribute_type"),
        ] {
            let fields = [("attribute_name", name), ("attribute_label", label), ("attribute_type", kind)];
            let answer = admin.post(&add, &fields);
            let page = plain(&answer.text);
            assert_eq!(answer.status, 422, "{name}");
            assert!(page.contains(&format!("id=\"{field}-error\"")), "{field}: {page}");
            assert!(page.contains(&format!("value=\"{name}\"")), "{name} is kept");
        }
        let twice = [("attribute_name", "badge"), ("attribute_label", "x"), ("attribute_type", "string")];
        admin.submit(&add, &twice);
        assert_eq!(admin.post(&add, &[("attribute_name", "BADGE"), twice[1], twice[2]]).status, 422);
    });
}
