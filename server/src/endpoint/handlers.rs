//! The routes of single resources and of discovery.

use std::borrow::Cow;

use axum::body::Body;
use axum::extract::{OriginalUri, State};
use axum::http::header::ETAG;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use scim::bulk::Method;
use scim::projection::Projection;
use scim::{ResourceKind, ScimError, discovery, etag};
use serde_json::{Map, Value};
use store::{custom_attributes, employees, groups};

use super::operation::{self, Operation, unknown};
use super::request::{Call, Id, object};
use super::response::{Failure, Outcome, json, scim_error};
use super::{groups as group_answers, users};
use crate::state::AppState;

/// Which endpoint the request went to: the part of the path after the base.
pub(super) fn kind_of(uri: &OriginalUri) -> ResourceKind {
    let mut parts = uri.0.path().split('/').filter(|part| !part.is_empty() && *part != "scim" && *part != "v2");
    parts.next().and_then(ResourceKind::from_endpoint).unwrap_or(ResourceKind::User)
}

async fn change(
    state: &AppState,
    call: &Call,
    (method, kind, id): (Method, ResourceKind, String),
    body: Map<String, Value>,
) -> Result<Outcome, Failure> {
    let projection = Projection::from_query(&call.query)?;
    let operation = Operation { method, kind, id, body, if_match: call.if_match.clone(), projection };
    operation::run(state, call, operation).await
}

pub(super) async fn create(
    State(state): State<AppState>,
    call: Call,
    uri: OriginalUri,
    headers: HeaderMap,
    body: Body,
) -> Result<Outcome, Failure> {
    let body = object(&call, &headers, body).await?;
    change(&state, &call, (Method::Post, kind_of(&uri), String::new()), body).await
}

pub(super) async fn replace(
    State(state): State<AppState>,
    call: Call,
    Id(id): Id,
    uri: OriginalUri,
    headers: HeaderMap,
    body: Body,
) -> Result<Outcome, Failure> {
    let body = object(&call, &headers, body).await?;
    change(&state, &call, (Method::Put, kind_of(&uri), id), body).await
}

pub(super) async fn patch(
    State(state): State<AppState>,
    call: Call,
    Id(id): Id,
    uri: OriginalUri,
    headers: HeaderMap,
    body: Body,
) -> Result<Outcome, Failure> {
    let body = object(&call, &headers, body).await?;
    change(&state, &call, (Method::Patch, kind_of(&uri), id), body).await
}

pub(super) async fn delete(
    State(state): State<AppState>,
    call: Call,
    Id(id): Id,
    uri: OriginalUri,
) -> Result<Outcome, Failure> {
    change(&state, &call, (Method::Delete, kind_of(&uri), id), Map::new()).await
}

pub(super) async fn read(
    State(state): State<AppState>,
    call: Call,
    Id(id): Id,
    uri: OriginalUri,
) -> Result<Response, Failure> {
    let (kind, tenant) = (kind_of(&uri), &call.context.tenant_id);
    let projection = Projection::from_query(&call.query)?;
    let mut reader = state.store.read().await?;
    let mut conn = reader.conn();
    let schemas = custom_attributes::schemas_for(&mut conn, &call.context).await?;
    let (body, version) = match kind {
        ResourceKind::User => {
            let employee = employees::get(&mut conn, tenant, &id).await?.ok_or_else(|| unknown(kind, &id))?;
            let wanted: Vec<&str> = projection.wants("groups").then_some(id.as_str()).into_iter().collect();
            let mut of = groups::groups_of(&mut conn, tenant, &wanted).await?;
            let body = users::render(&employee, of.remove(&id).as_deref(), &call.base, &schemas, &projection);
            (body, employee.version)
        }
        ResourceKind::Group => {
            let group = groups::get(&mut conn, tenant, &id).await?.ok_or_else(|| unknown(kind, &id))?;
            let wanted: Vec<&str> = projection.wants("members").then_some(id.as_str()).into_iter().collect();
            let mut of = groups::members_of(&mut conn, tenant, &wanted).await?;
            let body = group_answers::render(&group, of.remove(&id).as_deref(), &call.base, &schemas, &projection);
            (body, group.version)
        }
    };
    reader.give_back();
    let known = call.if_none_match.as_ref().is_some_and(|header| etag::names(header, version));
    let version = etag::tag(version);
    if known {
        // RFC 7644 §3.14: the client has this version already.
        return Ok((StatusCode::NOT_MODIFIED, [(ETAG, version)]).into_response());
    }
    let outcome = Outcome { status: 200, body: Some(body), id, location: None, version: Some(version) };
    Ok(outcome.into_response())
}

