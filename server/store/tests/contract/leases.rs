//! One holder at a time, on both engines.

use store::leases;
use store::testing::Engine;
use time::Duration;

use crate::support::World;

on_both_engines!(one_holds_a_lease_until_it_ends, of_many_at_once_one_gets_it);

async fn takes(world: &World, name: &'static str, holder: String) -> bool {
    let now = world.store.now();
    work!(world, |conn| leases::take(conn, name, &holder, now, Duration::minutes(5)).await).expect("asked")
}

async fn one_holds_a_lease_until_it_ends(engine: Engine) {
    let world = World::new(engine).await;
    assert!(takes(&world, "purge", "one".to_owned()).await);
    assert!(!takes(&world, "purge", "two".to_owned()).await);
    assert!(takes(&world, "other", "two".to_owned()).await, "another one is free");
    world.clock.advance(Duration::minutes(4));
    assert!(takes(&world, "purge", "one".to_owned()).await, "its holder renews it");
    world.clock.advance(Duration::minutes(4));
    assert!(!takes(&world, "purge", "two".to_owned()).await);
    world.clock.advance(Duration::minutes(1));
    assert!(takes(&world, "purge", "two".to_owned()).await, "it ended");
    assert!(!takes(&world, "purge", "one".to_owned()).await);
    work!(world, |conn| leases::release(conn, "two").await).expect("given back");
    assert!(takes(&world, "purge", "one".to_owned()).await);
}

async fn of_many_at_once_one_gets_it(engine: Engine) {
    let world = World::new(engine).await;
    let all = (0..12).map(|holder| {
        let world = world.clone();
        tokio::spawn(async move { takes(&world, "purge", holder.to_string()).await })
    });
    let mut got = 0;
    for one in all.collect::<Vec<_>>() {
        got += usize::from(one.await.expect("no panic"));
    }
    assert_eq!(got, 1);
}
