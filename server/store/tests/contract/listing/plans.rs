//! What a page of a list reads: through an index in the list's order, or through the few rows that match.

use store::listing::{Order, Wanted};
use store::testing::{Engine, plan_of_group_list, plan_of_list};

use super::crowd;
use crate::support::World;

on_both_engines!(pages_follow_an_index, few_matches_are_looked_up);

/// Steps that read or sort more of the list than a page. The rows of a word may be read whole; and an incremental sort
/// goes along an index too.
fn is_costly(line: &str) -> bool {
    let costly = ["SCAN", "USE TEMP B-TREE", "Seq Scan on employees ", "Seq Scan on groups ", "->  Sort"];
    costly.iter().any(|costly| line.contains(costly))
}

async fn pages_follow_an_index(engine: Engine) {
    let world = World::new(engine).await;
    crowd(&world).await;
    world.groups_of_one("g", 2_000).await;
    let narrowed = [
        Wanted::default(),
        Wanted { active: Some(true), ..Wanted::default() },
        Wanted { integration: Some(world.integration.clone()), ..Wanted::default() },
        Wanted { group: Some("all".to_owned()), ..Wanted::default() },
        Wanted { text: "crowd".to_owned(), active: Some(true), group: Some("all".to_owned()), ..Wanted::default() },
    ];
    // Without statistics PostgreSQL takes every table for a small one, which it would rather sort.
    for analyzed in if engine == Engine::Sqlite { vec![false, true] } else { vec![true] } {
        if analyzed {
            world.raw("ANALYZE").await.expect("analyzed");
        }
        let mut reader = world.store.read().await.expect("a reader");
        let conn = &mut reader.conn();
        for wanted in &narrowed {
            for (order, key, index) in [
                (Order::Name, "e002000", "employees_by_name"),
                (Order::UserName, "e002000", "employees_by_user_name"),
                (Order::Changed, "0", "employees_by_change"),
            ] {
                for descending in [false, true] {
                    let wanted = Wanted { order, descending, size: 50, ..wanted.clone() };
                    let [_, plan] = plan_of_list(conn, &world.tenant, &wanted, (key, "e002000")).await;
                    let follows =
                        plan.iter().any(|line| line.contains(index) || line.contains("employees_user_name_key"));
                    let costly = plan.iter().any(|line| is_costly(line));
                    assert!(follows && !costly, "{wanted:?} (analyzed: {analyzed})\n{}", plan.join("\n"));
                }
            }
        }
        let wanted = Wanted { size: 50, integration: Some(world.integration.clone()), ..Wanted::default() };
        let [_, plan] = plan_of_group_list(conn, &world.tenant, &wanted, ("g000100", "g000100")).await;
        let follows = plan.iter().any(|line| line.contains("groups_by_name") || line.contains("display_name_key"));
        assert!(follows && !plan.iter().any(|line| is_costly(line)), "{}", plan.join("\n"));
    }
}

async fn few_matches_are_looked_up(engine: Engine) {
    let world = World::new(engine).await;
    crowd(&world).await;
    for analyzed in [false, true] {
        if analyzed {
            world.raw("ANALYZE").await.expect("analyzed");
        }
        let mut reader = world.store.read().await.expect("a reader");
        for wanted in [
            Wanted { text: "e00007".to_owned(), ..Wanted::default() },
            Wanted { text: "crowd e00007".to_owned(), group: Some("all".to_owned()), ..Wanted::default() },
        ] {
            let wanted = Wanted { size: 50, order: Order::Name, ..wanted };
            let [found, page] = plan_of_list(&mut reader.conn(), &world.tenant, &wanted, ("e000072", "e000072")).await;
            let text = [found.as_slice(), &page].concat().join("\n");
            let looked_up = match engine {
                Engine::Sqlite => {
                    text.contains("(tenant_id=? AND id=?)")
                        && text.contains("SEARCH d USING PRIMARY KEY (tenant_id=? AND word>? AND word<?)")
                }
                Engine::Postgres => text.contains("Index Cond: ((tenant_id = ") && text.contains("(id = ANY ("),
            };
            assert!(looked_up && !text.contains("SCAN e") && !text.contains("Seq Scan"), "{wanted:?}\n{text}");
        }
    }
}
