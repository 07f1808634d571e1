use scim::{NoteKind, Notes, ResourceKind};
use serde_json::json;
use store::events::{self, Action, NewEvent};
use store::testing::Engine;
use time::Duration;

use crate::support::{World, document};

on_both_engines!(events_tell_what_changed);

async fn events_tell_what_changed(engine: Engine) {
    let world = World::new(engine).await;
    let actions =
        [Action::Created, Action::Updated, Action::Disabled, Action::Enabled, Action::Unchanged, Action::Deleted];
    for action in actions {
        work!(world, |conn| {
            let (before, after) = (document(json!({"userName": "a"})), document(json!({"userName": "b"})));
            let mut notes = Notes::default();
            notes.add(NoteKind::Coerced, "active", "\"True\" was read as true.");
            let event = NewEvent {
                id: world.store.new_id(),
                action,
                kind: ResourceKind::User,
                resource_id: "e1",
                subject: "Ada",
                before: (action != Action::Created).then_some(&before),
                after: (action != Action::Deleted).then_some(&after),
                notes: &notes,
                correlation_id: Some("c"),
                client: None,
            };
            let context = world.context();
            events::record(conn, &context, &event, world.store.now()).await
        })
        .expect("an event");
        world.clock.advance(Duration::seconds(1));
    }
    let all = read!(world, |conn| events::of_resource(conn, &world.tenant, "e1", 100));
    let told: Vec<_> = all.iter().rev().map(|event| event.action.as_str()).collect();
    assert_eq!(told, actions.map(Action::name), "the newest first");
    assert!(all.iter().all(|event| event.subject == "Ada" && event.notes.0.len() == 1));
    assert_eq!(read!(world, |conn| events::of_resource(conn, &world.tenant, "e1", 2)), all[..2]);
    assert!(read!(world, |conn| events::of_resource(conn, &world.tenant, "e2", 100)).is_empty());
    assert_eq!(world.number("SELECT count(*) FROM provisioning_events WHERE before IS NULL").await, 1);
    assert_eq!(world.number("SELECT count(*) FROM provisioning_events WHERE after IS NULL").await, 1);
}
