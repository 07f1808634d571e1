use scim::Schemas;
use serde_json::json;
use store::events::{self, Action, Exchange, Filter, Outcome, Place};
use store::testing::Engine;
use store::{IntegrationId, TokenId, employees};
use time::Duration;

use super::{Told, write};
use crate::support::World;

on_both_engines!(pages_meet_and_do_not_overlap, each_filter_finds_its_own, a_page_is_found_by_an_index);

async fn subjects(world: &World, filter: &Filter, place: &Place, size: usize) -> (Vec<String>, bool) {
    let page = read!(world, |conn| events::page(conn, &world.tenant, filter, place, size, false));
    (page.events.into_iter().map(|event| event.subject).collect(), page.more)
}

async fn found(world: &World, filter: Filter) -> String {
    subjects(world, &filter, &Place::Newest, 100).await.0.join(" ")
}

async fn pages_meet_and_do_not_overlap(engine: Engine) {
    let world = World::new(engine).await;
    for number in 0..10 {
        write(&world, Told::of(Action::Created, "e", &number.to_string())).await.expect("written");
        world.clock.advance(Duration::seconds(1));
    }
    let all = Filter::default();
    let page = |place: Place| {
        let (world, all) = (world.clone(), all.clone());
        async move { read!(world, |conn| events::page(conn, &world.tenant, &all, &place, 4, false)) }
    };
    let told = |page: &events::Page| page.events.iter().map(|event| event.subject.as_str()).collect::<String>();
    let first = page(Place::Newest).await;
    assert_eq!((told(&first).as_str(), first.more), ("9876", true));
    let second = page(Place::Before(first.events[3].id.clone())).await;
    assert_eq!((told(&second).as_str(), second.more), ("5432", true));
    let third = page(Place::Before(second.events[3].id.clone())).await;
    assert_eq!((told(&third).as_str(), third.more), ("10", false));
    let back = page(Place::After(third.events[0].id.clone())).await;
    assert_eq!((told(&back).as_str(), back.more), ("5432", true), "the nearest newer ones");
    let back = page(Place::After(back.events[0].id.clone())).await;
    assert_eq!((told(&back).as_str(), back.more), ("9876", false));
    let newer = |id: String, limit| {
        let (world, all) = (world.clone(), all.clone());
        async move { read!(world, |conn| events::count_after(conn, &world.tenant, &all, &id, limit)) }
    };
    assert_eq!(newer(first.events[0].id.clone(), 100).await, 0);
    assert_eq!(newer(second.events[0].id.clone(), 100).await, 4);
    assert_eq!(newer(second.events[0].id.clone(), 3).await, 3, "counted up to a limit");
}

async fn each_filter_finds_its_own(engine: Engine) {
    let world = World::new(engine).await;
    let ada = world.employee("e1", json!({"userName": "ada@x.test", "displayName": "Ada Lovelace"}));
    work!(world, |conn| employees::insert(conn, &world.tenant, &ada, Schemas::standard()).await).expect("hired");
    let start = world.store.now();
    write(&world, Told::of(Action::Created, "e1", "Ada")).await.expect("written");
    world.clock.advance(Duration::hours(1));
    let mut failed = Told::of(Action::Updated, "e2", "Grace");
    (failed.outcome, failed.resource) = (Outcome::Failure, None);
    failed.exchange = Exchange { correlation_id: Some("c-1".to_owned()), ..Exchange::default() };
    write(&world, failed).await.expect("written");
    world.clock.advance(Duration::hours(1));
    write(&world, Told::of(Action::Deleted, "e3", "GRÄCIAN 100%")).await.expect("written");
    let all = Filter::default();
    let search = |text: &str| Filter { search: Some(text.to_owned()), ..Filter::default() };
    for (filter, wanted) in [
        (all.clone(), "GRÄCIAN 100% Grace Ada"),
        (Filter { outcomes: vec![Outcome::Failure, Outcome::Refused], ..all.clone() }, "Grace"),
        (Filter { outcomes: vec![Outcome::Success], ..all.clone() }, "GRÄCIAN 100% Ada"),
        (Filter { action: Some(Action::Deleted), ..all.clone() }, "GRÄCIAN 100%"),
        (Filter { resource: Some("e1".to_owned()), ..all.clone() }, "Ada"),
        (Filter { correlation: Some("c-1".to_owned()), ..all.clone() }, "Grace"),
        (Filter { token: Some(TokenId("token".to_owned())), ..all.clone() }, "GRÄCIAN 100% Grace Ada"),
        (Filter { token: Some(TokenId("other".to_owned())), ..all.clone() }, ""),
        (Filter { integration: Some(world.integration.clone()), ..all.clone() }, "GRÄCIAN 100% Grace Ada"),
        (Filter { integration: Some(IntegrationId("other".to_owned())), ..all.clone() }, ""),
        (Filter { from: Some(start + Duration::hours(1)), ..all.clone() }, "GRÄCIAN 100% Grace"),
        (Filter { until: Some(start + Duration::hours(1)), ..all.clone() }, "Ada"),
        (search("gr"), ""),
        (search(" gra "), "Grace"),
        (search("grä"), "GRÄCIAN 100%"),
        (search("lovelace"), "Ada"),
        (search("c-1"), "Grace"),
        (search("e3"), "GRÄCIAN 100%"),
        (search("%"), ""),
        (search("\0"), ""),
        (Filter { action: Some(Action::Created), ..search("ada@x") }, "Ada"),
        (Filter { action: Some(Action::Deleted), ..search("ada@x") }, ""),
    ] {
        assert_eq!(found(&world, filter.clone()).await, wanted, "{filter:?}");
    }
}

