//! The one door for writes.

mod checkpoints;
mod hires;
mod postgres_connections;
mod sqlite_writer;
mod statistics;

use std::time::Duration;

use futures::FutureExt;
use futures::future::join_all;
use scim::Schemas;
use serde_json::json;
use sqlx::{Connection, SqliteConnection};
use store::testing::Engine;
use store::{Conn, StoreError, employees};
use tokio::sync::oneshot;

use crate::support::{World, raw};

on_both_engines!(
    what_fails_leaves_nothing_and_takes_nobody_with_it,
    a_panic_stores_nothing_and_the_door_stays_open,
    work_is_whole_even_when_nobody_waits_for_it,
    many_writers_lose_nothing,
    a_commit_that_fails_is_no_success,
    readers_do_not_see_what_is_not_committed,
    readers_run_out_and_come_back,
);

async fn insert(conn: &mut Conn<'_>, world: &World, id: &str) -> Result<(), StoreError> {
    let employee = world.employee(id, json!({ "userName": id }));
    employees::insert(conn, &world.tenant, &employee, Schemas::standard()).await
}

async fn stored(world: &World) -> u64 {
    read!(world, |conn| employees::count(conn, &world.tenant, None))
}

/// What one piece of work of a batch does.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Does {
    Store,
    FailAfterStoring,
    PanicAfterStoring,
}

/// Runs two while work before them holds the door: on SQLite what they pass through it shares a commit.
async fn behind_closed_door<A, B>(
    world: &World,
    first: impl Future<Output = A>,
    second: impl Future<Output = B>,
) -> (A, B) {
    let (open, opened) = oneshot::channel::<()>();
    let holds = async {
        work!(world, |conn| {
            let _ = conn;
            let _ = opened.await;
            Ok(())
        })
    };
    // Polled in this order, so the door opens when all wait.
    let open = async { open.send(()).expect("the door is held") };
    let (_, first, second, ()) = futures::join!(holds, Box::pin(first), Box::pin(second), open);
    (first, second)
}

/// Passes all through the door at once.
async fn at_once(world: &World, batch: &[Does]) -> Vec<Result<(), StoreError>> {
    let jobs = batch.iter().enumerate().map(|(number, &does)| async move {
        work!(world, |conn| {
            insert(conn, &world, &format!("first-{number}")).await?;
            insert(conn, &world, &format!("second-{number}")).await?;
            match does {
                Does::Store => Ok(()),
                Does::FailAfterStoring => Err(StoreError::Stale),
                Does::PanicAfterStoring => panic!("a panic that a test asked for"),
            }
        })
    });
    behind_closed_door(world, join_all(jobs), async {}).await.0
}

async fn what_fails_leaves_nothing_and_takes_nobody_with_it(engine: Engine) {
    let world = World::new(engine).await;
    let batch: Vec<_> =
        (0..40).map(|number| if number % 3 == 1 { Does::FailAfterStoring } else { Does::Store }).collect();
    let outcomes = at_once(&world, &batch).await;
    for (outcome, does) in outcomes.iter().zip(&batch) {
        match does {
            Does::Store => assert!(outcome.is_ok(), "{outcome:?}"),
            _ => assert!(matches!(outcome, Err(StoreError::Stale)), "{outcome:?}"),
        }
    }
    for (number, does) in batch.iter().enumerate() {
        for which in ["first", "second"] {
            let id = format!("{which}-{number}");
            let found = read!(world, |conn| employees::get(conn, &world.tenant, &id));
            assert_eq!(found.is_some(), *does == Does::Store, "{id}");
        }
    }
}

async fn a_panic_stores_nothing_and_the_door_stays_open(engine: Engine) {
    let world = World::new(engine).await;
    let outcomes = at_once(&world, &[Does::Store, Does::PanicAfterStoring, Does::Store]).await;
    assert!(outcomes[0].is_ok() && outcomes[2].is_ok(), "{outcomes:?}");
    assert!(matches!(outcomes[1], Err(StoreError::Panicked)), "{outcomes:?}");
    assert_eq!(stored(&world).await, 4);
    world.hire("later").await;
    assert_eq!(stored(&world).await, 5);
}

