//! PostgreSQL alone: connections are cut from outside.

use super::{Engine, StoreError, World, insert, raw, stored};

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
