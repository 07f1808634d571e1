use super::*;

fn change(path: &str, replaces: bool, value: impl Into<Value>) -> Change {
    Change { path: TargetPath::parse(path).expect("a path"), replaces, value: value.into() }
}

fn operations(dialect: Dialect, changes: &[Change]) -> Value {
    let requests = dialect.change_user("7", changes, &Value::Null);
    assert_eq!(requests.len(), 1);
    requests[0].body.as_ref().expect("a body")["Operations"].clone()
}

#[test]
fn azure_disables_with_text_and_with_a_truth_value() {
    let disable = [change("active", true, false)];
    assert_eq!(operations(Dialect::Azure, &disable), json!([{ "op": "Replace", "path": "active", "value": "False" }]));
    let expected = json!([{ "op": "replace", "path": "active", "value": false }]);
    assert_eq!(operations(Dialect::Azure062020, &disable), expected);
}

#[test]
fn azures_flag_gathers_what_has_no_filter() {
    let changes = [
        change("displayName", true, "Zoé"),
        change("name.givenName", false, "Zoé"),
        change(r#"emails[type eq "work"].value"#, false, "z@x.test"),
        change("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department", true, "Sales"),
    ];
    let department = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department";
    let email = r#"emails[type eq "work"].value"#;
    assert_eq!(
        operations(Dialect::Azure, &changes),
        json!([
            { "op": "Replace", "path": "displayName", "value": "Zoé" },
            { "op": "Add", "path": "name.givenName", "value": "Zoé" },
            { "op": "Add", "path": email, "value": "z@x.test" },
            { "op": "Replace", "path": department, "value": "Sales" },
        ])
    );
    assert_eq!(
        operations(Dialect::Azure062020, &changes),
        json!([
            { "op": "add", "path": email, "value": "z@x.test" },
            { "op": "replace", "value": { "displayName": "Zoé", "name.givenName": "Zoé", (department): "Sales" } },
        ])
    );
}

#[test]
fn queries_are_spelled_as_their_clients_spell_them() {
    let path = |dialect: Dialect, endpoint| dialect.query(endpoint, "displayName", "A \"b\"").path;
    assert_eq!(path(Dialect::Azure, "/Users"), "/Users?filter=displayName+eq+%22A+%5C%22b%5C%22%22");
    assert_eq!(
        path(Dialect::Azure, "/Groups"),
        "/Groups?excludedAttributes=members&filter=displayName+eq+%22A+%5C%22b%5C%22%22"
    );
    assert_eq!(
        path(Dialect::Okta, "/Users"),
        "/Users?filter=displayName%20eq%20%22A%20%5C%22b%5C%22%22&startIndex=1&count=100"
    );
}

#[test]
fn members_come_and_go() {
    let (add, remove) = (["1".to_owned(), "2".to_owned()], ["3".to_owned()]);
    let membership = Membership { id: "g", display_name: "G", add: &add, remove: &remove };
    let bodies = |dialect: Dialect| -> Vec<Value> {
        let requests = dialect.change_members(membership);
        requests.iter().map(|request| request.body.as_ref().expect("a body")["Operations"].clone()).collect()
    };
    let reference = |id: &str| json!({ "$ref": null, "value": id });
    assert_eq!(
        bodies(Dialect::Azure),
        [
            json!([{ "op": "Add", "path": "members", "value": [reference("1"), reference("2")] }]),
            json!([{ "op": "Remove", "path": "members", "value": [reference("3")] }]),
        ]
    );
    assert_eq!(bodies(Dialect::Azure062020)[1], json!([{ "op": "remove", "path": "members[value eq \"3\"]" }]));
    assert_eq!(bodies(Dialect::Okta)[0].as_array().map(Vec::len), Some(3));
    assert_eq!(bodies(Dialect::OneLogin)[0][0]["value"], json!([{ "value": "1" }, { "value": "2" }]));
}

#[test]
fn okta_sends_profiles_and_activation_apart() {
    let changes = [change("active", true, false), change("title", true, "Chief")];
    let current = json!({ "id": "7", "title": "Analyst", "meta": { "version": "1" } });
    let requests = Dialect::Okta.change_user("7", &changes, &current);
    assert_eq!((requests[0].method, requests[1].method), ("PUT", "PATCH"));
    assert_eq!(requests[0].body, Some(json!({ "id": "7", "title": "Chief", "meta": { "version": "1" } })));
    let onelogin = Dialect::OneLogin.change_user("7", &changes, &current);
    assert_eq!(onelogin[0].body.as_ref().expect("a body")["active"], "false");
}

#[test]
fn names_lead_back() {
    for dialect in Dialect::ALL {
        assert_eq!(dialect.name().parse(), Ok(dialect));
    }
    assert!("entra".parse::<Dialect>().is_err_and(|error| error.contains("azure-2062020")));
}
