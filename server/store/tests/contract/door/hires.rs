//! People who are added by creations. Those who wait at the door at the same time are written together.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use futures::future::join_all;
use scim::{Notes, ResourceKind, Schemas};
use serde_json::json;
use sqlx::{AssertSqlSafe, Connection, SqliteConnection};
use store::employees::{self, Employee, Hire};
use store::events::{self, Action, Exchange, NewEvent, Outcome, PreparedEvent};
use store::groups::Moved;
use store::testing::Engine;
use store::{Conn, Store, StoreError};
use tokio::sync::oneshot;

use super::behind_closed_door;
use crate::support::World;

on_both_engines!(
    those_who_wait_are_all_added,
    who_cannot_be_added_takes_nobody_with_them,
    of_two_of_one_name_the_first_is_added,
    companies_do_not_mix,
    whose_event_cannot_be_written_is_not_added,
    they_are_written_as_by_any_other_work,
);

fn person(world: &World, id: &str, user_name: &str) -> Employee {
    world.employee(
        id,
        json!({
            "userName": user_name,
            "displayName": format!("Ada {id}"),
            "emails": [{ "value": format!("{id}@acme.test") }, { "value": "shared@acme.test" }],
        }),
    )
}

fn event_of(world: &World, employee: &Employee, event_id: String) -> PreparedEvent {
    let event = NewEvent {
        id: event_id,
        action: Action::Created,
        outcome: Outcome::Success,
        kind: Some(ResourceKind::User),
        resource_id: Some(&employee.id),
        subject: "somebody",
        before: None,
        after: Some(&employee.document),
        members: &Moved::default(),
        notes: &Notes::default(),
        exchange: &Exchange { status: Some(201), ..Exchange::default() },
        repeats: 1,
    };
    PreparedEvent::new(&world.context(), &event, world.store.now())
}

fn hire_of(world: &World, employee: Employee, event_id: String) -> Hire {
    let event = event_of(world, &employee, event_id);
    Hire::new(world.tenant.clone(), employee, Schemas::standard(), event)
}

pub(super) fn hire(world: &World, id: &str, user_name: &str) -> Hire {
    hire_of(world, person(world, id, user_name), world.store.new_id())
}

/// All of them wait before the door opens.
async fn at_once(world: &World, store: &Store, hires: Vec<Hire>) -> Vec<Result<(), StoreError>> {
    let waiting = hires.into_iter().map(|hire| async move { store.hire(hire).await });
    behind_closed_door(world, join_all(waiting), async {}).await.0
}

async fn assert_is_whole(world: &World, people: i64) {
    for (table, wanted) in [("employees", people), ("employee_emails", 2 * people), ("provisioning_events", people)] {
        let sql = format!("SELECT count(*) FROM {table} WHERE tenant_id = '{}'", world.tenant);
        assert_eq!(world.number(&sql).await, wanted, "{table}");
    }
    let unfound = "SELECT count(*) FROM employees e WHERE NOT EXISTS
        (SELECT 1 FROM employee_words w WHERE w.tenant_id = e.tenant_id AND w.employee_id = e.id AND w.word = 'ada')";
    assert_eq!(world.number(unfound).await, 0);
    let broken = read!(world, |conn| events::first_broken(conn, &world.tenant));
    assert_eq!(broken, None);
}

async fn those_who_wait_are_all_added(engine: Engine) {
    let world = World::new(engine).await;
    // More than are written by the same statements, twice: the second time there are events before them.
    for round in 0..2 {
        let ids: Vec<_> = (0..70).map(|number| format!("{round}-{number}")).collect();
        let hires = ids.iter().map(|id| hire(&world, id, id)).collect();
        let outcomes = at_once(&world, &world.store, hires).await;
        assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
        for id in ids {
            let found = read!(world, |conn| employees::get(conn, &world.tenant, &id));
            assert_eq!(found, Some(person(&world, &id, &id)));
        }
        assert_is_whole(&world, 70 * (round + 1)).await;
    }
}

/// One text out of the database.
async fn text(world: &World, sql: String) -> String {
    let mut reader = world.store.read().await.expect("a reader");
    let text: Option<String> = match reader.conn() {
        Conn::Sqlite(c) => sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(c).await.expect("a text"),
        Conn::Postgres(c) => sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(c).await.expect("a text"),
    };
    text.unwrap_or_default()
}

