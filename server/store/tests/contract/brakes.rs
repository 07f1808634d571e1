//! An integration that disables or deletes too many at once.

use serde_json::json;
use store::brakes::{self, Brake, Decision, Departure, Limits, Outcome, Progress};
use store::testing::Engine;
use store::{audit, deleted_employees, employees};
use time::Duration;

use crate::support::{World, ids};

on_both_engines!(
    one_too_many_pulls_the_brake,
    few_never_matter,
    the_hour_slides,
    somebody_who_is_disabled_and_deleted_is_one,
    each_integration_counts_for_itself,
    what_arrived_since_the_last_count_counts,
    all_of_them_come_back,
    what_was_meant_so_stays,
    a_decision_is_made_once,
    what_waits_is_not_erased,
    parallel_departures_are_all_counted,
    old_departures_are_forgotten,
);

const LIMITS: Limits = Limits { percent: 20, least: 10 };

/// Disables or deletes somebody as the endpoint does. Says whether that pulled the brake.
async fn leave(world: &World, id: &str, deleted: bool) -> bool {
    let id = id.to_owned();
    work!(world, |conn| {
        if deleted {
            employees::delete(conn, &world.tenant, &id, world.store.now()).await?;
        } else if let Some(mut one) = employees::get_for_update(conn, &world.tenant, &id).await? {
            one.document = crate::support::document(json!({ "userName": id, "active": false }));
            one.version += 1;
            employees::update(conn, &world.tenant, &one, scim::Schemas::standard()).await?;
        }
        let departure =
            Departure { tenant: &world.tenant, integration: &world.integration, employee: &id, name: &id, deleted };
        brakes::note(conn, departure, LIMITS, &world.store.new_id(), world.store.now()).await
    })
    .expect("left")
}

async fn active(world: &World, ids: &[String]) {
    let ids = ids.to_vec();
    work!(world, |conn| {
        for id in ids {
            let one = world.employee(&id, json!({ "userName": id, "active": true }));
            employees::insert(conn, &world.tenant, &one, scim::Schemas::standard()).await?;
        }
        Ok(())
    })
    .expect("hired");
}

async fn open(world: &World) -> Vec<Brake> {
    read!(world, |conn| brakes::open(conn, &world.tenant))
}

/// A company of fifty, of which eleven are too many; the brake is pulled.
async fn pulled(world: &World) -> (Vec<String>, Brake) {
    let all = ids("e", 50);
    active(world, &all).await;
    for (number, id) in all.iter().take(11).enumerate() {
        assert_eq!(leave(world, id, number % 2 == 0).await, number == 10, "{number}");
    }
    let brake = open(world).await.pop().expect("a brake");
    (all, brake)
}

async fn decide(world: &World, brake: &str, decision: Decision) -> bool {
    let brake = brake.to_owned();
    work!(world, |conn| {
        brakes::decide(conn, (&world.tenant, &brake), decision, "ada@x.test", world.store.now()).await
    })
    .expect("an answer")
}

async fn restore(world: &World, brake: &str, at_once: usize) -> usize {
    for steps in 1.. {
        let brake = brake.to_owned();
        let store = world.store.clone();
        let step = work!(world, |conn| brakes::restore_some(conn, &world.tenant, &brake, at_once, &store).await)
            .expect("a step");
        if step == Progress::Done {
            return steps;
        }
    }
    unreachable!("it ends")
}

async fn one_too_many_pulls_the_brake(engine: Engine) {
    let world = World::new(engine).await;
    let (all, brake) = pulled(&world).await;
    assert_eq!((brake.employees, brake.departed, brake.concerned, brake.decided), (50, 11, 11, None));
    let (people, more) = read!(world, |conn| brakes::people(conn, &world.tenant, &brake.id, 0, 5));
    let names: Vec<_> = people.iter().map(|person| (person.name.as_str(), person.deleted)).collect();
    assert_eq!(
        names,
        [("e000000", true), ("e000001", false), ("e000002", true), ("e000003", false), ("e000004", true)]
    );
    assert!(more);
    let last = people.last().expect("somebody").seq;
    let (rest, more) = read!(world, |conn| brakes::people(conn, &world.tenant, &brake.id, last, 50));
    assert_eq!((rest.len(), more), (6, false));
    // Who leaves while it waits belongs to it, and nothing is pulled twice.
    assert!(!leave(&world, &all[20], true).await);
    assert_eq!(read!(world, |conn| brakes::count_of(conn, &world.tenant, &brake.id, 100)), 12);
    assert_eq!(
        open(&world).await.iter().map(|brake| (brake.departed, brake.concerned)).collect::<Vec<_>>(),
        [(11, 12)]
    );
    let acts = read!(world, |conn| audit::latest(conn, &world.tenant, 10));
    let pulls = acts.iter().filter(|(actor, action, subject)| {
        (actor.as_str(), action.as_str(), subject.as_str()) == ("system", "brake.pull", "azure")
    });
    assert_eq!(pulls.count(), 1);
}

