//! What identity providers match by is found by an index, and what a change costs does not grow with the group.

use scim::condition::{self, Condition};
use scim::filter::Filter;
use scim::patch::MemberChange;
use scim::{Notes, ResourceKind, Schemas};
use store::sso::{self, MatchBy};
use store::testing::{Engine, plan_of_employees, plan_of_groups};
use store::{Place, Query, StoreError, groups};

use crate::meter::Meter;
use crate::support::World;

on_both_engines!(
    matching_uses_an_index,
    a_change_of_members_costs_what_it_changes,
    looking_for_mismatches_grows_with_the_company,
);

/// Statistics, as a database that has been in use for a while has them.
async fn analyze(world: &World) {
    world.raw("ANALYZE").await.expect("analyzed");
}

pub(crate) fn condition(kind: ResourceKind, filter: &str) -> Condition {
    let filter = Filter::parse(filter, &mut Notes::default()).expect("a filter");
    condition::resolve(&filter, kind, Schemas::standard()).expect("a condition")
}

async fn matching_uses_an_index(engine: Engine) {
    let world = World::new(engine).await;
    world.crowd(5_000).await;
    world.groups_of_one("g", 2_000).await;
    for analyzed in [false, true] {
        if analyzed {
            analyze(&world).await;
        }
        for (kind, filter, column) in [
            (ResourceKind::User, r#"userName eq "E000007""#, "user_name_key"),
            (ResourceKind::User, r#"externalId eq "x7""#, "external_id"),
            (ResourceKind::User, r#"displayName eq "e000007""#, "display_name_key"),
            (ResourceKind::User, r#"emails.value eq "e000007@x.test""#, "email_key"),
            (ResourceKind::User, r#"emails[type eq "work"].value eq "e000007@x.test""#, "email_key"),
            (ResourceKind::User, r#"emails[type eq "work" and value eq "e000007@x.test"]"#, "email_key"),
            (ResourceKind::User, r#"id eq "e000007" and active eq true"#, "id"),
            (ResourceKind::User, r#"groups.value eq "g000007""#, "group_id"),
            (ResourceKind::Group, r#"displayName eq "G000007""#, "display_name_key"),
            (ResourceKind::Group, r#"externalId eq "x7""#, "external_id"),
            (ResourceKind::Group, r#"members.value eq "e000007""#, "member_id"),
            (ResourceKind::Group, r#"id eq "g000007" and members eq "e000007""#, "id"),
        ] {
            let query =
                Query { condition: Some(condition(kind, filter)), sort: None, place: Place::Index(1), count: 100 };
            let mut reader = world.store.read().await.expect("a reader");
            let conn = &mut reader.conn();
            let plan = match kind {
                ResourceKind::User => plan_of_employees(conn, &world.tenant, &query).await,
                ResourceKind::Group => plan_of_groups(conn, &world.tenant, &query).await,
            };
            let plan = plan.join("\n");
            let (searches, scans) = match engine {
                Engine::Sqlite => (plan.contains(&format!("{column}=?")), plan.contains("SCAN e")),
                Engine::Postgres => {
                    let condition = |line: &str| line.contains("Index Cond") && line.contains(&format!("{column} = "));
                    (
                        plan.lines().any(condition),
                        plan.contains("Seq Scan on employees") || plan.contains("Seq Scan on groups"),
                    )
                }
            };
            assert!(searches && !scans, "{filter} (analyzed: {analyzed})\n{plan}");
        }
    }
}

/// How much it costs to change the members as a PATCH does it.
async fn cost(world: &World, group: &str, change: MemberChange) -> i64 {
    let group = group.to_owned();
    work!(world, |conn| {
        let meter = Meter::start(conn).await?;
        let known = groups::get_for_update(conn, &world.tenant, &group).await?.ok_or(StoreError::Stale)?;
        groups::change_members(conn, &world.tenant, &group, &change, world.store.now()).await?;
        let after = groups::Group { version: known.version + 1, ..known };
        groups::update(conn, &world.tenant, &after, Schemas::standard()).await?;
        groups::count_members(conn, &world.tenant, &group, 5).await?;
        meter.stop(conn).await
    })
    .expect("changed")
}

async fn a_change_of_members_costs_what_it_changes(engine: Engine) {
    let world = World::new(engine).await;
    let everyone = world.crowd(20_000).await;
    world.groups_of_one("g", 3).await;
    world.found("small").await;
    world.found("large").await;
    cost(&world, "small", MemberChange::Add(everyone[..10].to_vec())).await;
    cost(&world, "large", MemberChange::Add(everyone[..19_990].to_vec())).await;
    // PostgreSQL chooses by statistics, which it gathers by itself a minute after so many changes.
    analyze(&world).await;
    for (what, change) in [
        ("add", MemberChange::Add(everyone[19_995..19_996].to_vec())),
        ("add again", MemberChange::Add(everyone[19_995..19_996].to_vec())),
        ("remove", MemberChange::Remove(everyone[19_995..19_996].to_vec())),
        ("remove nobody", MemberChange::Remove(everyone[19_995..19_996].to_vec())),
        ("add five", MemberChange::Add(everyone[19_995..].to_vec())),
        ("remove five", MemberChange::Remove(everyone[19_995..].to_vec())),
    ] {
        let small = cost(&world, "small", change.clone()).await;
        let large = cost(&world, "large", change).await;
        assert!(small > 0, "{what}: the cost was not measured");
        assert!(large <= 2 * small + 20, "{what}: {large} against {small}");
    }
}

/// A whole company is looked through when nobody is amiss: twice as many people are then twice as much work, no more.
/// (By user name a few rows are enough here, since nobody's looks like an address.)
async fn looking_for_mismatches_grows_with_the_company(engine: Engine) {
    let mut costs = Vec::new();
    for count in [1_000, 2_000] {
        let world = World::new(engine).await;
        world.crowd(count).await;
        let mut found = Vec::new();
        for by in [MatchBy::Email, MatchBy::ExternalId] {
            found.push(
                work!(world, |conn| {
                    let meter = Meter::start(conn).await?;
                    sso::mismatches(conn, &world.tenant, by, "", 50).await?;
                    meter.stop(conn).await
                })
                .expect("looked through"),
            );
        }
        costs.push(found);
    }
    for (small, large) in costs[0].iter().zip(&costs[1]) {
        assert!(*small > 0, "the cost was not measured");
        assert!(*large <= 3 * small, "{large} against {small}: {costs:?}");
    }
}
