use store::setup_codes;
use store::testing::Engine;
use time::Duration;

use crate::accounts::open_account;
use crate::support::World;

on_both_engines!(a_code_works_once, of_many_at_once_one_wins, a_code_dies_with_the_first_account);

async fn add(world: &World, code: &'static str) {
    work!(world, |conn| { setup_codes::add(conn, code, world.store.now() + Duration::hours(1)).await })
        .expect("a code");
}

async fn consume(world: &World, code: &'static str) -> bool {
    work!(world, |conn| setup_codes::consume(conn, code, world.store.now()).await).expect("an answer")
}

async fn a_code_works_once(engine: Engine) {
    let world = World::new(engine).await;
    add(&world, "one").await;
    add(&world, "two").await;
    assert!(read!(world, |conn| setup_codes::is_valid(conn, "one", world.store.now())));
    assert!(!read!(world, |conn| setup_codes::is_valid(conn, "three", world.store.now())));
    assert!(!consume(&world, "three").await);
    assert!(consume(&world, "one").await);
    assert!(!consume(&world, "one").await);
    assert!(!consume(&world, "two").await, "the others go with it");
    add(&world, "late").await;
    world.clock.advance(Duration::hours(1));
    assert!(!read!(world, |conn| setup_codes::is_valid(conn, "late", world.store.now())));
    assert!(!consume(&world, "late").await);
    let twice = work!(world, |conn| setup_codes::add(conn, "late", world.store.now()).await);
    assert!(twice.is_err(), "the same code twice");
    assert_eq!(
        world.number("SELECT count(*) FROM setup_codes WHERE length(hash) = 32").await,
        1,
        "only a hash is kept"
    );
}

async fn of_many_at_once_one_wins(engine: Engine) {
    let world = World::new(engine).await;
    for _ in 0..10 {
        add(&world, "a").await;
        add(&world, "b").await;
        let attempts = (0..8).map(|number| {
            let world = world.clone();
            tokio::spawn(async move { consume(&world, if number % 2 == 0 { "a" } else { "b" }).await })
        });
        let mut winners = 0;
        for attempt in attempts.collect::<Vec<_>>() {
            winners += usize::from(attempt.await.expect("no panic"));
        }
        assert_eq!(winners, 1);
    }
}

async fn a_code_dies_with_the_first_account(engine: Engine) {
    let world = World::new(engine).await;
    add(&world, "one").await;
    open_account(&world, "ada@x.test").await.expect("an account");
    assert!(!read!(world, |conn| setup_codes::is_valid(conn, "one", world.store.now())));
    assert!(!consume(&world, "one").await);
}
