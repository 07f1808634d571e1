//! Every change can be taken back, unless something else changed the same since.

use scim::patch::MemberChange;
use scim::{Notes, ResourceKind, Schemas};
use serde_json::{Value, json};
use store::employees::{self, Employee};
use store::events::{self, Action, Exchange, NewEvent, Outcome};
use store::groups::{self, Group, Moved};
use store::testing::Engine;
use store::undo::{self, Refusal, Undo};
use store::{StoreError, audit};
use time::Duration;

use crate::groups::{members, named};
use crate::support::{World, document};

on_both_engines!(
    a_change_of_attributes,
    a_deactivation,
    a_creation,
    a_deletion,
    a_change_of_members,
    the_creation_and_deletion_of_a_group,
    what_changed_since_is_kept,
    what_is_too_long_to_be_kept,
    what_changed_nothing,
    an_undo_is_a_change_like_any_other,
    nothing_of_another_company,
);

/// What the endpoint does to somebody, with its event; the event's id.
async fn put(world: &World, id: &str, after: Option<Value>) -> String {
    let (id, event_id) = (id.to_owned(), world.store.new_id());
    let event = event_id.clone();
    work!(world, |conn| {
        let before = employees::get_for_update(conn, &world.tenant, &id).await?;
        let after = after.map(document);
        let action = match (&before, &after) {
            (None, _) => Action::Created,
            (_, None) => Action::Deleted,
            (Some(before), Some(after)) if before.document.active() && !after.active() => Action::Disabled,
            _ => Action::Updated,
        };
        match (&before, after.clone()) {
            (_, None) => employees::delete(conn, &world.tenant, &id, world.store.now()).await.map(|_| ())?,
            (Some(before), Some(document)) => {
                let after = Employee { document, version: before.version + 1, ..before.clone() };
                employees::update(conn, &world.tenant, &after, Schemas::standard()).await?;
            }
            (None, Some(document)) => {
                let after = Employee { document, ..world.employee(&id, json!({})) };
                employees::insert(conn, &world.tenant, &after, Schemas::standard()).await?;
            }
        }
        let before = before.map(|before| before.document);
        let told = NewEvent {
            id: event,
            action,
            outcome: Outcome::Success,
            kind: Some(ResourceKind::User),
            resource_id: Some(&id),
            subject: &id,
            before: before.as_ref(),
            after: after.as_ref(),
            members: &Moved::default(),
            notes: &Notes::default(),
            exchange: &Exchange::default(),
            repeats: 1,
        };
        events::record(conn, &world.context(), &told, world.store.now()).await
    })
    .expect("done");
    event_id
}

/// The same with a group: its name, and a change of members.
async fn put_group(world: &World, id: &str, name: Option<&str>, change: Option<MemberChange>) -> String {
    let (id, event_id, name) = (id.to_owned(), world.store.new_id(), name.map(str::to_owned));
    let event = event_id.clone();
    work!(world, |conn| {
        let before = groups::get_for_update(conn, &world.tenant, &id).await?;
        let after = name.map(|name| document(json!({ "displayName": name })));
        let action = match (&before, &after) {
            (None, _) => Action::Created,
            (_, None) => Action::Deleted,
            _ => Action::Updated,
        };
        match (&before, after.clone()) {
            (Some(before), Some(document)) => {
                let after = Group { document, version: before.version + 1, ..before.clone() };
                groups::update(conn, &world.tenant, &after, Schemas::standard()).await?;
            }
            (None, Some(document)) => {
                let after = Group { document, ..world.group(&id, "") };
                groups::insert(conn, &world.tenant, &after, Schemas::standard()).await?;
            }
            (_, None) => {}
        }
        let mut moved = Moved::default();
        if let Some(change) = change {
            moved = groups::change_members(conn, &world.tenant, &id, &change, world.store.now()).await?;
        }
        if after.is_none() {
            moved.removed = groups::some_members(conn, &world.tenant, &id, undo::MAX_MEMBERS + 1).await?;
            groups::delete(conn, &world.tenant, &id, world.store.now()).await?;
        }
        let before = before.map(|before| before.document);
        let told = NewEvent {
            id: event,
            action,
            outcome: Outcome::Success,
            kind: Some(ResourceKind::Group),
            resource_id: Some(&id),
            subject: &id,
            before: before.as_ref(),
            after: after.as_ref(),
            members: &moved,
            notes: &Notes::default(),
            exchange: &Exchange::default(),
            repeats: 1,
        };
        events::record(conn, &world.context(), &told, world.store.now()).await
    })
    .expect("done");
    event_id
}

