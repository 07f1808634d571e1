//! PATCH bodies.

use serde_json::{Map, Value};

use crate::{NoteKind, Notes, ScimError, urn};

/// More operations in one request are refused.
const MAX_OPERATIONS: usize = 2_000;

/// What an operation does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Op {
    /// Adds to what is there.
    Add,
    /// Puts in the place of what is there.
    Replace,
    /// Takes away.
    Remove,
}

impl Op {
    /// Entra without its compliance flag writes `Add`, `Replace`, `Remove`.
    fn parse(text: &str) -> Option<Self> {
        [("add", Self::Add), ("replace", Self::Replace), ("remove", Self::Remove)]
            .into_iter()
            .find_map(|(name, op)| text.eq_ignore_ascii_case(name).then_some(op))
    }
}

/// One operation.
#[derive(Debug, Clone, PartialEq)]
pub struct Operation {
    /// What to do.
    pub op: Op,
    /// Where, as the client wrote it.
    pub path: Option<String>,
    /// With what.
    pub value: Option<Value>,
}

/// A PATCH body.
#[derive(Debug, Clone, PartialEq)]
pub struct PatchRequest {
    /// In the order in which they are applied.
    pub operations: Vec<Operation>,
}

impl PatchRequest {
    /// Reads a body.
    pub fn parse(body: Map<String, Value>, notes: &mut Notes) -> Result<Self, ScimError> {
        let mut operations = None;
        let mut named = false;
        for (key, value) in body {
            if key.eq_ignore_ascii_case("operations") {
                operations = Some(value);
            } else if key.eq_ignore_ascii_case("schemas") {
                let schemas = value.as_array().cloned().unwrap_or_default();
                named = schemas.iter().filter_map(Value::as_str).any(|schema| schema.eq_ignore_ascii_case(urn::PATCH));
                if !named {
                    return Err(ScimError::invalid_syntax(format!("schemas: a PATCH body must name {}.", urn::PATCH)));
                }
            }
        }
        if !named {
            notes.add(NoteKind::Coerced, "schemas", format!("{} was not named and was assumed.", urn::PATCH));
        }
        let Some(Value::Array(operations)) = operations else {
            return Err(ScimError::invalid_syntax("Operations: a PATCH body must hold a list of operations."));
        };
        if operations.len() > MAX_OPERATIONS {
            return Err(ScimError::too_many(format!("Operations: at most {MAX_OPERATIONS} can be sent at once.")));
        }
        if operations.is_empty() {
            notes.add(NoteKind::NoEffect, "Operations", "The list was empty; nothing was changed.");
        }
        let operations =
            operations.into_iter().map(|operation| Operation::parse(operation, notes)).collect::<Result<_, _>>()?;
        Ok(Self { operations })
    }
}

impl Operation {
    fn parse(value: Value, notes: &mut Notes) -> Result<Self, ScimError> {
        let Value::Object(object) = value else {
            return Err(ScimError::invalid_syntax("Operations: each operation must be an object."));
        };
        let (mut op, mut path, mut content) = (None, None, None);
        for (key, value) in object {
            match key.to_ascii_lowercase().as_str() {
                "op" => op = Some(value),
                "path" => path = Some(value),
                "value" => content = Some(value),
                _ => {}
            }
        }
        let word = op.as_ref().and_then(Value::as_str).unwrap_or_default();
        let op = Op::parse(word).ok_or_else(|| {
            ScimError::invalid_syntax("op: each operation needs an op, which is add, replace or remove.")
        })?;
        if word.bytes().any(|letter| letter.is_ascii_uppercase()) {
            notes.add(NoteKind::Coerced, "op", format!("{word} was read in lower case."));
        }
        let path = match path {
            None | Some(Value::Null) => None,
            Some(Value::String(path)) if path.trim().is_empty() => None,
            Some(Value::String(path)) => Some(path),
            Some(_) => return Err(ScimError::invalid_path("path: the value must be text.")),
        };
        if op == Op::Remove && path.is_none() {
            // RFC 7644 §3.5.2.2: "If 'path' is unspecified, the operation fails with HTTP status code 400 and … noTarget".
            return Err(ScimError::no_target("path: a remove operation must say what to remove."));
        }
        if op != Op::Remove && content.is_none() {
            return Err(ScimError::invalid_value("value: an add or replace operation needs a value."));
        }
        Ok(Self { op, path, value: content })
    }
}
