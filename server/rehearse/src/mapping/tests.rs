use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::people::Standing;

fn person() -> Person {
    let mut person = Person { object_id: "1".to_owned(), role: Some("User".to_owned()), ..Person::default() };
    for (name, value) in [
        ("userPrincipalName", "zoe@x.test"),
        ("givenName", "Zoé"),
        ("surname", "Lefèvre"),
        ("mail", "zoe@x.test"),
        ("department", "Łódź"),
        ("employeeId", "7"),
        ("empty", ""),
    ] {
        person.set(name, value);
    }
    person
}

fn value(text: &str) -> Option<String> {
    Expression::parse(text).expect(text).evaluate(&person())
}

#[test]
fn functions_do_what_azure_says() {
    for (text, expected) in [
        ("[givenName]", Some("Zoé")),
        ("[nickname]", None),
        ("[empty]", None),
        (r#""a \"b\" \\""#, Some(r#"a "b" \"#)),
        (r#"Join(" ", [givenName], [nickname], [surname])"#, Some("Zoé Lefèvre")),
        (r#"Join(" ", [nickname])"#, None),
        (r#"Append([givenName], "@x")"#, Some("Zoé@x")),
        (r#"Append([nickname], "@x")"#, None),
        ("ToLower(NormalizeDiacritics([surname]))", Some("lefevre")),
        (r#"tolower("İ", "tr-TR")"#, Some("i\u{307}")),
        ("NormalizeDiacritics([department])", Some("Łodz")),
        ("IsPresent([mail])", Some("True")),
        ("IsPresent([empty])", Some("False")),
        (r#"Switch([employeeId], "other", "6", "six", "7", "seven")"#, Some("seven")),
        (r#"Switch([employeeId], "other", "6", "six")"#, Some("other")),
        (r#"Switch([IsSoftDeleted], , "False", "True", "True", "False")"#, Some("True")),
        (r#"Switch("x", , "y", "z")"#, None),
    ] {
        assert_eq!(value(text).as_deref(), expected, "{text}");
    }
}

#[test]
fn what_is_wrong_is_said() {
    for (text, word) in [
        ("", "empty"),
        ("[x", "bracket"),
        ("[]", "attribute"),
        ("\"x", "quote"),
        ("Mid([x], \"1\")", "known function"),
        ("surname", "[brackets]"),
        ("Append([x])", "1 arguments"),
        ("Switch([x], , \"a\", \"b\", \"c\")", "5 arguments"),
        ("ToLower [x]", "parentheses"),
        ("ToLower([x] [y])", "comma"),
        ("[x] [y]", "left over"),
        (&format!("{}[x]{}", "ToLower(".repeat(40), ")".repeat(40)), "within each other"),
    ] {
        let error = Expression::parse(text).expect_err(text);
        assert!(error.contains(word), "{text}: {error}");
    }
}

#[test]
fn the_default_table_is_whole_and_follows_the_person() {
    let mapping = Mapping::azure();
    assert_eq!(mapping.rules.len(), AZURE.len(), "every line is readable");
    let path = |text| TargetPath::parse(text).expect("a path");
    let values = mapping.values(&person());
    assert_eq!(values[&path("active")], json!(true));
    assert_eq!(values[&path("name.formatted")], json!("Zoé Lefèvre"));
    assert!(!values.contains_key(&path("title")));
    let gone = Person { standing: Standing::Deleted, object_id: "a-b".to_owned(), ..person() };
    let values = mapping.values(&gone);
    assert_eq!((&values[&path("active")], &values[&path("userName")]), (&json!(false), &json!("abzoe@x.test")));
    let asked: Vec<String> =
        mapping.matching(&person()).iter().map(|(path, value)| format!("{path} {value}")).collect();
    assert_eq!(asked, ["userName zoe@x.test"], "without a nickname there is no externalId to ask for");
}

#[test]
fn lines_are_replaced_and_added() {
    let mapping = Mapping::azure().with("displayName=ToLower([givenName])").expect("a line");
    let mapping = mapping.with("userType=\"Employee\"").expect("a line");
    let values = mapping.values(&person());
    assert_eq!(values[&TargetPath::parse("displayName").expect("a path")], json!("zoé"));
    assert_eq!(values[&TargetPath::parse("userType").expect("a path")], json!("Employee"));
    assert!(mapping.clone().with("displayName").is_err() && mapping.with("a b=[x]").is_err());
}

#[test]
fn paths_read_what_they_write() {
    for text in [
        "userName",
        "name.givenName",
        r#"emails[type eq "work"].value"#,
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department",
    ] {
        let path = TargetPath::parse(text).expect(text);
        assert_eq!(path.to_string(), text);
        let mut resource = serde_json::Map::new();
        path.write(&mut resource, json!("x"));
        assert_eq!(path.read(&resource.into()), Some(&json!("x")), "{text}");
    }
    for text in ["", "a:b", "emails[type eq work].value", "emails[type eq \"work\"]", "a.b.c", "a b"] {
        assert_eq!(TargetPath::parse(text), None, "{text}");
    }
}

fn expressions() -> impl Strategy<Value = Expression> {
    let leaf = prop_oneof![
        "[a-zA-Z_.0-9]{1,8}".prop_map(Expression::Attribute),
        any::<String>().prop_map(Expression::Constant),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        let call = |function| move |arguments| Expression::Call(function, arguments);
        use super::expression::Function as F;
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..5).prop_map(call(F::Join)),
            prop::collection::vec(inner.clone(), 2..=2).prop_map(call(F::Append)),
            prop::collection::vec(inner.clone(), 4..=4).prop_map(|mut arguments| {
                arguments[1] = Expression::Nothing;
                Expression::Call(F::Switch, arguments)
            }),
            prop::collection::vec(inner.clone(), 1..=1).prop_map(call(F::ToLower)),
            prop::collection::vec(inner.clone(), 1..=1).prop_map(call(F::NormalizeDiacritics)),
            prop::collection::vec(inner, 1..=1).prop_map(call(F::IsPresent)),
        ]
    })
}

proptest! {
    #[test]
    fn what_is_printed_reads_as_the_same(expression in expressions()) {
        prop_assert_eq!(Expression::parse(&expression.to_string()), Ok(expression));
    }

    #[test]
    fn any_text_is_read_or_refused(text in any::<String>(), tail in r#"[\[\]"(),A-Za-z ]{0,30}"#) {
        if let Ok(expression) = Expression::parse(&(text + &tail)) {
            let _ = expression.evaluate(&person());
        }
    }
}
