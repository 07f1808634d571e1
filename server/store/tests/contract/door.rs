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

/// SQLite alone: what its one writing connection can meet.
mod the_writer_of_sqlite {
    use super::{
        Connection, Duration, Engine, FutureExt, SqliteConnection, StoreError, World, behind_closed_door, insert,
        join_all, raw, stored,
    };

    /// Passes work through the door in one batch with an innocent's.
    async fn behind_an_innocent(
        world: &World,
        work: impl Future<Output = Result<(), StoreError>>,
    ) -> (Result<(), StoreError>, Result<(), StoreError>) {
        let innocent = async { work!(world, |conn| insert(conn, &world, "innocent").await) };
        behind_closed_door(world, innocent, work).await
    }

    /// The innocent was told the truth, nothing else is stored, and the door goes on.
    async fn is_sound(world: &World, innocent: &Result<(), StoreError>) {
        assert!(matches!(innocent, Ok(()) | Err(StoreError::Unavailable(_))), "{innocent:?}");
        assert_eq!(stored(world).await, u64::from(innocent.is_ok()));
        assert_eq!(world.number("SELECT count(*) FROM tenants").await, 1);
        world.hire("later").await;
        let mut reader = world.store.read().await.expect("a reader");
        let store::Conn::Sqlite(c) = reader.conn() else { unreachable!("SQLite was asked for") };
        let check: String = sqlx::query_scalar("PRAGMA integrity_check").fetch_one(c).await.expect("checked");
        assert_eq!(check, "ok");
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_full_disk_is_no_success() {
        // The first statement fails alone; after the second SQLite rolls the whole transaction back by itself.
        for (insert, whole) in [
            ("INSERT INTO tenants SELECT 't', hex(zeroblob(1000000)), 't', 0, 0, x''", false),
            ("INSERT INTO tenants VALUES ('t', hex(zeroblob(1000000)), 't', 0, 0, x'')", true),
        ] {
            for passes_it_on in [true, false] {
                let world = World::new(Engine::Sqlite).await;
                let fills = async {
                    let world = &world;
                    work!(world, |conn| {
                        // The file cannot grow any more.
                        raw(conn, "PRAGMA max_page_count = 1").await?;
                        let full = raw(conn, insert).await;
                        assert!(matches!(full, Err(StoreError::Unavailable(_))), "{full:?}");
                        if passes_it_on { full.map(|_| ()) } else { Ok(()) }
                    })
                };
                let (innocent, filled) = Box::pin(behind_an_innocent(&world, fills)).await;
                assert_eq!(filled.is_ok(), !whole && !passes_it_on, "{filled:?}");
                assert_eq!(innocent.is_err(), whole, "{innocent:?}");
                // The limit belongs to the connection; where that was not replaced, it is lifted.
                work!(world, |conn| raw(conn, "PRAGMA max_page_count = 1000000").await).expect("lifted");
                is_sound(&world, &innocent).await;
            }
        }
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_connection_that_broke_is_replaced() {
        let world = World::new(Engine::Sqlite).await;
        let breaks = async {
            work!(world, |conn| {
                let store::Conn::Sqlite(c) = conn else { unreachable!("SQLite was asked for") };
                // From now on every statement is interrupted, ROLLBACK too.
                c.lock_handle().await?.set_progress_handler(1, || false);
                Ok(())
            })
        };
        let (innocent, broken) = Box::pin(behind_an_innocent(&world, breaks)).await;
        assert!(matches!(broken, Err(StoreError::Unavailable(_))), "{broken:?}");
        is_sound(&world, &innocent).await;
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn another_program_that_holds_the_file_is_waited_for_and_then_named() {
        let world = World::new(Engine::Sqlite).await;
        let file = world.database.folder().join("spaceiq.db");
        let mut other = SqliteConnection::connect(&format!("sqlite:{}", file.display())).await.expect("opened");
        sqlx::query("BEGIN IMMEDIATE").execute(&mut other).await.expect("held");
        let waits = work!(world, |conn| insert(conn, &world, "waits").await);
        assert!(matches!(waits, Err(StoreError::Unavailable(_))), "{waits:?}");
        sqlx::query("ROLLBACK").execute(&mut other).await.expect("released");
        is_sound(&world, &waits).await;
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn what_was_queued_is_done_when_the_store_is_let_go() {
        let world = World::new(Engine::Sqlite).await;
        let jobs = join_all((0..20).map(|number| {
            let world = &world;
            async move { work!(world, |conn| insert(conn, &world, &format!("{number}")).await) }
        }));
        // Polled once, so that all is queued; then nobody waits.
        assert!(jobs.now_or_never().is_none());
        let (database, tenant) = (world.database.clone(), world.tenant.clone());
        drop(world);
        let found = tokio::time::timeout(Duration::from_secs(20), async {
            loop {
                let (store, _) = database.open().await;
                let mut reader = store.read().await.expect("a reader");
                let count = store::employees::count(&mut reader.conn(), &tenant, None).await.expect("counted");
                if count == 20 {
                    return count;
                }
            }
        });
        assert_eq!(found.await.expect("all of it"), 20);
    }
}

/// PostgreSQL alone: connections are cut from outside.
mod the_connections_of_postgres {
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
}
