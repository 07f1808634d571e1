//! Queries: by query string and by body, of one kind of resource or of both.

use std::collections::HashMap;

use axum::body::Body;
use axum::extract::{OriginalUri, State};
use axum::http::HeaderMap;
use axum::response::Response;
use scim::condition::{self, Condition, Source};
use scim::list::{ListRequest, Start};
use scim::{Notes, ResourceKind, Schemas, ScimError};
use serde_json::Value;
use store::{Conn, Page, Place, Query, TenantId, Walks, custom_attributes, employees, groups};

use super::handlers::kind_of;
use super::request::{Call, object};
use super::response::{Failure, json};
use super::{groups as group_answers, users};
use crate::state::AppState;

pub(super) async fn of_kind(State(state): State<AppState>, call: Call, uri: OriginalUri) -> Result<Response, Failure> {
    let request = ListRequest::from_query(&call.query, &mut Notes::default())?;
    list(&state, &call, &request, &[kind_of(&uri)]).await
}

pub(super) async fn of_kind_by_body(
    State(state): State<AppState>,
    call: Call,
    uri: OriginalUri,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Failure> {
    let request = ListRequest::from_body(&object(&call, &headers, body).await?, &mut Notes::default())?;
    list(&state, &call, &request, &[kind_of(&uri)]).await
}

pub(super) async fn everything(State(state): State<AppState>, call: Call) -> Result<Response, Failure> {
    let request = ListRequest::from_query(&call.query, &mut Notes::default())?;
    list(&state, &call, &request, &[ResourceKind::User, ResourceKind::Group]).await
}

pub(super) async fn everything_by_body(
    State(state): State<AppState>,
    call: Call,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Failure> {
    let request = ListRequest::from_body(&object(&call, &headers, body).await?, &mut Notes::default())?;
    list(&state, &call, &request, &[ResourceKind::User, ResourceKind::Group]).await
}

/// One page. With two kinds, the second follows the first as if they were one list.
async fn list(
    state: &AppState,
    call: &Call,
    request: &ListRequest,
    kinds: &[ResourceKind],
) -> Result<Response, Failure> {
    if kinds.len() > 1 && matches!(request.start, Start::Cursor(_)) {
        return Err(ScimError::invalid_value("cursor: walk /Users and /Groups one after the other.").into());
    }
    let mut reader = state.store.read().await?;
    let mut conn = reader.conn();
    let schemas = custom_attributes::schemas_for(&mut conn, &call.context).await?;
    let queries = resolve(request, kinds, &schemas)?;
    let (mut total, mut resources, mut last_id) = (0, Vec::new(), None);
    for (kind, mut query) in queries {
        if let Place::Index(index) = &mut query.place {
            let before = usize::try_from(total).unwrap_or(usize::MAX);
            *index = index.saturating_sub(before).max(1);
        }
        query.count -= resources.len();
        let page = page(&mut conn, (call, state.store.walks()), (kind, &query), request, &schemas).await?;
        total += page.total;
        last_id = page.items.last().map(|(id, _)| id.clone()).filter(|_| page.more);
        resources.extend(page.items.into_iter().map(|(_, body)| body));
    }
    reader.give_back();
    Ok(json(200, &request.response(total, resources, last_id.as_deref())))
}

/// The query for each kind. A filter over both may name what only one of them has; it is refused when neither has it.
fn resolve(
    request: &ListRequest,
    kinds: &[ResourceKind],
    schemas: &Schemas,
) -> Result<Vec<(ResourceKind, Query)>, ScimError> {
    let mut queries = Vec::new();
    let mut refusal = None;
    for &kind in kinds {
        let condition = request.filter.as_ref().map(|filter| condition::resolve(filter, kind, schemas)).transpose();
        let sort = sort_source(request, kind, schemas);
        match condition.and_then(|condition| Ok((condition, sort?))) {
            Ok((condition, sort)) => queries.push((kind, query(request, condition, sort))),
            Err(error) => refusal = Some(error),
        }
    }
    match refusal {
        Some(error) if queries.is_empty() => Err(error),
        _ => Ok(queries),
    }
}

fn query(request: &ListRequest, condition: Option<Condition>, sort: Option<Source>) -> Query {
    let place = match &request.start {
        Start::Index(index) => Place::Index(*index),
        Start::Cursor(id) => Place::After(id.clone()),
    };
    Query { condition, sort: sort.map(|source| (source, request.descending)), place, count: request.count }
}

fn sort_source(request: &ListRequest, kind: ResourceKind, schemas: &Schemas) -> Result<Option<Source>, ScimError> {
    let Some(path) = &request.sort_by else { return Ok(None) };
    let filter = scim::filter::Filter::Present(path.clone());
    match condition::resolve(&filter, kind, schemas) {
        Ok(Condition::Test(source, _)) => Ok(Some(source)),
        _ => Err(ScimError::invalid_value(format!("sortBy: the schema has no attribute {path}."))),
    }
}

async fn page(
    conn: &mut Conn<'_>,
    (call, walks): (&Call, &Walks),
    (kind, query): (ResourceKind, &Query),
    request: &ListRequest,
    schemas: &Schemas,
) -> Result<Page<(String, Value)>, Failure> {
    let tenant: &TenantId = &call.context.tenant_id;
    let projection = &request.projection;
    let render_all = |total, more, items| Page { total, more, items };
    match kind {
        ResourceKind::User => {
            let page = employees::query(conn, tenant, query, Some(walks)).await?;
            let ids: Vec<&str> =
                page.items.iter().filter(|_| projection.wants("groups")).map(|one| one.id.as_str()).collect();
            let of = if ids.is_empty() { HashMap::default() } else { groups::groups_of(conn, tenant, &ids).await? };
            let render = |one: &employees::Employee| {
                (
                    one.id.clone(),
                    users::render(one, of.get(&one.id).map(Vec::as_slice), &call.base, schemas, projection),
                )
            };
            Ok(render_all(page.total, page.more, page.items.iter().map(render).collect()))
        }
        ResourceKind::Group => {
            let page = groups::query(conn, tenant, query, Some(walks)).await?;
            let ids: Vec<&str> =
                page.items.iter().filter(|_| projection.wants("members")).map(|one| one.id.as_str()).collect();
            let of = if ids.is_empty() { HashMap::default() } else { groups::members_of(conn, tenant, &ids).await? };
            let render = |one: &groups::Group| {
                let members = of.get(&one.id).map(Vec::as_slice);
                (one.id.clone(), group_answers::render(one, members, &call.base, schemas, projection))
            };
            Ok(render_all(page.total, page.more, page.items.iter().map(render).collect()))
        }
    }
}
