//! `/ServiceProviderConfig`, `/ResourceTypes`, `/Schemas`: RFC 7643 §5 to §7, RFC 7644 §4.

use ::scim::urn;
use serde_json::{Value, json};

use crate::support::on_each_engine;

#[test]
fn the_configuration_says_what_is_served() {
    on_each_engine(|server| {
        let scim = server.tenant("Acme").scim();
        let config = scim.get("/ServiceProviderConfig").expect(200);
        insta::allow_duplicates! {
            insta::assert_json_snapshot!(config);
        }
        let page = scim.get("/Users?count=100000").expect(200);
        assert_eq!(page["itemsPerPage"], 0);
    });
}

#[test]
fn resource_types_and_schemas_are_lists_of_what_can_be_read_one_by_one() {
    on_each_engine(|server| {
        let scim = server.tenant("Acme").scim();
        for (endpoint, ids) in
            [("/ResourceTypes", vec!["User", "Group"]), ("/Schemas", vec![urn::USER, urn::GROUP, urn::ENTERPRISE])]
        {
            let list = scim.get(endpoint).expect(200);
            assert_eq!(list["schemas"], json!([urn::LIST]));
            assert_eq!(list["totalResults"], ids.len());
            let resources = list["Resources"].as_array().expect("resources");
            assert_eq!(resources.iter().map(|one| one["id"].as_str().expect("an id")).collect::<Vec<_>>(), ids);
            for one in resources {
                let id = one["id"].as_str().expect("an id");
                assert_eq!(&scim.get(&format!("{endpoint}/{id}")).expect(200), one);
                assert_eq!(one["meta"]["location"], format!("https://console.test/scim{endpoint}/{id}"));
            }
            scim.get(&format!("{endpoint}/none")).refused(404, "", "none");
            scim.get(&format!("{endpoint}?filter=id+pr")).refused(403, "", "filter");
            assert_eq!(scim.get(&format!("{endpoint}?startIndex=2&count=1&sortBy=x&cursor=x")).expect(200), list);
        }
        scim.get("/ServiceProviderConfig?filter=id+pr").refused(403, "", "filter");
        insta::allow_duplicates! {
            insta::assert_json_snapshot!("resource_types", scim.get("/ResourceTypes").expect(200));
            insta::assert_json_snapshot!("schemas", scim.get("/Schemas").expect(200));
        }
    });
}

/// RFC 7643 §7 lists the characteristics that each attribute must state, and §2 the values they may have.
#[test]
fn every_attribute_states_its_characteristics() {
    fn check(attribute: &Value, path: &str) {
        let name = attribute["name"].as_str().expect("a name");
        let path = format!("{path}.{name}");
        let one_of = |key: &str, values: &[&str]| {
            assert!(values.contains(&attribute[key].as_str().unwrap_or_default()), "{path}: {key}");
        };
        one_of("type", &["string", "boolean", "decimal", "integer", "dateTime", "reference", "binary", "complex"]);
        one_of("mutability", &["readOnly", "readWrite", "immutable", "writeOnly"]);
        one_of("returned", &["always", "never", "default", "request"]);
        one_of("uniqueness", &["none", "server", "global"]);
        for flag in ["multiValued", "required", "caseExact"] {
            assert!(attribute[flag].is_boolean(), "{path}: {flag}");
        }
        assert!(attribute["description"].is_string(), "{path}");
        assert_eq!(attribute["type"] == "complex", attribute.get("subAttributes").is_some(), "{path}");
        assert_eq!(attribute["type"] == "reference", attribute.get("referenceTypes").is_some(), "{path}");
        attribute["subAttributes"].as_array().into_iter().flatten().for_each(|sub| check(sub, &path));
    }
    on_each_engine(|server| {
        let scim = server.tenant("Acme").scim();
        let schemas = scim.get("/Schemas").expect(200);
        for schema in schemas["Resources"].as_array().expect("resources") {
            schema["attributes"].as_array().expect("attributes").iter().for_each(|one| check(one, ""));
        }
    });
}
