//! Random companies and filters.

use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use scim::filter::{Filter, Literal, Operator};
use scim::path::AttributePath;
use scim::urn;
use serde_json::{Map, Value, json};

use super::FILTERS;

/// What goes wrong elsewhere: case beyond ASCII, marks, letters with a meaning in SQL, LIKE and JSON, numbers as text.
const PIECES: &[&str] = &[
    "",
    "a",
    "A",
    "b",
    "ab",
    "ß",
    "SS",
    "ss",
    "İ",
    "i̇",
    "ı",
    "I",
    "Σ",
    "ς",
    "σ",
    "é",
    "e\u{301}",
    "\u{301}",
    "%",
    "_",
    "'",
    "\"",
    "\\",
    "\u{ffff}",
    "\u{10ffff}",
    "\u{1f600}",
    "1",
    "10",
    "9",
    "true",
    "null",
    " ",
    "\n",
    "$1",
    "{}",
    "[1]",
    "\u{7f}",
    "\u{1}",
    "Ǆ",
    "ﬁ",
    "ａ",
    "--",
    ";",
];

const TEXTS: &[&str] = &[
    "userName",
    "externalId",
    "displayName",
    "title",
    "nickName",
    "profileUrl",
    "name.familyName",
    "name.givenName",
    "emails",
    "emails.value",
    "emails.type",
    "phoneNumbers.value",
    "addresses.locality",
    "roles.display",
    "manager",
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department",
    "nick",
    "since",
    "badge",
    "ratio",
    "vip",
    "active",
    "emails.primary",
    "meta.created",
    "meta.lastModified",
    "groups",
    "groups.value",
    "id",
    "NAME.familyname",
    "name",
    "members",
    "members.value",
    "photos.value",
    "x509Certificates.value",
];

const INSTANTS: &[&str] = &[
    "2026-11-23T09:00:00Z",
    "2026-11-23T09:00:01Z",
    "2026-11-23T10:00:02+01:00",
    "2026-11-23T09:00:00.003Z",
    "1969-12-31T23:59:59Z",
    "9999-12-31T23:59:59Z",
    "not a date",
];

fn text() -> impl Strategy<Value = String> {
    prop::collection::vec(select(PIECES), 0..4).prop_map(|pieces| pieces.concat())
}

fn number() -> impl Strategy<Value = Value> {
    select(vec![
        json!(0),
        json!(1),
        json!(-1),
        json!(9.5),
        json!(10),
        json!(9),
        json!(-0.0),
        json!(0.1),
        json!(1e300),
        json!(9_007_199_254_740_993_i64),
        json!(i64::MAX),
        json!(i64::MIN),
        json!(u64::MAX),
        json!(5e-324),
    ])
}

/// A value of any type: a company's attribute may have had another type when a value was stored.
fn anything() -> impl Strategy<Value = Value> {
    prop_oneof![
        2 => number(),
        2 => text().prop_map(Value::from),
        1 => any::<bool>().prop_map(Value::from),
        1 => select(INSTANTS).prop_map(Value::from),
    ]
}

fn maybe<S: Strategy<Value = Value>>(value: S) -> impl Strategy<Value = Option<Value>> {
    prop::option::weighted(0.6, value)
}

fn object(entries: Vec<(&'static str, Option<Value>)>) -> Value {
    entries.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?))).collect::<Map<_, _>>().into()
}

fn element() -> impl Strategy<Value = Value> {
    let kind = select(vec!["work", "home", "Work", ""]).prop_map(Value::from);
    (maybe(text().prop_map(Value::from)), maybe(kind), maybe(any::<bool>().prop_map(Value::from)))
        .prop_map(|(value, kind, primary)| object(vec![("value", value), ("type", kind), ("primary", primary)]))
}

fn list() -> impl Strategy<Value = Value> {
    prop::collection::vec(element(), 0..4).prop_map(Value::from)
}

fn plain() -> impl Strategy<Value = Vec<Option<Value>>> {
    prop::collection::vec(maybe(text().prop_map(Value::from)), 9)
}

