//! Lists for people: what a search finds, that pages in both directions lose and repeat nobody, and what that costs.

mod cost;
mod plans;

use scim::patch::MemberChange;
use scim::{Schemas, urn};
use serde_json::{Value, json};
use store::employees::{self, Employee};
use store::groups;
use store::integrations::{self, Provider};
use store::listing::{COUNTED, Listed, Order, Step, Wanted};
use store::testing::Engine;
use store::{IntegrationId, StoreError};
use time::Duration;

use crate::support::{World, document};

on_both_engines!(
    a_search_finds_beginnings_of_words,
    words_follow_every_change,
    words_of_an_older_database_are_written_when_it_opens,
    pages_lose_and_repeat_nobody,
    many_and_few_are_found_alike,
    a_row_that_is_gone_begins_the_list_again,
    a_list_by_change_goes_on_where_it_was,
    totals_are_said_where_they_are_cheap,
    reports_are_found_by_their_manager,
    groups_are_listed_by_words_and_provider,
);

async fn hire(world: &World, id: &str, person: Value) -> Employee {
    let employee = world.employee(id, person);
    let hired = employee.clone();
    work!(world, |conn| employees::insert(conn, &world.tenant, &hired, Schemas::standard()).await).expect("hired");
    employee
}

async fn list(world: &World, wanted: Wanted) -> Listed<Employee> {
    read!(world, |conn| employees::list(conn, &world.tenant, &wanted))
}

fn ids(page: &Listed<Employee>) -> Vec<&str> {
    page.items.iter().map(|employee| employee.id.as_str()).collect()
}

fn search(text: &str) -> Wanted {
    Wanted { text: text.to_owned(), size: 10, ..Wanted::default() }
}

async fn a_search_finds_beginnings_of_words(engine: Engine) {
    let world = World::new(engine).await;
    let people = [
        ("e1", json!({"userName": "100%", "displayName": "Zoë Éclair", "title": "CEO"})),
        ("e2", json!({"userName": "a_b", "displayName": "Ärne", "emails": [{"value": "weiß@x.test"}]})),
        ("e3", json!({"userName": "c\\d'e\"", urn::ENTERPRISE: {"department": "R&D"}})),
        (
            "e4",
            json!({"userName": "zoe.x@acme.test", "name": {"givenName": "Jo\u{200b}hn", "familyName": "\u{202e}Zoega"}}),
        ),
    ];
    for (id, person) in people {
        hire(&world, id, person).await;
    }
    for (text, wanted) in [
        ("", &["e3", "e4", "e1", "e2"][..]),
        ("zoe", &["e4", "e1"]),
        ("ZOË", &["e4", "e1"]),
        ("zoeg", &["e4"]),
        ("joh zoe", &["e4"]),
        ("oe", &[]),
        ("zoe.x@ac", &["e4"]),
        ("weiss@x.test", &["e2"]),
        ("WEISS", &["e2"]),
        ("@x.test", &[]),
        ("100%", &["e1"]),
        ("r&D", &["e3"]),
        (" ceo ", &["e1"]),
        ("eclair", &["e1"]),
        ("'", &[]),
        ("%", &[]),
        ("nobody", &[]),
        ("zoë 100 ceo", &["e1"]),
        ("zoë b", &[]),
    ] {
        let page = list(&world, search(text)).await;
        assert_eq!((ids(&page).as_slice(), page.total), (wanted, Some(wanted.len() as u64)), "{text}");
    }
}

async fn words_follow_every_change(engine: Engine) {
    let world = World::new(engine).await;
    let mut ada = hire(&world, "ada", json!({"userName": "ada", "title": "Countess"})).await;
    ada.document = document(json!({"userName": "ada", "title": "Programmer"}));
    ada.version = 2;
    let changed = ada.clone();
    work!(world, |conn| employees::update(conn, &world.tenant, &changed, Schemas::standard()).await).expect("changed");
    for (text, found) in [("countess", 0), ("programmer", 1), ("ada", 1)] {
        assert_eq!(list(&world, search(text)).await.items.len(), found, "{text}");
    }
    // A write that is refused leaves the words as they were.
    ada.document = document(json!({"userName": "ada", "title": "Analyst"}));
    let stale = work!(world, |conn| employees::update(conn, &world.tenant, &ada, Schemas::standard()).await);
    assert!(matches!(stale, Err(StoreError::Stale)), "{stale:?}");
    assert!(list(&world, search("analyst")).await.items.is_empty());
    work!(world, |conn| employees::delete(conn, &world.tenant, "ada", world.store.now()).await).expect("gone");
    assert_eq!(world.number("SELECT count(*) FROM employee_words").await, 0);
}

