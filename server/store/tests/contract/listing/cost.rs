//! What a search costs the database.

use store::employees;
use store::listing::{Step, Wanted};
use store::testing::Engine;

use crate::meter::Meter;
use crate::support::World;

on_both_engines!(
    words_that_many_share_are_gone_through_once,
    a_word_that_all_share_costs_a_page,
    a_name_at_the_end_of_the_order_is_not_asked_for_on_the_way
);

async fn cost(world: &World, wanted: Wanted) -> (i64, usize, Option<u64>) {
    work!(world, |conn| {
        let meter = Meter::start(conn).await?;
        let page = employees::list(conn, &world.tenant, &wanted).await?;
        Ok((meter.stop(conn).await?, page.items.len(), page.total))
    })
    .expect("a page")
}

const PEOPLE: usize = 20_000;

/// A crowd whose people have a dozen words each: one that all share, and of each of two kinds one of four.
async fn crowd(world: &World) {
    world.crowd(PEOPLE).await;
    let number = "CAST(substr(id, 2) AS INTEGER)";
    let mut words = vec!["'everyone'".to_owned(), "id".to_owned()];
    words.push(format!("'given' || CAST({number} % 4 AS TEXT)"));
    words.push(format!("'family' || CAST({number} / 4 % 4 AS TEXT) || CAST({number} % 8 AS TEXT)"));
    words.extend((0..8).map(|other| format!("'word{other}' || CAST({number} % {} AS TEXT)", other + 50)));
    for word in words {
        let insert = format!("INSERT INTO employee_words SELECT tenant_id, {word}, id FROM employees");
        world.raw(&insert).await.expect("words");
    }
    world.raw("ANALYZE").await.expect("analyzed");
}

fn search(text: &str) -> Wanted {
    Wanted { text: text.to_owned(), size: 50, ..Wanted::default() }
}

async fn words_that_many_share_are_gone_through_once(engine: Engine) {
    let world = World::new(engine).await;
    crowd(&world).await;
    // SQLite takes so many steps for each row of a word, and for whoever has all of them.
    let (each, all) = if engine == Engine::Sqlite { (25, 60) } else { (3, 3) };
    let (quarter, sixteenth) = (PEOPLE / 4, PEOPLE / 16);
    for (text, rows, found) in [
        ("given1 family1", 2 * quarter, sixteenth),
        ("given1 given2", 2 * quarter, 0),
        ("everyone family1 given1", PEOPLE + 2 * quarter, sixteenth),
        ("family15 given1 everyone", PEOPLE + quarter + sixteenth, sixteenth),
    ] {
        let (cost, shown, total) = cost(&world, search(text)).await;
        assert_eq!((shown, total), (found.min(50), Some(found as u64)), "{text}");
        let most = each * rows + all * found + 2_000;
        assert!(cost > 0 && usize::try_from(cost).expect("a number") < most, "{text}: {cost}, at most {most}");
    }
}

async fn a_word_that_all_share_costs_a_page(engine: Engine) {
    let world = World::new(engine).await;
    crowd(&world).await;
    let (first, shown, total) = cost(&world, search("everyone")).await;
    assert_eq!((shown, total), (50, None), "not counted");
    let deep = Wanted { step: Step::After("e019000".to_owned()), ..search("everyone") };
    let (deep, ..) = cost(&world, deep).await;
    assert!(deep < first + first / 4, "{deep} against {first}");
}

/// Those who share a name stand together in the order of names; whoever stands before them is passed over.
async fn a_name_at_the_end_of_the_order_is_not_asked_for_on_the_way(engine: Engine) {
    let world = World::new(engine).await;
    crowd(&world).await;
    let quarter = PEOPLE / 4;
    world
        .raw("INSERT INTO employee_words SELECT tenant_id, 'zoe', id FROM employees WHERE id >= 'e015000'")
        .await
        .expect("words");
    let (cost, shown, total) = cost(&world, search("zoe")).await;
    assert_eq!((shown, total), (50, None));
    let (each, passed) = if engine == Engine::Sqlite { (25, 10) } else { (3, 1) };
    let most = each * quarter + passed * 3 * quarter + 2_000;
    assert!(usize::try_from(cost).expect("a number") < most, "{cost}, at most {most}");
}