/// Ten thousand events of a hundred people, of which a few failed.
async fn with_many(engine: Engine) -> World {
    let world = World::new(engine).await;
    world.hire("e1").await;
    let (numbers, text) = match engine {
        Engine::Sqlite => (
            "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 9999)",
            "substr('000000' || i, -6)",
        ),
        Engine::Postgres => ("WITH n(i) AS (SELECT generate_series(0, 9999))", "lpad(i::text, 6, '0')"),
    };
    let sql = format!(
        "INSERT INTO provisioning_events (tenant_id, id, at, action, outcome, resource_id, subject, subject_key, token_id,
             integration_id, correlation_id, notes)
         {numbers} SELECT '{}', '019' || {text}, i, CASE WHEN i % 1000 = 0 THEN 'deleted' ELSE 'updated' END,
             CASE WHEN i % 500 = 0 THEN 'failure' ELSE 'success' END, 'e' || (i % 100), 'n' || (i % 100),
             'name' || (i % 100), 't' || (i % 5000), 'i' || (i % 5000), 'c' || i, '[]' FROM n",
        world.tenant
    );
    world.raw(&sql).await.expect("events");
    world
}

async fn a_page_is_found_by_an_index(engine: Engine) {
    let world = with_many(engine).await;
    let all = Filter::default();
    let text = |text: &str| Some(text.to_owned());
    for analyzed in [false, true] {
        if analyzed {
            world.raw("ANALYZE").await.expect("analyzed");
        }
        for filter in [
            all.clone(),
            Filter { outcomes: vec![Outcome::Failure, Outcome::Refused], ..all.clone() },
            Filter { action: Some(Action::Deleted), ..all.clone() },
            Filter { resource: text("e7"), ..all.clone() },
            Filter { correlation: text("c77"), ..all.clone() },
            Filter { token: Some(TokenId("t7".to_owned())), ..all.clone() },
            Filter { integration: Some(IntegrationId("i7".to_owned())), ..all.clone() },
            Filter { search: text("name7"), ..all.clone() },
        ] {
            for place in [Place::Newest, Place::Before("0195".to_owned())] {
                let mut reader = world.store.read().await.expect("a reader");
                let plan = events::plan(&mut reader.conn(), &world.tenant, &filter, &place).await.join("\n");
                let scans = match engine {
                    Engine::Sqlite => plan.contains("SCAN provisioning_events"),
                    Engine::Postgres => plan.contains("Seq Scan on provisioning_events"),
                };
                assert!(!scans, "{filter:?} {place:?} (analyzed: {analyzed})\n{plan}");
                let sorts_all = filter.search.is_none() && filter.outcomes.is_empty() && plan.contains("TEMP B-TREE");
                assert!(!sorts_all, "{filter:?} {place:?} (analyzed: {analyzed})\n{plan}");
            }
        }
    }
}
