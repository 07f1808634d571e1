use scim::{Notes, ResourceKind, Schemas, condition, filter::Filter};
use serde_json::json;
use store::listing::{Step, Wanted};
use store::testing::Engine;
use store::{Place, Query, StoreError, accounts, employees, groups};
use time::Duration;

use crate::support::World;

on_both_engines!(
    an_employee_is_stored_as_it_was,
    a_user_name_is_taken_in_any_case_of_unicode,
    a_stale_version_changes_nothing,
    a_user_name_is_free_again_after_a_deletion,
    odd_values_are_kept_as_they_are,
    what_cannot_be_stored_is_not_found,
);

async fn an_employee_is_stored_as_it_was(engine: Engine) {
    let world = World::new(engine).await;
    let mut ada = world.employee(
        "e1",
        json!({
            "userName": "Ada@X.test", "externalId": "4711", "active": false, "title": "",
            "emails": [{"value": "Ada@X.test", "type": "work"}, {"value": "ADA@x.test", "type": "home"}],
        }),
    );
    let given = ada.clone();
    work!(world, |conn| employees::insert(conn, &world.tenant, &given, Schemas::standard()).await).expect("stored");
    assert_eq!(read!(world, |conn| employees::get(conn, &world.tenant, "e1")), Some(ada.clone()));
    assert_eq!(world.number("SELECT count(*) FROM employee_emails").await, 1, "two spellings are one address");
    world.clock.advance(Duration::minutes(5));
    ada.document = crate::support::document(json!({"userName": "ada@x.test", "emails": [{"value": "new@x.test"}]}));
    ada.version = 2;
    ada.updated_at = world.store.now();
    let given = ada.clone();
    work!(world, |conn| employees::update(conn, &world.tenant, &given, Schemas::standard()).await).expect("stored");
    assert_eq!(read!(world, |conn| employees::get(conn, &world.tenant, "e1")), Some(ada.clone()));
    for (address, found) in [("Ada@X.test", 0), ("NEW@x.test", 1)] {
        assert_eq!(count(&world, &format!(r#"emails.value eq "{address}""#)).await, found, "{address}");
    }
    assert!(work!(world, |conn| employees::delete(conn, &world.tenant, "e1", world.store.now()).await).expect("gone"));
    assert!(!work!(world, |conn| employees::delete(conn, &world.tenant, "e1", world.store.now()).await).expect("none"));
    assert_eq!(read!(world, |conn| employees::get(conn, &world.tenant, "e1")), None);
    assert_eq!(world.number("SELECT count(*) FROM employee_emails").await, 0);
}

async fn count(world: &World, filter: &str) -> u64 {
    let filter = Filter::parse(filter, &mut Notes::default()).expect("a filter");
    let condition = condition::resolve(&filter, ResourceKind::User, Schemas::standard()).expect("a condition");
    read!(world, |conn| employees::count(conn, &world.tenant, Some(condition)))
}

async fn a_user_name_is_taken_in_any_case_of_unicode(engine: Engine) {
    let world = World::new(engine).await;
    for (number, (taken, tried)) in
        [("Ada", "ADA"), ("straße", "STRASSE"), ("Σίσυφος", "ΣΊΣΥΦΟΣ"), ("e\u{301}", "É"), ("ｆull", "Ｆull")]
            .into_iter()
            .enumerate()
    {
        let first = world.employee(&format!("a{number}"), json!({ "userName": taken }));
        work!(world, |conn| employees::insert(conn, &world.tenant, &first, Schemas::standard()).await).expect("stored");
        let second = world.employee(&format!("b{number}"), json!({ "userName": tried }));
        let refused = work!(world, |conn| employees::insert(conn, &world.tenant, &second, Schemas::standard()).await);
        assert!(matches!(refused, Err(StoreError::Conflict("userName"))), "{tried}: {refused:?}");
        assert_eq!(count(&world, &format!(r#"userName eq "{tried}""#)).await, 1, "{tried}");
    }
    let mut other = world.hire("other").await;
    other.document = crate::support::document(json!({"userName": "aDA"}));
    other.version = 2;
    let refused = work!(world, |conn| employees::update(conn, &world.tenant, &other, Schemas::standard()).await);
    assert!(matches!(refused, Err(StoreError::Conflict("userName"))), "{refused:?}");
}

async fn a_stale_version_changes_nothing(engine: Engine) {
    let world = World::new(engine).await;
    let ada = world.hire("ada").await;
    for version in [1, 3] {
        let mut stale = ada.clone();
        stale.version = version;
        let refused = work!(world, |conn| employees::update(conn, &world.tenant, &stale, Schemas::standard()).await);
        assert!(matches!(refused, Err(StoreError::Stale)), "{refused:?}");
    }
    assert_eq!(read!(world, |conn| employees::get(conn, &world.tenant, "ada")), Some(ada));
}

async fn a_user_name_is_free_again_after_a_deletion(engine: Engine) {
    let world = World::new(engine).await;
    let ada = world.hire("ada").await;
    work!(world, |conn| {
        employees::delete(conn, &world.tenant, "ada", world.store.now()).await?;
        employees::insert(conn, &world.tenant, &ada, Schemas::standard()).await
    })
    .expect("in one transaction");
    assert_eq!(read!(world, |conn| employees::count(conn, &world.tenant, None)), 1);
}

async fn odd_values_are_kept_as_they_are(engine: Engine) {
    let world = World::new(engine).await;
    let odd = json!({
        "userName": "odd\u{ffff}\u{1f600}\u{7f}\u{1}", "title": "\u{feff}'\"\\%_\u{2028}",
        scim::urn::SPACEIQ: {
            "big": 9_223_372_036_854_775_807_i64, "bigger": u64::MAX, "small": i64::MIN, "huge": 1e300, "tiny": 5e-324,
            "fraction": 0.1, "whole": 3.0,
        },
    });
    let employee = world.employee("odd", odd.clone());
    let given = employee.clone();
    work!(world, |conn| employees::insert(conn, &world.tenant, &given, Schemas::standard()).await).expect("stored");
    assert_eq!(read!(world, |conn| employees::get(conn, &world.tenant, "odd")), Some(employee));
    let query = Query { condition: None, sort: None, place: Place::Index(1), count: 10 };
    assert_eq!(
        read!(world, |conn| employees::query(conn, &world.tenant, &query, None)).items[0].document.title(),
        odd["title"].as_str()
    );
}

async fn what_cannot_be_stored_is_not_found(engine: Engine) {
    let world = World::new(engine).await;
    world.hire("e").await;
    world.found("g").await;
    for id in ["e\0", "\0", "g\0"] {
        assert_eq!(read!(world, |conn| employees::get(conn, &world.tenant, id)), None);
        assert_eq!(read!(world, |conn| groups::get(conn, &world.tenant, id)), None);
        let found = work!(world, |conn| {
            let changed = employees::get_for_update(conn, &world.tenant, id).await?.is_some()
                || groups::get_for_update(conn, &world.tenant, id).await?.is_some();
            let deleted = employees::delete(conn, &world.tenant, id, world.store.now()).await?
                || groups::delete(conn, &world.tenant, id, world.store.now()).await?;
            Ok(changed || deleted)
        });
        assert!(!found.expect("an answer"), "{id:?}");
    }
    assert!(read!(world, |conn| accounts::find_for_sign_in(conn, "a\0b")).is_empty());
    let wanted = Wanted { text: "e\0".to_owned(), size: 10, ..Wanted::default() };
    assert_eq!(read!(world, |conn| employees::list(conn, &world.tenant, &wanted)).total, Some(1));
    let wanted = Wanted { step: Step::After("e\0".to_owned()), size: 10, ..Wanted::default() };
    assert!(read!(world, |conn| employees::list(conn, &world.tenant, &wanted)).lost);
}
