//! PATCH, RFC 7644 §3.5.2, with what Entra, Okta and OneLogin make of it.
//!
//! A request is applied to a copy: either all its operations work, or nothing is changed.

mod list;
mod members;
#[cfg(test)]
mod model;
mod request;
mod single;
#[cfg(test)]
mod tests;

use serde_json::Value;

pub use members::MemberChange;
pub use request::{Op, Operation, PatchRequest};

use crate::document::Document;
use crate::path::{PatchPath, shorten};
use crate::schema::{Located, Mutability};
use crate::{NoteKind, Notes, ResourceKind, Schemas, ScimError, coerce, resource};

/// The outcome of a PATCH.
#[derive(Debug, Clone, PartialEq)]
pub struct Patched {
    /// The changed attributes.
    pub document: Document,
    /// For groups, what happens to the members.
    pub members: Vec<MemberChange>,
}

impl PatchRequest {
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
