use std::collections::BTreeSet;

use scim::Schemas;
use scim::patch::MemberChange;
use store::testing::Engine;
use store::{StoreError, employees, groups};
use time::Duration;

use crate::support::{World, ids};

on_both_engines!(
    a_group_is_stored_as_it_was,
    members_are_added_removed_and_replaced,
    groups_have_groups_as_members_in_circles_too,
    a_deleted_employee_leaves_all_groups,
    a_deleted_group_leaves_all_groups,
    nobody_becomes_a_member_of_nothing,
    a_member_deleted_while_it_is_added_leaves_no_trace,
    parallel_changes_of_one_group_lose_nothing,
    deletions_and_changes_at_once_never_wait_in_a_circle,
    thousands_in_one_operation,
);

pub(crate) async fn change(world: &World, group: &str, change: MemberChange) -> Result<u64, StoreError> {
    let group = group.to_owned();
    work!(world, |conn| {
        groups::get_for_update(conn, &world.tenant, &group).await?;
        let count = groups::change_members(conn, &world.tenant, &group, &change, world.store.now()).await?;
        Ok((count.added.len() + count.removed.len()) as u64)
    })
}

pub(crate) fn named(names: &[&str]) -> Vec<String> {
    names.iter().map(|&name| name.to_owned()).collect()
}

pub(crate) async fn members(world: &World, group: &str) -> Vec<String> {
    let mut of = read!(world, |conn| groups::members_of(conn, &world.tenant, &[group]));
    of.remove(group).unwrap_or_default().into_iter().map(|member| member.id).collect()
}

async fn version(world: &World, group: &str) -> i64 {
    read!(world, |conn| groups::get(conn, &world.tenant, group)).expect("a group").version
}

async fn a_group_is_stored_as_it_was(engine: Engine) {
    let world = World::new(engine).await;
    let mut sales = world.found("Vertrieb Größe").await;
    assert_eq!(read!(world, |conn| groups::get(conn, &world.tenant, &sales.id)), Some(sales.clone()));
    let twin = world.group("twin", "VERTRIEB GRÖSSE");
    let refused = work!(world, |conn| groups::insert(conn, &world.tenant, &twin, Schemas::standard()).await);
    assert!(matches!(refused, Err(StoreError::Conflict("displayName"))), "{refused:?}");
    let stale = sales.clone();
    let refused = work!(world, |conn| groups::update(conn, &world.tenant, &stale, Schemas::standard()).await);
    assert!(matches!(refused, Err(StoreError::Stale)), "{refused:?}");
    sales.document = world.group("", "Marketing").document;
    sales.version = 2;
    sales.updated_at += Duration::hours(1);
    let given = sales.clone();
    work!(world, |conn| groups::update(conn, &world.tenant, &given, Schemas::standard()).await).expect("stored");
    assert_eq!(read!(world, |conn| groups::get(conn, &world.tenant, &sales.id)), Some(sales.clone()));
    let mut other = world.found("other").await;
    other.document = sales.document.clone();
    other.version = 2;
    let refused = work!(world, |conn| groups::update(conn, &world.tenant, &other, Schemas::standard()).await);
    assert!(matches!(refused, Err(StoreError::Conflict("displayName"))), "{refused:?}");
    let id = sales.id.clone();
    assert!(work!(world, |conn| groups::delete(conn, &world.tenant, &id, world.store.now()).await).expect("gone"));
    let id = sales.id.clone();
    assert!(!work!(world, |conn| groups::delete(conn, &world.tenant, &id, world.store.now()).await).expect("none"));
}

async fn members_are_added_removed_and_replaced(engine: Engine) {
    let world = World::new(engine).await;
    world.found("g").await;
    world.hire_all(&named(&["a", "b", "c", "d"])).await;
    for (what, rows, after) in [
        (MemberChange::Add(named(&["b", "a", "b"])), 2, &["a", "b"][..]),
        (MemberChange::Add(named(&["a"])), 0, &["a", "b"]),
        (MemberChange::Add(vec![]), 0, &["a", "b"]),
        (MemberChange::Remove(named(&["b", "nobody"])), 1, &["a"]),
        (MemberChange::Remove(vec![]), 0, &["a"]),
        (MemberChange::ReplaceAll(named(&["a", "c", "d"])), 2, &["a", "c", "d"]),
        (MemberChange::ReplaceAll(named(&["b", "d"])), 3, &["b", "d"]),
        (MemberChange::ReplaceAll(vec![]), 2, &[]),
    ] {
        assert_eq!(change(&world, "g", what.clone()).await.expect("changed"), rows, "{what:?}");
        assert_eq!(members(&world, "g").await, after, "{what:?}");
    }
}

