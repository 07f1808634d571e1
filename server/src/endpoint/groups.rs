//! Groups: the four changes, each within a transaction that touches only the members it names.

use scim::patch::{MemberChange, PatchRequest};
use scim::projection::Projection;
use scim::render::{Reference, Resource};
use scim::{Document, ResourceKind, Schemas, etag, resource};
use serde_json::{Map, Value};
use store::events::Action;
use store::groups::{self, Group, Moved};
use store::{Conn, undo};

use super::operation::{Change, Work, removed, unknown};
use super::response::{Failure, Outcome};

const KIND: ResourceKind = ResourceKind::Group;
/// A PATCH of a larger group is answered 204: listing everybody would cost more than the change.
const LISTED_AFTER_PATCH: i64 = 200;

pub(super) async fn create(conn: &mut Conn<'_>, work: &mut Work, body: Map<String, Value>) -> Result<Outcome, Failure> {
    let incoming = resource::parse(KIND, body, &work.schemas, &mut work.notes)?;
    let group = Group {
        id: work.new_id.clone(),
        integration_id: work.call.context.integration_id.clone(),
        document: incoming.document,
        created_at: work.now,
        updated_at: work.now,
        version: 1,
    };
    let tenant = &work.call.context.tenant_id;
    groups::insert(conn, tenant, &group, &work.schemas).await?;
    let members =
        groups::change_members(conn, tenant, &group.id, &MemberChange::Add(incoming.members), work.now).await?;
    let outcome = answer(conn, work, &group, 201).await?;
    let change = Change { before: None, after: Some(&group.document), members: Some(&members) };
    work.record(conn, (KIND, Action::Created), change, &outcome).await?;
    Ok(outcome)
}

/// PUT. Members stay when the client leaves them out (RFC 7644 §3.5.1 allows it): clients that rename a group by PUT
/// do not mean to empty it.
pub(super) async fn replace(
    conn: &mut Conn<'_>,
    work: &mut Work,
    id: &str,
    body: Map<String, Value>,
) -> Result<Outcome, Failure> {
    let before = load(conn, work, id).await?;
    let says_members = body.keys().any(|key| key.eq_ignore_ascii_case("members"));
    let incoming = resource::parse(KIND, body, &work.schemas, &mut work.notes)?;
    let members = if says_members { vec![MemberChange::ReplaceAll(incoming.members)] } else { Vec::new() };
    let changed = change(conn, work, before, incoming.document, &members).await?;
    let outcome = answer(conn, work, &changed.group, 200).await?;
    changed.record(conn, work, &outcome).await?;
    Ok(outcome)
}

pub(super) async fn patch(
    conn: &mut Conn<'_>,
    work: &mut Work,
    id: &str,
    body: Map<String, Value>,
) -> Result<Outcome, Failure> {
    let request = PatchRequest::parse(body, &mut work.notes)?;
    let before = load(conn, work, id).await?;
    let patched = request.apply(KIND, &before.document, &work.schemas, &mut work.notes)?;
    let changed = change(conn, work, before, patched.document, &patched.members).await?;
    let tenant = &work.call.context.tenant_id;
    let large = work.projection.is_default()
        && groups::count_members(conn, tenant, id, LISTED_AFTER_PATCH + 1).await? > LISTED_AFTER_PATCH;
    let outcome = if large {
        Outcome { version: Some(etag::tag(changed.group.version)), ..removed(id) }
    } else {
        answer(conn, work, &changed.group, 200).await?
    };
    changed.record(conn, work, &outcome).await?;
    Ok(outcome)
}

pub(super) async fn delete(conn: &mut Conn<'_>, work: &mut Work, id: &str) -> Result<Outcome, Failure> {
    let before = groups::get_for_delete(conn, &work.call.context.tenant_id, id).await?;
    let before = before.ok_or_else(|| unknown(KIND, id))?;
    work.check_version(before.version)?;
    let members = Moved {
        added: Vec::new(),
        removed: groups::some_members(conn, &work.call.context.tenant_id, id, undo::MAX_MEMBERS + 1).await?,
    };
    groups::delete(conn, &work.call.context.tenant_id, id, work.now).await?;
    let change = Change { before: Some(&before.document), after: None, members: Some(&members) };
    let outcome = removed(id);
    work.record(conn, (KIND, Action::Deleted), change, &outcome).await?;
    Ok(outcome)
}

async fn load(conn: &mut Conn<'_>, work: &Work, id: &str) -> Result<Group, Failure> {
    let group = groups::get_for_update(conn, &work.call.context.tenant_id, id).await?;
    let group = group.ok_or_else(|| unknown(KIND, id))?;
    work.check_version(group.version)?;
    Ok(group)
}

async fn change(
    conn: &mut Conn<'_>,
    work: &Work,
    before: Group,
    after: Document,
    members: &[MemberChange],
) -> Result<Changed, Failure> {
    let tenant = &work.call.context.tenant_id;
    let mut moved = Moved::default();
    for change in members {
        moved.extend(groups::change_members(conn, tenant, &before.id, change, work.now).await?);
    }
    if moved.is_empty() && before.document == after {
        return Ok(Changed { before: before.document.clone(), group: before, members: moved });
    }
    let group = Group { document: after, updated_at: work.now, version: before.version + 1, ..before.clone() };
    if before.document == group.document {
        groups::touch(conn, tenant, &group).await?;
    } else {
        groups::update(conn, tenant, &group, &work.schemas).await?;
    }
    Ok(Changed { before: before.document, group, members: moved })
}

/// A group after a change that may have been none.
struct Changed {
    before: Document,
    group: Group,
    members: Moved,
}

impl Changed {
    async fn record(&self, conn: &mut Conn<'_>, work: &Work, outcome: &Outcome) -> Result<(), Failure> {
        let unchanged = self.members.is_empty() && self.before == self.group.document;
        let action = if unchanged { Action::Unchanged } else { Action::Updated };
        let change =
            Change { before: Some(&self.before), after: Some(&self.group.document), members: Some(&self.members) };
        Ok(work.record(conn, (KIND, action), change, outcome).await?)
    }
}

async fn answer(conn: &mut Conn<'_>, work: &Work, group: &Group, status: u16) -> Result<Outcome, Failure> {
    let mut members = None;
    if work.projection.wants("members") {
        let mut of = groups::members_of(conn, &work.call.context.tenant_id, &[&group.id]).await?;
        members = Some(of.remove(&group.id).unwrap_or_default());
    }
    Ok(Outcome {
        status,
        body: Some(render(group, members.as_deref(), &work.call.base, &work.schemas, &work.projection)),
        id: group.id.clone(),
        location: Some(scim::render::location(&work.call.base, KIND, &group.id)),
        version: Some(etag::tag(group.version)),
    })
}

/// One group as it is answered.
pub(super) fn render(
    group: &Group,
    members: Option<&[Reference]>,
    base: &str,
    schemas: &Schemas,
    projection: &Projection,
) -> Value {
    let resource = Resource {
        kind: KIND,
        id: &group.id,
        document: &group.document,
        created: group.created_at,
        last_modified: group.updated_at,
        version: group.version,
        references: members,
    };
    resource.to_json(base, schemas, projection)
}
