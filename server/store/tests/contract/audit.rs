use serde_json::{Value, json};
use store::audit::{self, Act, Filter, Place};
use store::integrations::{self, Provider};
use store::testing::Engine;
use store::{IntegrationId, StoreError};
use time::Duration;

use crate::support::World;

on_both_engines!(
    a_whole_chain_is_whole,
    every_tampering_is_named,
    the_missing_end_is_missed,
    two_at_once_make_one_chain,
    the_last_act_upon_something_is_found,
    acts_are_read_in_pages_and_by_filters,
);

async fn record(world: &World, subject: &str, detail: Value) -> Result<(), StoreError> {
    let subject = subject.to_owned();
    work!(world, |conn| {
        let act = Act { actor: "ada@x.test", action: "token.issue", subject: &subject, detail };
        audit::record(conn, &world.tenant, &act, world.store.now()).await
    })
}

async fn first_broken(world: &World) -> Option<i64> {
    read!(world, |conn| audit::first_broken(conn, &world.tenant))
}

/// A company with five acts.
async fn with_acts(engine: Engine) -> World {
    let world = World::new(engine).await;
    for number in 1..=5 {
        // PostgreSQL orders keys by length, and forgets how they came.
        let detail =
            json!({"zz": {"longer": [1, {"b": 2.5, "aa": null}], "k": "ü\u{ffff}"}, "b": true, "number": number});
        record(&world, &format!("subject {number}"), detail).await.expect("recorded");
        world.clock.advance(Duration::seconds(1));
    }
    world
}

async fn a_whole_chain_is_whole(engine: Engine) {
    let world = with_acts(engine).await;
    assert_eq!(first_broken(&world).await, None);
    let neighbour = world.neighbour().await;
    assert_eq!(first_broken(&neighbour).await, None, "an empty one too");
    record(&neighbour, "theirs", json!({})).await.expect("recorded");
    assert_eq!(first_broken(&neighbour).await, None);
    let latest = read!(world, |conn| audit::latest(conn, &world.tenant, 2));
    let subjects: Vec<_> = latest.iter().map(|(_, _, subject)| subject.as_str()).collect();
    assert_eq!(subjects, ["subject 5", "subject 4"]);
    let stranger = store::TenantId("nobody".to_owned());
    let refused = work!(world, |conn| {
        let act = Act { actor: "", action: "", subject: "", detail: json!({}) };
        audit::record(conn, &stranger, &act, world.store.now()).await
    });
    assert!(refused.is_err());
}

async fn every_tampering_is_named(engine: Engine) {
    let world = with_acts(engine).await;
    let neighbour = world.neighbour().await;
    record(&neighbour, "theirs", json!({})).await.expect("recorded");
    let with_detail = match engine {
        Engine::Sqlite => "detail = replace(detail, 'true', 'false')",
        Engine::Postgres => "detail = jsonb_set(detail, '{b}', 'false')",
    };
    for (broken, tampering) in [
        (3, "UPDATE audit_events SET subject = 'other' WHERE seq = 3".to_owned()),
        (2, "UPDATE audit_events SET actor = 'mallory' WHERE seq = 2".to_owned()),
        (1, "UPDATE audit_events SET action = 'nothing' WHERE seq = 1".to_owned()),
        (5, "UPDATE audit_events SET at = at + 1 WHERE seq = 5".to_owned()),
        (4, format!("UPDATE audit_events SET {with_detail} WHERE seq = 4")),
        (3, "DELETE FROM audit_events WHERE seq = 3".to_owned()),
        (1, "DELETE FROM audit_events WHERE seq = 1".to_owned()),
        (1, "DELETE FROM audit_events".to_owned()),
        (2, "DELETE FROM audit_events WHERE seq = 2; UPDATE audit_events SET seq = seq - 1 WHERE seq > 2".to_owned()),
        (
            2,
            "UPDATE audit_events SET seq = 99 WHERE seq = 2; UPDATE audit_events SET seq = 2 WHERE seq = 3;
             UPDATE audit_events SET seq = 3 WHERE seq = 99"
                .to_owned(),
        ),
        (1, format!("UPDATE audit_events SET tenant_id = '{0}' WHERE tenant_id <> '{0}'", "moved")),
    ] {
        let statements: Vec<_> =
            tampering.split("; ").flat_map(|part| part.split(";\n")).map(str::trim).map(str::to_owned).collect();
        let found = tampered(&world, statements).await;
        match found {
            Ok(found) => assert_eq!(found, Some(broken), "{tampering}"),
            // The database itself refuses some.
            Err(StoreError::Database(_)) => assert!(tampering.contains("moved"), "{tampering}"),
            Err(error) => panic!("{tampering}: {error:?}"),
        }
        assert_eq!(first_broken(&world).await, None, "and all is as it was");
    }
}