async fn few_never_matter(engine: Engine) {
    let world = World::new(engine).await;
    let all = ids("e", 12);
    active(&world, &all).await;
    for id in &all[..9] {
        assert!(!leave(&world, id, true).await);
    }
    assert!(leave(&world, &all[9], true).await, "ten of twelve");
}

async fn the_hour_slides(engine: Engine) {
    let world = World::new(engine).await;
    let all = ids("e", 50);
    active(&world, &all).await;
    // One each six and a half minutes: never more than ten in an hour.
    for id in &all[..30] {
        assert!(!leave(&world, id, false).await, "{id}");
        world.clock.advance(Duration::seconds(390));
    }
    // Faster: the eleventh within the hour is one too many.
    world.clock.advance(Duration::hours(1));
    for id in &all[30..40] {
        assert!(!leave(&world, id, false).await, "{id}");
    }
    assert!(leave(&world, &all[40], false).await);
}

async fn somebody_who_is_disabled_and_deleted_is_one(engine: Engine) {
    let world = World::new(engine).await;
    let all = ids("e", 50);
    active(&world, &all).await;
    for id in &all[..10] {
        assert!(!leave(&world, id, false).await);
        assert!(!leave(&world, id, true).await);
    }
    assert!(leave(&world, &all[10], false).await);
    let brake = open(&world).await.pop().expect("a brake");
    let (people, _) = read!(world, |conn| brakes::people(conn, &world.tenant, &brake.id, 0, 50));
    assert_eq!(people.len(), 11);
    assert!(people[0].disabled && people[0].deleted && !people[10].deleted);
    decide(&world, &brake.id, Decision::Restore).await;
    restore(&world, &brake.id, 50).await;
    let back = read!(world, |conn| employees::get(conn, &world.tenant, &all[0])).expect("back");
    assert!(back.document.active(), "whoever was disabled first is active again");
}

async fn each_integration_counts_for_itself(engine: Engine) {
    let world = World::new(engine).await;
    let all = ids("e", 50);
    active(&world, &all).await;
    for id in &all[..10] {
        leave(&world, id, false).await;
    }
    let neighbour = world.neighbour().await;
    let others = ids("e", 50);
    active(&neighbour, &others).await;
    for id in &others[..10] {
        assert!(!leave(&neighbour, id, false).await);
    }
    assert!(leave(&neighbour, &others[10], false).await);
    assert_eq!(open(&world).await, []);
}

async fn what_arrived_since_the_last_count_counts(engine: Engine) {
    let world = World::new(engine).await;
    let all = ids("e", 200);
    active(&world, &all[..60]).await;
    for id in &all[..10] {
        assert!(!leave(&world, id, false).await, "ten of sixty");
    }
    active(&world, &all[60..]).await;
    for id in &all[10..40] {
        assert!(!leave(&world, id, false).await, "{id}: forty of two hundred are a fifth");
    }
    assert!(leave(&world, &all[40], false).await);
}