async fn words_of_an_older_database_are_written_when_it_opens(engine: Engine) {
    let world = World::new(engine).await;
    let manager = json!({"userName": "ada", urn::ENTERPRISE: {"manager": {"value": "grace"}}});
    for number in 0..450 {
        hire(&world, &format!("e{number:03}"), json!({"userName": format!("old{number}")})).await;
    }
    hire(&world, "ada", manager).await;
    world.found("staff").await;
    for table in ["employees", "groups"] {
        world.raw(&format!("UPDATE {table} SET words_version = 0")).await.expect("as before");
    }
    for statement in
        ["DELETE FROM employee_words", "DELETE FROM group_words", "UPDATE employees SET manager_id = NULL, version = 7"]
    {
        world.raw(statement).await.expect(statement);
    }
    let (store, _) = world.database.open().await;
    let world = World { store, ..world };
    assert_eq!(list(&world, search("old44")).await.items.len(), 10);
    assert_eq!(list(&world, search("ada")).await.items[0].version, 7, "no one has changed");
    assert_eq!(read!(world, |conn| groups::list(conn, &world.tenant, &search("staff"))).items.len(), 1);
    assert_eq!(read!(world, |conn| employees::reports(conn, &world.tenant, "grace", 10)).len(), 1);
}

/// Everyone on the way from the first page to the last, and from there back.
async fn walk(world: &World, wanted: &Wanted) -> (Vec<String>, Vec<String>) {
    let (mut forth, mut back) = (Vec::new(), Vec::new());
    let mut page = list(world, wanted.clone()).await;
    assert_eq!(page.first, None, "nothing comes before the first page");
    loop {
        forth.extend(ids(&page).into_iter().map(str::to_owned));
        let Some(last) = page.last.clone() else { break };
        page = list(world, Wanted { step: Step::After(last), ..wanted.clone() }).await;
        assert!(page.first.is_some() && !page.items.is_empty());
    }
    loop {
        back.splice(0..0, ids(&page).into_iter().map(str::to_owned));
        let Some(first) = page.first.clone() else { break };
        page = list(world, Wanted { step: Step::Before(first), ..wanted.clone() }).await;
    }
    (forth, back)
}

async fn pages_lose_and_repeat_nobody(engine: Engine) {
    let world = World::new(engine).await;
    let okta = world.store.new_id();
    let other: Result<_, StoreError> = work!(world, |conn| {
        let now = world.store.now();
        Ok(integrations::ensure(conn, &world.tenant, Provider::Okta, IntegrationId(okta), now).await?.id)
    });
    let other = World { integration: other.expect("an integration"), ..world.clone() };
    world.found("staff").await;
    let mut people = Vec::new();
    for number in 0..30_u32 {
        // The same name, time or both for several; ids in another order than names.
        let id = format!("e{:02}", (number * 7) % 30);
        let name = ["Ada", "Grace", "ada", "Émilie"][(number % 4) as usize];
        let document =
            json!({"userName": format!("u{:02}", (number * 11) % 30), "displayName": name, "active": number % 3 != 0});
        let company = if number % 5 == 0 { &other } else { &world };
        people.push(hire(company, &id, document).await);
        if number % 2 == 0 {
            world.clock.advance(Duration::milliseconds(1));
        }
    }
    let members: Vec<String> = people.iter().step_by(2).map(|person| person.id.clone()).collect();
    let joined = members.clone();
    work!(world, |conn| {
        let add = MemberChange::Add(joined);
        groups::change_members(conn, &world.tenant, "staff", &add, world.store.now()).await
    })
    .expect("members");
    let key = |order: Order, person: &Employee| match order {
        Order::Name => scim::fold::fold(&person.document.shown_name()),
        Order::UserName => person.document.user_name().to_owned(),
        Order::Changed => format!("{:020}", person.updated_at.unix_timestamp_nanos()),
    };
    for order in [Order::Name, Order::UserName, Order::Changed] {
        for (descending, active, integration, group, text) in [
            (false, None, None, false, ""),
            (true, None, None, false, ""),
            (false, Some(false), None, false, ""),
            (true, Some(true), Some(&other.integration), false, ""),
            (false, None, Some(&world.integration), true, ""),
            (true, None, None, true, "a"),
            (false, Some(true), None, false, "ada"),
        ] {
            let mut wanted: Vec<&Employee> = people
                .iter()
                .filter(|person| active.is_none_or(|active| person.document.active() == active))
                .filter(|person| integration.is_none_or(|id| person.integration_id == *id))
                .filter(|person| !group || members.contains(&person.id))
                .filter(|person| scim::fold::fold(&person.document.shown_name()).starts_with(text))
                .collect();
            wanted.sort_by_key(|person| (key(order, person), person.id.clone()));
            if descending {
                wanted.reverse();
            }
            let wanted: Vec<String> = wanted.into_iter().map(|person| person.id.clone()).collect();
            assert!(wanted.len() > 2);
            let group = group.then(|| "staff".to_owned());
            let integration = integration.cloned();
            let asked = Wanted {
                order,
                descending,
                active,
                integration,
                group,
                size: 4,
                text: text.to_owned(),
                step: Step::First,
            };
            let (forth, back) = walk(&world, &asked).await;
            assert_eq!(forth, wanted, "{asked:?}");
            assert_eq!(back, wanted, "backwards: {asked:?}");
        }
    }
}

