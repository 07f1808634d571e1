//! What a rehearsal leaves behind when the server stops in the middle, and that it is found again.

use scim::Schemas;
use serde_json::json;
use store::rehearsals::{self, Kind, Unfinished};
use store::testing::Engine;
use store::{employees, events, groups};
use time::Duration;

use crate::support::World;

on_both_engines!(what_is_left_of_a_run_is_removed_and_nothing_else, the_latest_run_is_shown);

async fn what_is_left_of_a_run_is_removed_and_nothing_else(engine: Engine) {
    let world = World::new(engine).await;
    let prefix = rehearsals::prefix("rehearsal", "r1");
    let names = [
        format!("{prefix}ada"),
        format!("{}zoe", prefix.to_uppercase()),
        "rehearsal-r10-x".to_owned(),
        "eve".to_owned(),
    ];
    let (begun, now) = (world.clone(), world.store.now());
    let removed = work!(begun, |conn| {
        let (world, tenant) = (&begun, &begun.tenant);
        for (place, name) in names.iter().enumerate() {
            let employee = world.employee(&format!("e{place}"), json!({ "userName": name }));
            employees::insert(conn, tenant, &employee, Schemas::standard()).await?;
            groups::insert(conn, tenant, &world.group(&format!("g{place}"), name), Schemas::standard()).await?;
        }
        rehearsals::begin(conn, (tenant, &world.integration), (Kind::Rehearsal, "r1"), "ada", now).await?;
        assert_eq!(rehearsals::unfinished(conn, now).await?, [], "one that began just now may still be running");
        let found = rehearsals::unfinished(conn, now + Duration::seconds(1)).await?;
        let expected = Unfinished {
            tenant: tenant.clone(),
            id: "r1".to_owned(),
            integration: world.integration.clone(),
            kind: "rehearsal".to_owned(),
        };
        assert_eq!(found, [expected]);
        let removed = rehearsals::remove_scratch(conn, &found[0], &world.store).await?;
        rehearsals::finish(conn, tenant, "r1", now).await?;
        assert_eq!(rehearsals::unfinished(conn, now + Duration::hours(1)).await?, []);
        Ok(removed)
    })
    .expect("removed");
    assert_eq!(removed, 4);
    assert_eq!(world.number("SELECT count(*) FROM employees").await, 2);
    assert_eq!(world.number("SELECT count(*) FROM groups").await, 2);
    let mut reader = world.store.read().await.expect("a reader");
    let events = events::of_resource(&mut reader.conn(), &world.tenant, "e0", 9).await.expect("events");
    assert_eq!(events.iter().map(|event| event.action.name()).collect::<Vec<_>>(), ["deleted"]);
}

async fn the_latest_run_is_shown(engine: Engine) {
    let world = World::new(engine).await;
    let (begun, now) = (world.clone(), world.store.now());
    let latest = work!(begun, |conn| {
        let (tenant, integration) = (&begun.tenant, &begun.integration);
        for (kind, id) in [(Kind::Rehearsal, "r1"), (Kind::Rehearsal, "r2"), (Kind::Check, "r3")] {
            rehearsals::begin(conn, (tenant, integration), (kind, id), "ada", now).await?;
        }
        rehearsals::report(conn, tenant, "r2", &json!([{ "title": "Users" }])).await?;
        rehearsals::finish(conn, tenant, "r2", now).await?;
        rehearsals::latest(conn, tenant, integration, Kind::Rehearsal).await
    });
    let latest = latest.expect("read").expect("a run");
    assert_eq!((latest.id.as_str(), latest.finished_at), ("r2", Some(now)));
    assert_eq!(latest.report, json!([{ "title": "Users" }]));
}