async fn groups_have_groups_as_members_in_circles_too(engine: Engine) {
    let world = World::new(engine).await;
    for group in ["g1", "g2", "g3"] {
        world.found(group).await;
    }
    world.hire("e").await;
    for (group, member) in [("g1", "g2"), ("g2", "g3"), ("g3", "g1"), ("g1", "g1"), ("g1", "e")] {
        assert_eq!(change(&world, group, MemberChange::Add(named(&[member]))).await.expect("added"), 1);
    }
    let of = read!(world, |conn| groups::members_of(conn, &world.tenant, &["g1", "g2", "nothing"]));
    let kinds: Vec<_> = of["g1"].iter().map(|member| (member.id.as_str(), member.kind.name())).collect();
    assert_eq!(kinds, [("e", "User"), ("g1", "Group"), ("g2", "Group")]);
    assert!(!of.contains_key("nothing"));
    let of = read!(world, |conn| groups::groups_of(conn, &world.tenant, &["g1", "e"]));
    let groups_of = |id: &str| of[id].iter().map(|group| group.id.as_str()).collect::<Vec<_>>();
    assert_eq!((groups_of("g1"), groups_of("e")), (vec!["g1", "g3"], vec!["g1"]));
    assert_eq!(of["e"][0].display.as_deref(), Some("g1"));
    assert!(work!(world, |conn| groups::delete(conn, &world.tenant, "g1", world.store.now()).await).expect("gone"));
    assert_eq!((members(&world, "g2").await, members(&world, "g3").await), (named(&["g3"]), vec![]));
}

async fn a_deleted_employee_leaves_all_groups(engine: Engine) {
    let world = World::new(engine).await;
    for group in ["g1", "g2", "g3"] {
        world.found(group).await;
    }
    world.hire_all(&named(&["a", "b"])).await;
    change(&world, "g1", MemberChange::Add(named(&["a", "b"]))).await.expect("added");
    change(&world, "g2", MemberChange::Add(named(&["a"]))).await.expect("added");
    change(&world, "g3", MemberChange::Add(named(&["b"]))).await.expect("added");
    world.clock.advance(Duration::hours(1));
    assert!(work!(world, |conn| employees::delete(conn, &world.tenant, "a", world.store.now()).await).expect("gone"));
    assert_eq!((members(&world, "g1").await, members(&world, "g2").await), (named(&["b"]), vec![]));
    assert_eq!((version(&world, "g1").await, version(&world, "g2").await, version(&world, "g3").await), (2, 2, 1));
    let changed = read!(world, |conn| groups::get(conn, &world.tenant, "g2")).expect("a group");
    assert_eq!(changed.updated_at, world.store.now());
}

async fn a_deleted_group_leaves_all_groups(engine: Engine) {
    let world = World::new(engine).await;
    world.found("outer").await;
    world.found("inner").await;
    world.hire("e").await;
    change(&world, "outer", MemberChange::Add(named(&["inner", "e"]))).await.expect("added");
    change(&world, "inner", MemberChange::Add(named(&["e"]))).await.expect("added");
    assert!(work!(world, |conn| groups::delete(conn, &world.tenant, "inner", world.store.now()).await).expect("gone"));
    assert_eq!((members(&world, "outer").await, version(&world, "outer").await), (named(&["e"]), 2));
    assert_eq!(world.number("SELECT count(*) FROM group_members").await, 1);
    let of = read!(world, |conn| groups::groups_of(conn, &world.tenant, &["e"]));
    assert_eq!(of["e"].len(), 1);
    assert_eq!(read!(world, |conn| groups::count_members(conn, &world.tenant, "outer", 10)), 1);
}

async fn nobody_becomes_a_member_of_nothing(engine: Engine) {
    let world = World::new(engine).await;
    let neighbour = world.neighbour().await;
    world.found("g").await;
    world.hire("e").await;
    neighbour.hire("n").await;
    for stranger in ["nobody", "n", "", "E"] {
        let refused = change(&world, "g", MemberChange::Add(named(&["e", stranger]))).await;
        assert!(matches!(&refused, Err(StoreError::UnknownMember(id)) if id == stranger), "{stranger}: {refused:?}");
    }
    assert_eq!(members(&world, "g").await, [""; 0], "all or nothing");
    assert!(change(&world, "no group", MemberChange::Add(named(&["e"]))).await.is_err());
    assert_eq!(change(&world, "no group", MemberChange::Remove(named(&["e"]))).await.expect("nothing"), 0);
}

