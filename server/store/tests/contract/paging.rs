//! Pages and orders: RFC 7644 §3.4.2.3 and §3.4.2.4, RFC 9865.

use std::collections::BTreeSet;

use scim::condition::Source;
use scim::schema::{CustomAttribute, CustomKind};
use scim::{Schemas, urn};
use serde_json::{Value, json};
use store::testing::Engine;
use store::{Page, Place, Query, employees, groups};

use crate::support::{World, ids};

on_both_engines!(
    pages_follow_one_another,
    a_page_of_nothing_counts,
    orders_put_missing_values_last_and_reversed_first,
    a_list_is_sorted_by_its_primary_value,
    numbers_are_sorted_as_numbers,
    a_walk_misses_nobody_who_stays,
);

fn all(place: Place, count: usize) -> Query {
    Query { condition: None, sort: None, place, count }
}

async fn page(world: &World, query: &Query) -> (Vec<String>, u64, bool) {
    let Page { total, items, more } = read!(world, |conn| employees::query(conn, &world.tenant, query, None));
    (items.into_iter().map(|one| one.id).collect(), total, more)
}

async fn pages_follow_one_another(engine: Engine) {
    let world = World::new(engine).await;
    let everyone = ids("e", 10);
    world.hire_all(&everyone).await;
    world.neighbour().await.hire_all(&ids("n", 3)).await;
    for (index, count, wanted, more) in [
        (1, 4, &everyone[..4], true),
        (5, 4, &everyone[4..8], true),
        (9, 4, &everyone[8..], false),
        (7, 4, &everyone[6..], false),
        (1, 10, &everyone[..], false),
        (11, 4, &[], false),
        (usize::MAX, usize::MAX, &[], false),
        (0, 2, &everyone[..2], true),
    ] {
        let found = page(&world, &all(Place::Index(index), count)).await;
        assert_eq!(found, (wanted.to_vec(), 10, more), "{index}, {count}");
    }
    for (after, wanted, more) in [
        (None, &everyone[..4], true),
        (Some("e000003"), &everyone[4..8], true),
        (Some("e000007"), &everyone[8..], false),
        (Some("e0000035"), &everyone[4..8], true),
        (Some("z"), &[], false),
    ] {
        let found = page(&world, &all(Place::After(after.map(str::to_owned)), 4)).await;
        assert_eq!(found, (wanted.to_vec(), 10, more), "{after:?}");
    }
}

async fn a_page_of_nothing_counts(engine: Engine) {
    let world = World::new(engine).await;
    assert_eq!(page(&world, &all(Place::Index(1), 0)).await, (vec![], 0, false));
    assert_eq!(page(&world, &all(Place::Index(1), 5)).await, (vec![], 0, false));
    world.hire_all(&ids("e", 3)).await;
    assert_eq!(page(&world, &all(Place::Index(1), 0)).await, (vec![], 3, false));
    assert_eq!(page(&world, &all(Place::Index(9), 0)).await, (vec![], 3, false));
    world.found("g").await;
    let none = read!(world, |conn| groups::query(conn, &world.tenant, &all(Place::Index(1), 0), None));
    assert_eq!((none.total, none.items.len()), (1, 0));
}

async fn order(world: &World, keys: &[&str], descending: bool) -> Vec<String> {
    let keys = keys.iter().map(|&key| key.to_owned()).collect();
    let query = Query { sort: Some((Source::Document(keys), descending)), ..all(Place::Index(1), 100) };
    page(world, &query).await.0
}

/// Whether the pages of two are the same list as the whole.
async fn in_twos(world: &World, source: Source, descending: bool) {
    let sort = Some((source, descending));
    let whole = page(world, &Query { sort: sort.clone(), ..all(Place::Index(1), 100) }).await.0;
    let mut joined = Vec::new();
    for index in (1..=whole.len()).step_by(2) {
        joined.extend(page(world, &Query { sort: sort.clone(), ..all(Place::Index(index), 2) }).await.0);
    }
    assert_eq!(joined, whole, "{sort:?}");
}

async fn hire(world: &World, people: &[(&str, Value)], schemas: &Schemas) {
    for (id, person) in people {
        let (employee, schemas) = (world.employee(id, person.clone()), schemas.clone());
        work!(world, |conn| employees::insert(conn, &world.tenant, &employee, &schemas).await).expect("stored");
    }
}

