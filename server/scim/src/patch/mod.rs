//! PATCH, RFC 7644 §3.5.2, with what Entra, Okta and OneLogin make of it.
//!
//! A request is applied to a copy: either all its operations work, or nothing is changed.

mod list;
mod members;
#[cfg(test)]
mod model;
mod single;
#[cfg(test)]
mod tests;

use serde_json::{Map, Value};

pub use members::MemberChange;

use crate::document::Document;
use crate::path::{PatchPath, shorten};
use crate::schema::{Located, Mutability};
use crate::{NoteKind, Notes, ResourceKind, Schemas, ScimError, coerce, resource, urn};

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

/// The outcome of a PATCH.
#[derive(Debug, Clone, PartialEq)]
pub struct Patched {
    /// The changed attributes.
    pub document: Document,
    /// For groups, what happens to the members.
    pub members: Vec<MemberChange>,
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

    /// Applies the operations in their order to a copy of the document.
    pub fn apply(
        &self,
        kind: ResourceKind,
        before: &Document,
        schemas: &Schemas,
        notes: &mut Notes,
    ) -> Result<Patched, ScimError> {
        let patched = Patched { document: before.clone(), members: Vec::new() };
        let mut patching = Patching { kind, schemas, patched, notes };
        for operation in &self.operations {
            patching.operation(operation)?;
        }
        let patched = patching.patched;
        resource::check_required(kind, Some(before), &patched.document, schemas)?;
        resource::check_lengths(&patched.document)?;
        if before.active() && !patched.document.active() && patched.document.as_map().get("active").is_none() {
            notes.add(NoteKind::Coerced, "active", "It was cleared; a user without it counts as not active.");
        }
        Ok(patched)
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

/// A target that was looked up, and how it was written.
struct Target<'s, 'p> {
    located: Located<'s>,
    path: &'p PatchPath,
    named: &'p str,
}

struct Patching<'a> {
    kind: ResourceKind,
    schemas: &'a Schemas,
    patched: Patched,
    notes: &'a mut Notes,
}

impl Patching<'_> {
    fn operation(&mut self, operation: &Operation) -> Result<(), ScimError> {
        let value = operation.value.clone().unwrap_or_default();
        match &operation.path {
            None => self.without_path(operation.op, None, value),
            Some(path) if self.schemas.knows(self.kind, path) => self.whole_schema(operation.op, path, value),
            Some(path) => self.with_path(operation.op, path, value, false),
        }
    }

    /// The path is a schema's URN: `remove` takes the whole extension away, the others set what the value holds.
    fn whole_schema(&mut self, op: Op, urn: &str, value: Value) -> Result<(), ScimError> {
        if op != Op::Remove && !value.is_null() {
            return self.without_path(op, Some(urn), value);
        }
        let extension = self.schemas.extension(self.kind, urn).ok_or_else(|| {
            ScimError::mutability(format!("{urn}: the core schema cannot be removed; name its attributes."))
        })?;
        for attribute in &extension.attributes {
            self.patched.document.set(Located { extension: Some(extension.id), attribute }, None);
        }
        Ok(())
    }

    /// RFC 7644 §3.5.2.1: without a path the value holds the attributes. Entra with its compliance flag uses dotted
    /// names and whole paths as keys.
    fn without_path(&mut self, op: Op, urn: Option<&str>, value: Value) -> Result<(), ScimError> {
        let Value::Object(object) = value else {
            return Err(ScimError::invalid_value("value: without a path, the value must be an object of attributes."));
        };
        for (key, value) in object {
            if key.eq_ignore_ascii_case("schemas") {
                continue;
            }
            match (urn, value) {
                (None, value @ Value::Object(_)) if self.schemas.knows(self.kind, &key) => {
                    self.without_path(op, Some(&key), value)?;
                }
                (None, value) => self.with_path(op, &key, value, true)?,
                (Some(urn), value) => self.with_path(op, &format!("{urn}:{key}"), value, true)?,
            }
        }
        Ok(())
    }

    /// `echoed`: the name stood in a value, where clients repeat what they were answered; it is not a wish to change
    /// what only the server changes.
    fn with_path(&mut self, op: Op, text: &str, value: Value, echoed: bool) -> Result<(), ScimError> {
        let path = match PatchPath::parse(text, self.notes) {
            Ok(path) => path,
            Err(_) if echoed => {
                self.notes.add(NoteKind::Ignored, text, "The schema has no such attribute; it was not stored.");
                return Ok(());
            }
            Err(error) => return Err(error),
        };
        let Some(located) = self.schemas.find(self.kind, path.attribute.urn.as_deref(), &path.attribute.attribute)
        else {
            let foreign = path.attribute.urn.as_ref().is_some_and(|urn| !self.schemas.knows(self.kind, urn));
            if echoed || foreign {
                self.notes.add(NoteKind::Ignored, text, "The schema has no such attribute; it was not stored.");
                return Ok(());
            }
            return Err(ScimError::invalid_path(format!(
                "{}: the schema has no such attribute. Correct the attribute mapping, or add it as a custom attribute.",
                shorten(text)
            )));
        };
        let attribute = located.attribute;
        match attribute.mutability {
            // `schemas` follows from what is stored; clients add an extension's URN to it before they use it.
            Mutability::ReadOnly if echoed || attribute.name == "schemas" => {
                self.notes.add(NoteKind::Ignored, text, "Set by the server alone; what was sent was not stored.");
                return Ok(());
            }
            Mutability::ReadOnly => {
                return Err(ScimError::mutability(format!("{text}: only the server sets this attribute.")));
            }
            Mutability::WriteOnly => {
                coerce::value(attribute, value, text, self.notes)?;
                self.notes.add(NoteKind::Ignored, text, "Accepted and not kept: nobody signs in with it here.");
                return Ok(());
            }
            Mutability::ReadWrite | Mutability::Immutable => {}
        }
        if attribute.required && op == Op::Remove {
            // RFC 7644 §3.5.2.2: removing a required attribute is an error with scimType "mutability".
            return Err(ScimError::mutability(format!("{text}: this attribute is required and cannot be removed.")));
        }
        let target = Target { located, path: &path, named: text };
        if attribute.name == "members" {
            self.patched.members.extend(members::change(op, &target, value, self.notes)?);
            return Ok(());
        }
        if attribute.multi_valued {
            list::apply(op, &target, value, &mut self.patched.document, self.notes)
        } else {
            single::apply(op, &target, value, &mut self.patched.document, self.notes)
        }
    }
}

impl Target<'_, '_> {
    fn unknown_sub(&self) -> ScimError {
        ScimError::invalid_path(format!("{}: the attribute has no such sub-attribute.", shorten(self.named)))
    }
}