/// RFC 7644 §4: on discovery endpoints, parameters for filtering, sorting and paging "SHALL be ignored", but "if a
/// 'filter' is provided, the service provider SHOULD respond with HTTP status code 403".
fn refuse_filter(call: &Call) -> Result<(), Failure> {
    let filters = call.query.iter().any(|(name, value)| name.eq_ignore_ascii_case("filter") && !value.is_empty());
    if filters {
        return Err(ScimError::status(403, "filter: this endpoint cannot be filtered. Leave the filter out.").into());
    }
    Ok(())
}

/// The schemas of the company. Most companies have no attributes of their own, and then nothing is read.
pub(super) async fn schemas_of(state: &AppState, call: &Call) -> Result<Cow<'static, scim::Schemas>, Failure> {
    if !call.context.custom_attributes {
        return Ok(Cow::Borrowed(scim::Schemas::standard()));
    }
    let mut reader = state.store.read().await?;
    Ok(custom_attributes::schemas_for(&mut reader.conn(), &call.context).await?)
}

pub(super) async fn service_provider_config(call: Call) -> Result<Response, Failure> {
    refuse_filter(&call)?;
    Ok(json(200, &discovery::service_provider_config(&call.base)))
}

pub(super) async fn resource_types(State(state): State<AppState>, call: Call) -> Result<Response, Failure> {
    refuse_filter(&call)?;
    let known = schemas_of(&state, &call).await?;
    let types = discovery::resource_types(&known, &call.base);
    Ok(json(200, &discovery::collection(types)))
}

pub(super) async fn resource_type(State(state): State<AppState>, call: Call, Id(id): Id) -> Result<Response, Failure> {
    let known = schemas_of(&state, &call).await?;
    one_of(discovery::resource_types(&known, &call.base), &id, "Resource type")
}

pub(super) async fn schemas(State(state): State<AppState>, call: Call) -> Result<Response, Failure> {
    refuse_filter(&call)?;
    let known = schemas_of(&state, &call).await?;
    let schemas = discovery::schemas(&known, &call.base);
    Ok(json(200, &discovery::collection(schemas)))
}

pub(super) async fn schema(State(state): State<AppState>, call: Call, Id(id): Id) -> Result<Response, Failure> {
    let known = schemas_of(&state, &call).await?;
    one_of(discovery::schemas(&known, &call.base), &id, "Schema")
}

fn one_of(all: Vec<Value>, id: &str, what: &str) -> Result<Response, Failure> {
    let found = all.into_iter().find(|value| value["id"].as_str().is_some_and(|known| known.eq_ignore_ascii_case(id)));
    found.map(|value| json(200, &value)).ok_or_else(|| ScimError::not_found(&format!("{what} {id}")).into())
}

/// RFC 7644 §3.11: a service provider that has no notion of "me" answers 501. A token stands for a company.
pub(super) async fn me() -> Response {
    scim_error(&ScimError::status(
        501,
        "/Me is not available: a SCIM Bearer Token stands for a company, not for a person.",
    ))
}

pub(super) async fn not_found() -> Response {
    scim_error(&ScimError::not_found("This endpoint"))
}

/// axum adds the `Allow` header.
pub(super) async fn method_not_allowed() -> Response {
    scim_error(&ScimError::status(405, "This method cannot be used here. The Allow header lists those that can."))
}
