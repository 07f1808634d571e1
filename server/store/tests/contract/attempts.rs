//! Wrong passwords, and how long the next try has to wait.

use std::net::IpAddr;

use store::attempts::{self, Begun};
use store::testing::Engine;
use store::{Store, StoreError};
use time::Duration;

use crate::support::World;

on_both_engines!(
    after_five_wrong_tries_each_waits_longer,
    an_address_waits_after_twenty_whichever_accounts_it_tries,
    success_clears_the_account_and_not_the_address,
    many_at_once_are_counted_each,
    what_was_tried_is_not_stored_in_words,
);

async fn begin(store: &Store, email: &str, address: &str) -> Begun {
    let (email, address, now) = (email.to_owned(), address.parse::<IpAddr>().ok(), store.now());
    let begun: Result<Begun, StoreError> =
        store.write(move |conn| Box::pin(async move { attempts::begin(conn, &email, address, now).await })).await;
    begun.expect("stored")
}

/// A try that is wrong: how long it has to wait instead.
async fn fail(world: &World, email: &str, address: &str) -> Option<i64> {
    match begin(&world.store, email, address).await {
        Begun::Go(_) => None,
        Begun::Wait(seconds) => Some(seconds),
    }
}

async fn after_five_wrong_tries_each_waits_longer(engine: Engine) {
    let world = World::new(engine).await;
    for _ in 0..5 {
        assert_eq!(fail(&world, "ada@x.test", "").await, None);
    }
    assert_eq!(fail(&world, " ADA@x.test", "").await, Some(10), "however it is written");
    assert_eq!(fail(&world, "bob@x.test", "").await, None);
    for wait in [10, 20, 40, 80, 160, 320, 640, 900, 900] {
        world.clock.advance(Duration::milliseconds(500));
        assert_eq!(fail(&world, "ada@x.test", "").await, Some(wait), "half a second is rounded up");
        world.clock.advance(Duration::seconds(wait) - Duration::milliseconds(500));
        assert_eq!(fail(&world, "ada@x.test", "").await, None);
    }
    world.clock.advance(Duration::days(1) + Duration::seconds(1));
    for _ in 0..5 {
        assert_eq!(fail(&world, "ada@x.test", "").await, None, "a day later it is forgotten");
    }
    assert!(fail(&world, "ada@x.test", "").await.is_some());
    world.clock.advance(Duration::days(1) + Duration::seconds(1));
    work!(world, |conn| attempts::purge(conn, world.store.now()).await).expect("purged");
    assert_eq!(world.number("SELECT count(*) FROM password_attempts").await, 0);
}

async fn an_address_waits_after_twenty_whichever_accounts_it_tries(engine: Engine) {
    let world = World::new(engine).await;
    for number in 0..20 {
        assert_eq!(fail(&world, &format!("{number}@x.test"), "2001:db8::1").await, None);
    }
    let rows = world.number("SELECT count(*) FROM password_attempts").await;
    assert_eq!(fail(&world, "new@x.test", "2001:db8::2").await, Some(10), "the same network");
    assert_eq!(world.number("SELECT count(*) FROM password_attempts").await, rows, "names do not fill the database");
    assert_eq!(fail(&world, "new@x.test", "2001:db8:0:1::1").await, None);
    for number in 0..20 {
        assert_eq!(fail(&world, &format!("v4{number}@x.test"), "::ffff:203.0.113.9").await, None);
    }
    assert_eq!(fail(&world, "new@x.test", "203.0.113.9").await, Some(10), "the same address, written otherwise");
}

async fn success_clears_the_account_and_not_the_address(engine: Engine) {
    let world = World::new(engine).await;
    for _ in 0..4 {
        assert_eq!(fail(&world, "mine@x.test", "203.0.113.9").await, None);
    }
    let Begun::Go(right) = begin(&world.store, "mine@x.test", "203.0.113.9").await else { panic!("a fifth try") };
    work!(world, |conn| attempts::succeeded(conn, &right).await).expect("stored");
    for _ in 0..5 {
        assert_eq!(fail(&world, "mine@x.test", "").await, None);
    }
    for number in 0..16 {
        assert_eq!(fail(&world, &number.to_string(), "203.0.113.9").await, None);
    }
    assert_eq!(fail(&world, "other", "203.0.113.9").await, Some(10), "the four wrong ones still count");
}

async fn many_at_once_are_counted_each(engine: Engine) {
    let world = World::new(engine).await;
    // Another server on the same database.
    let (other, _) = world.database.open().await;
    let tries = (0..16).map(|number| {
        let store = if number % 2 == 0 { world.store.clone() } else { other.clone() };
        tokio::spawn(async move { matches!(begin(&store, "ada@x.test", "203.0.113.9").await, Begun::Go(_)) })
    });
    let mut taken = 0;
    for one in tries.collect::<Vec<_>>() {
        taken += usize::from(one.await.expect("no panic"));
    }
    assert_eq!(taken, 5);
}

async fn what_was_tried_is_not_stored_in_words(engine: Engine) {
    let world = World::new(engine).await;
    assert_eq!(fail(&world, "my secret in the wrong field", "203.0.113.9").await, None);
    assert_eq!(world.number("SELECT count(*) FROM password_attempts WHERE length(who) = 32").await, 2);
}
