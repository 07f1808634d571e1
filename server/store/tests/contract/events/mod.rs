//! What the provisioning log tells, and that it shows what was done to it.

mod chain;
mod page;
mod prune;

use scim::{NoteKind, Notes, ResourceKind};
use serde_json::{Value, json};
use store::events::{self, Action, Exchange, Filter, Kept, NewEvent, Outcome, Place};
use store::groups::Moved;
use store::testing::Engine;
use store::{StoreError, TokenId};
use time::Duration;

use crate::support::{World, document};

on_both_engines!(events_tell_what_changed, an_event_is_read_as_it_was_written, hostile_texts_are_kept);

/// An event to be written down.
#[derive(Clone)]
struct Told {
    action: Action,
    outcome: Outcome,
    resource: Option<String>,
    subject: String,
    before: Option<Value>,
    after: Option<Value>,
    exchange: Exchange,
}

impl Told {
    fn of(action: Action, resource: &str, subject: &str) -> Self {
        Self {
            action,
            outcome: Outcome::Success,
            resource: Some(resource.to_owned()),
            subject: subject.to_owned(),
            before: None,
            after: Some(json!({ "userName": subject })),
            exchange: Exchange { status: Some(200), ..Exchange::default() },
        }
    }
}

async fn write(world: &World, told: Told) -> Result<String, StoreError> {
    let id = world.store.new_id();
    let event_id = id.clone();
    work!(world, |conn| {
        let (before, after) = (told.before.map(document), told.after.map(document));
        let mut notes = Notes::default();
        notes.add(NoteKind::Coerced, "active", "\"True\" was read as true.");
        let moved = Moved { added: vec!["a".to_owned(), "b".to_owned()], removed: vec!["c".to_owned()] };
        let event = NewEvent {
            id: event_id,
            action: told.action,
            outcome: told.outcome,
            kind: Some(ResourceKind::User),
            resource_id: told.resource.as_deref(),
            subject: &told.subject,
            before: before.as_ref(),
            after: after.as_ref(),
            members: &moved,
            notes: &notes,
            exchange: &told.exchange,
            repeats: 1,
        };
        events::record(conn, &world.context(), &event, world.store.now()).await
    })?;
    Ok(id)
}

async fn events_tell_what_changed(engine: Engine) {
    let world = World::new(engine).await;
    let actions =
        [Action::Created, Action::Updated, Action::Disabled, Action::Enabled, Action::Unchanged, Action::Deleted];
    for action in actions {
        let mut told = Told::of(action, "e1", "Ada");
        told.before = (action != Action::Created).then(|| json!({"userName": "a", "title": "same"}));
        told.after = (action != Action::Deleted).then(|| json!({"userName": "b", "title": "same"}));
        write(&world, told).await.expect("an event");
        world.clock.advance(Duration::seconds(1));
    }
    let all = read!(world, |conn| events::of_resource(conn, &world.tenant, "e1", 100));
    let told: Vec<_> = all.iter().rev().map(|event| event.action).collect();
    assert_eq!(told, actions, "the newest first");
    assert!(all.iter().all(|event| event.subject == "Ada" && event.notes.0.len() == 1));
    let changes: Vec<_> = all.iter().rev().map(|event| event.changes.len()).collect();
    assert_eq!(changes, [2, 1, 1, 1, 1, 2], "what stays the same is no change; a creation tells all");
    assert_eq!(read!(world, |conn| events::of_resource(conn, &world.tenant, "e1", 2)), all[..2]);
    assert!(read!(world, |conn| events::of_resource(conn, &world.tenant, "e2", 100)).is_empty());
}

async fn an_event_is_read_as_it_was_written(engine: Engine) {
    let world = World::new(engine).await;
    let text = |text: &str| Some(text.to_owned());
    let mut told = Told::of(Action::Updated, "e1", "Ada");
    told.outcome = Outcome::Failure;
    told.exchange = Exchange {
        method: text("PATCH"),
        path: text("/scim/Users/e1"),
        status: Some(409),
        scim_type: text("uniqueness"),
        detail: text("userName: taken"),
        correlation_id: text("c-1"),
        client: text("Azure"),
        address: text("203.0.113.9"),
        duration_us: Some(1234),
        last_four: text("9fKa"),
        request: Some(Kept { text: "{}".to_owned(), size: Some(99_999) }),
        response: Some(Kept { text: "[]".to_owned(), size: None }),
    };
    let id = write(&world, told.clone()).await.expect("an event");
    let read = read!(world, |conn| events::get(conn, &world.tenant, &id)).expect("it is there");
    assert_eq!((&read.exchange, read.outcome, read.members), (&told.exchange, Outcome::Failure, (2, 1)));
    assert_eq!(
        (read.token_id, read.integration_id),
        (Some(TokenId("token".to_owned())), Some(world.integration.clone()))
    );
    let page = read!(world, |conn| events::page(conn, &world.tenant, &Filter::default(), &Place::Newest, 10, false));
    assert_eq!((page.events[0].exchange.request.clone(), page.events[0].exchange.status), (None, Some(409)));
    assert_eq!(read!(world, |conn| events::get(conn, &world.tenant, "no\0where")), None);
    let neighbour = world.neighbour().await;
    assert_eq!(read!(neighbour, |conn| events::get(conn, &neighbour.tenant, &id)), None);
}

/// PostgreSQL stores no U+0000 and indexes no long text.
async fn hostile_texts_are_kept(engine: Engine) {
    let world = World::new(engine).await;
    for text in ["a\0b", &"ß\u{202e}".repeat(100_000), "'; DROP TABLE tenants; --", "\u{10ffff}\u{feff}"] {
        let mut told = Told::of(Action::Created, text, text);
        let header = Some(text.to_owned());
        told.exchange = Exchange {
            path: header.clone(),
            client: header.clone(),
            correlation_id: header.clone(),
            detail: header,
            ..Exchange::default()
        };
        told.after = Some(json!({ "title": text.replace('\0', "") }));
        let id = write(&world, told).await.expect("an event");
        let read = read!(world, |conn| events::get(conn, &world.tenant, &id)).expect("it is there");
        assert!(read.subject.chars().count() <= 401 && !read.subject.contains('\0'), "{}", read.subject);
    }
    assert_eq!(read!(world, |conn| events::first_broken(conn, &world.tenant)), None);
}