/// Tampers within a transaction that is given up afterwards.
async fn tampered(world: &World, statements: Vec<String>) -> Result<Option<i64>, StoreError> {
    struct Seen(Result<Option<i64>, StoreError>);
    impl From<StoreError> for Seen {
        fn from(error: StoreError) -> Self {
            Self(Err(error))
        }
    }
    let tenant = world.tenant.clone();
    let given_up: Result<(), Seen> = world
        .store
        .write(move |conn| {
            Box::pin(async move {
                for statement in statements {
                    let own = statement.replace(" WHERE ", &format!(" WHERE tenant_id = '{tenant}' AND "));
                    crate::support::raw(conn, &own).await?;
                }
                Err(Seen(Ok(audit::first_broken(conn, &tenant).await?)))
            })
        })
        .await;
    given_up.expect_err("given up").0
}

async fn the_missing_end_is_missed(engine: Engine) {
    let world = with_acts(engine).await;
    for (kept, broken) in [(4, 5), (2, 3), (0, 1)] {
        let statement = format!("DELETE FROM audit_events WHERE seq > {kept}");
        assert_eq!(tampered(&world, vec![statement]).await.expect("done"), Some(broken));
    }
    // The last row put back with another content and a hash that fits it is not the one the company's row knows.
    let replaced = vec![
        "DELETE FROM audit_events WHERE seq = 5".to_owned(),
        "UPDATE tenants SET audit_seq = 4 WHERE audit_seq = 5".replace("WHERE", "where"),
    ];
    assert_eq!(tampered(&world, replaced).await.expect("done"), Some(4));
}

async fn two_at_once_make_one_chain(engine: Engine) {
    let world = World::new(engine).await;
    let tasks: Vec<_> = (0..16)
        .map(|number: usize| {
            let world = world.clone();
            tokio::spawn(async move {
                // What comes before the record in the same transaction refers to the company's row as well.
                let (provider, id) = (Provider::ALL[number % 7], IntegrationId(format!("i{number}")));
                work!(world, |conn| {
                    integrations::ensure(conn, &world.tenant, provider, id, world.store.now()).await?;
                    let act = Act { actor: "cli", action: "x", subject: "y", detail: json!({ "number": number }) };
                    audit::record(conn, &world.tenant, &act, world.store.now()).await
                })
            })
        })
        .collect();
    for task in tasks {
        task.await.expect("no panic").expect("recorded");
    }
    assert_eq!(first_broken(&world).await, None);
    assert_eq!(read!(world, |conn| audit::latest(conn, &world.tenant, 100)).len(), 16);
}

async fn the_last_act_upon_something_is_found(engine: Engine) {
    let world = with_acts(engine).await;
    record(&world, "subject 2", json!({"again": true})).await.expect("recorded");
    let last = async |world: &World, subject: &str, actions: &[&str]| {
        read!(world, |conn| audit::last_about(conn, &world.tenant, subject, actions))
    };
    let found = last(&world, "subject 2", &["token.revoke", "token.issue"]).await.expect("an act");
    assert_eq!(
        (found.at, found.actor.as_str(), found.action.as_str()),
        (world.store.now(), "ada@x.test", "token.issue")
    );
    assert_eq!(found.detail, json!({"again": true}));
    assert_eq!(last(&world, "subject 2", &["token.revoke"]).await, None);
    assert_eq!(last(&world, "subject", &["token.issue"]).await, None);
    let neighbour = world.neighbour().await;
    assert_eq!(last(&neighbour, "subject 2", &["token.issue"]).await, None);
}

async fn acts_are_read_in_pages_and_by_filters(engine: Engine) {
    let world = with_acts(engine).await;
    let neighbour = world.neighbour().await;
    record(&neighbour, "theirs", json!({})).await.expect("recorded");
    let (all, start) = (Filter::default(), world.store.now() - Duration::seconds(5));
    let page = |filter: Filter, place| {
        let world = world.clone();
        async move {
            let (acts, more) = read!(world, |conn| audit::page(conn, &world.tenant, &filter, place, 2));
            (acts.into_iter().map(|act| act.seq).collect::<Vec<_>>(), more)
        }
    };
    assert_eq!(page(all.clone(), Place::Newest).await, (vec![5, 4], true));
    assert_eq!(page(all.clone(), Place::Before(4)).await, (vec![3, 2], true));
    assert_eq!(page(all.clone(), Place::Before(2)).await, (vec![1], false));
    assert_eq!(page(all.clone(), Place::After(1)).await, (vec![3, 2], true), "the nearest newer ones");
    for (filter, found) in [
        (Filter { actor: Some("ADA@".to_owned()), ..all.clone() }, 5),
        (Filter { actor: Some("%".to_owned()), ..all.clone() }, 0),
        (Filter { actor: Some("\0".to_owned()), ..all.clone() }, 5),
        (Filter { action: Some("token.issue".to_owned()), ..all.clone() }, 5),
        (Filter { action: Some("token".to_owned()), ..all.clone() }, 0),
        (Filter { from: Some(start + Duration::seconds(3)), ..all.clone() }, 2),
        (Filter { until: Some(start + Duration::seconds(3)), ..all.clone() }, 3),
    ] {
        let (acts, _) = read!(world, |conn| audit::page(conn, &world.tenant, &filter, Place::Newest, 100));
        assert_eq!(acts.len(), found, "{filter:?}");
        assert!(acts.iter().all(|act| act.detail["b"] == true && act.subject.starts_with("subject")));
    }
}
