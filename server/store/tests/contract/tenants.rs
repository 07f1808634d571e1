use store::testing::Engine;
use store::{StoreError, TenantId, tenants};

use crate::support::World;

on_both_engines!(a_name_is_taken_in_any_case, companies_are_found_and_listed);

async fn a_name_is_taken_in_any_case(engine: Engine) {
    let world = World::new(engine).await;
    for name in ["ACME", " acme ", "Acme"] {
        let refused =
            work!(world, |conn| { tenants::create(conn, TenantId("other".to_owned()), name, world.store.now()).await });
        assert!(matches!(refused, Err(StoreError::Conflict("name"))), "{name}: {refused:?}");
    }
    let same_id = work!(world, |conn| tenants::create(conn, world.tenant.clone(), "Another", world.store.now()).await);
    assert!(matches!(same_id, Err(StoreError::Database(_))), "{same_id:?}");
    assert_eq!(read!(world, |conn| tenants::count(conn)), 1);
}

async fn companies_are_found_and_listed(engine: Engine) {
    let world = World::new(engine).await;
    world.neighbour().await;
    let made = work!(world, |conn| {
        tenants::create(conn, TenantId("third".to_owned()), " Ärzte GmbH ", world.store.now()).await
    })
    .expect("created");
    assert_eq!((made.name.as_str(), made.created_at), ("Ärzte GmbH", world.store.now()));
    assert_eq!(read!(world, |conn| tenants::get(conn, &made.id)), Some(made.clone()));
    assert_eq!(read!(world, |conn| tenants::find_by_name(conn, "ärzte gmbh")), Some(made));
    assert_eq!(read!(world, |conn| tenants::find_by_name(conn, "Nobody")), None);
    assert_eq!(read!(world, |conn| tenants::get(conn, &TenantId("nobody".to_owned()))), None);
    let names: Vec<_> = read!(world, |conn| tenants::list(conn)).into_iter().map(|tenant| tenant.name).collect();
    assert_eq!(names, ["Acme", "Globex", "Ärzte GmbH"]);
    world.store.ping().await.expect("it answers");
}
