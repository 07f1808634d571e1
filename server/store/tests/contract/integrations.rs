use store::integrations::{self, Provider};
use store::testing::Engine;
use store::{IntegrationId, StoreError};
use time::Duration;

use crate::support::World;

on_both_engines!(a_provider_exists_once, many_at_once_get_the_same_one, the_first_activation_counts);

async fn ensure(world: &World, provider: Provider, id: &str) -> Result<integrations::Integration, StoreError> {
    let id = IntegrationId(id.to_owned());
    work!(world, |conn| integrations::ensure(conn, &world.tenant, provider, id, world.store.now()).await)
}

async fn a_provider_exists_once(engine: Engine) {
    let world = World::new(engine).await;
    assert!(read!(world, |conn| integrations::find(conn, &world.tenant, Provider::Okta)).is_none());
    for provider in Provider::ALL {
        ensure(&world, provider, provider.key()).await.expect("an integration");
        let again = ensure(&world, provider, "another").await.expect("the same");
        assert_eq!(again.id.as_str() == provider.key(), provider != Provider::Azure, "{again:?}");
        assert_eq!(read!(world, |conn| integrations::find(conn, &world.tenant, provider)), Some(again));
    }
    assert_eq!(read!(world, |conn| integrations::list(conn, &world.tenant)).len(), Provider::ALL.len());
    assert!(ensure(&world.neighbour().await, Provider::Okta, "okta").await.is_ok(), "ids are the tenant's own");
}

async fn many_at_once_get_the_same_one(engine: Engine) {
    let world = World::new(engine).await;
    let attempts: Vec<_> = (0..8)
        .map(|number| {
            let world = world.clone();
            tokio::spawn(async move { ensure(&world, Provider::Okta, &format!("okta-{number}")).await })
        })
        .collect();
    let mut ids = std::collections::HashSet::new();
    for attempt in attempts {
        ids.insert(attempt.await.expect("no panic").expect("an integration").id);
    }
    assert_eq!(ids.len(), 1);
}

async fn the_first_activation_counts(engine: Engine) {
    let world = World::new(engine).await;
    let first = world.store.now();
    for by in ["ada", "bob"] {
        work!(world, |conn| {
            integrations::activate(conn, &world.tenant, &world.integration, by, world.store.now()).await
        })
        .expect("active");
        world.clock.advance(Duration::days(1));
    }
    let azure = read!(world, |conn| integrations::find(conn, &world.tenant, Provider::Azure)).expect("azure");
    assert_eq!((azure.activated_at, azure.activated_by.as_deref()), (Some(first), Some("ada")));
}
