//! Databases that move while they are used.

use store::testing::{Engine, TestDatabase};
use store::transfer::{self, Progress};

use super::{backup_of, equal, furnished, is_alive, meanwhile, opened, rows_of, url};
use crate::support::World;

on_both_engines!(
    a_copy_is_equal_on_either_engine,
    a_copy_goes_on_where_it_ended,
    a_copy_takes_what_changed_meanwhile,
    a_copy_goes_into_an_empty_database_only,
);

async fn copy(from: &World, to: &TestDatabase, report: &mut (dyn FnMut(Progress<'_>) + Send)) -> transfer::Copied {
    transfer::copy(&url(&from.database), &url(to), from.store.now(), report).await.expect("copied")
}

async fn a_copy_is_equal_on_either_engine(engine: Engine) {
    let world = furnished(engine).await;
    for other in [Engine::Sqlite, Engine::Postgres] {
        let target = TestDatabase::create(other).await;
        let mut seen = Vec::new();
        let copied = copy(&world, &target, &mut |progress| seen.push((progress.pass, progress.table.to_owned()))).await;
        assert!(copied.is_equal && copied.rows > 3_600 && copied.changed_meanwhile == 0, "{copied:?}");
        let place = |name: &str| seen.iter().position(|(pass, table)| *pass == 1 && table == name).expect("seen");
        assert!(place("tenants") < place("integrations") && place("integrations") < place("employees"), "{seen:?}");
        let target = opened(target, &world).await;
        assert_eq!(target.number("SELECT count(*) FROM sessions").await, 1, "who is signed in stays so");
        equal(&rows_of(&backup_of(&world).await), &rows_of(&backup_of(&target).await));
        is_alive(&target).await;
    }
}

async fn a_copy_goes_on_where_it_ended(engine: Engine) {
    let world = furnished(engine).await;
    let target = TestDatabase::create(Engine::Sqlite).await;
    let (stop, stopped) = tokio::sync::oneshot::channel();
    let mut stop = Some(stop);
    let (from, to) = (url(&world.database), url(&target));
    let mut report = |progress: Progress<'_>| {
        if progress.table == "employees" {
            let _ = stop.take().map(|stop| stop.send(()));
        }
    };
    tokio::select! {
        biased;
        _ = stopped => {}
        _ = transfer::copy(&from, &to, world.store.now(), &mut report) => panic!("it was to be stopped"),
    }
    let half = opened(target, &world).await;
    assert!(read!(half, |conn| transfer::unfinished_copy(conn)).is_some());
    let copied = copy(&world, &half.database, &mut |_| {}).await;
    assert!(copied.is_equal, "{copied:?}");
    assert!(read!(half, |conn| transfer::unfinished_copy(conn)).is_none());
    is_alive(&half).await;
}

async fn a_copy_takes_what_changed_meanwhile(engine: Engine) {
    let world = furnished(engine).await;
    let other = if engine == Engine::Sqlite { Engine::Postgres } else { Engine::Sqlite };
    let target = TestDatabase::create(other).await;
    let inner = world.clone();
    let mut once = Some(move || {
        meanwhile(
            &inner,
            &[
                // Two exchange their names, one goes and comes again under another id, one is changed, one goes.
                "UPDATE employees SET user_name_key = 'x' WHERE id = 'e000001'",
                "UPDATE employees SET user_name_key = 'e000001' WHERE id = 'e000002'",
                "UPDATE employees SET user_name_key = 'e000002' WHERE id = 'e000001'",
                "UPDATE employees SET data = '{\"nickName\": \"late\"}' WHERE id = 'e000003'",
                "DELETE FROM employees WHERE id = 'e000004'",
                "UPDATE groups SET external_id = NULL, version = 7",
            ],
        );
    });
    let mut report = |progress: Progress<'_>| {
        if progress.table == "groups"
            && progress.done
            && let Some(once) = once.take()
        {
            once();
        }
    };
    let copied = copy(&world, &target, &mut report).await;
    assert!(copied.is_equal && copied.changed_meanwhile > 3, "{copied:?}");
    let target = opened(target, &world).await;
    equal(&rows_of(&backup_of(&world).await), &rows_of(&backup_of(&target).await));
    is_alive(&target).await;
}

async fn a_copy_goes_into_an_empty_database_only(engine: Engine) {
    let world = furnished(engine).await;
    let target = World::new(engine).await;
    let now = world.store.now();
    let refused = transfer::copy(&url(&world.database), &url(&target.database), now, &mut |_| {}).await;
    assert!(refused.expect_err("it holds a company").to_string().contains("empty database"));
    let same = transfer::copy(&url(&world.database), &url(&world.database), now, &mut |_| {}).await;
    assert!(same.expect_err("onto itself").to_string().contains("same database"));
}
