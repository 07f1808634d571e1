//! Filters as SQL against the evaluator of the `scim` crate, on the same random data.
//!
//! The seed is fixed: a failure is found again by running the test again.

mod random;

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};
use scim::condition::{self, Condition, Subject};
use scim::filter::Filter;
use scim::patch::MemberChange;
use scim::schema::{CustomAttribute, CustomKind};
use scim::{Notes, ResourceKind, Schemas};
use store::employees::Employee;
use store::groups::Group;
use store::testing::Engine;
use store::{Place, Query, employees, groups};

use crate::support::World;
use random::{Company, company};

/// How many companies, and filters over each.
const COMPANIES: u32 = 24;
const FILTERS: usize = 60;

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
            read!(world, |conn| employees::query(conn, &world.tenant, &query, None))
                .items
                .into_iter()
                .map(|one| one.id)
                .collect(),
            read!(world, |conn| employees::query(conn, &world.tenant, &none, None)).total,
        ),
        ResourceKind::Group => (
            read!(world, |conn| groups::query(conn, &world.tenant, &query, None))
                .items
                .into_iter()
                .map(|one| one.id)
                .collect(),
            read!(world, |conn| groups::query(conn, &world.tenant, &none, None)).total,
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
