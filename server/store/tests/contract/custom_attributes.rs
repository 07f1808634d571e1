use scim::ResourceKind;
use scim::schema::{CustomAttribute, CustomKind};
use store::testing::Engine;
use store::{StoreError, custom_attributes};

use crate::support::World;

on_both_engines!(they_are_replaced_as_a_whole, two_replacements_do_not_mix);

fn attributes(names: &[&str]) -> Vec<CustomAttribute> {
    names.iter().map(|name| CustomAttribute::new(name, CustomKind::Integer, "Label", true)).collect()
}

async fn they_are_replaced_as_a_whole(engine: Engine) {
    let world = World::new(engine).await;
    let found = |schemas: &scim::Schemas| schemas.find(ResourceKind::User, None, "floor").is_some();
    let none = read!(world, |conn| custom_attributes::schemas(conn, &world.tenant));
    assert!(!found(&none));
    for names in [&["floor", "badge"][..], &["Desk", "floor"], &[]] {
        let wanted = attributes(names);
        let given = wanted.clone();
        work!(world, |conn| custom_attributes::replace(conn, &world.tenant, &given).await).expect("replaced");
        assert_eq!(read!(world, |conn| custom_attributes::list(conn, &world.tenant)), wanted, "in the order given");
        let schemas = read!(world, |conn| custom_attributes::schemas(conn, &world.tenant));
        assert_eq!(found(&schemas), names.contains(&"floor"));
    }
    let twice = attributes(&["Floor", "flOOr"]);
    let refused = work!(world, |conn| custom_attributes::replace(conn, &world.tenant, &twice).await);
    assert!(matches!(refused, Err(StoreError::Conflict("name"))), "{refused:?}");
    assert!(read!(world, |conn| custom_attributes::list(conn, &world.tenant)).is_empty());
}

async fn two_replacements_do_not_mix(engine: Engine) {
    let world = World::new(engine).await;
    for _ in 0..10 {
        let both: Vec<_> = [["a", "b"], ["b", "c"]]
            .map(|names| {
                let world = world.clone();
                tokio::spawn(async move {
                    let given = attributes(&names);
                    work!(world, |conn| custom_attributes::replace(conn, &world.tenant, &given).await)
                })
            })
            .into();
        for one in both {
            one.await.expect("no panic").expect("replaced");
        }
        assert_eq!(read!(world, |conn| custom_attributes::list(conn, &world.tenant)).len(), 2);
    }
}
