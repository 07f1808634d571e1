//! Employees: the four changes, each within a transaction.

use scim::patch::PatchRequest;
use scim::projection::Projection;
use scim::render::{Reference, Resource};
use scim::{Document, ResourceKind, Schemas, etag, resource};
use serde_json::{Map, Value};
use store::employees::{self, Employee, Hire};
use store::events::Action;
use store::{Conn, groups};

use super::operation::{Change, Work, removed, unknown};
use super::response::{Failure, Outcome};
use crate::state::AppState;

const KIND: ResourceKind = ResourceKind::User;

/// Nothing of a creation depends on what is stored, so all of it is worked out before the write door, where everybody
/// else would wait for it.
pub(super) async fn create(state: &AppState, mut work: Work, body: Map<String, Value>) -> Result<Outcome, Failure> {
    let mut incoming = resource::parse(KIND, body, &work.schemas, &mut work.notes)?;
    incoming.document.default_active(true);
    let context = &work.call.context;
    let employee = Employee {
        id: work.new_id.clone(),
        integration_id: context.integration_id.clone(),
        document: incoming.document,
        created_at: work.now,
        updated_at: work.now,
        version: 1,
    };
    let outcome = outcome(&work, &employee, &[], 201);
    let change = Change { after: Some(&employee.document), ..Change::default() };
    let event = work.event((KIND, Action::Created), change, &outcome);
    state.store.hire(Hire::new(context.tenant_id.clone(), employee, &work.schemas, event)).await?;
    Ok(outcome)
}

/// PUT. RFC 7644 §3.5.1: what the client leaves out is cleared; but `active` stays as it is, since leaving it out is
/// no decision to give access back.
pub(super) async fn replace(
    conn: &mut Conn<'_>,
    work: &mut Work,
    id: &str,
    body: Map<String, Value>,
) -> Result<Outcome, Failure> {
    let before = load(conn, work, id).await?;
    let mut after = resource::parse(KIND, body, &work.schemas, &mut work.notes)?.document;
    after.default_active(before.document.active());
    change(conn, work, before, after).await
}

pub(super) async fn patch(
    conn: &mut Conn<'_>,
    work: &mut Work,
    id: &str,
    body: Map<String, Value>,
) -> Result<Outcome, Failure> {
    let request = PatchRequest::parse(body, &mut work.notes)?;
    let before = load(conn, work, id).await?;
    let after = request.apply(KIND, &before.document, &work.schemas, &mut work.notes)?.document;
    change(conn, work, before, after).await
}

pub(super) async fn delete(conn: &mut Conn<'_>, work: &mut Work, id: &str) -> Result<Outcome, Failure> {
    let before = employees::get_for_delete(conn, &work.call.context.tenant_id, id).await?;
    let before = before.ok_or_else(|| unknown(KIND, id))?;
    work.check_version(before.version)?;
    let context = &work.call.context;
    if context.is_trial {
        // Whom the console's own test made up is nobody to be kept.
        employees::erase(conn, &context.tenant_id, id, work.now).await?;
    } else {
        employees::delete(conn, &context.tenant_id, id, work.now).await?;
        work.note_departure(conn, (id, &before.document), true).await?;
    }
    let (change, outcome) = (Change { before: Some(&before.document), ..Change::default() }, removed(id));
    work.record(conn, (KIND, Action::Deleted), change, &outcome).await?;
    Ok(outcome)
}

async fn load(conn: &mut Conn<'_>, work: &Work, id: &str) -> Result<Employee, Failure> {
    let employee = employees::get_for_update(conn, &work.call.context.tenant_id, id).await?;
    let employee = employee.ok_or_else(|| unknown(KIND, id))?;
    work.check_version(employee.version)?;
    Ok(employee)
}

async fn change(conn: &mut Conn<'_>, work: &Work, before: Employee, after: Document) -> Result<Outcome, Failure> {
    if before.document == after {
        let outcome = answer(conn, work, &before).await?;
        let change = Change { after: Some(&after), ..Change::default() };
        work.record(conn, (KIND, Action::Unchanged), change, &outcome).await?;
        return Ok(outcome);
    }
    let action = match (before.document.active(), after.active()) {
        (true, false) => Action::Disabled,
        (false, true) => Action::Enabled,
        _ => Action::Updated,
    };
    let employee = Employee { document: after, updated_at: work.now, version: before.version + 1, ..before.clone() };
    employees::update(conn, &work.call.context.tenant_id, &employee, &work.schemas).await?;
    if action == Action::Disabled {
        work.note_departure(conn, (&employee.id, &employee.document), false).await?;
    }
    let outcome = answer(conn, work, &employee).await?;
    let change = Change { before: Some(&before.document), after: Some(&employee.document), ..Change::default() };
    work.record(conn, (KIND, action), change, &outcome).await?;
    Ok(outcome)
}

async fn answer(conn: &mut Conn<'_>, work: &Work, employee: &Employee) -> Result<Outcome, Failure> {
    let mut groups = Vec::new();
    if work.projection.wants("groups") {
        let mut of = groups::groups_of(conn, &work.call.context.tenant_id, &[&employee.id]).await?;
        groups = of.remove(&employee.id).unwrap_or_default();
    }
    Ok(outcome(work, employee, &groups, 200))
}

fn outcome(work: &Work, employee: &Employee, groups: &[Reference], status: u16) -> Outcome {
    let body = render(employee, Some(groups), &work.call.base, &work.schemas, &work.projection);
    Outcome {
        status,
        body: Some(body),
        id: employee.id.clone(),
        location: Some(scim::render::location(&work.call.base, KIND, &employee.id)),
        version: Some(etag::tag(employee.version)),
    }
}

/// One employee as it is answered.
pub(super) fn render(
    employee: &Employee,
    groups: Option<&[Reference]>,
    base: &str,
    schemas: &Schemas,
    projection: &Projection,
) -> Value {
    let resource = Resource {
        kind: KIND,
        id: &employee.id,
        document: &employee.document,
        created: employee.created_at,
        last_modified: employee.updated_at,
        version: employee.version,
        references: groups,
    };
    resource.to_json(base, schemas, projection)
}