async fn a_member_deleted_while_it_is_added_leaves_no_trace(engine: Engine) {
    let world = World::new(engine).await;
    world.found("g").await;
    for round in 0..25 {
        let id = format!("e{round}");
        world.hire(&id).await;
        let adding = {
            let (world, id) = (world.clone(), id.clone());
            tokio::spawn(async move { change(&world, "g", MemberChange::Add(vec![id])).await })
        };
        let deleting = {
            let (world, id) = (world.clone(), id.clone());
            tokio::spawn(async move {
                work!(world, |conn| employees::delete(conn, &world.tenant, &id, world.store.now()).await)
            })
        };
        let added = adding.await.expect("no panic");
        assert!(matches!(&added, Ok(1) | Err(StoreError::UnknownMember(_))), "{added:?}");
        assert!(deleting.await.expect("no panic").expect("deleted"));
    }
    assert_eq!(members(&world, "g").await, [""; 0]);
}

async fn parallel_changes_of_one_group_lose_nothing(engine: Engine) {
    const TASKS: usize = 8;
    const CHANGES: usize = 500;
    let world = World::new(engine).await;
    world.found("g").await;
    let everyone = ids("e", TASKS * 100);
    world.hire_all(&everyone).await;
    let tasks: Vec<_> = (0..TASKS)
        .map(|task| {
            let (world, mine) = (world.clone(), everyone[task * 100..(task + 1) * 100].to_vec());
            tokio::spawn(async move {
                // A walk over its own hundred: in, and every third out again.
                let mut inside = BTreeSet::new();
                for step in 0..CHANGES {
                    let id = &mine[step * 7 % 100];
                    let one = if step % 3 == 2 {
                        inside.remove(id);
                        MemberChange::Remove(vec![id.clone()])
                    } else {
                        inside.insert(id.clone());
                        MemberChange::Add(vec![id.clone()])
                    };
                    bumped(&world, one).await.expect("changed");
                }
                inside
            })
        })
        .collect();
    let mut wanted = BTreeSet::new();
    for task in tasks {
        wanted.extend(task.await.expect("no panic"));
    }
    assert_eq!(members(&world, "g").await, wanted.into_iter().collect::<Vec<_>>());
    assert_eq!(version(&world, "g").await, i64::try_from(TASKS * CHANGES).expect("small") + 1);
}

/// As the endpoint does it: the group is locked, its members change, its version counts.
async fn bumped(world: &World, change: MemberChange) -> Result<(), StoreError> {
    work!(world, |conn| {
        let before = groups::get_for_update(conn, &world.tenant, "g").await?.ok_or(StoreError::Stale)?;
        groups::change_members(conn, &world.tenant, "g", &change, world.store.now()).await?;
        let after = groups::Group { version: before.version + 1, ..before };
        groups::update(conn, &world.tenant, &after, Schemas::standard()).await
    })
}

async fn deletions_and_changes_at_once_never_wait_in_a_circle(engine: Engine) {
    let world = World::new(engine).await;
    let (all, people) = (named(&["g1", "g2", "g3", "g4"]), ids("e", 40));
    for group in &all {
        world.found(group).await;
    }
    world.hire_all(&people).await;
    for group in &all {
        change(&world, group, MemberChange::Add(people.clone())).await.expect("added");
    }
    let deleting = people.iter().take(20).cloned().map(|id| {
        let world = world.clone();
        tokio::spawn(async move {
            let deleted = work!(world, |conn| employees::delete(conn, &world.tenant, &id, world.store.now()).await);
            deleted.map(|_| ())
        })
    });
    let changing = (0..40).map(|step| {
        let (world, group, id) = (world.clone(), all[step % 4].clone(), people[20 + step % 20].clone());
        tokio::spawn(async move {
            change(&world, &group, MemberChange::Remove(vec![id.clone()])).await?;
            change(&world, &group, MemberChange::Add(vec![id])).await.map(|_| ())
        })
    });
    let tasks: Vec<_> = deleting.chain(changing).collect();
    for task in tasks {
        task.await.expect("no panic").expect("nobody is a deadlock's victim");
    }
    for group in &all {
        assert_eq!(members(&world, group).await, people[20..]);
    }
}

async fn thousands_in_one_operation(engine: Engine) {
    let world = World::new(engine).await;
    world.found("g").await;
    // More than the 32,766 values that a SQLite statement can bind, and than the 65,535 of PostgreSQL's protocol.
    let everyone = world.crowd(70_000).await;
    assert_eq!(change(&world, "g", MemberChange::Add(everyone.clone())).await.expect("added"), 70_000);
    assert_eq!(members(&world, "g").await.len(), 70_000);
    let rows = change(&world, "g", MemberChange::ReplaceAll(everyone[1..].to_vec())).await.expect("replaced");
    assert_eq!(rows, 1);
    assert_eq!(change(&world, "g", MemberChange::Remove(everyone)).await.expect("removed"), 69_999);
}
