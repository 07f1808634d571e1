//! The grammar, by examples and by round trips of random trees.

use proptest::prelude::*;

use super::*;

fn parse(text: &str) -> Result<Filter, ScimError> {
    Filter::parse(text, &mut Notes::default())
}

#[test]
fn prints_what_it_read() {
    for text in [
        r#"userName eq "bjensen""#,
        r#"name.familyName co "O'Malley""#,
        r#"urn:ietf:params:scim:schemas:core:2.0:User:userName sw "J""#,
        "title pr",
        r#"meta.lastModified gt "2011-05-13T04:42:34Z""#,
        r#"title pr and userType eq "Employee""#,
        r#"userType eq "Employee" and (emails co "example.com" or emails.value co "example.org")"#,
        r#"not (userType eq "Employee")"#,
        r#"emails[type eq "work" and value co "@example.com"] or ims[type eq "xmpp"]"#,
        "active eq true",
        "manager eq null",
        "level ge -2.5",
    ] {
        assert_eq!(parse(text).expect(text).to_string(), text);
    }
}

#[test]
fn accepts_the_forms_clients_send() {
    for (sent, meaning) in [
        (r#"USERNAME EQ "a""#, r#"USERNAME eq "a""#),
        (r#"emails[type eq "work"].value eq "a@x""#, r#"emails[type eq "work" and value eq "a@x"]"#),
        (r#"  userName   eq   "a"  "#, r#"userName eq "a""#),
        ("externalId eq jyoung", r#"externalId eq "jyoung""#),
        ("active eq True", "active eq true"),
        ("NOT(active eq false)AND title pr", "not (active eq false) and title pr"),
        (r#"a eq "\"\\ü\u00e9""#, r#"a eq "\"\\üé""#),
        ("a pr and b pr or c pr and d pr", "a pr and b pr or c pr and d pr"),
        ("notes pr", "notes pr"),
        ("order eq 1", "order eq 1"),
    ] {
        assert_eq!(parse(sent).expect(sent).to_string(), meaning);
    }
}

#[test]
fn and_binds_tighter_than_or() {
    let Ok(Filter::Or(left, _)) = parse("a pr and b pr or c pr") else { panic!("an or at the top") };
    assert!(matches!(*left, Filter::And(..)));
}

#[test]
fn unquoted_text_is_noted() {
    let mut notes = Notes::default();
    Filter::parse("externalId eq jyoung", &mut notes).expect("lenient");
    assert_eq!(notes.0.len(), 1);
}

#[test]
fn refuses_the_rest_with_a_reason() {
    for text in [
        "",
        " ",
        "userName",
        "userName eq",
        r#"userName eqq "x""#,
        r#"userName eq "x"#,
        r#"eq "x""#,
        "(a pr",
        "a pr)",
        r#"emails[type eq "work""#,
        "emails[]",
        r#"a eq "x" b eq "y""#,
        "a pr and",
        "and a pr",
        "not a pr",
        r#"a eq "\u0000""#,
        "a eq x\0y",
        r#"emails[type eq "work"].value"#,
        "a.b.c pr",
        "é pr",
        r#"a eq "x" or"#,
    ] {
        let error = parse(text).expect_err(text);
        assert_eq!(error.scim_type, Some(crate::ScimType::InvalidFilter), "{text}");
    }
    assert!(parse(&format!("{}a pr{}", "(".repeat(500), ")".repeat(500))).is_err());
    assert!(parse(&vec!["a pr"; 500].join(" or ")).is_err());
    assert!(parse(&format!("a eq \"{}\"", "x".repeat(9000))).is_err());
}

fn tree() -> impl Strategy<Value = Filter> {
    let path = ("[a-z][a-zA-Z0-9]{0,6}", proptest::option::of("[a-z]{1,5}"))
        .prop_filter("keywords", |(name, _)| !["not", "and", "or"].contains(&name.as_str()))
        .prop_map(|(attribute, sub)| AttributePath { urn: None, attribute, sub });
    let literal = prop_oneof![
        "\\PC{0,12}".prop_map(Literal::Text),
        any::<i32>().prop_map(|number| Literal::Number(f64::from(number) / 4.0)),
        any::<bool>().prop_map(Literal::Boolean),
        Just(Literal::Null),
    ];
    let operator = proptest::sample::select(Operator::ALL.to_vec()).prop_map(|(operator, _)| operator);
    let leaf = prop_oneof![
        (path.clone(), operator, literal).prop_map(|(path, operator, value)| Filter::Compare(path, operator, value)),
        path.clone().prop_map(Filter::Present),
    ];
    leaf.prop_recursive(4, 24, 2, move |inner| {
        let pair = (inner.clone(), inner.clone());
        prop_oneof![
            pair.clone().prop_map(|(left, right)| Filter::And(Box::new(left), Box::new(right))),
            pair.prop_map(|(left, right)| Filter::Or(Box::new(left), Box::new(right))),
            inner.clone().prop_map(|inner| Filter::Not(Box::new(inner))),
            (path.clone(), inner).prop_map(|(path, inner)| Filter::Element(path, Box::new(inner))),
        ]
    })
}

proptest! {
    #[test]
    fn printing_and_reading_are_inverse(filter in tree()) {
        prop_assert_eq!(parse(&filter.to_string()), Ok(filter));
    }

    #[test]
    fn no_text_makes_it_panic(text in "\\PC{0,60}") {
        let _ = parse(&text);
    }

    #[test]
    fn no_filter_like_text_makes_it_panic(text in r#"([a-z\.\[\]\(\)" ]|eq|and|not|or|pr|\\u00e9){0,40}"#) {
        let _ = parse(&text);
    }
}