/// Every column of every row that creations write, as one text.
async fn written(engine: Engine, world: &World) -> String {
    let mut all = String::new();
    for table in ["employees", "employee_words", "employee_emails", "provisioning_events", "event_chains"] {
        let rows = match engine {
            Engine::Postgres => {
                format!("SELECT string_agg(t::text, chr(10) ORDER BY t::text COLLATE \"C\") FROM {table} t")
            }
            Engine::Sqlite => {
                let columns = format!(
                    "SELECT group_concat('quote(' || name || ')', '||'' ''||') FROM pragma_table_info('{table}')"
                );
                let columns = text(world, columns).await;
                format!("SELECT group_concat(row, char(10)) FROM (SELECT {columns} AS row FROM {table} ORDER BY 1)")
            }
        };
        all += &text(world, rows).await;
    }
    all
}

async fn they_are_written_as_by_any_other_work(engine: Engine) {
    let (one, other) = (World::new(engine).await, World::new(engine).await);
    let ids: Vec<String> = (0..5).map(|number| format!("id-{number}")).collect();
    let hires = ids.iter().map(|id| hire(&one, id, id)).collect();
    let outcomes = at_once(&one, &one.store, hires).await;
    assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
    one.store.hire(hire(&one, "alone", "alone")).await.expect("added");
    for id in ids.iter().map(String::as_str).chain(["alone"]) {
        let employee = person(&other, id, id);
        let event = event_of(&other, &employee, other.store.new_id());
        work!(other, |conn| {
            employees::insert(conn, &other.tenant, &employee, Schemas::standard()).await?;
            event.record(conn, &other.tenant).await
        })
        .expect("added");
    }
    let together = written(engine, &one).await;
    assert!(together.contains("id-4") && together.contains("alone"), "{together}");
    assert_eq!(together, written(engine, &other).await);
}

/// The writer knows where it left a company's events; who else wrote to the file, it does not know.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_sqlite_events_of_others_are_in_the_chain() {
    let world = World::new(Engine::Sqlite).await;
    let (other_program, _) = world.database.open().await;
    let neighbour = world.neighbour().await;
    let people: Vec<String> = (0..12).map(|number| format!("id-{number}")).collect();
    for (number, id) in people.iter().enumerate() {
        let hire = hire(&world, id, id);
        match number % 4 {
            0 | 1 => world.store.hire(hire).await.expect("added"),
            2 => other_program.hire(hire).await.expect("added by another program"),
            _ => {
                let there = format!("there-{number}");
                let hires = vec![hire, self::hire(&neighbour, &there, &there)];
                let outcomes = at_once(&world, &world.store, hires).await;
                assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
            }
        }
    }
    assert_is_whole(&world, 12).await;
    assert_is_whole(&neighbour, 3).await;
    let chains = format!("SELECT count(*) FROM event_chains WHERE tenant_id = '{}'", world.tenant);
    assert_eq!(world.number(&chains).await, 1);
}

async fn who_cannot_be_added_takes_nobody_with_them(engine: Engine) {
    let world = World::new(engine).await;
    world.store.hire(hire(&world, "first", "taken")).await.expect("added");
    let names = ["one", "Taken", "two", "three"];
    let hires = names.iter().map(|name| hire(&world, &name.to_lowercase(), name)).collect();
    let outcomes = at_once(&world, &world.store, hires).await;
    for (name, outcome) in names.iter().zip(&outcomes) {
        match *name {
            "Taken" => assert!(matches!(outcome, Err(StoreError::Conflict { .. })), "{outcome:?}"),
            _ => assert!(outcome.is_ok(), "{name}: {outcome:?}"),
        }
    }
    assert_is_whole(&world, 4).await;
}

async fn of_two_of_one_name_the_first_is_added(engine: Engine) {
    let world = World::new(engine).await;
    let hires = ["a", "b", "c"].iter().map(|id| hire(&world, id, "the same")).collect();
    let outcomes = at_once(&world, &world.store, hires).await;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1, "{outcomes:?}");
    if engine == Engine::Sqlite {
        assert!(outcomes[0].is_ok(), "{outcomes:?}");
    }
    assert_is_whole(&world, 1).await;
}