async fn all_of_them_come_back(engine: Engine) {
    let world = World::new(engine).await;
    let (all, brake) = pulled(&world).await;
    // One of them was created again meanwhile under the same name, with another id.
    let again = world.employee("again", json!({ "userName": all[0], "active": true }));
    work!(world, |conn| employees::insert(conn, &world.tenant, &again, scim::Schemas::standard()).await)
        .expect("hired");
    assert!(decide(&world, &brake.id, Decision::Restore).await);
    assert_eq!(read!(world, |conn| brakes::unfinished(conn)), [(world.tenant.clone(), brake.id.clone())]);
    assert!(restore(&world, &brake.id, 4).await > 1, "in several steps");
    for (number, id) in all[..11].iter().enumerate() {
        let employee = read!(world, |conn| employees::get(conn, &world.tenant, id));
        if number == 0 {
            assert_eq!(employee, None);
        } else {
            assert!(number % 2 == 0 || employee.is_some_and(|employee| employee.document.active()), "{id}");
        }
    }
    let (people, _) = read!(world, |conn| brakes::people(conn, &world.tenant, &brake.id, 0, 50));
    let outcomes: Vec<_> = people.iter().filter_map(|person| person.outcome).collect();
    assert_eq!(outcomes[0], Outcome::Taken);
    assert!(outcomes.len() == 11 && outcomes[1..].iter().all(|outcome| *outcome == Outcome::Restored));
    assert_eq!(open(&world).await, []);
    assert_eq!(restore(&world, &brake.id, 4).await, 1, "there is nothing left to do");
    // It counts anew: the next ten are no eleven.
    for id in &all[20..30] {
        assert!(!leave(&world, id, false).await);
    }
    assert!(leave(&world, &all[30], false).await);
}

async fn what_was_meant_so_stays(engine: Engine) {
    let world = World::new(engine).await;
    let (all, brake) = pulled(&world).await;
    assert!(decide(&world, &brake.id, Decision::Confirm).await);
    assert_eq!(open(&world).await, []);
    assert_eq!(read!(world, |conn| employees::get(conn, &world.tenant, &all[0])), None);
    let latest = read!(world, |conn| brakes::latest(conn, &world.tenant, &world.integration)).expect("it is told");
    assert_eq!(
        latest.decided.map(|(decision, _, by)| (decision, by)),
        Some((Decision::Confirm, "ada@x.test".to_owned()))
    );
}

async fn a_decision_is_made_once(engine: Engine) {
    let world = World::new(engine).await;
    let (_, brake) = pulled(&world).await;
    assert!(decide(&world, &brake.id, Decision::Confirm).await);
    assert!(!decide(&world, &brake.id, Decision::Restore).await);
    assert!(!decide(&world, "none", Decision::Restore).await);
}

async fn what_waits_is_not_erased(engine: Engine) {
    let world = World::new(engine).await;
    let (all, brake) = pulled(&world).await;
    world.clock.advance(Duration::days(60));
    let purge = async || {
        let world = &world;
        work!(world, |conn| {
            brakes::purge(conn, world.store.now(), deleted_employees::KEPT).await?;
            deleted_employees::purge(conn, world.store.now() - deleted_employees::KEPT, 100).await
        })
        .expect("purged");
    };
    purge().await;
    assert!(read!(world, |conn| deleted_employees::get(conn, &world.tenant, &all[0])).is_some(), "it waits");
    decide(&world, &brake.id, Decision::Confirm).await;
    purge().await;
    assert_eq!(read!(world, |conn| deleted_employees::get(conn, &world.tenant, &all[0])), None);
}

async fn parallel_departures_are_all_counted(engine: Engine) {
    let world = World::new(engine).await;
    let all = ids("e", 50);
    active(&world, &all).await;
    let tasks: Vec<_> = all[..20]
        .iter()
        .map(|id| {
            let (world, id) = (world.clone(), id.clone());
            tokio::spawn(async move { leave(&world, &id, false).await })
        })
        .collect();
    let mut pulls = 0;
    for task in tasks {
        pulls += usize::from(task.await.expect("no panic"));
    }
    let brake = open(&world).await.pop().expect("a brake");
    assert_eq!((pulls, brake.departed), (1, 11));
    assert_eq!(read!(world, |conn| brakes::count_of(conn, &world.tenant, &brake.id, 100)), 20);
}

async fn old_departures_are_forgotten(engine: Engine) {
    let world = World::new(engine).await;
    let all = ids("e", 50);
    active(&world, &all).await;
    leave(&world, &all[0], false).await;
    world.clock.advance(Duration::hours(1));
    leave(&world, &all[1], false).await;
    work!(world, |conn| brakes::purge(conn, world.store.now(), deleted_employees::KEPT).await).expect("purged");
    assert_eq!(world.number("SELECT count(*) FROM departures").await, 1);
}
