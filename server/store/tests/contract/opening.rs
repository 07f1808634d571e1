//! Opening a database that cannot be opened: one clear error, soon.

use std::str::FromStr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use sqlx::{Connection, SqliteConnection};
use store::testing::{Engine, POSTGRES_VARIABLE, TemporaryFolder, TestDatabase};
use store::{DatabaseUrl, Store, StoreError, SystemClock, SystemRandom};

use crate::support::World;

on_both_engines!(
    a_database_is_found_again_as_it_was_left,
    a_database_that_a_newer_version_added_to_is_worked_on,
    a_database_that_a_newer_version_took_from_is_left_alone,
    many_may_open_a_new_one_at_once,
);

/// What is said to who started the program, the causes after the error itself.
async fn refusal(url: &str) -> String {
    let began = Instant::now();
    let address = DatabaseUrl::from_str(url).expect("a valid address");
    let Err(error) = Store::open(&address, Arc::new(SystemClock), Arc::new(SystemRandom)).await else {
        panic!("{url} was opened")
    };
    assert!(began.elapsed() < Duration::from_secs(5), "{url}: {:?}", began.elapsed());
    let StoreError::CannotOpen { url: shown, source } = &error else { panic!("{url}: {error:?}") };
    assert!(!shown.contains("hunter2"), "{shown}");
    format!("{error}: {source}")
}

#[tokio::test]
async fn files_that_are_no_database_are_named() {
    let folder = TemporaryFolder::new();
    let at = |name: &str| folder.path().join(name).display().to_string();
    std::fs::create_dir(at("folder")).expect("a folder");
    std::fs::write(at("text.db"), "This is a text, and longer than SQLite's header is. ".repeat(40)).expect("a file");
    let in_a_file = format!("{}/spaceiq.db", at("text.db"));
    for (path, why) in [
        (at("folder"), "unable to open database file"),
        (at("text.db"), "file is not a database"),
        (in_a_file, "exists"),
        ("/proc/spaceiq/spaceiq.db".to_owned(), "No such file"),
    ] {
        let said = refusal(&format!("sqlite:{path}")).await;
        assert!(said.contains(&path) && said.contains(why), "{said}");
    }
    let text = std::fs::read_to_string(at("text.db")).expect("still there");
    assert!(text.starts_with("This is a text"), "it was not written to");
}

#[tokio::test]
async fn a_file_that_is_cut_short_is_named() {
    let world = World::new(Engine::Sqlite).await;
    let file = world.database.folder().join("spaceiq.db");
    let cut = world.database.folder().join("cut.db");
    // What is still in the write-ahead log goes into the file.
    let mut other = SqliteConnection::connect(&format!("sqlite:{}", file.display())).await.expect("opened");
    sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&mut other).await.expect("folded back");
    let bytes = std::fs::read(&file).expect("readable");
    std::fs::write(&cut, &bytes[..bytes.len() / 3]).expect("written");
    let said = refusal(&format!("sqlite:{}", cut.display())).await;
    assert!(said.contains("malformed") || said.contains("disk I/O error"), "{said}");
}

#[tokio::test]
async fn servers_that_do_not_answer_are_named() {
    let listening = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let silent = listening.local_addr().expect("an address").port();
    let closed = {
        let port = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        port.local_addr().expect("an address").port()
    };
    for (url, why) in [
        (format!("postgres://admin:hunter2@127.0.0.1:{closed}/spaceiq"), "refused"),
        (format!("postgres://admin:hunter2@127.0.0.1:{silent}/spaceiq"), "did not answer within 3 s"),
        ("postgres://admin:hunter2@nowhere.invalid/spaceiq".to_owned(), "nowhere.invalid"),
    ] {
        let said = refusal(&url).await;
        assert!(said.contains(why), "{said}");
    }
}

#[tokio::test]
async fn a_postgres_that_refuses_says_why() {
    let server = std::env::var(POSTGRES_VARIABLE).expect("a PostgreSQL for tests");
    let (base, _) = server.rsplit_once('/').expect("an address with a database");
    let said = refusal(&format!("{base}/no_such_database")).await;
    assert!(said.contains("\"no_such_database\" does not exist"), "{said}");
    let (_, host) = base.rsplit_once('@').expect("an address with a user");
    let said = refusal(&format!("postgres://no_such_user:hunter2@{host}/postgres")).await;
    assert!(said.contains("no_such_user"), "{said}");
}

async fn a_database_is_found_again_as_it_was_left(engine: Engine) {
    let world = World::new(engine).await;
    world.hire("ada").await;
    let (store, _) = world.database.open().await;
    let again = World { store, ..world.clone() };
    assert!(read!(again, |conn| store::employees::get(conn, &again.tenant, "ada")).is_some());
    again.hire("bob").await;
    assert!(read!(world, |conn| store::employees::get(conn, &world.tenant, "bob")).is_some(), "two may write");
}

async fn a_database_that_a_newer_version_added_to_is_worked_on(engine: Engine) {
    let world = World::new(engine).await;
    let found = |world: World, id: &'static str| async move {
        read!(world, |conn| store::employees::get(conn, &world.tenant, id)).is_some()
    };
    world.hire("ada").await;
    assert!(found(world.clone(), "ada").await);
    world.database.expand().await;
    let (store, _) = world.database.open().await;
    let again = World { store, ..world.clone() };
    again.hire("bob").await;
    assert!(
        found(again, "ada").await && found(world.clone(), "bob").await,
        "also by whoever prepared statements before"
    );
    world.hire("eve").await;
}

async fn a_database_that_a_newer_version_took_from_is_left_alone(engine: Engine) {
    let world = World::new(engine).await;
    world.database.expand().await;
    world.raw("UPDATE _sqlx_migrations SET description = 'contract names' WHERE version = 9000").await.expect("marked");
    let said = refusal(&world.database.url).await;
    assert!(said.contains("a newer version of this program took away what this one needs (migration 9000)"), "{said}");
}

async fn many_may_open_a_new_one_at_once(engine: Engine) {
    let database = Arc::new(TestDatabase::create(engine).await);
    let opening: Vec<_> = (0..6)
        .map(|_| {
            let database = database.clone();
            tokio::spawn(async move { database.open().await.0.ping().await })
        })
        .collect();
    for one in opening {
        one.await.expect("no panic").expect("open");
    }
}
