use store::events::{self, Action, Limits};
use store::testing::Engine;
use store::{StoreError, audit};
use time::Duration;

use super::{Told, write};
use crate::support::World;

on_both_engines!(the_oldest_go_by_age, the_oldest_go_by_size, what_is_pruned_is_not_tampering);

async fn prune(world: &World, limits: Limits) -> bool {
    let pruned: Result<bool, StoreError> =
        work!(world, |conn| events::prune(conn, &world.tenant, limits, world.store.now()).await);
    pruned.expect("pruned")
}

/// An event a day.
async fn with_days(engine: Engine, days: i64) -> World {
    let world = World::new(engine).await;
    for day in 0..days {
        write(&world, Told::of(Action::Created, "e", &format!("day {day}"))).await.expect("written");
        world.clock.advance(Duration::days(1));
    }
    world
}

async fn count(world: &World) -> i64 {
    world.number("SELECT count(*) FROM provisioning_events").await
}

async fn the_oldest_go_by_age(engine: Engine) {
    let world = with_days(engine, 10).await;
    let neighbour = world.neighbour().await;
    write(&neighbour, Told::of(Action::Created, "e", "theirs")).await.expect("written");
    world.clock.advance(Duration::hours(14));
    assert!(!prune(&world, Limits::default()).await);
    assert_eq!(count(&world).await, 11);
    let limits = Limits { age: Some(Duration::days(3)), size: None };
    assert!(!prune(&world, limits).await);
    assert_eq!(count(&world).await, 4, "whole days are kept; the neighbour's too");
    assert!(!prune(&world, limits).await);
    assert_eq!(count(&world).await, 4);
    assert_eq!(world.number("SELECT count(*) FROM audit_events").await, 1, "nothing to do is nothing to tell");
    let all = Limits { age: Some(Duration::days(-2)), size: None };
    assert!(prune(&world, all).await, "there may be others");
    assert!(!prune(&world, all).await);
    assert_eq!(count(&world).await, 1);
}

async fn the_oldest_go_by_size(engine: Engine) {
    let world = with_days(engine, 10).await;
    let size = world.number("SELECT CAST(sum(size) AS BIGINT) FROM event_chains").await;
    assert_eq!(world.number("SELECT CAST(sum(size) AS BIGINT) FROM provisioning_events").await, size);
    prune(&world, Limits { age: None, size: Some(size / 2) }).await;
    assert_eq!(count(&world).await, 5);
    let left = world.number("SELECT CAST(sum(size) AS BIGINT) FROM event_chains").await;
    assert_eq!(world.number("SELECT CAST(sum(size) AS BIGINT) FROM provisioning_events").await, left);
    assert_eq!(world.number("SELECT count(*) FROM provisioning_events WHERE subject = 'day 4'").await, 0);
    assert_eq!(world.number("SELECT count(*) FROM provisioning_events WHERE subject = 'day 5'").await, 1);
}

async fn what_is_pruned_is_not_tampering(engine: Engine) {
    let world = with_days(engine, 10).await;
    for days in [6, 3] {
        prune(&world, Limits { age: Some(Duration::days(days)), size: None }).await;
        assert_eq!(read!(world, |conn| events::first_broken(conn, &world.tenant)), None);
        assert_eq!(read!(world, |conn| audit::first_broken(conn, &world.tenant)), None);
    }
    write(&world, Told::of(Action::Created, "e", "after")).await.expect("written");
    assert_eq!(read!(world, |conn| events::first_broken(conn, &world.tenant)), None);
    world.raw("DELETE FROM provisioning_events WHERE subject = 'day 7'").await.expect("removed");
    assert!(read!(world, |conn| events::first_broken(conn, &world.tenant)).is_some(), "the rest is still watched");
}