fn person() -> impl Strategy<Value = Value> {
    let lists = (maybe(list()), maybe(list()), maybe(any::<bool>().prop_map(Value::from)));
    let custom = prop::collection::vec(maybe(anything()), 5);
    (text(), plain(), lists, custom).prop_map(|(user_name, mut plain, (emails, phones, active), mut custom)| {
        let mut next = || plain.pop().flatten();
        let name = object(vec![("familyName", next()), ("givenName", next())]);
        let enterprise = object(vec![("department", next()), ("manager", next().map(|id| json!({ "value": id })))]);
        let mut own = || custom.pop().flatten();
        let own = object(vec![("nick", own()), ("since", own()), ("badge", own()), ("ratio", own()), ("vip", own())]);
        object(vec![
            ("userName", Some(user_name.into())),
            ("externalId", next()),
            ("displayName", next()),
            ("title", next()),
            ("nickName", next()),
            ("profileUrl", next()),
            ("active", active),
            ("emails", emails),
            ("phoneNumbers", phones),
            ("name", Some(name).filter(|name| name != &json!({}))),
            (urn::ENTERPRISE, Some(enterprise).filter(|all| all != &json!({}))),
            (urn::SPACEIQ, Some(own).filter(|all| all != &json!({}))),
        ])
    })
}

fn literal() -> impl Strategy<Value = Literal> {
    prop_oneof![
        6 => text().prop_map(Literal::Text),
        2 => (text(), 0..6_u8).prop_map(|(text, number)| Literal::Text(format!("{text}{number}"))),
        2 => number().prop_map(|number| Literal::Number(number.as_f64().unwrap_or_default())),
        2 => any::<bool>().prop_map(Literal::Boolean),
        1 => Just(Literal::Null),
        2 => select(INSTANTS).prop_map(|text| Literal::Text(text.to_owned())),
        2 => select(vec!["e0", "e1", "e2", "g0", "g1", "E0"]).prop_map(|id| Literal::Text(id.to_owned())),
    ]
}

fn operator() -> impl Strategy<Value = Operator> {
    use Operator::{Co, Eq, Ew, Ge, Gt, Le, Lt, Ne, Sw};
    prop_oneof![4 => Just(Eq), 1 => select(vec![Ne, Co, Sw, Ew, Gt, Ge, Lt, Le])]
}

fn path(names: &'static [&'static str]) -> impl Strategy<Value = AttributePath> {
    select(names).prop_map(|name| AttributePath::parse(name).expect("a path"))
}

fn comparison(names: &'static [&'static str]) -> impl Strategy<Value = Filter> {
    prop_oneof![
        8 => (path(names), operator(), literal()).prop_map(|(path, operator, literal)| Filter::Compare(path, operator, literal)),
        1 => path(names).prop_map(Filter::Present),
    ]
}

fn nested(leaf: impl Strategy<Value = Filter> + 'static, depth: u32) -> impl Strategy<Value = Filter> {
    leaf.prop_recursive(depth, 8, 2, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(left, right)| Filter::And(Box::new(left), Box::new(right))),
            (inner.clone(), inner.clone()).prop_map(|(left, right)| Filter::Or(Box::new(left), Box::new(right))),
            inner.prop_map(|inner| Filter::Not(Box::new(inner))),
        ]
    })
}

fn filter() -> impl Strategy<Value = Filter> {
    let inner = nested(comparison(&["value", "type", "primary", "display"]), 2);
    let element =
        (path(&["emails", "phoneNumbers"]), inner).prop_map(|(path, inner)| Filter::Element(path, Box::new(inner)));
    nested(prop_oneof![3 => comparison(TEXTS).boxed(), 1 => element.boxed()], 3)
}

#[derive(Debug, Clone)]
pub(super) struct Company {
    pub(super) people: Vec<Value>,
    /// Who is in `g0` and `g1`; groups may hold each other.
    pub(super) members: Vec<Vec<&'static str>>,
    pub(super) group_names: (String, String),
    pub(super) filters: Vec<Filter>,
}

pub(super) fn company() -> impl Strategy<Value = Company> {
    let members = prop::collection::vec(subsequence(vec!["e0", "e1", "e2", "g0", "g1"], 0..=5), 2);
    (prop::collection::vec(person(), 3..6), members, (text(), text()), prop::collection::vec(filter(), FILTERS))
        .prop_map(|(people, members, group_names, filters)| Company { people, members, group_names, filters })
}