async fn companies_do_not_mix(engine: Engine) {
    let world = World::new(engine).await;
    let neighbour = world.neighbour().await;
    let hires = (0..12).map(|number| {
        let of = if number % 4 < 2 { &world } else { &neighbour };
        hire(of, &format!("id-{number}"), &format!("name-{}", number / 4))
    });
    // Two of a name in each company: the second is refused there, and there alone.
    let outcomes = at_once(&world, &world.store, hires.collect()).await;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 6, "{outcomes:?}");
    assert_is_whole(&world, 3).await;
    assert_is_whole(&neighbour, 3).await;
}

/// The people are written before their events: those who were written go back.
async fn whose_event_cannot_be_written_is_not_added(engine: Engine) {
    let world = World::new(engine).await;
    let [first, shared, last] = std::array::from_fn(|_| world.store.new_id());
    let hires = [&first, &shared, &shared, &last].into_iter().enumerate().map(|(number, event_id)| {
        let id = format!("id-{number}");
        hire_of(&world, person(&world, &id, &id), event_id.clone())
    });
    let outcomes = at_once(&world, &world.store, hires.collect()).await;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 3, "{outcomes:?}");
    assert!(outcomes[0].is_ok() && outcomes[3].is_ok(), "{outcomes:?}");
    assert_is_whole(&world, 3).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_sqlite_nobody_is_added_when_their_commit_fails() {
    let world = World::new(Engine::Sqlite).await;
    let fails = async { work!(world, |conn| super::store_what_cannot_be_committed(conn, &world).await) };
    let hires = join_all((0..3).map(|number| {
        let hire = hire(&world, &format!("id-{number}"), &format!("name-{number}"));
        world.store.hire(hire)
    }));
    let (outcomes, failed) = Box::pin(behind_closed_door(&world, hires, fails)).await;
    assert!(matches!(failed, Err(StoreError::Unavailable(_))), "{failed:?}");
    assert!(outcomes.iter().all(|outcome| matches!(outcome, Err(StoreError::Unavailable(_)))), "{outcomes:?}");
    assert_is_whole(&world, 0).await;
    world.store.hire(hire(&world, "later", "later")).await.expect("the door is open");
    assert_is_whole(&world, 1).await;
}

/// The call that adds people ends with their commit.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_sqlite_a_commit_that_is_refused_adds_nobody() {
    let world = World::new(Engine::Sqlite).await;
    let refuse = Arc::new(AtomicBool::new(false));
    let asked = refuse.clone();
    work!(world, |conn| {
        let Conn::Sqlite(c) = conn else { unreachable!("SQLite was asked for") };
        c.lock_handle().await?.set_commit_hook(move || !asked.load(Ordering::SeqCst));
        Ok(())
    })
    .expect("asked");
    world.store.hire(hire(&world, "first", "first")).await.expect("added");
    refuse.store(true, Ordering::SeqCst);
    let second = world.store.hire(hire(&world, "second", "second")).await;
    assert!(matches!(second, Err(StoreError::Unavailable(_))), "{second:?}");
    assert_is_whole(&world, 1).await;
    // Another connection took the place of the one that nothing could be committed on.
    world.store.hire(hire(&world, "later", "later")).await.expect("the door is open");
    assert_is_whole(&world, 2).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_sqlite_a_full_disk_adds_nobody() {
    let world = World::new(Engine::Sqlite).await;
    world.store.hire(hire(&world, "first", "first")).await.expect("added");
    // The file cannot grow any more.
    world.raw("PRAGMA max_page_count = 1").await.expect("limited");
    let large = world.employee("second", json!({ "userName": "second", "title": "x".repeat(1_000_000) }));
    let second = world.store.hire(hire_of(&world, large, world.store.new_id())).await;
    assert!(matches!(second, Err(StoreError::Unavailable(_))), "{second:?}");
    assert_is_whole(&world, 1).await;
    // Where the connection was not replaced, the limit is lifted.
    world.raw("PRAGMA max_page_count = 1000000").await.expect("lifted");
    world.store.hire(hire(&world, "later", "later")).await.expect("the door is open");
    assert_is_whole(&world, 2).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_sqlite_nobody_is_added_while_another_program_holds_the_file() {
    let world = World::new(Engine::Sqlite).await;
    world.store.hire(hire(&world, "first", "first")).await.expect("added");
    let file = world.database.folder().join("spaceiq.db");
    let mut other = SqliteConnection::connect(&format!("sqlite:{}", file.display())).await.expect("opened");
    sqlx::query("BEGIN IMMEDIATE").execute(&mut other).await.expect("held");
    let waits = world.store.hire(hire(&world, "waits", "waits")).await;
    assert!(matches!(waits, Err(StoreError::Unavailable(_))), "{waits:?}");
    sqlx::query("ROLLBACK").execute(&mut other).await.expect("released");
    world.store.hire(hire(&world, "later", "later")).await.expect("the door is open");
    assert_is_whole(&world, 2).await;
}

/// Who waits while others are added shares the next transaction.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_postgres_those_who_wait_share_a_transaction() {
    let world = World::new(Engine::Postgres).await;
    let hires = (0..64).map(|number| hire(&world, &format!("id-{number:02}"), &format!("name-{number:02}")));
    let added = join_all(hires.map(|hire| world.store.hire(hire))).await;
    assert!(added.iter().all(Result::is_ok), "{added:?}");
    // The transaction that wrote a row is a column of its own.
    let transactions = world.number("SELECT count(DISTINCT xmin::text) FROM employees").await;
    assert!((2..20).contains(&transactions), "{transactions} transactions");
    assert_is_whole(&world, 64).await;
}

