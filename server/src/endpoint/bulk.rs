//! `/Bulk`: each operation in a transaction of its own, as RFC 7644 §3.7 lets errors be answered one by one.

use std::collections::HashMap;

use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use scim::bulk::{self, BulkRequest};
use scim::projection::Projection;
use scim::{ScimError, render};
use serde_json::Value;

use super::operation::{self, Operation};
use super::request::{Call, object};
use super::response::{Failure, Outcome, json};
use crate::state::AppState;

pub(super) async fn run(
    State(state): State<AppState>,
    call: Call,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Failure> {
    let request = BulkRequest::parse(&object(&headers, body).await?)?;
    let order = bulk::order(&request.operations);
    let mut operations: Vec<_> = request.operations.into_iter().map(Some).collect();
    let mut results: Vec<Option<Value>> = vec![None; operations.len()];
    let mut ids = HashMap::new();
    let mut errors = 0;
    for index in order {
        // RFC 7644 §3.7: failOnErrors is "the number of errors that the service provider will accept before the
        // operation is terminated".
        if request.fail_on_errors.is_some_and(|limit| errors >= limit) {
            break;
        }
        let Some(parsed) = operations[index].take() else { continue };
        let (result, failed) = match parsed {
            Ok(operation) => one(&state, &call, operation, &mut ids).await,
            Err((_, error)) => (bulk::result(None, error.status, None, None, Some(&error)), true),
        };
        errors += u64::from(failed);
        results[index] = Some(result);
    }
    let results: Vec<Value> = results.into_iter().flatten().collect();
    Ok(json(200, &bulk::response(&results)))
}

async fn one(
    state: &AppState,
    call: &Call,
    mut operation: bulk::Operation,
    ids: &mut HashMap<String, String>,
) -> (Value, bool) {
    let outcome = match operation.resolve(ids) {
        Ok(()) => perform(state, call, &operation).await.map_err(Failure::into_scim),
        Err(error) => Err(error),
    };
    let location = |id: &str| render::location(&call.base, operation.kind, id);
    match outcome {
        Ok(outcome) => {
            if let Some(bulk_id) = &operation.bulk_id {
                ids.insert(bulk_id.clone(), outcome.id.clone());
            }
            let at = location(&outcome.id);
            (bulk::result(Some(&operation), outcome.status, Some(&at), outcome.version.as_deref(), None), false)
        }
        Err(error) => {
            let at = operation.id.as_deref().map(location);
            (bulk::result(Some(&operation), error.status, at.as_deref(), None, Some(&error)), true)
        }
    }
}

async fn perform(state: &AppState, call: &Call, operation: &bulk::Operation) -> Result<Outcome, Failure> {
    if operation.id.as_ref().is_some_and(|id| id.contains('/')) {
        return Err(ScimError::not_found("This endpoint").into());
    }
    let operation = Operation {
        method: operation.method,
        kind: operation.kind,
        id: operation.id.clone().unwrap_or_default(),
        body: operation.data.clone().unwrap_or_default(),
        if_match: operation.version.clone(),
        projection: Projection::default(),
    };
    operation::run(state, call, operation).await
}