async fn work_is_whole_even_when_nobody_waits_for_it(engine: Engine) {
    let world = World::new(engine).await;
    let (began, has_begun) = oneshot::channel::<()>();
    let (go, goes_on) = oneshot::channel::<()>();
    let abandoned = {
        let world = world.clone();
        tokio::spawn(async move {
            work!(world, |conn| {
                insert(conn, &world, "one").await?;
                let _ = began.send(());
                let _ = goes_on.await;
                insert(conn, &world, "two").await
            })
        })
    };
    has_begun.await.expect("the work has begun");
    abandoned.abort();
    assert!(abandoned.await.expect_err("aborted").is_cancelled());
    // On PostgreSQL the work went with its task, and nobody listens any more.
    let _ = go.send(());
    world.hire("three").await;
    let wanted = match engine {
        Engine::Sqlite => 3,
        Engine::Postgres => 1,
    };
    assert_eq!(stored(&world).await, wanted);
}

async fn many_writers_lose_nothing(engine: Engine) {
    let world = World::new(engine).await;
    let writers: Vec<_> = (0..48)
        .map(|writer| {
            let world = world.clone();
            tokio::spawn(async move {
                for number in 0..20 {
                    let id = format!("{writer}-{number}");
                    work!(world, |conn| insert(conn, &world, &id).await).expect("stored");
                    assert!(
                        read!(world, |conn| employees::get(conn, &world.tenant, &format!("{writer}-{number}")))
                            .is_some(),
                        "answered after the commit"
                    );
                }
            })
        })
        .collect();
    for writer in writers {
        writer.await.expect("no panic");
    }
    assert_eq!(stored(&world).await, 48 * 20);
}

/// A session of nobody, whose foreign key is only looked at when the transaction is committed.
async fn store_what_cannot_be_committed(conn: &mut Conn<'_>, world: &World) -> Result<(), StoreError> {
    if let Conn::Sqlite(_) = conn {
        raw(conn, "PRAGMA defer_foreign_keys = ON").await?;
    }
    let sql = format!(
        "INSERT INTO sessions (tenant_id, id_hash, account_id, data, expires_at) VALUES ('{}', {}, 'nobody', '{{}}', 0)",
        world.tenant,
        if matches!(conn, Conn::Sqlite(_)) { "x'00'" } else { "'\\x00'" }
    );
    raw(conn, &sql).await.map(|_| ())
}

async fn a_commit_that_fails_is_no_success(engine: Engine) {
    let world = World::new(engine).await;
    if engine == Engine::Postgres {
        let foreign_key = "sessions_tenant_id_account_id_fkey";
        let defer = format!("ALTER TABLE sessions ALTER CONSTRAINT {foreign_key} DEFERRABLE INITIALLY DEFERRED");
        world.raw(&defer).await.expect("deferred");
    }
    let world = &world;
    let innocent = async { work!(world, |conn| insert(conn, &world, "innocent").await) };
    let fails = async { work!(world, |conn| store_what_cannot_be_committed(conn, &world).await) };
    let (innocent, fails) = Box::pin(behind_closed_door(world, innocent, fails)).await;
    assert!(matches!(fails, Err(StoreError::Unavailable(_))), "{fails:?}");
    // What shared the commit shares its fate, and is told so.
    assert_eq!(innocent.is_ok(), stored(world).await == 1, "{innocent:?}");
    assert!(innocent.is_ok() || matches!(innocent, Err(StoreError::Unavailable(_))), "{innocent:?}");
    world.hire("later").await;
    assert_eq!(world.number("SELECT count(*) FROM sessions").await, 0);
}

async fn readers_do_not_see_what_is_not_committed(engine: Engine) {
    let world = World::new(engine).await;
    let (began, has_begun) = oneshot::channel::<()>();
    let (go, goes_on) = oneshot::channel::<()>();
    let writing = {
        let world = world.clone();
        tokio::spawn(async move {
            work!(world, |conn| {
                insert(conn, &world, "one").await?;
                let _ = began.send(());
                let _ = goes_on.await;
                Ok(())
            })
        })
    };
    has_begun.await.expect("the work has begun");
    assert_eq!(stored(&world).await, 0);
    go.send(()).expect("it waits");
    writing.await.expect("no panic").expect("stored");
    assert_eq!(stored(&world).await, 1);
}

async fn readers_run_out_and_come_back(engine: Engine) {
    let world = World::new(engine).await;
    let mut taken = Vec::new();
    let refused = loop {
        match world.store.read().await {
            Ok(reader) => taken.push(reader),
            Err(error) => break error,
        }
        assert!(taken.len() < 100, "there is no limit");
    };
    assert!(matches!(refused, StoreError::Unavailable(_)), "{refused:?}");
    taken.pop();
    assert_eq!(stored(&world).await, 0);
}