/// More than the few that are found first and sorted then.
const MANY: usize = 5_000;

/// A crowd of whom all share a word, half of them another, and all are in a group.
async fn crowd(world: &World) {
    world.crowd(MANY).await;
    world.found("all").await;
    for statement in [
        "INSERT INTO employee_words (tenant_id, word, employee_id) SELECT tenant_id, id, id FROM employees",
        "INSERT INTO employee_words (tenant_id, word, employee_id) SELECT tenant_id, 'crowd', id FROM employees",
        "INSERT INTO employee_words (tenant_id, word, employee_id) SELECT tenant_id, 'half', id FROM employees WHERE id >= 'e002500'",
        "INSERT INTO employee_words (tenant_id, word, employee_id) SELECT tenant_id, 'odd', id FROM employees WHERE id NOT LIKE '%0'",
        "INSERT INTO employee_words (tenant_id, word, employee_id) SELECT tenant_id, 'even', id FROM employees WHERE id LIKE '%0' OR id > 'e000400'",
        "INSERT INTO group_members (tenant_id, group_id, member_id, member_kind, added_at) SELECT tenant_id, 'all', id, 'User', 0 FROM employees",
    ] {
        world.raw(statement).await.expect(statement);
    }
}

async fn many_and_few_are_found_alike(engine: Engine) {
    let world = World::new(engine).await;
    crowd(&world).await;
    let all = |text: &str| Wanted { text: text.to_owned(), size: 50, ..Wanted::default() };
    let page = list(&world, all("crowd")).await;
    assert_eq!((ids(&page)[49], page.total), ("e000049", None), "many are not counted");
    let page = list(&world, Wanted { step: Step::Before("e002500".to_owned()), ..all("crowd") }).await;
    assert_eq!((ids(&page)[0], ids(&page)[49]), ("e002450", "e002499"));
    let page = list(&world, all("half crowd")).await;
    assert_eq!((ids(&page)[0], page.total), ("e002500", Some(2_500)), "found by the rarer word");
    let page = list(&world, all("odd even")).await;
    assert_eq!((ids(&page)[0], page.total), ("e000401", None), "many have one, and many have both");
    let page = list(&world, all("even crowd half")).await;
    assert_eq!((ids(&page)[0], page.total), ("e002500", Some(2_500)), "many have each, fewer all");
    let page = list(&world, all("e00007 crowd")).await;
    assert_eq!((ids(&page), page.total), (crowd_ids(70..80), Some(10)));
    let group = Some("all".to_owned());
    let page = list(&world, Wanted { group: group.clone(), descending: true, ..all("") }).await;
    assert_eq!((ids(&page)[0], page.total), ("e004999", Some(MANY as u64)));
    let page = list(&world, Wanted { group, ..all("e00007") }).await;
    assert_eq!(page.items.len(), 10);
}

fn crowd_ids(numbers: std::ops::Range<usize>) -> Vec<&'static str> {
    numbers.map(|number| &*format!("e{number:06}").leak()).collect()
}

async fn a_row_that_is_gone_begins_the_list_again(engine: Engine) {
    let world = World::new(engine).await;
    for id in ["a", "b", "c"] {
        world.hire(id).await;
    }
    for step in [Step::After("x".to_owned()), Step::Before("x".to_owned())] {
        let page = list(&world, Wanted { step, ..search("") }).await;
        assert_eq!((ids(&page), page.lost), (vec!["a", "b", "c"], true));
    }
    for step in ["", "x", "1.", "99999999999999999999.a"] {
        let step = Step::After(step.to_owned());
        let page = list(&world, Wanted { step, order: Order::Changed, ..search("") }).await;
        assert_eq!(page.first.is_some(), !page.lost);
    }
    // Fewer before it than a page holds: the first page, whole.
    let page = list(&world, Wanted { step: Step::Before("b".to_owned()), size: 2, ..Wanted::default() }).await;
    assert_eq!((ids(&page), page.first.as_deref(), page.last.as_deref()), (vec!["a", "b"], None, Some("b")));
}

