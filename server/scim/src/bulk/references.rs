//! `bulkId:…`: references to what the same request creates, RFC 7644 §3.7.2.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value};

use super::{BulkRequest, Method, Operation};
use crate::ScimError;

/// What is known of the request's references while it runs.
#[derive(Debug, Clone, Default)]
pub struct References {
    ids: HashMap<String, String>,
    expected: HashSet<String>,
}

impl References {
    /// Before the first operation.
    pub fn new(request: &BulkRequest) -> Self {
        let creators = request.operations.iter().flatten().filter(|operation| operation.method == Method::Post);
        Self { ids: HashMap::new(), expected: creators.filter_map(|operation| operation.bulk_id.clone()).collect() }
    }

    /// An operation ran: with the id of what it created, or without when it failed.
    pub fn ran(&mut self, operation: &Operation, id: Option<&str>) {
        if let Some(bulk_id) = operation.bulk_id.as_ref().filter(|_| operation.method == Method::Post) {
            self.expected.remove(bulk_id);
            self.ids.extend(id.map(|id| (bulk_id.clone(), id.to_owned())));
        }
    }

    /// Puts ids in the place of `bulkId:…`.
    ///
    /// RFC 7644 §3.7.1: the server "MUST try to resolve circular cross-references". A POST that refers to what is still
    /// to be created loses those references; its whole body comes back, to be put over it by [`Self::complete`].
    pub fn prepare(&self, operation: &mut Operation) -> Result<Option<Map<String, Value>>, ScimError> {
        let unknown: HashSet<String> =
            operation.references().into_iter().filter(|bulk_id| !self.ids.contains_key(bulk_id)).collect();
        let circular =
            operation.method == Method::Post && unknown.iter().all(|bulk_id| self.expected.contains(bulk_id));
        if let Some(missing) = unknown.iter().next().filter(|_| !circular) {
            return Err(unresolved(missing));
        }
        let whole = operation.data.clone().filter(|_| !unknown.is_empty());
        if let Some(id) = operation.id.as_deref().and_then(referred).and_then(|bulk_id| self.ids.get(bulk_id)) {
            operation.id = Some(id.clone());
        }
        if let Some(data) = &mut operation.data {
            data.values_mut().for_each(|value| substitute(value, &self.ids));
            data.retain(|_, value| without(value, &unknown));
        }
        Ok(whole)
    }

    /// The body of an operation that was prepared without some of its references, with all of them.
    pub fn complete(&self, mut whole: Map<String, Value>) -> Result<Map<String, Value>, ScimError> {
        whole.values_mut().for_each(|value| substitute(value, &self.ids));
        let mut left = HashSet::new();
        whole.values().for_each(|value| collect(value, &mut left));
        left.iter().next().map_or(Ok(whole), |missing| Err(unresolved(missing)))
    }
}

/// RFC 7644 §3.7.2: a reference that cannot be resolved is answered 409.
fn unresolved(bulk_id: &str) -> ScimError {
    ScimError::status(409, format!("bulkId:{bulk_id}: the operation that should create it failed or is missing."))
}

impl Operation {
    /// The bulkIds that the operation refers to.
    pub fn references(&self) -> HashSet<String> {
        let mut found = HashSet::new();
        if let Some(bulk_id) = self.id.as_deref().and_then(referred) {
            found.insert(bulk_id.to_owned());
        }
        if let Some(data) = &self.data {
            data.values().for_each(|value| collect(value, &mut found));
        }
        found
    }
}

fn referred(text: &str) -> Option<&str> {
    text.strip_prefix("bulkId:")
}

fn collect(value: &Value, found: &mut HashSet<String>) {
    match value {
        Value::String(text) => found.extend(referred(text).map(str::to_owned)),
        Value::Array(items) => items.iter().for_each(|item| collect(item, found)),
        Value::Object(object) => object.values().for_each(|value| collect(value, found)),
        _ => {}
    }
}

fn substitute(value: &mut Value, ids: &HashMap<String, String>) {
    match value {
        Value::String(text) => {
            if let Some(id) = referred(text).and_then(|bulk_id| ids.get(bulk_id)) {
                text.clone_from(id);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| substitute(item, ids)),
        Value::Object(object) => object.values_mut().for_each(|value| substitute(value, ids)),
        _ => {}
    }
}

/// Takes away what refers to these: elements of lists, and objects such as `manager`. Says whether anything is left.
fn without(value: &mut Value, unknown: &HashSet<String>) -> bool {
    let refers = |value: &Value| value.as_str().and_then(referred).is_some_and(|bulk_id| unknown.contains(bulk_id));
    match value {
        Value::Array(items) => {
            items.retain_mut(|item| without(item, unknown));
            true
        }
        Value::Object(object) => {
            if object.values().any(refers) {
                return false;
            }
            object.retain(|_, value| without(value, unknown));
            true
        }
        value => !refers(value),
    }
}

/// The order in which to run the operations: as sent, but each after those that create what it refers to.
///
/// In a circle, the operation that closes it runs first: it can be created without the reference, and be completed
/// later.
pub fn order(operations: &[Result<Operation, (Value, ScimError)>]) -> Vec<usize> {
    let creators: HashMap<&str, usize> = operations
        .iter()
        .enumerate()
        .filter_map(|(index, operation)| Some((index, operation.as_ref().ok()?)))
        .filter(|(_, operation)| operation.method == Method::Post)
        .filter_map(|(index, operation)| Some((operation.bulk_id.as_deref()?, index)))
        .collect();
    let waits_for: Vec<Vec<usize>> = operations
        .iter()
        .map(|operation| {
            let references = operation.as_ref().map(Operation::references).unwrap_or_default();
            let mut creating: Vec<_> = references.iter().filter_map(|id| creators.get(id.as_str()).copied()).collect();
            creating.sort_unstable();
            creating
        })
        .collect();
    let mut seen = vec![false; operations.len()];
    let mut order = Vec::with_capacity(operations.len());
    for index in 0..operations.len() {
        visit(index, &waits_for, &mut seen, &mut order);
    }
    order
}

/// Puts the operation after those it waits for. It goes no deeper than there are operations.
fn visit(index: usize, waits_for: &[Vec<usize>], seen: &mut [bool], order: &mut Vec<usize>) {
    if std::mem::replace(&mut seen[index], true) {
        return;
    }
    for &other in &waits_for[index] {
        visit(other, waits_for, seen, order);
    }
    order.push(index);
}
