//! Filters as SQL against the evaluator of the `scim` crate, on the same random data.
//!
//! The seed is fixed: a failure is found again by running the test again.

use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};
use scim::condition::{self, Condition, Subject};
use scim::filter::{Filter, Literal, Operator};
use scim::patch::MemberChange;
use scim::path::AttributePath;
use scim::schema::{CustomAttribute, CustomKind};
use scim::{Notes, ResourceKind, Schemas, urn};
use serde_json::{Map, Value, json};
use store::employees::Employee;
use store::groups::Group;
use store::testing::Engine;
use store::{Place, Query, employees, groups};

use crate::support::World;

/// How many companies, and filters over each.
const COMPANIES: u32 = 24;
const FILTERS: usize = 60;

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
struct Company {
    people: Vec<Value>,
    /// Who is in `g0` and `g1`; groups may hold each other.
    members: Vec<Vec<&'static str>>,
    group_names: (String, String),
    filters: Vec<Filter>,
}

fn company() -> impl Strategy<Value = Company> {
    let members = prop::collection::vec(subsequence(vec!["e0", "e1", "e2", "g0", "g1"], 0..=5), 2);
    (prop::collection::vec(person(), 3..6), members, (text(), text()), prop::collection::vec(filter(), FILTERS))
        .prop_map(|(people, members, group_names, filters)| Company { people, members, group_names, filters })
}

/// The types that filters are resolved with; the values were stored under whatever type they have.
fn schemas() -> Schemas {
    Schemas::with_custom(&[
        CustomAttribute::new("nick", CustomKind::String, "", false),
        CustomAttribute::new("since", CustomKind::DateTime, "", false),
        CustomAttribute::new("badge", CustomKind::Integer, "", false),
        CustomAttribute::new("ratio", CustomKind::Decimal, "", false),
        CustomAttribute::new("vip", CustomKind::Boolean, "", false),
    ])
}

struct Stored {
    people: Vec<Employee>,
    groups: Vec<Group>,
    members: Vec<Vec<&'static str>>,
}

async fn store_company(world: &World, company: &Company) -> Stored {
    world.raw("DELETE FROM employees").await.expect("emptied");
    world.raw("DELETE FROM groups").await.expect("emptied");
    let people: Vec<_> = (0..)
        .zip(&company.people)
        .map(|(number, person)| {
            let mut person = person.clone();
            // No two alike, and sometimes what a filter asks for.
            person["userName"] = format!("{}{number}", person["userName"].as_str().unwrap_or_default()).into();
            let mut employee = world.employee(&format!("e{number}"), person);
            employee.created_at += time::Duration::milliseconds(number);
            employee.updated_at += time::Duration::seconds(number);
            employee
        })
        .collect();
    let groups = [
        world.group("g0", &format!("{}0", company.group_names.0)),
        world.group("g1", &format!("{}1", company.group_names.1)),
    ];
    let (new_people, new_groups, members) = (people.clone(), groups.clone(), company.members.clone());
    work!(world, |conn| {
        let schemas = schemas();
        for employee in &new_people {
            employees::insert(conn, &world.tenant, employee, &schemas).await?;
        }
        for group in &new_groups {
            groups::insert(conn, &world.tenant, group, &schemas).await?;
        }
        for (group, ids) in new_groups.iter().zip(members) {
            let change = MemberChange::Add(ids.into_iter().map(str::to_owned).collect());
            groups::change_members(conn, &world.tenant, &group.id, &change, world.store.now()).await?;
        }
        Ok(())
    })
    .expect("stored");
    Stored { people, groups: groups.into(), members: company.members.clone() }
}

fn milliseconds(instant: time::OffsetDateTime) -> i64 {
    i64::try_from(instant.unix_timestamp_nanos() / 1_000_000).expect("our time")
}