async fn a_list_by_change_goes_on_where_it_was(engine: Engine) {
    let world = World::new(engine).await;
    let mut people = Vec::new();
    for id in ["a", "b", "c", "d"] {
        world.clock.advance(Duration::seconds(1));
        people.push(world.hire(id).await);
    }
    let newest = Wanted { order: Order::Changed, descending: true, size: 2, ..Wanted::default() };
    let page = list(&world, newest.clone()).await;
    assert_eq!(ids(&page), ["d", "c"]);
    // The row to go on from moves to the top meanwhile.
    let mut changed = people.swap_remove(2);
    world.clock.advance(Duration::seconds(1));
    (changed.version, changed.updated_at) = (2, world.store.now());
    work!(world, |conn| employees::update(conn, &world.tenant, &changed, Schemas::standard()).await).expect("changed");
    let next = Step::After(page.last.expect("a next page"));
    assert_eq!(ids(&list(&world, Wanted { step: next, ..newest }).await), ["b", "a"]);
}

async fn totals_are_said_where_they_are_cheap(engine: Engine) {
    let world = World::new(engine).await;
    world.crowd(3).await;
    let page = list(&world, Wanted { size: 2, ..Wanted::default() }).await;
    assert_eq!(page.total, Some(3));
    let page = list(&world, Wanted { size: 2, active: Some(true), ..Wanted::default() }).await;
    assert_eq!(page.total, None, "it would have to be looked through");
    let page = list(&world, Wanted { size: 3, active: Some(true), ..Wanted::default() }).await;
    assert_eq!(page.total, Some(3), "the page is all there is");
    let world = world.neighbour().await;
    world.crowd(usize::try_from(COUNTED).expect("a size") + 1).await;
    assert_eq!(list(&world, search("")).await.total, Some(COUNTED), "that many or more");
}

async fn reports_are_found_by_their_manager(engine: Engine) {
    let world = World::new(engine).await;
    let reports_to = |manager: &str| json!({"manager": {"value": manager}});
    hire(&world, "grace", json!({"userName": "grace"})).await;
    hire(&world, "e1", json!({"userName": "zoe", urn::ENTERPRISE: reports_to("grace")})).await;
    hire(&world, "e2", json!({"userName": "ada", "active": false, urn::ENTERPRISE: reports_to("grace")})).await;
    hire(&world, "e3", json!({"userName": "bob", urn::ENTERPRISE: reports_to(&"x".repeat(1 << 20))})).await;
    let reports = read!(world, |conn| employees::reports(conn, &world.tenant, "grace", 10));
    let told: Vec<_> = reports.iter().map(|report| (report.name.as_str(), report.active)).collect();
    assert_eq!(told, [("ada", false), ("zoe", false)], "by name; who was said nothing of is not active");
    assert_eq!(read!(world, |conn| employees::reports(conn, &world.tenant, "grace", 1)).len(), 1);
}

async fn groups_are_listed_by_words_and_provider(engine: Engine) {
    let world = World::new(engine).await;
    for name in ["Sales Europe", "sales asia", "Finance", "sg-app-Salesforce"] {
        let group = world.group(&name.to_lowercase(), name);
        work!(world, |conn| groups::insert(conn, &world.tenant, &group, Schemas::standard()).await).expect("founded");
    }
    let names = |wanted: Wanted| {
        let world = world.clone();
        async move {
            let page = read!(world, |conn| groups::list(conn, &world.tenant, &wanted));
            page.items.iter().map(|group| group.document.shown_name()).collect::<Vec<_>>()
        }
    };
    assert_eq!(names(search("")).await, ["Finance", "sales asia", "Sales Europe", "sg-app-Salesforce"]);
    assert_eq!(names(search("sales")).await, ["sales asia", "Sales Europe", "sg-app-Salesforce"]);
    assert_eq!(names(search("eu sal")).await, ["Sales Europe"]);
    let mut renamed = read!(world, |conn| groups::get(conn, &world.tenant, "finance")).expect("a group");
    (renamed.document, renamed.version) = (document(json!({"displayName": "Treasury"})), 2);
    work!(world, |conn| groups::update(conn, &world.tenant, &renamed, Schemas::standard()).await).expect("renamed");
    assert_eq!((names(search("finance")).await, names(search("treas")).await.len()), (vec![], 1));
    let elsewhere = Wanted { integration: Some(IntegrationId("none".to_owned())), ..search("") };
    assert!(names(elsewhere).await.is_empty());
    let first = Wanted { size: 2, step: Step::After("sales asia".to_owned()), ..Wanted::default() };
    assert_eq!(names(first).await, ["Sales Europe", "sg-app-Salesforce"]);
}
