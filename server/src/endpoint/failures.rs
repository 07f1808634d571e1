//! Requests that were not done, on their way to the provisioning log: noted after the answer, written down later.

use axum::response::Response;
use scim::ScimError;
use store::events::{Exchange, Outcome};
use store::tokens::{TokenContext, TokenSecret};

use super::trace::Trace;
use crate::log::recorder::Failed;
use crate::state::AppState;

/// Notes a request with a live token that could not be done.
pub(super) fn note(state: &AppState, context: &TokenContext, trace: &Trace, error: (u16, Option<&ScimError>)) {
    state.failures.note(of_token(state, context, trace, Outcome::Failure, error));
}

/// Notes an answer to a request with a live token, when it is an error. `let_in` is false for a request that was turned
/// away before it was looked at.
pub(super) fn note_answer(state: &AppState, context: &TokenContext, trace: &Trace, response: &Response, let_in: bool) {
    let status = response.status().as_u16();
    if status >= 400 {
        let outcome = if let_in { Outcome::Failure } else { Outcome::Refused };
        let error = (status, response.extensions().get::<ScimError>());
        state.failures.note(of_token(state, context, trace, outcome, error));
    }
}

/// Notes a request without a live token. Of a token with the form of ours its last letters are kept.
pub(super) fn note_stranger(state: &AppState, trace: &Trace, secret: Option<&TokenSecret>, response: &Response) {
    let (action, kind, resource_id) = trace.aim();
    let exchange = trace.failed(response.status().as_u16(), response.extensions().get::<ScimError>());
    state.failures.note(Failed {
        tenant: None,
        integration: None,
        token: None,
        digest: secret.map(TokenSecret::digest),
        action,
        outcome: Outcome::Refused,
        kind,
        resource_id,
        subject: String::new(),
        exchange: Exchange { last_four: secret.map(|secret| secret.last_four().to_owned()), ..exchange },
        at: state.store.now(),
    });
}

fn of_token(
    state: &AppState,
    context: &TokenContext,
    trace: &Trace,
    outcome: Outcome,
    (status, error): (u16, Option<&ScimError>),
) -> Failed {
    let (action, kind, resource_id) = trace.aim();
    Failed {
        tenant: Some(context.tenant_id.clone()),
        integration: Some(context.integration_id.clone()),
        token: Some(context.token_id.clone()),
        digest: None,
        action,
        outcome,
        kind,
        resource_id,
        subject: trace.subject(),
        exchange: trace.failed(status, error),
        at: state.store.now(),
    }
}
