//! Doing it.

use scim::patch::MemberChange;
use scim::{Document, Notes, ResourceKind, Schemas};
use serde_json::json;

use super::plan::{self, Plan};
use super::{Refusal, Undo};
use crate::audit::{self, Act};
use crate::deleted_employees::{self, Restoration};
use crate::events::{self, Action, Exchange, NewEvent, Origin, Outcome};
use crate::groups::{self, Group, Moved};
use crate::{Conn, IntegrationId, Store, StoreError, TenantId, custom_attributes, employees};

/// Undoes an event, with an event of its own; says what was done. `None` when there is no such event, and
/// [`StoreError::Conflict`] when a name that comes back is taken: nothing is to be kept then.
pub async fn apply(
    conn: &mut Conn<'_>,
    (tenant, event): (&TenantId, &str),
    by: &str,
    store: &Store,
) -> Result<Option<Result<Undo, Refusal>>, StoreError> {
    let schemas = custom_attributes::schemas(conn, tenant).await?;
    let plan = match plan::plan(conn, tenant, event).await? {
        None => return Ok(None),
        Some(Err(refusal)) => return Ok(Some(Err(refusal))),
        Some(Ok(plan)) => plan,
    };
    let told = plan.told();
    let undoing = Undoing { tenant, schemas: &schemas, store };
    let done = undoing.run(conn, plan).await?;
    let Some(done) = done else { return Ok(Some(Err(Refusal::Gone))) };
    undoing.record(conn, &done).await?;
    let subject = done.after.as_ref().or(done.before.as_ref()).map(Document::shown_name).unwrap_or_default();
    let act = Act { actor: by, action: "events.undo", subject: event, detail: json!({ "about": subject }) };
    audit::record(conn, tenant, &act, store.now()).await?;
    Ok(Some(Ok(told)))
}

/// What was done, for the log.
struct Done {
    kind: ResourceKind,
    action: Action,
    id: String,
    integration: IntegrationId,
    before: Option<Document>,
    after: Option<Document>,
    moved: Moved,
}

struct Undoing<'a> {
    tenant: &'a TenantId,
    schemas: &'a Schemas,
    store: &'a Store,
}

impl Undoing<'_> {
    async fn run(&self, conn: &mut Conn<'_>, plan: Plan) -> Result<Option<Done>, StoreError> {
        let (tenant, now) = (self.tenant, self.store.now());
        Ok(Some(match plan {
            Plan::User { before, mut after, .. } => {
                after.updated_at = now;
                employees::update(conn, tenant, &after, self.schemas).await?;
                let action = match (before.document.active(), after.document.active()) {
                    (true, false) => Action::Disabled,
                    (false, true) => Action::Enabled,
                    _ => Action::Updated,
                };
                Done {
                    kind: ResourceKind::User,
                    action,
                    id: after.id,
                    integration: after.integration_id,
                    before: Some(before.document),
                    after: Some(after.document),
                    moved: Moved::default(),
                }
            }
            Plan::DeleteUser(employee) => {
                employees::delete(conn, tenant, &employee.id, now).await?;
                Done {
                    kind: ResourceKind::User,
                    action: Action::Deleted,
                    id: employee.id,
                    integration: employee.integration_id,
                    before: Some(employee.document),
                    after: None,
                    moved: Moved::default(),
                }
            }
            Plan::RestoreUser(deleted, _) => {
                let id = deleted.employee.id;
                match deleted_employees::restore(conn, tenant, &id, (self.schemas, None), now).await? {
                    Restoration::Restored(back) => Done {
                        kind: ResourceKind::User,
                        action: Action::Restored,
                        id,
                        integration: back.integration_id,
                        before: None,
                        after: Some(back.document),
                        moved: Moved::default(),
                    },
                    Restoration::Taken => return Err(StoreError::Conflict("userName")),
                    Restoration::Gone => return Ok(None),
                }
            }
            Plan::Group { before, mut after, leave, join, .. } => {
                after.updated_at = now;
                let mut moved =
                    groups::change_members(conn, tenant, &after.id, &MemberChange::Remove(leave), now).await?;
                moved.extend(groups::change_members(conn, tenant, &after.id, &MemberChange::Add(join), now).await?);
                groups::update(conn, tenant, &after, self.schemas).await?;
                group_done(Action::Updated, after, Some(before.document), moved)
            }
            Plan::DeleteGroup(group) => {
                let removed = groups::some_members(conn, tenant, &group.id, super::MAX_MEMBERS + 1).await?;
                groups::delete(conn, tenant, &group.id, now).await?;
                Done {
                    kind: ResourceKind::Group,
                    action: Action::Deleted,
                    id: group.id,
                    integration: group.integration_id,
                    before: Some(group.document),
                    after: None,
                    moved: Moved { added: Vec::new(), removed },
                }
            }
            Plan::RestoreGroup { id, integration, document, join, .. } => {
                let group =
                    Group { id, integration_id: integration, document, created_at: now, updated_at: now, version: 1 };
                groups::insert(conn, tenant, &group, self.schemas).await?;
                let moved = groups::change_members(conn, tenant, &group.id, &MemberChange::Add(join), now).await?;
                group_done(Action::Created, group, None, moved)
            }
        }))
    }

    async fn record(&self, conn: &mut Conn<'_>, done: &Done) -> Result<(), StoreError> {
        let subject = done.after.as_ref().or(done.before.as_ref()).map(Document::shown_name).unwrap_or_default();
        let (notes, exchange) = (Notes::default(), Exchange::default());
        let event = NewEvent {
            id: self.store.new_id(),
            action: done.action,
            outcome: Outcome::Success,
            kind: Some(done.kind),
            resource_id: Some(&done.id),
            subject: &subject,
            before: done.before.as_ref(),
            after: done.after.as_ref(),
            members: &done.moved,
            notes: &notes,
            exchange: &exchange,
            repeats: 1,
        };
        let origin = Origin { tenant: self.tenant, integration: Some(&done.integration), token: None };
        events::record(conn, origin, &event, self.store.now()).await
    }
}

fn group_done(action: Action, group: Group, before: Option<Document>, moved: Moved) -> Done {
    Done {
        kind: ResourceKind::Group,
        action,
        id: group.id,
        integration: group.integration_id,
        before,
        after: Some(group.document),
        moved,
    }
}