/// The ids that the evaluator finds.
fn expected(stored: &Stored, condition: &Condition, kind: ResourceKind, schemas: &Schemas) -> Vec<String> {
    let groups_of = |id: &str| -> Vec<String> {
        let holds = |number: &usize| stored.members[*number].contains(&id);
        [0, 1].iter().filter(|number| holds(number)).map(|number| format!("g{number}")).collect()
    };
    let matches = |id: &str, document: &scim::Document, members: &[String], created, last_modified| {
        let (folded, groups) = (document.folded(kind, schemas), groups_of(id));
        condition.matches(&Subject { id, folded: &folded, created, last_modified, members, groups: &groups })
    };
    match kind {
        ResourceKind::User => stored
            .people
            .iter()
            .filter(|one| {
                matches(&one.id, &one.document, &[], milliseconds(one.created_at), milliseconds(one.updated_at))
            })
            .map(|one| one.id.clone())
            .collect(),
        ResourceKind::Group => (0..)
            .zip(&stored.groups)
            .filter(|(number, one)| {
                let number: usize = *number;
                let members: Vec<_> = stored.members[number].iter().map(|&id| id.to_owned()).collect();
                matches(&one.id, &one.document, &members, milliseconds(one.created_at), milliseconds(one.updated_at))
            })
            .map(|(_, one)| one.id.clone())
            .collect(),
    }
}

/// The ids that the database finds, and how many it counts.
async fn found(world: &World, condition: Condition, kind: ResourceKind) -> (Vec<String>, u64) {
    let query = Query { condition: Some(condition), sort: None, place: Place::Index(1), count: 100 };
    let none = Query { count: 0, ..query.clone() };
    match kind {
        ResourceKind::User => (
            read!(world, |conn| employees::query(conn, &world.tenant, &query))
                .items
                .into_iter()
                .map(|one| one.id)
                .collect(),
            read!(world, |conn| employees::query(conn, &world.tenant, &none)).total,
        ),
        ResourceKind::Group => (
            read!(world, |conn| groups::query(conn, &world.tenant, &query))
                .items
                .into_iter()
                .map(|one| one.id)
                .collect(),
            read!(world, |conn| groups::query(conn, &world.tenant, &none)).total,
        ),
    }
}

/// How many filters were evaluated, and how many of them found some and not all.
#[derive(Default)]
struct Tally {
    evaluated: usize,
    telling: usize,
}

async fn check(world: &World, company: &Company, tally: &mut Tally) -> Result<(), TestCaseError> {
    let (stored, schemas) = (store_company(world, company).await, schemas());
    for filter in &company.filters {
        let text = filter.to_string();
        let Ok(parsed) = Filter::parse(&text, &mut Notes::default()) else {
            return Err(TestCaseError::fail(format!("does not parse: {text}")));
        };
        for kind in [ResourceKind::User, ResourceKind::Group] {
            // What a schema refuses never becomes SQL.
            let Ok(condition) = condition::resolve(&parsed, kind, &schemas) else { continue };
            let wanted = expected(&stored, &condition, kind, &schemas);
            let (ids, count) = found(world, condition, kind).await;
            prop_assert_eq!(&ids, &wanted, "{:?}: {}", kind, text);
            prop_assert_eq!(count, wanted.len() as u64, "{:?}: {}", kind, text);
            let everyone = if kind == ResourceKind::User { stored.people.len() } else { stored.groups.len() };
            tally.evaluated += 1;
            tally.telling += usize::from(!wanted.is_empty() && wanted.len() < everyone);
        }
    }
    Ok(())
}

fn both_agree(engine: Engine) {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    let world = runtime.block_on(World::new(engine));
    let config = Config { cases: COMPANIES, failure_persistence: None, max_shrink_iters: 300, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let tally = std::cell::RefCell::new(Tally::default());
    let outcome = runner.run(&company(), |company| runtime.block_on(check(&world, &company, &mut tally.borrow_mut())));
    match outcome {
        Ok(()) => {}
        Err(TestError::Fail(why, company)) => panic!("{why}\nof {:#?}\nin {:?}", company.people, company.members),
        Err(TestError::Abort(why)) => panic!("{why}"),
    }
    let tally = tally.into_inner();
    assert!(tally.evaluated > 600, "{} filters were evaluated", tally.evaluated);
    assert!(tally.telling > 100, "{} filters told some from others", tally.telling);
    runtime.block_on(async { drop(world) });
}

#[test]
fn sqlite_finds_what_the_evaluator_finds() {
    both_agree(Engine::Sqlite);
}

#[test]
fn postgres_finds_what_the_evaluator_finds() {
    both_agree(Engine::Postgres);
}