/// What another server has not committed yet is waited for, and then is the reason; the others are added.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_postgres_a_name_that_another_server_takes_at_the_same_time() {
    let world = World::new(Engine::Postgres).await;
    let (other_server, _) = world.database.open().await;
    let hires = |store: &Store, letter: &str| {
        let hires = (0..20).map(|number| {
            let id = format!("{letter}-{number}");
            let (store, hire) = (store.clone(), hire(&world, &id, &format!("name-{number}")));
            async move { store.hire(hire).await }
        });
        join_all(hires.collect::<Vec<_>>())
    };
    let (here, there) = futures::join!(hires(&world.store, "here"), hires(&other_server, "there"));
    for (number, outcomes) in here.iter().zip(&there).enumerate() {
        match outcomes {
            (Ok(()), Err(StoreError::Conflict(_))) | (Err(StoreError::Conflict(_)), Ok(())) => {}
            other => panic!("name-{number}: {other:?}"),
        }
    }
    assert_is_whole(&world, 20).await;
}

/// Somebody's open transaction holds names, on a server that does not go on.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_postgres_names_that_are_held_keep_nobody_else() {
    let world = World::new(Engine::Postgres).await;
    let neighbour = world.neighbour().await;
    let (other_server, _) = world.database.open().await;
    let names: Vec<String> = (0..12).map(|number| format!("held-{number}")).collect();
    let held: Vec<_> = names.iter().map(|name| person(&world, name, name)).collect();
    let (taken, is_taken) = oneshot::channel();
    let (let_go, is_over) = oneshot::channel::<()>();
    let tenant = world.tenant.clone();
    let holder = tokio::spawn(async move {
        let work = other_server.write::<(), StoreError, _>(move |conn| {
            Box::pin(async move {
                for held in &held {
                    employees::insert(conn, &tenant, held, Schemas::standard()).await?;
                }
                let _ = taken.send(());
                let _ = is_over.await;
                Err(StoreError::Stale)
            })
        });
        work.await
    });
    is_taken.await.expect("the name is taken");
    let blocked = join_all(names.iter().map(|name| world.store.hire(hire(&world, &format!("my-{name}"), name))));
    let others = join_all((0..10).map(|number| {
        let id = format!("id-{number}");
        let of = if number % 2 == 0 { &world } else { &neighbour };
        of.store.hire(hire(of, &id, &id))
    }));
    let started = Instant::now();
    let (blocked, others) = futures::join!(blocked, others);
    assert!(blocked.iter().all(|blocked| matches!(blocked, Err(StoreError::Unavailable(_)))), "{blocked:?}");
    assert!(others.iter().all(Result::is_ok), "{others:?}");
    assert!(started.elapsed() < Duration::from_secs(9), "{:?}", started.elapsed());
    let_go.send(()).expect("it waits");
    assert!(holder.await.expect("no panic").is_err());
    world.store.hire(hire(&world, "later", "held-0")).await.expect("the name is free");
    assert_is_whole(&world, 6).await;
    assert_is_whole(&neighbour, 5).await;
}
