//! Long lists by index, RFC 7644 §3.4.2.4: a page costs the same at any depth, and what a server remembers of a list never
//! shows.

use std::collections::BTreeMap;

use scim::condition::{Condition, Source, Subject};
use scim::{Notes, ResourceKind, Schemas};
use serde_json::json;
use store::employees::{self, Employee};
use store::events::{self, Action, Exchange, NewEvent, Outcome};
use store::groups::Moved;
use store::testing::Engine;
use store::{Conn, Place, Query, Random, SeededRandom, Store, StoreError, Walks, offboarding};

use crate::meter::Meter;
use crate::plans::condition;
use crate::support::World;

on_both_engines!(
    a_page_costs_the_same_at_any_depth,
    a_walk_counts_nothing_twice,
    pages_are_right_whatever_happens_between_them,
    walks_side_by_side_with_additions_lose_nobody,
    what_the_console_does_to_many_is_seen,
);

fn at(index: usize, condition: Option<&Condition>) -> Query {
    Query { condition: condition.cloned(), sort: None, place: Place::Index(index), count: 100 }
}

fn filter(text: &str) -> Condition {
    condition(ResourceKind::User, text)
}

/// What a page of employees costs the database.
async fn cost(world: &World, query: &Query, walks: &Walks) -> i64 {
    let (query, walks) = (query.clone(), walks.clone());
    work!(world, |conn| {
        let meter = Meter::start(conn).await?;
        let page = employees::query(conn, &world.tenant, &query, Some(&walks)).await?;
        assert_eq!(page.items.len(), query.count, "a full page");
        meter.stop(conn).await
    })
    .expect("read")
}

const MANY: usize = 20_000;