async fn try_undo(world: &World, event: &str) -> Result<Option<Result<Undo, Refusal>>, StoreError> {
    let event = event.to_owned();
    let store = world.store.clone();
    work!(world, |conn| {
        let previewed = undo::preview(conn, &world.tenant, &event).await?;
        let done = undo::apply(conn, (&world.tenant, &event), "ada@x.test", &store).await?;
        assert_eq!(previewed, done, "what is said before is what is done");
        Ok(done)
    })
}

async fn undo(world: &World, event: &str) -> Result<Undo, Refusal> {
    // Ids sort by time.
    world.clock.advance(Duration::seconds(1));
    try_undo(world, event).await.expect("stored").expect("an event")
}

async fn attributes(world: &World, id: &str) -> Value {
    let found = read!(world, |conn| employees::get(conn, &world.tenant, id));
    found.map_or(Value::Null, |employee| serde_json::to_value(employee.document).expect("JSON"))
}

fn attributes_back(names: &[&str]) -> Undo {
    Undo::Change { attributes: names.iter().map(|&name| name.to_owned()).collect(), leave: 0, join: 0, missing: 0 }
}

async fn a_change_of_attributes(engine: Engine) {
    let world = World::new(engine).await;
    let first = json!({"userName": "ada", "title": "A", "emails": [{"value": "a@x", "type": "work"}], "nickName": "n"});
    put(&world, "ada", Some(first.clone())).await;
    let event = put(&world, "ada", Some(json!({"userName": "ada2", "title": "B", "emails": [], "locale": "en"}))).await;
    assert_eq!(undo(&world, &event).await, Ok(attributes_back(&["emails", "locale", "nickName", "title", "userName"])));
    assert_eq!(attributes(&world, "ada").await, first);
}

async fn a_deactivation(engine: Engine) {
    let world = World::new(engine).await;
    put(&world, "ada", Some(json!({"userName": "ada", "active": true}))).await;
    let event = put(&world, "ada", Some(json!({"userName": "ada", "active": false}))).await;
    // What else changed since stays changed.
    put(&world, "ada", Some(json!({"userName": "ada", "active": false, "title": "New"}))).await;
    assert_eq!(undo(&world, &event).await, Ok(attributes_back(&["active"])));
    assert_eq!(attributes(&world, "ada").await, json!({"userName": "ada", "active": true, "title": "New"}));
    let last = read!(world, |conn| events::of_resource(conn, &world.tenant, "ada", 1)).remove(0);
    assert_eq!((last.action, last.token_id), (Action::Enabled, None), "done in the console");
}

async fn a_creation(engine: Engine) {
    let world = World::new(engine).await;
    let event = put(&world, "ada", Some(json!({"userName": "ada"}))).await;
    assert_eq!(undo(&world, &event).await, Ok(Undo::Delete));
    assert_eq!(attributes(&world, "ada").await, Value::Null);
    assert_eq!(undo(&world, &event).await, Err(Refusal::Gone));
    let event = put(&world, "bob", Some(json!({"userName": "bob"}))).await;
    put(&world, "bob", Some(json!({"userName": "bob", "title": "B"}))).await;
    assert_eq!(undo(&world, &event).await, Err(Refusal::Changed(named(&["title"]))));
}

