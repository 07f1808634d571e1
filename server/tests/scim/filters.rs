//! Every operator of RFC 7644 §3.4.2.2, as clients write it. The store's tests hold SQL against memory on random data.

use ::scim::urn;
use serde_json::json;

use crate::support::{id, on_each_engine};

#[test]
fn every_operator_finds_the_right_people() {
    on_each_engine(|server| {
        let scim = server.tenant("Acme").scim();
        let first = scim
            .post(
                "/Users",
                json!({
                    "userName": "ada@x.test", "externalId": "Ada-1", "title": "50% Chef_de", "displayName": "Ada",
                    "name": {"familyName": "Łovelace"}, "nickName": "a\"b\\c",
                    "emails": [{"value": "ada@x.test", "type": "work", "primary": true}, {"value": "ada@home.test", "type": "home"}],
                    urn::ENTERPRISE: {"department": "R&D", "manager": {"value": "m1"}},
                }),
            )
            .expect(201);
        server.clock.advance(time::Duration::minutes(1));
        scim.post("/Users", json!({"userName": "bob@x.test", "active": false, "displayName": "Bob", "emails": [{"value": "bob@x.test", "type": "home"}]}))
            .expect(201);
        let by_id = format!("id eq \"{}\"", id(&first));
        let by_manager = format!("id eq \"{}\" and manager eq \"m1\"", id(&first));
        for (filter, wanted) in [
            (r#"userName eq "ADA@X.TEST""#, "ada"),
            (r#"userName EQ "ada@x.test""#, "ada"),
            (r#"USERNAME eq "ada@x.test""#, "ada"),
            ("userName eq ada@x.test", "ada"),
            (r#"userName ne "ada@x.test""#, "bob"),
            (r#"userName co "DA@""#, "ada"),
            (r#"userName sw "b""#, "bob"),
            (r#"userName ew ".test""#, "ada bob"),
            (r#"userName gt "ada@x.test""#, "bob"),
            (r#"userName ge "ada@x.test""#, "ada bob"),
            (r#"userName lt "b""#, "ada"),
            (r#"userName le "ada@x.test""#, "ada"),
            ("title pr", "ada"),
            ("not (title pr)", "bob"),
            (r#"title co "%""#, "ada"),
            (r#"title co "f_d""#, "ada"),
            (r#"title co "f%d""#, ""),
            (r#"title sw "50_""#, ""),
            (r#"nickName eq "a\"b\\c""#, "ada"),
            (r#"name.familyName eq "łOVELACE""#, "ada"),
            (r#"externalId eq "Ada-1""#, "ada"),
            (r#"externalId eq "ada-1""#, ""),
            ("active eq true", "ada"),
            (r#"active eq "False""#, "bob"),
            ("active ne true", "bob"),
            (r#"emails eq "ada@home.test""#, "ada"),
            (r#"emails.value eq "ADA@home.test""#, "ada"),
            (r#"emails[type eq "work"].value eq "ada@x.test""#, "ada"),
            (r#"emails[type eq "work"].value eq "ada@home.test""#, ""),
            (r#"emails[type eq "home" and value co "@"]"#, "ada bob"),
            (r#"emails[not (type eq "home")]"#, "ada"),
            ("emails[primary eq true]", "ada"),
            (r#"emails[primary eq "True"].value sw "ada""#, "ada"),
            (r#"emails.type ne "work""#, "bob"),
            (r#"department eq "r&d""#, "ada"),
            (r#"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department eq "R&D""#, "ada"),
            (r#"urn:ietf:params:scim:schemas:core:2.0:User:userName sw "bob""#, "bob"),
            (&by_id, "ada"),
            (&by_manager, "ada"),
            (r#"id eq "none" and manager eq "m1""#, ""),
            (r#"meta.created gt "2026-11-23T09:00:30Z""#, "bob"),
            (r#"meta.lastModified le "2026-11-23T10:00:00+01:00""#, "ada"),
            (r#"meta.created eq "2026-11-23T09:00:00.000Z""#, "ada"),
            ("title eq null", "bob"),
            ("title ne null", "ada"),
            (r#"displayName eq "Ada" or displayName eq "Bob" and active eq true"#, "ada"),
            (r#"(displayName eq "Ada" or displayName eq "Bob") and active eq false"#, "bob"),
            (r#"not (displayName eq "Ada") and not (active eq true)"#, "bob"),
            (r#"meta.resourceType eq "User""#, "ada bob"),
            (r#"schemas eq "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User""#, "ada"),
            (r#"userName eq "' OR 1=1 --""#, ""),
            (r#"userName eq """#, ""),
            (r#"userName eq "\u0061da@x.test""#, "ada"),
        ] {
            let page = scim.filter("/Users", filter).expect(200);
            let mut found: Vec<_> = page["Resources"]
                .as_array()
                .expect("resources")
                .iter()
                .filter_map(|user| user["userName"].as_str()?.split('@').next())
                .collect();
            found.sort_unstable();
            assert_eq!(found.join(" "), wanted, "{filter}");
            assert_eq!(page["totalResults"], found.len(), "{filter}");
        }
    });
}

#[test]
fn what_cannot_be_evaluated_is_refused_and_never_answered_with_nobody() {
    on_each_engine(|server| {
        let scim = server.tenant("Acme").scim();
        for filter in [
            "userName",
            "userName eq",
            "userName eq \"x",
            "eq \"x\"",
            "userName is \"x\"",
            "(userName eq \"x\"",
            "userName eq \"x\")",
            "userName eq \"x\" and",
            "userName eq \"x\" or or title pr",
            "not userName eq \"x\"",
            "emails[type eq \"work\"",
            "emails[]",
            "shoeSize eq 9",
            "name eq \"x\"",
            "name.shoe eq \"x\"",
            "active gt true",
            "active eq \"perhaps\"",
            "active co true",
            "meta.created gt \"yesterday\"",
            "userName gt null",
            "password eq \"x\"",
            "userName eq \"\\u0000\"",
            "userName eq \"\\x\"",
            "userName[value eq \"x\"]",
            "emails[type eq \"work\"].shoe eq \"x\"",
            "urn:x:userName eq \"x\"",
            "a.b.c eq 1",
            "1 eq 1",
            "()",
            "\"x\"",
        ] {
            for endpoint in ["/Users", "/Groups", ""] {
                scim.filter(endpoint, filter).refused(400, "invalidFilter", "");
            }
        }
    });
}