async fn orders_put_missing_values_last_and_reversed_first(engine: Engine) {
    let world = World::new(engine).await;
    let people = [
        ("a", json!({"userName": "4", "title": "b", "active": true})),
        ("b", json!({"userName": "3"})),
        ("c", json!({"userName": "2", "title": "Ä", "name": {"familyName": "Z"}})),
        ("d", json!({"userName": "1", "title": "A", "active": false})),
        ("e", json!({"userName": "0", "title": "", "name": {"familyName": "\u{1f600}"}})),
        ("f", json!({"userName": "5", "title": "B", "name": {"familyName": "\u{ffff}"}})),
    ];
    hire(&world, &people, Schemas::standard()).await;
    // By code point of the folded text; equal ones by id, in both directions.
    assert_eq!(order(&world, &["title"], false).await, ["e", "d", "a", "f", "c", "b"]);
    assert_eq!(order(&world, &["title"], true).await, ["b", "c", "a", "f", "d", "e"]);
    assert_eq!(order(&world, &["userName"], false).await, ["e", "d", "c", "b", "a", "f"]);
    assert_eq!(order(&world, &["userName"], true).await, ["f", "a", "b", "c", "d", "e"]);
    assert_eq!(order(&world, &["name", "familyName"], false).await, ["c", "f", "e", "a", "b", "d"]);
    assert_eq!(order(&world, &["active"], false).await, ["d", "a", "b", "c", "e", "f"]);
    assert_eq!(order(&world, &["name"], false).await, ["a", "b", "c", "d", "e", "f"], "nothing to sort by");
    assert_eq!(order(&world, &["nickName"], true).await, ["a", "b", "c", "d", "e", "f"]);
    for source in [
        Source::Document(vec!["title".to_owned()]),
        Source::Document(vec!["active".to_owned()]),
        Source::Id,
        Source::Created,
        Source::LastModified,
        Source::Members,
        Source::Groups,
    ] {
        in_twos(&world, source.clone(), false).await;
        in_twos(&world, source, true).await;
    }
}

async fn a_list_is_sorted_by_its_primary_value(engine: Engine) {
    let world = World::new(engine).await;
    let emails = |list: &[(&str, bool)]| {
        let emails: Vec<_> = list.iter().map(|(value, primary)| json!({"value": value, "primary": primary})).collect();
        json!({"userName": list.first().map_or("nobody", |(value, _)| value), "emails": emails})
    };
    let people = [
        ("a", emails(&[("m", false), ("z", true)])),
        ("b", emails(&[("n", false), ("a", false)])),
        ("c", emails(&[("y", false), ("B", true)])),
        ("d", emails(&[])),
        ("e", json!({"userName": "none"})),
    ];
    hire(&world, &people, Schemas::standard()).await;
    let list = Source::List(vec!["emails".to_owned()], Some("value".to_owned()));
    for source in [list, Source::Document(vec!["emails".to_owned()])] {
        let query = Query { sort: Some((source.clone(), false)), ..all(Place::Index(1), 100) };
        assert_eq!(page(&world, &query).await.0, ["c", "b", "a", "d", "e"], "{source:?}");
        in_twos(&world, source, true).await;
    }
}

async fn numbers_are_sorted_as_numbers(engine: Engine) {
    let world = World::new(engine).await;
    let schemas = Schemas::with_custom(&[CustomAttribute::new("floor", CustomKind::Decimal, "Floor", false)]);
    let people: Vec<_> =
        [("a", json!(10)), ("b", json!(9.5)), ("c", json!(-3)), ("d", json!("text")), ("e", json!(true))]
            .into_iter()
            .map(|(id, floor)| (id, json!({"userName": id, urn::SPACEIQ: {"floor": floor}})))
            .collect();
    hire(&world, &people, &schemas).await;
    // Values from before the attribute became a number come after the numbers.
    assert_eq!(order(&world, &[urn::SPACEIQ, "floor"], false).await, ["c", "b", "a", "d", "e"]);
    assert_eq!(order(&world, &[urn::SPACEIQ, "floor"], true).await, ["e", "d", "a", "b", "c"]);
}

async fn a_walk_misses_nobody_who_stays(engine: Engine) {
    let world = World::new(engine).await;
    let before = ids("e", 60);
    world.hire_all(&before).await;
    let (mut seen, mut after, mut round) = (Vec::new(), None, 0);
    loop {
        let (found, _, more) = page(&world, &all(Place::After(after.clone()), 7)).await;
        after = found.last().cloned();
        seen.extend(found);
        // Between two pages: one behind the walk goes, one ahead of it goes, one changes, some come on both sides.
        let (behind, ahead) = (&before[round], &before[59 - round]);
        for id in [behind, ahead] {
            let id = id.clone();
            work!(world, |conn| employees::delete(conn, &world.tenant, &id, world.store.now()).await).expect("deleted");
        }
        let mut changed = read!(world, |conn| employees::get(conn, &world.tenant, &before[30])).expect("it stays");
        changed.version += 1;
        work!(world, |conn| employees::update(conn, &world.tenant, &changed, Schemas::standard()).await)
            .expect("changed");
        world.hire(&format!("a{round}")).await;
        world.hire(&format!("z{round}")).await;
        round += 1;
        if !more {
            break;
        }
    }
    let distinct: BTreeSet<_> = seen.iter().cloned().collect();
    assert_eq!(distinct.len(), seen.len(), "nobody is met twice");
    assert!(round > 5, "{round}");
    for id in &before[round..60 - round] {
        assert!(distinct.contains(id), "{id} was there all the time");
    }
}