async fn a_deletion(engine: Engine) {
    let world = World::new(engine).await;
    put(&world, "ada", Some(json!({"userName": "ada", "title": "A"}))).await;
    put_group(&world, "staff", Some("Staff"), Some(MemberChange::Add(named(&["ada"])))).await;
    let event = put(&world, "ada", None).await;
    let other = put(&world, "other", Some(json!({"userName": "Ada"}))).await;
    assert_eq!(undo(&world, &event).await, Err(Refusal::Taken));
    undo(&world, &other).await.expect("undone");
    assert_eq!(undo(&world, &event).await, Ok(Undo::Restore { with: 1, missing: 0 }));
    assert_eq!(attributes(&world, "ada").await, json!({"userName": "ada", "title": "A"}));
    assert_eq!(members(&world, "staff").await, ["ada"]);
    assert_eq!(undo(&world, &event).await, Err(Refusal::Changed(named(&["id"]))), "once");
}

async fn a_change_of_members(engine: Engine) {
    let world = World::new(engine).await;
    for id in ["a", "b", "c", "d"] {
        world.hire(id).await;
    }
    put_group(&world, "staff", Some("Staff"), Some(MemberChange::Add(named(&["a", "b"])))).await;
    let event = put_group(&world, "staff", Some("Team"), Some(MemberChange::ReplaceAll(named(&["b", "c"])))).await;
    put_group(&world, "staff", Some("Team"), Some(MemberChange::Add(named(&["d"])))).await;
    let done = Undo::Change { attributes: named(&["displayName"]), leave: 1, join: 1, missing: 0 };
    assert_eq!(undo(&world, &event).await, Ok(done));
    assert_eq!(members(&world, "staff").await, ["a", "b", "d"], "whoever came later stays");
    // Those who are gone cannot come back.
    let event = put_group(&world, "staff", Some("Staff"), Some(MemberChange::Remove(named(&["a", "b"])))).await;
    work!(world, |conn| employees::erase(conn, &world.tenant, "a", world.store.now()).await).expect("erased");
    let done = Undo::Change { attributes: Vec::new(), leave: 0, join: 1, missing: 1 };
    assert_eq!(undo(&world, &event).await, Ok(done));
    assert_eq!(undo(&world, &event).await, Err(Refusal::Changed(named(&["members"]))), "there is nothing left to do");
}

async fn the_creation_and_deletion_of_a_group(engine: Engine) {
    let world = World::new(engine).await;
    world.hire("a").await;
    world.hire("b").await;
    let created = put_group(&world, "staff", Some("Staff"), Some(MemberChange::Add(named(&["a"])))).await;
    put_group(&world, "staff", Some("Staff"), Some(MemberChange::Add(named(&["b"])))).await;
    assert_eq!(undo(&world, &created).await, Err(Refusal::Changed(named(&["members"]))));
    let deleted = put_group(&world, "staff", None, None).await;
    let other = put_group(&world, "other", Some("staff"), None).await;
    assert_eq!(undo(&world, &deleted).await, Err(Refusal::Taken));
    assert_eq!(undo(&world, &other).await, Ok(Undo::Delete));
    assert_eq!(undo(&world, &deleted).await, Ok(Undo::Restore { with: 2, missing: 0 }));
    assert_eq!(members(&world, "staff").await, ["a", "b"]);
}

