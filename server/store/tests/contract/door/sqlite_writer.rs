//! SQLite alone: what its one writing connection can meet.

use super::{
    Connection, Duration, Engine, FutureExt, SqliteConnection, StoreError, World, behind_closed_door, insert, join_all,
    raw, stored,
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
        ("INSERT INTO tenants (id, name, name_key, created_at) SELECT 't', hex(zeroblob(1000000)), 't', 0", false),
        ("INSERT INTO tenants (id, name, name_key, created_at) VALUES ('t', hex(zeroblob(1000000)), 't', 0)", true),
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
