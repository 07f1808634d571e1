//! `/Bulk`: each operation in a transaction of its own, as RFC 7644 §3.7 lets errors be answered one by one.

use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use scim::bulk::{self, BulkRequest, Method, References};
use scim::projection::Projection;
use scim::{ScimError, render};
use serde_json::{Map, Value};

use super::failures;
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
    let request = BulkRequest::parse(&object(&call, &headers, body).await?)?;
    let order = bulk::order(&request.operations);
    let references = References::new(&request);
    let mut results: Vec<Option<Value>> = vec![None; request.operations.len()];
    let mut operations: Vec<_> = request.operations.into_iter().map(Some).collect();
    let mut run = Run { state: &state, call: &call, references, incomplete: Vec::new(), errors: 0 };
    for index in order {
        // RFC 7644 §3.7: failOnErrors is "the number of errors that the service provider will accept before the
        // operation is terminated".
        if request.fail_on_errors.is_some_and(|limit| run.errors >= limit) {
            break;
        }
        results[index] = match operations[index].take() {
            Some(Ok(operation)) => Some(run.one(index, operation).await),
            Some(Err((sent, error))) => {
                run.errors += 1;
                let text = |name: &str| sent[name].as_str().unwrap_or_default().to_owned();
                let trace = call.trace.within_bulk(&text("method"), &text("path"), Some(&sent["data"]));
                failures::note(&state, &call.context, &trace, (error.status, Some(&error)));
                Some(bulk::refused(&sent, &error))
            }
            None => None,
        };
    }
    for incomplete in std::mem::take(&mut run.incomplete) {
        let index = incomplete.index;
        results[index] = Some(run.complete(incomplete).await);
    }
    let results: Vec<Value> = results.into_iter().flatten().collect();
    Ok(json(200, &bulk::response(&results)))
}

/// A resource that was created without those of its references that lead back to it.
struct Incomplete {
    index: usize,
    operation: bulk::Operation,
    id: String,
    whole: Map<String, Value>,
}

struct Run<'a> {
    state: &'a AppState,
    call: &'a Call,
    references: References,
    incomplete: Vec<Incomplete>,
    errors: u64,
}

impl Run<'_> {
    async fn one(&mut self, index: usize, mut operation: bulk::Operation) -> Value {
        let prepared = self.references.prepare(&mut operation);
        let outcome = match &prepared {
            Ok(_) => self.perform(operation.method, &operation, operation.id.clone(), operation.data.clone()).await,
            Err(error) => Err(error.clone()),
        };
        let created = outcome.as_ref().ok().map(|outcome| outcome.id.clone());
        self.references.ran(&operation, created.as_deref());
        let result = self.result(&operation, operation.id.clone(), &outcome);
        if let (Ok(Some(whole)), Some(id)) = (prepared, created) {
            self.incomplete.push(Incomplete { index, operation, id, whole });
        }
        result
    }

    /// Puts the whole body over what was created without some of its references.
    async fn complete(&mut self, incomplete: Incomplete) -> Value {
        let Incomplete { operation, id, whole, .. } = incomplete;
        let outcome = match self.references.complete(whole) {
            Ok(whole) => self.perform(Method::Put, &operation, Some(id.clone()), Some(whole)).await,
            Err(error) => Err(error),
        };
        let outcome = outcome.map(|outcome| Outcome { status: 201, ..outcome });
        self.result(&operation, Some(id), &outcome)
    }

    fn result(
        &mut self,
        operation: &bulk::Operation,
        id: Option<String>,
        outcome: &Result<Outcome, ScimError>,
    ) -> Value {
        self.errors += u64::from(outcome.is_err());
        let status = outcome.as_ref().map_or_else(|error| error.status, |outcome| outcome.status);
        let id = outcome.as_ref().map(|outcome| outcome.id.clone()).ok().or(id);
        let location = id.map(|id| render::location(&self.call.base, operation.kind, &id));
        let outcome = outcome.as_ref().map(|outcome| outcome.version.as_deref());
        bulk::result(operation, status, location.as_deref(), outcome)
    }

    async fn perform(
        &self,
        method: Method,
        operation: &bulk::Operation,
        id: Option<String>,
        data: Option<Map<String, Value>>,
    ) -> Result<Outcome, ScimError> {
        let path = format!("{}/{}", operation.kind.endpoint(), id.as_deref().unwrap_or_default());
        let body = data.clone().map(Value::Object);
        let trace = self.call.trace.within_bulk(method.name(), path.trim_end_matches('/'), body.as_ref());
        let call = Call { trace, ..self.call.clone() };
        let outcome = self.perform_alone(&call, method, operation, id, data).await;
        if let Err(error) = &outcome {
            failures::note(self.state, &call.context, &call.trace, (error.status, Some(error)));
        }
        outcome
    }

    async fn perform_alone(
        &self,
        call: &Call,
        method: Method,
        operation: &bulk::Operation,
        id: Option<String>,
        data: Option<Map<String, Value>>,
    ) -> Result<Outcome, ScimError> {
        if id.as_ref().is_some_and(|id| id.contains('/')) {
            return Err(ScimError::not_found("This endpoint"));
        }
        let operation = Operation {
            method,
            kind: operation.kind,
            id: id.unwrap_or_default(),
            body: data.unwrap_or_default(),
            if_match: operation.version.clone(),
            projection: Projection::default(),
        };
        operation::run(self.state, call, operation).await.map_err(Failure::into_scim)
    }
}