async fn what_changed_since_is_kept(engine: Engine) {
    let world = World::new(engine).await;
    put(&world, "ada", Some(json!({"userName": "ada", "title": "A"}))).await;
    let first = put(&world, "ada", Some(json!({"userName": "ada", "title": "B"}))).await;
    let second = put(&world, "ada", Some(json!({"userName": "ada", "title": "C"}))).await;
    assert_eq!(undo(&world, &first).await, Err(Refusal::Changed(named(&["title"]))));
    assert_eq!(attributes(&world, "ada").await["title"], "C");
    // The newest before the others.
    undo(&world, &second).await.expect("undone");
    undo(&world, &first).await.expect("undone");
    assert_eq!(attributes(&world, "ada").await["title"], "A");
    // A name that comes back may be taken by now.
    let renamed = put(&world, "ada", Some(json!({"userName": "lady", "title": "A"}))).await;
    put(&world, "other", Some(json!({"userName": "ada"}))).await;
    let refused = work!(world, |conn| {
        let store = world.store.clone();
        undo::apply(conn, (&world.tenant, &renamed), "ada@x.test", &store).await
    });
    assert!(matches!(refused, Err(StoreError::Conflict("userName"))), "{refused:?}");
    assert_eq!(attributes(&world, "ada").await["userName"], "lady");
}

async fn what_is_too_long_to_be_kept(engine: Engine) {
    let world = World::new(engine).await;
    put(&world, "ada", Some(json!({"userName": "ada", "title": "x".repeat(5_000)}))).await;
    let event = put(&world, "ada", Some(json!({"userName": "ada", "title": "B"}))).await;
    assert_eq!(undo(&world, &event).await, Err(Refusal::Shortened("title".to_owned())));
    let crowd = world.crowd(undo::MAX_MEMBERS + 1).await;
    let event = put_group(&world, "all", Some("All"), Some(MemberChange::Add(crowd))).await;
    assert_eq!(undo(&world, &event).await, Err(Refusal::TooManyMembers));
}

async fn what_changed_nothing(engine: Engine) {
    let world = World::new(engine).await;
    world.hire("ada").await;
    let id = world.store.new_id();
    let event = id.clone();
    work!(world, |conn| {
        let told = NewEvent {
            id: event,
            action: Action::Deleted,
            outcome: Outcome::Failure,
            kind: Some(ResourceKind::User),
            resource_id: Some("ada"),
            subject: "ada",
            before: None,
            after: None,
            members: &Moved::default(),
            notes: &Notes::default(),
            exchange: &Exchange::default(),
            repeats: 1,
        };
        events::record(conn, &world.context(), &told, world.store.now()).await
    })
    .expect("recorded");
    assert_eq!(undo(&world, &id).await, Err(Refusal::NoChange));
    assert_eq!(try_undo(&world, "none").await.expect("an answer"), None);
    assert_eq!(try_undo(&world, "no\0ne").await.expect("an answer"), None);
}

async fn an_undo_is_a_change_like_any_other(engine: Engine) {
    let world = World::new(engine).await;
    put(&world, "ada", Some(json!({"userName": "ada", "title": "A"}))).await;
    let event = put(&world, "ada", Some(json!({"userName": "ada", "title": "B"}))).await;
    undo(&world, &event).await.expect("undone");
    let undone = read!(world, |conn| events::of_resource(conn, &world.tenant, "ada", 1)).remove(0);
    assert_ne!(undone.id, event);
    let acts = read!(world, |conn| audit::latest(conn, &world.tenant, 1));
    assert_eq!(acts, [("ada@x.test".to_owned(), "events.undo".to_owned(), event)]);
    undo(&world, &undone.id).await.expect("undone in turn");
    assert_eq!(attributes(&world, "ada").await["title"], "B");
    assert_eq!(read!(world, |conn| events::first_broken(conn, &world.tenant)), None, "the chain holds");
}

async fn nothing_of_another_company(engine: Engine) {
    let world = World::new(engine).await;
    let neighbour = world.neighbour().await;
    put(&world, "ada", Some(json!({"userName": "ada"}))).await;
    let event = put(&world, "ada", Some(json!({"userName": "ada", "title": "B"}))).await;
    assert_eq!(try_undo(&neighbour, &event).await.expect("an answer"), None);
    assert_eq!(attributes(&world, "ada").await["title"], "B");
}
