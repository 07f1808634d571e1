//! Whoever is deleted is kept for a while and can be brought back.

use scim::Schemas;
use scim::patch::MemberChange;
use serde_json::json;
use store::deleted_employees::{self, KEPT, Restoration};
use store::testing::Engine;
use store::{employees, groups};
use time::Duration;

use crate::groups::{change, members, named};
use crate::support::{World, document};

on_both_engines!(
    somebody_comes_back_as_they_were,
    a_name_that_was_given_away_keeps_somebody_away,
    nobody_is_kept_for_ever,
    they_are_listed_the_latest_first,
    whom_a_rehearsal_made_up_is_not_kept,
);

async fn delete(world: &World, id: &'static str) {
    assert!(work!(world, |conn| employees::delete(conn, &world.tenant, id, world.store.now()).await).expect("deleted"));
}

async fn restore(world: &World, id: &'static str) -> Restoration {
    let schemas = Schemas::standard();
    work!(world, |conn| {
        deleted_employees::restore(conn, &world.tenant, id, (schemas, None), world.store.now()).await
    })
    .expect("an answer")
}

async fn somebody_comes_back_as_they_were(engine: Engine) {
    let world = World::new(engine).await;
    let ada = world.employee("ada", json!({"userName": "ada", "title": "Countess", "emails": [{"value": "a@x.test"}]}));
    let hired = ada.clone();
    work!(world, |conn| employees::insert(conn, &world.tenant, &hired, Schemas::standard()).await).expect("hired");
    for group in ["staff", "board", "gone"] {
        world.found(group).await;
        change(&world, group, MemberChange::Add(named(&["ada"]))).await.expect("a member");
    }
    let before = read!(world, |conn| groups::get(conn, &world.tenant, "staff")).expect("a group");
    delete(&world, "ada").await;
    assert_eq!(read!(world, |conn| employees::get(conn, &world.tenant, "ada")), None);
    work!(world, |conn| groups::delete(conn, &world.tenant, "gone", world.store.now()).await).expect("deleted");
    world.clock.advance(Duration::days(29));
    let Restoration::Restored(back) = restore(&world, "ada").await else { panic!("not restored") };
    assert_eq!((back.document.clone(), back.created_at), (ada.document, ada.created_at));
    assert_eq!(back.version, 2, "whoever knows the version of before is told that it changed");
    assert_eq!(read!(world, |conn| employees::get(conn, &world.tenant, "ada")), Some(back));
    assert_eq!(members(&world, "staff").await, ["ada"]);
    assert_eq!(members(&world, "board").await, ["ada"]);
    let after = read!(world, |conn| groups::get(conn, &world.tenant, "staff")).expect("a group");
    assert!(after.version >= before.version + 2, "the group changed twice");
    assert_eq!(restore(&world, "ada").await, Restoration::Gone, "once");
    // The index of addresses and words too: they are found again.
    assert_eq!(world.number("SELECT count(*) FROM employee_emails").await, 1);
    assert!(world.number("SELECT count(*) FROM employee_words").await > 1);
}

async fn a_name_that_was_given_away_keeps_somebody_away(engine: Engine) {
    let world = World::new(engine).await;
    world.hire("ada").await;
    delete(&world, "ada").await;
    let other = world.employee("other", json!({ "userName": "ADA" }));
    work!(world, |conn| employees::insert(conn, &world.tenant, &other, Schemas::standard()).await).expect("hired");
    assert!(read!(world, |conn| deleted_employees::is_taken(
        conn,
        &world.tenant,
        &document(json!({"userName": "ada"}))
    )));
    assert_eq!(restore(&world, "ada").await, Restoration::Taken);
    delete(&world, "other").await;
    assert!(matches!(restore(&world, "ada").await, Restoration::Restored(_)), "nothing was lost");
}

async fn nobody_is_kept_for_ever(engine: Engine) {
    let world = World::new(engine).await;
    for id in ["a", "b", "c"] {
        world.hire(id).await;
        delete(&world, id).await;
        world.clock.advance(Duration::days(1));
    }
    world.clock.advance(KEPT - Duration::days(2));
    // Now "a" was deleted 31 days ago, "b" exactly 30, "c" 29.
    let purged = |limit| {
        let world = world.clone();
        async move {
            work!(world, |conn| deleted_employees::purge(conn, world.store.now() - KEPT, limit).await).expect("purged")
        }
    };
    assert!(purged(1).await, "there may be others");
    assert!(!purged(10).await);
    for (id, kept) in [("a", false), ("b", true), ("c", true)] {
        let found = read!(world, |conn| deleted_employees::get(conn, &world.tenant, id));
        assert_eq!(found.is_some(), kept, "{id}");
    }
}

async fn they_are_listed_the_latest_first(engine: Engine) {
    let world = World::new(engine).await;
    for id in ["a", "b", "c", "d"] {
        world.hire(id).await;
        delete(&world, id).await;
        if id != "b" {
            world.clock.advance(Duration::minutes(1));
        }
    }
    let (first, more) = read!(world, |conn| deleted_employees::list(conn, &world.tenant, None, 2));
    let ids = |page: &[deleted_employees::Deleted]| page.iter().map(|one| one.employee.id.clone()).collect::<Vec<_>>();
    assert_eq!((ids(&first), more), (vec!["d".to_owned(), "c".to_owned()], true));
    let last = first.last().expect("a row");
    let after = Some((last.at, last.employee.id.as_str()));
    let (second, more) = read!(world, |conn| deleted_employees::list(conn, &world.tenant, after, 2));
    assert_eq!((ids(&second), more), (vec!["b".to_owned(), "a".to_owned()], false));
}

async fn whom_a_rehearsal_made_up_is_not_kept(engine: Engine) {
    let world = World::new(engine).await;
    world.hire("ada").await;
    work!(world, |conn| employees::erase(conn, &world.tenant, "ada", world.store.now()).await).expect("erased");
    assert_eq!(restore(&world, "ada").await, Restoration::Gone);
}
