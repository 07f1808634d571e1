//! PostgreSQL alone: what its planner knows of tables that grow, and of statements that come again and again.

use std::time::Duration;

use futures::future::join_all;
use scim::ResourceKind;
use store::{Page, Place, Query, employees};

use super::hires::hire;
use super::{Engine, World, insert};
use crate::plans::condition;
use crate::support::number;

/// How many employees the planner believes there are; -1 before it ever looked.
async fn believed(world: &World) -> i64 {
    world.number("SELECT reltuples::bigint FROM pg_class WHERE oid = 'employees'::regclass").await
}

/// PostgreSQL itself looks once a minute: until then it was seen to look each person up by reading the whole company.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_company_that_arrives_is_known_at_once() {
    let world = World::new(Engine::Postgres).await;
    // It stays out of this.
    world.raw("ALTER TABLE employees SET (autovacuum_enabled = false)").await.expect("told");
    assert_eq!(believed(&world).await, -1);
    for round in 0..40 {
        work!(world, |conn| {
            for number in 0..20 {
                insert(conn, &world, &format!("{round}-{number}")).await?;
            }
            Ok(())
        })
        .expect("added");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let known = believed(&world).await;
    assert!(known >= 100, "{known} of 800");
}

/// Who is not added counts for nothing: a directory that sends the same people again and again has no table analyzed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn those_who_are_refused_change_nothing() {
    let world = World::new(Engine::Postgres).await;
    let analyzed = "SELECT coalesce(sum(analyze_count), 0)::bigint FROM pg_stat_user_tables";
    for round in 0..150 {
        let hires = (0..4).map(|number| hire(&world, &format!("{round}-{number}"), &format!("name-{number}")));
        let outcomes = join_all(hires.map(|hire| world.store.hire(hire))).await;
        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), if round == 0 { 4 } else { 0 });
    }
    tokio::time::sleep(Duration::from_millis(1500)).await;
    assert_eq!(world.number(analyzed).await, 0);
    // Those who are added are known soon, though PostgreSQL counts what was written only once a second.
    for number in 0..150 {
        world.store.hire(hire(&world, &format!("new-{number}"), &format!("new-{number}"))).await.expect("added");
    }
    for _ in 0..50 {
        if believed(&world).await >= 50 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("{} of 154", believed(&world).await);
}

/// A match query takes less time than to plan it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_match_query_is_planned_once() {
    let world = World::new(Engine::Postgres).await;
    world.crowd(500).await;
    world.raw("ANALYZE").await.expect("analyzed");
    let query = |name: &str| Query {
        condition: Some(condition(ResourceKind::User, &format!(r#"userName eq "{name}""#))),
        sort: None,
        place: Place::Index(1),
        count: 100,
    };
    let mut reader = world.store.read().await.expect("a reader");
    let conn = &mut reader.conn();
    for person in 0..50 {
        let page: Page<_> =
            employees::query(conn, &world.tenant, &query(&format!("e{person:06}")), None).await.expect("read");
        assert_eq!(page.total, 1);
    }
    let planned = number(
        conn,
        "SELECT sum(custom_plans)::bigint FROM pg_prepared_statements WHERE statement LIKE '%user_name_key = %'",
    );
    let planned = planned.await.expect("counted");
    assert!(planned < 10, "{planned} plans for 50 queries");
}
