use serde_json::json;

use super::*;
use crate::filter::Filter;
use crate::{Notes, ResourceKind, Schemas, ScimError};

fn ask(filter: &str) -> Result<bool, ScimError> {
    let document: crate::Document = serde_json::from_value(json!({
        "userName": "Ada@X.test", "externalId": "Ada", "active": true, "title": "",
        "name": {"familyName": "Łovelace"},
        "emails": [{"type": "work", "value": "ada@x.test"}, {"type": "home", "value": "ada@home.test"}],
        crate::urn::ENTERPRISE: {"department": "R&D", "manager": {"value": "m1"}},
    }))
    .expect("document");
    let folded = document.folded(ResourceKind::User, Schemas::standard());
    let subject = Subject {
        id: "id-1",
        folded: &folded,
        created: 1_000,
        last_modified: 2_000,
        members: &[],
        groups: &["g1".to_owned()],
    };
    let filter = Filter::parse(filter, &mut Notes::default())?;
    Ok(resolve(&filter, ResourceKind::User, Schemas::standard())?.matches(&subject))
}

#[test]
fn means_what_the_module_says() {
    for (filter, holds) in [
        (r#"userName eq "ADA@x.TEST""#, true),
        (r#"externalId eq "ada""#, false),
        (r#"externalId eq "Ada""#, true),
        (r#"id eq "id-1" and manager eq "m1""#, true),
        (r#"id eq "id-1" and manager eq "none""#, false),
        (r#"emails eq "ada@home.test""#, true),
        (r#"emails[type eq "work"].value eq "ada@home.test""#, false),
        (r#"emails[type eq "home" and value co "@HOME"]"#, true),
        (r#"emails.type ne "work""#, false),
        (r#"nickName ne "x""#, true),
        (r#"not (nickName eq "x")"#, true),
        ("nickName pr", false),
        ("nickName eq null", true),
        ("manager ne null", true),
        ("name pr", true),
        (r#"name.familyName sw "ł""#, true),
        (r#"name.familyName gt "a""#, true),
        (r#"active eq "True""#, true),
        (r#"meta.resourceType eq "User""#, true),
        ("meta.resourceType eq Group", false),
        (r#"schemas eq "urn:ietf:params:scim:schemas:core:2.0:User""#, true),
        (r#"schemas eq "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User""#, true),
        (r#"schemas ne "urn:ietf:params:scim:schemas:core:2.0:Group""#, true),
        ("active eq false", false),
        (r#"groups eq "g1" and groups.value eq "g1""#, true),
        (r#"groups[value eq "g2"]"#, false),
        (r#"meta.created lt "1970-01-01T00:00:01.001Z""#, true),
        (r#"meta.lastModified ge "1970-01-01T00:00:02Z""#, true),
        (r#"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department eq "r&d""#, true),
    ] {
        assert_eq!(ask(filter), Ok(holds), "{filter}");
    }
}

#[test]
fn refuses_what_it_cannot_evaluate() {
    for filter in [
        r#"shoeSize eq "9""#,
        r#"name eq "x""#,
        r#"name.shoe eq "x""#,
        "active gt true",
        "active co true",
        r#"emails[shoe eq "x"]"#,
        r#"userName[value eq "x"]"#,
        r#"meta.created gt "yesterday""#,
        "meta.created co \"2\"",
        r#"emails[emails[value eq "x"]]"#,
        r#"meta.version eq "1""#,
        r#"groups.display eq "x""#,
        "userName gt null",
        r#"schemas co "User""#,
        r#"password eq "x""#,
    ] {
        let error = ask(filter).expect_err(filter);
        assert_eq!(error.scim_type, Some(crate::ScimType::InvalidFilter), "{filter}");
    }
}
