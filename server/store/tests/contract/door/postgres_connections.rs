//! PostgreSQL alone: connections are cut from outside.

use std::time::{Duration, Instant};

use futures::future::join_all;
use store::employees;
use tokio::sync::oneshot;
use tokio::time::timeout;

use super::{Engine, StoreError, World, insert, raw, stored};
use crate::support::number;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_that_is_cut_stores_nothing_and_is_replaced() {
    let world = World::new(Engine::Postgres).await;
    let cut = work!(world, |conn| {
        insert(conn, &world, "one").await?;
        raw(conn, "SELECT pg_terminate_backend(pg_backend_pid())").await.map(|_| ())
    });
    assert!(matches!(cut, Err(StoreError::Unavailable(_))), "{cut:?}");
    assert_eq!(stored(&world).await, 0);
    world.hire("later").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn when_all_are_cut_the_next_request_is_served() {
    let world = World::new(Engine::Postgres).await;
    // Several idle connections in the pool, all of them cut but the one that cuts.
    let mut readers = Vec::new();
    for _ in 0..8 {
        readers.push(world.store.read().await.expect("a reader"));
    }
    drop(readers);
    let cut = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
               WHERE datname = current_database() AND pid <> pg_backend_pid()";
    assert!(world.number(cut).await >= 1);
    for number in 0..12 {
        world.hire(&format!("e{number}")).await;
    }
    assert_eq!(stored(&world).await, 12);
}

/// Who comes next gets answers to what was asked last, however the connection was left.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_that_nobody_waited_for_is_nobody_elses() {
    let world = World::new(Engine::Postgres).await;
    for _ in 0..3 {
        let mut reader = world.store.read().await.expect("a reader");
        let slow = "SELECT 4711::bigint FROM pg_sleep(0.2)";
        assert!(timeout(Duration::from_millis(50), number(&mut reader.conn(), slow)).await.is_err(), "too fast");
        drop(reader);
        for wanted in 1..20 {
            assert_eq!(world.number(&format!("SELECT {wanted}::bigint")).await, wanted);
        }
    }
}

/// A transaction that is abandoned lets go of its locks though the connection stays open.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn work_that_is_abandoned_holds_nothing() {
    let world = World::new(Engine::Postgres).await;
    world.hire("one").await;
    for _ in 0..20 {
        let abandoned = async {
            work!(world, |conn| {
                employees::get_for_update(conn, &world.tenant, "one").await?;
                raw(conn, "SELECT pg_sleep(0.1)").await
            })
        };
        assert!(timeout(Duration::from_millis(20), abandoned).await.is_err(), "too fast");
    }
    let (other_server, _) = world.database.open().await;
    let world = World { store: other_server, ..world };
    let locked = async { work!(world, |conn| employees::get_for_update(conn, &world.tenant, "one").await) };
    let found = timeout(Duration::from_secs(3), locked).await.expect("nobody holds it").expect("read");
    assert_eq!(found.map(|one| one.id).as_deref(), Some("one"));
}

/// What is given back at once is used again: a request after another needs one connection.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_after_another_they_share_a_connection() {
    let world = World::new(Engine::Postgres).await;
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..20 {
        let mut reader = world.store.read().await.expect("a reader");
        seen.insert(number(&mut reader.conn(), "SELECT pg_backend_pid()::bigint").await.expect("a process"));
        reader.give_back();
    }
    assert_eq!(seen.len(), 1, "{seen:?}");
}

/// Who waits for the same resource holds no connection: there are some left for everybody else.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_burst_of_changes_of_one_resource_leaves_connections_to_others() {
    let world = World::new(Engine::Postgres).await;
    world.hire("one").await;
    let (open, opened) = oneshot::channel::<()>();
    let holder = world.clone();
    let held = tokio::spawn(async move {
        let store = holder.store.clone();
        let work = store.write_to::<_, StoreError, _>("one", move |conn| {
            Box::pin(async move {
                employees::get_for_update(conn, &holder.tenant, "one").await?;
                let _ = opened.await;
                Ok(())
            })
        });
        work.await
    });
    tokio::task::yield_now().await;
    let changes: Vec<_> = (0..40)
        .map(|_| {
            let world = world.clone();
            tokio::spawn(async move {
                let store = world.store.clone();
                let work = store.write_to::<_, StoreError, _>("one", move |conn| {
                    Box::pin(async move {
                        employees::get_for_update(conn, &world.tenant, "one").await?;
                        raw(conn, "UPDATE employees SET version = version + 1 WHERE id = 'one'").await
                    })
                });
                work.await
            })
        })
        .collect();
    tokio::time::sleep(Duration::from_millis(200)).await;
    let started = Instant::now();
    world.hire("two").await;
    assert!(started.elapsed() < Duration::from_secs(2), "a connection was free");
    open.send(()).expect("it is held");
    held.await.expect("no panic").expect("done");
    for change in join_all(changes).await {
        assert_eq!(change.expect("no panic").expect("changed"), 1);
    }
    assert_eq!(world.number("SELECT version FROM employees WHERE id = 'one'").await, 41);
}

/// What is waited for in turn and what is waited for at the pool is one patience.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_turn_that_does_not_come_is_said_in_time() {
    let world = World::new(Engine::Postgres).await;
    let (open, opened) = oneshot::channel::<()>();
    let store = world.store.clone();
    let held = tokio::spawn(async move {
        let work = store.write_to::<(), StoreError, _>("one", move |_| {
            Box::pin(async move {
                let _ = opened.await;
                Ok(())
            })
        });
        work.await
    });
    tokio::time::sleep(Duration::from_millis(50)).await;
    let started = Instant::now();
    let waits = |_| world.store.write_to::<(), StoreError, _>("one", |_| Box::pin(async { Ok(()) }));
    let outcomes = join_all((0..3).map(waits)).await;
    assert!(outcomes.iter().all(|outcome| matches!(outcome, Err(StoreError::Unavailable(_)))), "{outcomes:?}");
    assert!(started.elapsed() < Duration::from_secs(4), "{:?}", started.elapsed());
    open.send(()).expect("it is held");
    held.await.expect("no panic").expect("done");
    waits(0).await.expect("nobody is at it any more");
}
