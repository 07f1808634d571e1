//! SQLite alone: what is committed reaches the database file while the writer goes on.

use std::time::Duration;

use sqlx::{Connection, SqliteConnection};
use store::testing::Engine;

use crate::support::World;

/// Pages of the write-ahead log, and how many of them are in the file.
async fn log_of(world: &World) -> (i64, i64) {
    let file = world.database.folder().join("spaceiq.db");
    let mut other = SqliteConnection::connect(&format!("sqlite:{}", file.display())).await.expect("opened");
    let (_, pages, moved): (i64, i64, i64) =
        sqlx::query_as("PRAGMA wal_checkpoint(NOOP)").fetch_one(&mut other).await.expect("counted");
    other.close().await.expect("closed");
    (pages, moved)
}

/// Writes so many pages in one commit.
async fn write_pages(world: &World, pages: usize) {
    let name = format!("UPDATE tenants SET name = hex(zeroblob({}))", pages * 4096 / 2);
    world.raw(&name).await.expect("written");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_long_log_is_moved_beside_the_writer() {
    let world = World::new(Engine::Sqlite).await;
    write_pages(&world, 1_000).await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    let (pages, moved) = log_of(&world).await;
    assert!(pages > 1_000 && moved == 0, "a short log stays: {moved} of {pages}");
    // More than is left lying, and less than the writer itself would move.
    write_pages(&world, 9_000).await;
    for patience in 0.. {
        let (pages, moved) = log_of(&world).await;
        if moved > 9_000 && moved == pages {
            break;
        }
        assert!(patience < 100, "{moved} of {pages}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_log_does_not_grow_for_ever() {
    let world = World::new(Engine::Sqlite).await;
    for _ in 0..16 {
        write_pages(&world, 5_000).await;
    }
    let log = std::fs::metadata(world.database.folder().join("spaceiq.db-wal")).expect("a log").len();
    // 80,000 pages were written. The writer passes a chance by while the other one is at work.
    assert!(log < 45_000 * 4_200, "{log} bytes");
}
