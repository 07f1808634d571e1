use store::events::{self, Action, Broken};
use store::groups::Moved;
use store::testing::Engine;
use time::Duration;

use super::{Told, write};
use crate::support::World;

on_both_engines!(
    a_whole_log_is_whole,
    every_tampering_is_named,
    what_is_missing_is_missed,
    writes_at_once_do_not_wait_for_one_chain
);

async fn first_broken(world: &World) -> Option<Broken> {
    read!(world, |conn| events::first_broken(conn, &world.tenant))
}

/// A company with six events.
async fn with_events(engine: Engine) -> (World, Vec<String>) {
    let world = World::new(engine).await;
    let mut ids = Vec::new();
    for number in 1..=6 {
        ids.push(
            write(&world, Told::of(Action::Created, &format!("e{number}"), &format!("n{number}")))
                .await
                .expect("written"),
        );
        world.clock.advance(Duration::seconds(1));
    }
    (world, ids)
}

async fn a_whole_log_is_whole(engine: Engine) {
    let (world, _) = with_events(engine).await;
    assert_eq!(first_broken(&world).await, None);
    let neighbour = world.neighbour().await;
    assert_eq!(first_broken(&neighbour).await, None, "an empty one too");
    write(&neighbour, Told::of(Action::Created, "e", "theirs")).await.expect("written");
    assert_eq!((first_broken(&world).await, first_broken(&neighbour).await), (None, None));
}

async fn every_tampering_is_named(engine: Engine) {
    let (world, ids) = with_events(engine).await;
    let id = &ids[3];
    let kept = format!("CREATE TABLE kept AS SELECT * FROM provisioning_events WHERE id = '{id}'");
    world.raw(&kept).await.expect("a copy");
    for change in [
        "at = at + 1",
        "action = 'deleted'",
        "outcome = 'failure'",
        "status = 500",
        "scim_type = ''",
        "resource_type = 'Group'",
        "resource_id = 'other'",
        "subject = 'Mallory'",
        "subject_key = 'mallory'",
        "token_id = NULL",
        "integration_id = ''",
        "last_four = 'abcd'",
        "address = '::1'",
        "client = 'x'",
        "correlation_id = 'x'",
        "method = 'PUT'",
        "path = '/'",
        "duration_us = 1",
        "repeats = 2",
        "members_added = 0",
        "members_removed = 0",
        "detail = 'x'",
        "size = 1",
        "notes = '[]'",
        "before = '{}'",
        "after = '{}'",
        "request = '{}'",
        "request_size = 1",
        "response = '{}'",
        "response_size = 1",
    ] {
        world.raw(&format!("UPDATE provisioning_events SET {change} WHERE id = '{id}'")).await.expect("tampered");
        let Some(Broken::Changed { id: named, .. }) = first_broken(&world).await else { panic!("{change}") };
        assert_eq!(&named, id, "{change}");
        world.raw(&format!("DELETE FROM provisioning_events WHERE id = '{id}'")).await.expect("removed");
        world.raw("INSERT INTO provisioning_events SELECT * FROM kept").await.expect("put back");
        assert_eq!(first_broken(&world).await, None, "{change}");
    }
    // Whoever gives the changed row a hash that is right again is betrayed by the one after it.
    let (world, ids) = with_events(engine).await;
    world
        .raw(&format!("UPDATE provisioning_events SET hash = (SELECT hash FROM provisioning_events WHERE id = '{}') WHERE id = '{}'", ids[0], ids[3]))
        .await
        .expect("tampered");
    assert!(matches!(first_broken(&world).await, Some(Broken::Changed { id, .. }) if id == ids[3]));
    // A row put in is no better than one changed.
    let (world, ids) = with_events(engine).await;
    world.raw(&format!("UPDATE provisioning_events SET seq = 5 WHERE id = '{}'", ids[1])).await.expect("tampered");
    assert!(first_broken(&world).await.is_some());
    world.raw("DELETE FROM event_chains").await.expect("tampered");
    assert!(matches!(first_broken(&world).await, Some(Broken::Changed { .. })), "a chain without an end");
}

async fn what_is_missing_is_missed(engine: Engine) {
    for (gone, before) in [(0, None), (2, Some(1)), (5, Some(4))] {
        let (world, ids) = with_events(engine).await;
        world.raw(&format!("DELETE FROM provisioning_events WHERE id = '{}'", ids[gone])).await.expect("removed");
        let after = before.map(|before: usize| ids[before].clone());
        assert_eq!(first_broken(&world).await, Some(Broken::Missing { count: 1, after }), "{gone}");
    }
    let (world, _) = with_events(engine).await;
    world.raw("DELETE FROM provisioning_events").await.expect("removed");
    assert_eq!(first_broken(&world).await, Some(Broken::Missing { count: 6, after: None }));
    // Moving the beginning does not help: the audit log knows of no removal.
    world.raw("UPDATE event_chains SET pruned_seq = seq, pruned_hash = hash").await.expect("tampered");
    assert_eq!(first_broken(&world).await, Some(Broken::Beginning));
}

async fn writes_at_once_do_not_wait_for_one_chain(engine: Engine) {
    let world = World::new(engine).await;
    let both = std::sync::Arc::new(tokio::sync::Barrier::new(2));
    let tasks: Vec<_> = (0..2)
        .map(|number: usize| {
            let (world, both) = (world.clone(), both.clone());
            tokio::spawn(async move {
                let world = &world;
                work!(world, |conn| {
                    let (exchange, notes) = (events::Exchange::default(), scim::Notes::default());
                    let event = events::NewEvent {
                        id: world.store.new_id(),
                        action: Action::Created,
                        outcome: events::Outcome::Success,
                        kind: None,
                        resource_id: None,
                        subject: &number.to_string(),
                        before: None,
                        after: None,
                        members: &Moved::default(),
                        notes: &notes,
                        exchange: &exchange,
                        repeats: 1,
                    };
                    events::record(conn, &world.context(), &event, world.store.now()).await?;
                    // Both have written and neither has committed: with one chain, PostgreSQL would make one wait for ever.
                    if engine == Engine::Postgres {
                        both.wait().await;
                    }
                    Ok(())
                })
            })
        })
        .collect();
    for task in tasks {
        task.await.expect("no panic").expect("written");
    }
    let chains = if engine == Engine::Postgres { 2 } else { 1 };
    assert_eq!(world.number("SELECT count(*) FROM event_chains").await, chains);
    for number in 0..40 {
        write(&world, Told::of(Action::Created, "e", &number.to_string())).await.expect("written");
    }
    assert_eq!(world.number("SELECT count(*) FROM event_chains").await, chains, "free ones are used again");
    assert_eq!(first_broken(&world).await, None);
}