async fn a_page_costs_the_same_at_any_depth(engine: Engine) {
    let world = World::new(engine).await;
    world.crowd(MANY).await;
    world.raw("UPDATE employees SET created_at = 1000 WHERE id LIKE '%2' OR id LIKE '%7'").await.expect("changed");
    world.raw("ANALYZE").await.expect("analyzed");
    let fifth = filter(r#"meta.created gt "1970-01-01T00:00:00Z""#);
    for (condition, matches) in [(None, MANY), (Some(&fifth), MANY / 5)] {
        let last = matches - 100;
        let starts = [1, 1_001, last / 2, last];
        let mut costs = Vec::new();
        for start in starts {
            costs.push(cost(&world, &at(start, condition), &Walks::default()).await);
        }
        let first = costs[0];
        assert!(first > 0, "the cost was not measured");
        // PostgreSQL reads all of these short rows, whichever part of them is to be counted.
        let (most, of) = if engine == Engine::Sqlite { (4, 3) } else { (2, 1) };
        assert!(costs.iter().all(|cost| cost * of <= first * most), "with nothing remembered: {costs:?}");
        // As a client walks that was on the page before.
        let (walks, mut known) = (Walks::default(), Vec::new());
        for start in starts {
            cost(&world, &at(start.saturating_sub(100).max(1), condition), &walks).await;
            known.push(cost(&world, &at(start, condition), &walks).await);
        }
        // To ask for the revision counts little for a database, and much in such small numbers.
        let small = known[0];
        assert!(known.iter().all(|cost| cost * 5 <= (small + 40) * 6), "along a walk: {known:?}");
        assert!(small * 4 < first, "{known:?} against {costs:?}");
    }
}

/// A client that asks for one page after the other makes the database read each row once, and count them once.
async fn a_walk_counts_nothing_twice(engine: Engine) {
    let world = World::new(engine).await;
    world.crowd(MANY).await;
    world.raw("ANALYZE").await.expect("analyzed");
    let mut walked = 0;
    for start in (1..MANY).step_by(100) {
        walked += cost(&world, &at(start, None), world.store.walks()).await;
    }
    let first = cost(&world, &at(1, None), &Walks::default()).await;
    assert!(walked < 10 * first, "{walked} for the whole list, {first} for the first page of it");
}

/// The company as it should be.
struct Model {
    world: World,
    people: BTreeMap<String, Employee>,
    random: SeededRandom,
    next: usize,
}

fn pick(random: &SeededRandom, below: usize) -> usize {
    let mut bytes = [0; 8];
    random.fill(&mut bytes);
    usize::try_from(u64::from_le_bytes(bytes) % below as u64).expect("it fits")
}

/// Writes down that somebody changed, as every change is.
async fn tell(conn: &mut Conn<'_>, world: &World, id: &str, action: Action) -> Result<(), StoreError> {
    let (members, notes, exchange) = (Moved::default(), Notes::default(), Exchange::default());
    let event = NewEvent {
        // Two servers of a test make the same ids.
        id: format!("{}-{id}-{}", world.store.new_id(), action.name()),
        action,
        outcome: Outcome::Success,
        kind: Some(ResourceKind::User),
        resource_id: Some(id),
        subject: id,
        before: None,
        after: None,
        members: &members,
        notes: &notes,
        exchange: &exchange,
        repeats: 1,
    };
    events::record(conn, &world.context(), &event, world.store.now()).await
}

impl Model {
    /// Somebody new, anywhere in the list.
    fn newcomer(&mut self) -> Employee {
        self.next += 1;
        let id = format!("e{:06}-{}", pick(&self.random, 1_000_000), self.next);
        let name = format!("u{:06}-{}", pick(&self.random, 1_000_000), self.next);
        self.world.employee(&id, json!({ "userName": name, "active": !self.next.is_multiple_of(3) }))
    }

    async fn begin(engine: Engine, count: usize) -> Self {
        let world = World::new(engine).await;
        let mut model = Self { world, people: BTreeMap::new(), random: SeededRandom::new(3), next: 0 };
        let people: Vec<Employee> = (0..count).map(|_| model.newcomer()).collect();
        model.people = people.iter().map(|one| (one.id.clone(), one.clone())).collect();
        let world = model.world.clone();
        work!(world, |conn| {
            for one in &people {
                employees::insert(conn, &world.tenant, one, Schemas::standard()).await?;
            }
            tell(conn, &world, "all", Action::Created).await
        })
        .expect("hired");
        model
    }

    fn somebody(&self) -> Employee {
        let number = pick(&self.random, self.people.len());
        self.people.values().nth(number).expect("so many").clone()
    }

    /// Somebody comes, goes or changes, through one of the servers.
    async fn change(&mut self, server: &Store) {
        let world = World { store: server.clone(), ..self.world.clone() };
        match pick(&self.random, 3) {
            0 => {
                let new = self.newcomer();
                self.people.insert(new.id.clone(), new.clone());
                work!(world, |conn| {
                    employees::insert(conn, &world.tenant, &new, Schemas::standard()).await?;
                    tell(conn, &world, &new.id, Action::Created).await
                })
            }
            1 => {
                let gone = self.somebody().id;
                self.people.remove(&gone);
                work!(world, |conn| {
                    employees::delete(conn, &world.tenant, &gone, world.store.now()).await?;
                    tell(conn, &world, &gone, Action::Deleted).await
                })
            }
            _ => {
                let mut changed = self.somebody();
                changed.version += 1;
                let active = !changed.document.active();
                let name = changed.document.user_name().to_owned();
                changed.document = crate::support::document(json!({ "userName": name, "active": active }));
                self.people.insert(changed.id.clone(), changed.clone());
                work!(world, |conn| {
                    employees::update(conn, &world.tenant, &changed, Schemas::standard()).await?;
                    tell(conn, &world, &changed.id, Action::Updated).await
                })
            }
        }
        .expect("changed");
    }

    /// What a page should be.
    fn expected(&self, query: &Query) -> (Vec<String>, u64, bool) {
        let matches = |one: &&Employee| {
            let folded = one.document.folded(ResourceKind::User, Schemas::standard());
            let subject =
                Subject { id: &one.id, folded: &folded, created: 0, last_modified: 0, members: &[], groups: &[] };
            query.condition.as_ref().is_none_or(|condition| condition.matches(&subject))
        };
        let mut all: Vec<&Employee> = self.people.values().filter(matches).collect();
        if let Some((source, descending)) = &query.sort {
            if *source != Source::Id {
                all.sort_by_key(|one| one.document.user_name().to_owned());
            }
            if *descending {
                all.reverse();
            }
        }
        let Place::Index(index) = query.place else { panic!("pages by index") };
        let page: Vec<String> = all.iter().skip(index - 1).take(query.count).map(|one| one.id.clone()).collect();
        (page, all.len() as u64, query.count > 0 && index - 1 + query.count < all.len())
    }
}

async fn pages_are_right_whatever_happens_between_them(engine: Engine) {
    let mut model = Model::begin(engine, 1_600).await;
    // Two servers on one database, each with a memory of its own; on SQLite the other is a command beside the server.
    let servers = [model.world.store.clone(), model.world.database.open().await.0];
    let by_name = Source::Document(vec!["userName".to_owned()]);
    let lists = [
        (None, None),
        (Some(filter("active eq true")), None),
        (None, Some((Source::Id, true))),
        (None, Some((by_name.clone(), false))),
        (Some(filter("active eq true")), Some((by_name, true))),
    ];
    let mut index = 1;
    for round in 0..240 {
        let (condition, sort) = lists[round % lists.len()].clone();
        for count in [7, 0, 100] {
            let query = Query { condition: condition.clone(), sort: sort.clone(), place: Place::Index(index), count };
            let server = &servers[pick(&model.random, 2)];
            let mut reader = server.read().await.expect("a reader");
            let page = employees::query(&mut reader.conn(), &model.world.tenant, &query, Some(server.walks()))
                .await
                .expect("a page");
            let found = (page.items.into_iter().map(|one| one.id).collect::<Vec<_>>(), page.total, page.more);
            assert_eq!(found, model.expected(&query), "round {round}: {query:?}");
        }
        // Mostly on along the walk, sometimes elsewhere; mostly nothing has changed.
        if round % lists.len() == lists.len() - 1 {
            index = if pick(&model.random, 4) == 0 { 1 + pick(&model.random, 1_800) } else { 1_001 + round * 3 };
        }
        if pick(&model.random, 3) == 0 {
            let server = servers[pick(&model.random, 2)].clone();
            model.change(&server).await;
        }
    }
}

/// Where people only come, whoever counts through the list each time meets everybody who was there before; so does a
/// walk that begins each page where another ended, also while others walk along the same list.
async fn walks_side_by_side_with_additions_lose_nobody(engine: Engine) {
    let mut model = Model::begin(engine, 2_000).await;
    let newcomers: Vec<Employee> = (0..60).map(|_| model.newcomer()).collect();
    let world = model.world.clone();
    let writer = tokio::spawn(async move {
        for new in newcomers {
            work!(world, |conn| {
                employees::insert(conn, &world.tenant, &new, Schemas::standard()).await?;
                tell(conn, &world, &new.id, Action::Created).await
            })
            .expect("hired");
        }
    });
    let walk = |world: World| async move {
        let mut seen = Vec::new();
        for start in (1..2_100).step_by(100) {
            let query = at(start, None);
            let mut reader = world.store.read().await.expect("a reader");
            let page = employees::query(&mut reader.conn(), &world.tenant, &query, Some(world.store.walks())).await;
            seen.extend(page.expect("a page").items.into_iter().map(|one| one.id));
        }
        seen
    };
    while !writer.is_finished() {
        let walks = [(); 2].map(|()| tokio::spawn(walk(model.world.clone())));
        for seen in walks {
            let seen: std::collections::BTreeSet<String> = seen.await.expect("walked").into_iter().collect();
            let lost: Vec<_> = model.people.keys().filter(|id| !seen.contains(*id)).collect();
            assert!(lost.is_empty(), "{lost:?}");
        }
    }
    writer.await.expect("written");
}

async fn what_the_console_does_to_many_is_seen(engine: Engine) {
    let model = Model::begin(engine, 1_700).await;
    let world = model.world.clone();
    let query = Query { condition: Some(filter("active eq true")), ..at(1_001, None) };
    let active =
        async || read!(world, |conn| employees::query(conn, &world.tenant, &query, Some(world.store.walks()))).total;
    assert!(active().await > 1_000 && active().await > 1_000);
    work!(world, |conn| offboarding::deactivate_all(conn, &world.tenant, &world.integration, &world.store).await)
        .expect("deactivated");
    assert_eq!(active().await, 0);
}
